"""The engine against reference figures: each of them, to the last digit."""

from datetime import date
from fractions import Fraction

import pytest

from tests.vendors.scoring.cases import (
    AS_OF,
    exact,
    extremes,
    portable_text,
    shipped,
    small,
    typed_answer,
    worked,
)
from vendors.scoring import (
    Answer,
    answers_of,
    canonical_json,
    overall_under,
    parse_assessment,
    raw_score,
    score,
)

NAMES = ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"]


def result_of(name):
    portable = parse_assessment(portable_text(name))
    return score(small(), answers_of(portable, small()), portable.tier, portable.as_of)


def test_the_six_vendors_are_those_of_the_example():
    assert list(worked()["assessments"]) == NAMES
    assert list(worked()["expected"]) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_a_vendor(name):
    expected, document = worked()["expected"][name], result_of(name).document()
    assert document.keys() == expected.keys()
    for key, value in expected.items():
        assert document[key] == value, key
    # The order is part of what is stored, and all of it can be written down.
    assert canonical_json(document) == canonical_json(expected)


@pytest.mark.parametrize("name", NAMES)
def test_lost_points_are_what_is_missing_to_100(name):
    result = result_of(name)
    lost = [item.lost for item in result.criteria.values() if item.lost is not None]
    assert sum(lost) == 100 - result.overall


def test_the_order_of_the_vendors_whose_gate_passes():
    results = {name: result_of(name) for name in NAMES}
    passed = [name for name in NAMES if results[name].gate == "pass"]
    basis = [
        code for code in small().weights if all(results[n].categories[code].rated for n in passed)
    ]
    weights = {code: small().weights[code] for code in basis}

    def overall(name):
        figures = [(code, results[name].categories[code].score) for code in basis]
        return overall_under(figures, weights)

    expected = worked()["ranking"]
    assert sorted(passed, key=overall, reverse=True) == expected["ranked"]
    assert [name for name in NAMES if results[name].gate == "pending"] == expected["pending"]
    assert [name for name in NAMES if results[name].gate == "fail"] == expected["knocked_out"]


@pytest.mark.parametrize("row", range(39))
def test_raw_scores_of_the_shipped_framework(row):
    mappings = worked()["ethical_bpo_vetting"]["answer_mappings"]
    assert len(mappings) == 39
    case = mappings[row]
    criterion = shipped().criterion(case["criterion"])
    text = "never" if case["value"] is None else str(case["value"])
    rating = str(case.get("rating", ""))
    answer = typed_answer(criterion, text, case.get("valid_to", ""), rating)
    # The file carries binary floats where a third comes out; they are this close.
    assert abs(raw_score(criterion, answer, AS_OF) - Fraction(case["raw"])) < Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("name", "best", "level"),
    [
        ("best_answers_verified", True, "verified"),
        ("best_answers_documented", True, "documented"),
        ("best_answers_claimed", True, "claimed"),
        ("worst_answers_verified", False, "verified"),
    ],
)
def test_the_shipped_framework_at_its_ends(name, best, level):
    expected = worked()["ethical_bpo_vetting"]["smoke"][name]
    result = score(shipped(), extremes(shipped(), best=best, level=level), 1, AS_OF)
    assert result.overall == exact(expected["overall"])
    assert result.confidence == exact(expected["confidence"])
    assert (result.band, result.gate) == (expected["band"], expected["gate"])
    assert list(result.failed) == expected["failed"]
    assert list(result.pending) == expected["pending"]
    figures = {code: item.score for code, item in result.categories.items()}
    assert figures == {code: exact(item) for code, item in expected["categories"].items()}


def test_a_vendor_without_ai_is_not_rated_there_and_its_must_have_still_counts():
    expected = worked()["ethical_bpo_vetting"]["smoke"]["no_ai_vendor"]
    answers = extremes(shipped())
    for criterion in shipped().category("AIE").criteria:
        if criterion.not_applicable_allowed:
            answers[criterion.code] = Answer(
                is_answered=False, not_applicable=True, reason="no AI in the service"
            )
    result = score(shipped(), answers, 1, AS_OF)
    assert result.categories["AIE"].rated is expected["AIE_rated"]
    assert result.overall == exact(expected["overall"])
    assert result.gate == expected["gate"]

    answers["AIE-03"] = Answer("no", level="verified")
    failed = score(shipped(), answers, 1, AS_OF)
    assert (failed.overall, failed.gate, failed.failed) == (100, "fail", ("AIE-03",))


def test_tier_3_at_its_best():
    expected = worked()["ethical_bpo_vetting"]["smoke"]["tier3_best_verified"]
    result = score(shipped(), extremes(shipped(), 3), 3, AS_OF)
    assert result.overall == exact(expected["overall"])
    assert (result.gate, result.asked) == (expected["gate"], expected["asked"])


def test_tiers_ask_75_56_and_31_and_all_15_must_haves():
    framework = shipped()
    assert [len(framework.asked(tier)) for tier in (1, 2, 3)] == [75, 56, 31]
    codes = [criterion.code for criterion in framework.must_haves]
    assert codes == worked()["ethical_bpo_vetting"]["must_haves"]
    for tier in (1, 2, 3):
        assert set(codes) <= {criterion.code for criterion in framework.asked(tier)}


def test_an_unknown_tier_or_criterion_is_an_error():
    with pytest.raises(KeyError):
        score(small(), {}, 4, date(2026, 11, 1))
    with pytest.raises(ValueError, match="Z9"):
        score(small(), {"Z9": Answer("yes")}, 1, date(2026, 11, 1))
