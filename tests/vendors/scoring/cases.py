"""What the scoring tests share: the two frameworks, the worked example, answers made to order."""

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from vendors.scoring import (
    CHOICE_TYPES,
    NUMBER_TYPES,
    Answer,
    AnswerType,
    canonical_json,
    parse_framework,
    read_value,
)

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "vendors/frameworks/ethical-bpo-vetting-1.0.0.yaml"
WORKED = ROOT / "tests/worked"
SAMPLES = ROOT / "vendors/samples"
AS_OF = date(2026, 11, 1)
FAR = date(2030, 1, 1)

#: For every property: no deadline, since a busy machine is no fault of the code.
steady = settings(deadline=None, max_examples=50)


@cache
def shipped():
    return parse_framework(SHIPPED.read_text())


@cache
def small():
    return parse_framework((WORKED / "worked-example-framework.yaml").read_text())


@cache
def worked():
    return json.loads((WORKED / "worked-example.json").read_text(), parse_float=Decimal)


def portable_text(name):
    return canonical_json(worked()["assessments"][name])


def exact(entry):
    """The fraction of a figure in the worked example."""
    return None if entry is None else Fraction(entry["exact"])


def extreme(criterion, *, best, level):
    """The best or worst possible answer, in force and of no age."""
    kind, scale = criterion.answer_type, criterion.scale
    if kind is AnswerType.TEXT:
        return Answer("text", rating=5 if best else 0, level=level)
    if kind is AnswerType.DATE:
        return Answer(AS_OF if best else None, level=level)
    pick = max if best else min
    if kind in NUMBER_TYPES:
        return Answer(pick(scale.points, key=lambda point: point[1])[0], level=level)
    value = pick(criterion.choices, key=lambda choice: choice.score).value
    expires = scale is not None and value in scale.expiring_values
    return Answer(value, valid_to=FAR if expires else None, level=level)


def extremes(framework, tier=1, *, best=True, level="verified"):
    return {
        criterion.code: extreme(criterion, best=best, level=level)
        for criterion in framework.asked(tier)
    }


def typed_answer(criterion, text, valid_to="", rating=""):
    """An answer from the cells of a table of docs/scoring.md."""
    never = criterion.answer_type is AnswerType.DATE and text == "never"
    return Answer(
        read_value(criterion, None if never else text),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        rating=int(rating) if rating else None,
    )


def tables(path):
    """All tables of a page: lists of rows, each a dict by the header's words."""
    found, header, rows = [], None, []
    for line in [*path.read_text().splitlines(), ""]:
        if not line.startswith("|"):
            if header:
                found.append(rows)
            header, rows = None, []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if header is None:
            header = cells
        elif not re.fullmatch(r"[-|: ]+", line):
            rows.append(dict(zip(header, cells, strict=True)))
    return found


def table(path, *columns):
    """The one table that starts with these columns."""
    matching = [rows for rows in tables(path) if list(rows[0])[: len(columns)] == list(columns)]
    assert len(matching) == 1, columns
    return matching[0]


levels = st.sampled_from(["claimed", "documented", "verified", "rejected", None])
level_ends = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))


@st.composite
def answer_to(draw, criterion):
    """Any answer that `check_answer` accepts for a criterion, not applicable among them."""
    shared = {"level": draw(levels), "level_valid_to": draw(level_ends)}
    if criterion.not_applicable_allowed and draw(st.integers(0, 5)) == 0:
        return Answer(is_answered=False, not_applicable=True, reason="none here", **shared)
    kind, scale = criterion.answer_type, criterion.scale
    if kind is AnswerType.TEXT:
        return Answer("text", rating=draw(st.one_of(st.none(), st.integers(0, 5))), **shared)
    if kind is AnswerType.DATE:
        days = st.one_of(st.none(), st.dates(date(2020, 1, 1), AS_OF))
        return Answer(draw(days), **shared)
    if kind in NUMBER_TYPES:
        low, high = int(scale.min * 100), int(scale.max * 100)
        return Answer(Fraction(draw(st.integers(low, high)), 100), **shared)
    assert kind in CHOICE_TYPES
    value = draw(st.sampled_from([choice.value for choice in criterion.choices]))
    valid_to = None
    if kind is AnswerType.CERTIFICATION:
        valid_to = draw(st.dates(date(2025, 1, 1), date(2028, 1, 1)))
    return Answer(value, valid_to=valid_to, **shared)


@st.composite
def answer_sets(draw, framework, tier=1):
    """Answers to any part of the criteria that a tier asks."""
    return {
        criterion.code: draw(answer_to(criterion))
        for criterion in framework.asked(tier)
        if draw(st.integers(0, 7)) > 0
    }
