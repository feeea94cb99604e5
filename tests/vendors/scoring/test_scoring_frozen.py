"""A result read back from its document is the result that was written."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from tests.vendors.scoring.cases import (
    AS_OF,
    SAMPLES,
    answer_sets,
    portable_text,
    shipped,
    small,
    steady,
    worked,
)
from vendors.scoring import (
    ANSWERED,
    answers_of,
    canonical_json,
    engine,
    parse_assessment,
    result_from_document,
    score,
)


def stored(result):
    """The document as a snapshot has it: text, and read again."""
    return json.loads(canonical_json(result.document()), parse_float=Decimal)


def without_open_levels(result):
    """The result as its document can tell it: what is unanswered has no level there."""
    criteria = {
        code: item if item.state == ANSWERED else replace(item, level=None)
        for code, item in result.criteria.items()
    }
    return replace(result, criteria=criteria)


def assert_reads_back(framework, answers, tier, as_of):
    result = score(framework, answers, tier, as_of)
    read = result_from_document(stored(result), framework, answers, tier, as_of)
    assert read == without_open_levels(result)
    assert read.document() == result.document()
    assert list(read.criteria) == list(result.criteria)
    assert list(read.categories) == list(result.categories)


@pytest.mark.parametrize("name", list(worked()["assessments"]))
def test_the_worked_examples_read_back(name):
    portable = parse_assessment(portable_text(name))
    answers = answers_of(portable, small())
    assert_reads_back(small(), answers, portable.tier, portable.as_of)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_samples_read_back(path):
    portable = parse_assessment(path.read_text())
    answers = answers_of(portable, shipped())
    for tier in (1, 2, 3):
        assert_reads_back(shipped(), answers, tier, portable.as_of)


@steady
@given(answer_sets(small()))
def test_any_result_reads_back(answers):
    assert_reads_back(small(), answers, 1, AS_OF)


@pytest.mark.parametrize("name", list(worked()["assessments"]))
def test_another_engine_changes_nothing_that_is_read(name, monkeypatch):
    portable = parse_assessment(portable_text(name))
    answers = answers_of(portable, small())
    before = score(small(), answers, portable.tier, portable.as_of)
    monkeypatch.setattr(engine, "band_of", lambda *_args, **_more: "C")
    monkeypatch.setattr(engine, "_coefficient", lambda *_args: before.overall / 1000)
    monkeypatch.setattr(engine, "gate_of", lambda _results: "pending")
    now = score(small(), answers, portable.tier, portable.as_of)
    assert (now.band, now.gate) == ("C", "pending")
    assert now.overall != before.overall
    document = stored(before)
    read = result_from_document(document, small(), answers, portable.tier, portable.as_of)
    assert read == without_open_levels(before)


def test_another_framework_is_refused():
    portable = parse_assessment(portable_text("Aurora"))
    answers = answers_of(portable, small())
    document = stored(score(small(), answers, portable.tier, portable.as_of))
    with pytest.raises(KeyError):
        result_from_document(document, shipped(), answers, portable.tier, portable.as_of)
