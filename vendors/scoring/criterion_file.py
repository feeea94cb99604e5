"""Reading one criterion of a framework file: its keys, choices, scale and must-have."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from vendors.scoring.criteria import (
    CHOICE_TYPES,
    NUMBER_TYPES,
    REJECTED,
    TIERS,
    AnswerType,
    Choice,
    Criterion,
    EvidenceRule,
    MustHave,
    Scale,
)
from vendors.scoring.criteria import LEVELS as _ALL_LEVELS
from vendors.scoring.reading import Table, as_number, kind_of

LEVELS_OF_A_GATE = tuple(level for level in _ALL_LEVELS if level != REJECTED)
#: Months a certificate or evidence may last: a century.
MONTHS_LIMIT = 1200
#: The scale type that each answer type needs; the other types need none.
SCALE_TYPES = {
    AnswerType.PERCENTAGE: "piecewise_linear",
    AnswerType.NUMBER: "piecewise_linear",
    AnswerType.DATE: "age_months",
    AnswerType.CERTIFICATION: "certificate",
    AnswerType.TEXT: "assessor_rating",
}
#: The keys that each scale type may have, beside `type`.
SCALE_KEYS = {
    "piecewise_linear": ("unit", "min", "max", "points"),
    "age_months": ("unit", "points", "missing_score"),
    "certificate": ("validity_months", "grace_days", "expired_score", "expiring_values"),
    "assessor_rating": ("min", "max", "points", "rubric"),
}
KEYS = (
    "code",
    "question",
    "help",
    "answer_type",
    "weight",
    "choices",
    "scale",
    "must_have",
    "evidence",
    "tiers",
    "not_applicable_allowed",
    "sources",
    "standards",
)
#: The highest rating a reviewer can give a text; the scale of a text runs from 0 to this.
RATING_MAX = 5

_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")


def read_criterion(table: Table, seen: set[str]) -> Criterion:
    """The criterion of an object; faults go to the table. `seen` holds the codes so far."""
    table.only(*KEYS)
    code = _code(table, seen)
    answer_type = _answer_type(table)
    choices = _choices(table, answer_type)
    scale = _scale(table, answer_type, choices)
    must_have = _must_have(table)
    tiers = _tiers(table)
    if must_have and (missing := [str(tier) for tier in TIERS if tier not in tiers]):
        table.fault("tiers", f"a must-have is asked in every tier; missing: {', '.join(missing)}")
    weight = table.number("weight", 0, 100)
    if weight == 0:
        table.fault("weight", "must be above 0")
    return Criterion(
        code=code,
        question=table.text("question", limit=2000, filled=True),
        help=table.text("help", required=False, limit=5000),
        answer_type=answer_type or AnswerType.TEXT,
        weight=weight or Fraction(0),
        choices=choices,
        scale=scale,
        must_have=must_have,
        evidence=_evidence(table),
        tiers=tiers,
        not_applicable_allowed=table.flag("not_applicable_allowed"),
        sources=table.texts("sources", limit=500),
        standards=table.texts("standards", limit=80),
    )


def _code(table: Table, seen: set[str]) -> str:
    code = table.text("code", limit=40)
    if code and not _CODE.fullmatch(code):
        table.fault("code", "must be capital letters, digits and hyphens")
    if code and code in seen:
        table.fault("code", f"duplicate code {code}")
    seen.add(code)
    return code


def _answer_type(table: Table) -> AnswerType | None:
    text = table.text("answer_type")
    try:
        return AnswerType(text)
    except ValueError:
        if text:
            table.fault("answer_type", f"must be one of {', '.join(AnswerType)}")
        return None


def _choices(table: Table, answer_type: AnswerType | None) -> tuple[Choice, ...]:
    if answer_type not in CHOICE_TYPES:
        if answer_type and "choices" in table:
            table.fault("choices", f"not used by {answer_type}")
        return ()
    choices: list[Choice] = []
    for item in table.tables("choices", required=True):
        item.only("value", "label", "score")
        value = item.text("value", limit=40, filled=True)
        if value in {choice.value for choice in choices}:
            item.fault("value", f"duplicate value {value}")
        score = item.number("score", 0, 100)
        choices.append(Choice(value, item.text("label", filled=True), score or Fraction(0)))
    if "choices" in table and len(choices) < 2:
        table.fault("choices", "fewer than two")
    return tuple(choices)


def _scale(
    table: Table, answer_type: AnswerType | None, choices: tuple[Choice, ...]
) -> Scale | None:
    wanted = SCALE_TYPES.get(answer_type) if answer_type else None
    if wanted is None:
        if answer_type and "scale" in table:
            table.fault("scale", f"not used by {answer_type}")
        return None
    scale = table.table("scale")
    if scale is None:
        return None
    kind = scale.text("type")
    if kind and kind != wanted:
        scale.fault("type", f"must be {wanted} for {answer_type}")
        return None
    scale.only("type", *SCALE_KEYS[wanted])
    if wanted == "certificate":
        return _certificate(scale, choices)
    low, high = _bounds(scale, answer_type)
    return Scale(
        type=wanted,
        unit=scale.text("unit", required=False, limit=80) if "unit" in scale else "",
        min=low,
        max=high,
        points=_points(scale, low, high),
        missing_score=scale.number("missing_score", 0, 100) if wanted == "age_months" else None,
        rubric=scale.text("rubric", required=False, limit=5000) if "rubric" in scale else "",
    )


def _bounds(
    scale: Table, answer_type: AnswerType | None
) -> tuple[Fraction | None, Fraction | None]:
    if answer_type in NUMBER_TYPES:
        low, high = scale.number("min"), scale.number("max")
        if low is not None and high is not None and low >= high:
            scale.fault("max", "must be above min")
        return low, high
    if answer_type is not AnswerType.TEXT:
        return Fraction(0), None
    for key, value in (("min", 0), ("max", RATING_MAX)):
        if scale.number(key, required=False) not in {None, value}:
            scale.fault(key, f"must be {value}")
    return Fraction(0), Fraction(RATING_MAX)


def _points(
    scale: Table, low: Fraction | None, high: Fraction | None
) -> tuple[tuple[Fraction, Fraction], ...]:
    points: list[tuple[Fraction, Fraction]] = []
    for position, item in enumerate(scale.listed("points", required=True)):
        place = f"points[{position}]"
        pair = [as_number(part) for part in item] if isinstance(item, list) else []
        if len(pair) != 2 or pair[0] is None or pair[1] is None:
            scale.fault(place, f"must be a pair of value and score, not {kind_of(item)}")
            return ()
        value, score = pair[0], pair[1]
        if not 0 <= score <= 100:
            scale.fault(place, "score must be from 0 to 100")
        if (low is not None and value < low) or (high is not None and value > high):
            scale.fault(place, "value lies outside what may be entered")
        points.append((value, score))
    if "points" in scale and len(points) < 2:
        scale.fault("points", "fewer than two")
    if any(left[0] >= right[0] for left, right in pairwise(points)):
        scale.fault("points", "not ascending")
    return tuple(points)


def _certificate(scale: Table, choices: tuple[Choice, ...]) -> Scale:
    known = {choice.value for choice in choices}
    expiring = scale.texts("expiring_values")
    scale.get("expiring_values", required=True)
    for position, value in enumerate(expiring):
        if value not in known:
            scale.fault(f"expiring_values[{position}]", f"{value} is not one of the choices")
    return Scale(
        type="certificate",
        validity_months=scale.whole("validity_months", 1, MONTHS_LIMIT),
        grace_days=scale.whole("grace_days", 0, 3650) or 0,
        expired_score=scale.number("expired_score", 0, 100),
        expiring_values=expiring,
    )


def _must_have(table: Table) -> MustHave | None:
    rule = table.table("must_have", required=False)
    if rule is None:
        return None
    rule.only("min_score", "min_evidence", "text")
    level = rule.text("min_evidence")
    if level and level not in LEVELS_OF_A_GATE:
        rule.fault("min_evidence", f"must be one of {', '.join(LEVELS_OF_A_GATE)}")
    score = rule.number("min_score", 0, 100)
    return MustHave(score or Fraction(0), level, rule.text("text", required=False, limit=2000))


def _evidence(table: Table) -> EvidenceRule:
    rule = table.table("evidence")
    if rule is None:
        return EvidenceRule(required=True)
    rule.only("required", "expected", "valid_months")
    return EvidenceRule(
        required=rule.flag("required"),
        expected=rule.text("expected", required=False, limit=5000),
        valid_months=rule.whole("valid_months", 1, MONTHS_LIMIT),
    )


def _tiers(table: Table) -> tuple[int, ...]:
    tiers: list[int] = []
    for position, value in enumerate(table.listed("tiers", required=True)):
        if isinstance(value, bool) or not isinstance(value, int) or value not in TIERS:
            table.fault(f"tiers[{position}]", "must be 1, 2 or 3")
        elif value in tiers:
            table.fault(f"tiers[{position}]", f"duplicate tier {value}")
        else:
            tiers.append(value)
    if "tiers" in table and isinstance(table.values["tiers"], list) and not table.values["tiers"]:
        table.fault("tiers", "empty")
    return tuple(sorted(tiers))
