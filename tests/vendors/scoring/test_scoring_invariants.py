"""What must hold for every set of answers, looked for where it might not."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.vendors.scoring.cases import AS_OF, answer_sets, answer_to, shipped, small, steady
from vendors.scoring import (
    Answer,
    canonical_json,
    check_answer,
    evidence_gains,
    explain,
    figure,
    gaps,
    overall_under,
    raw_score,
    rounded,
    score,
    shown,
    strengths,
)

LADDER = ["rejected", "claimed", "documented", "verified"]


def scored(answers, framework=None, tier=1):
    return score(framework or small(), answers, tier, AS_OF)


@steady
@given(answer_sets(small()))
def test_all_figures_stay_within_bounds(answers):
    result = scored(answers)
    assume(result.overall is not None)
    assert 0 <= result.overall <= result.claimed <= 100
    assert result.overall == result.range_low <= result.range_high <= 100
    assert 0 <= result.confidence <= 100
    shares = (result.verified_share, result.documented_share, result.claimed_share)
    assert min(shares) >= 0
    assert sum(shares) <= 100
    for item in result.categories.values():
        if item.rated:
            assert 0 <= item.score <= item.claimed <= 100
            assert item.score <= item.high <= 100
            assert item.applicable_weight <= item.asked_weight


@steady
@given(answer_sets(small()))
def test_points_lost_are_exactly_what_is_missing(answers):
    result = scored(answers)
    assume(result.overall is not None)
    counted = [item for item in result.criteria.values() if item.share is not None]
    assert sum(item.lost for item in counted) == 100 - result.overall
    assert sum(item.earned for item in counted) == result.overall
    assert sum(item.share for item in counted) == 100
    assert sum(gap.points for gap in gaps(result)) == 100 - result.overall
    assert sum(point.points for point in strengths(result)) == result.overall
    assert sum(gain.points for gain in evidence_gains(result)) == result.evidence_gain
    why = explain(result)
    assert 100 - why.lost_by_answers - why.lost_by_evidence == why.overall


@steady
@given(answer_sets(small()), st.data())
def test_a_better_answer_never_lowers_the_score(answers, data):
    criterion = data.draw(st.sampled_from(small().criteria))
    one = data.draw(answer_to(criterion))
    other = replace(data.draw(answer_to(criterion)), level=one.level, level_valid_to=None)
    one = replace(one, level_valid_to=None)
    assume(not one.not_applicable and not other.not_applicable)
    low, high = sorted((one, other), key=lambda item: raw_score(criterion, item, AS_OF))
    before = scored({**answers, criterion.code: low}).overall
    after = scored({**answers, criterion.code: high}).overall
    assume(before is not None)
    assert before <= after


@steady
@given(answer_sets(small()), st.data())
def test_better_evidence_never_lowers_the_score_nor_the_gate(answers, data):
    criterion = data.draw(st.sampled_from(small().criteria))
    answer = replace(data.draw(answer_to(criterion)), level_valid_to=None)
    results = [
        scored({**answers, criterion.code: replace(answer, level=level)}) for level in LADDER
    ]
    overall = [result.overall for result in results]
    assume(overall[0] is not None)
    assert overall == sorted(overall)
    confidence = [result.confidence for result in results]
    assert confidence == sorted(confidence)
    gates = [["fail", "pending", "pass"].index(result.gate) for result in results]
    assert gates == sorted(gates)


@steady
@given(answer_sets(small()), st.fractions(Fraction(1, 1000), Fraction(1000)))
def test_scaling_all_weights_changes_nothing(answers, factor):
    result = scored(answers)
    weights = {code: weight * factor for code, weight in small().weights.items()}
    figures = [(code, item.score) for code, item in result.categories.items()]
    assert overall_under(figures, weights) == result.overall
    scaled = replace(
        small(),
        categories=tuple(
            replace(
                category,
                weight=category.weight * factor,
                criteria=tuple(
                    replace(criterion, weight=criterion.weight * factor)
                    for criterion in category.criteria
                ),
            )
            for category in small().categories
        ),
    )
    again = scored(answers, scaled)
    assert (again.overall, again.confidence, again.range_high) == (
        result.overall,
        result.confidence,
        result.range_high,
    )
    assert [item.lost for item in again.criteria.values()] == [
        item.lost for item in result.criteria.values()
    ]


@steady
@given(answer_sets(small()), st.data())
def test_what_does_not_apply_leaves_the_others_in_proportion(answers, data):
    code = data.draw(st.sampled_from([item.code for item in small().criteria]))
    absent = Answer(is_answered=False, not_applicable=True, reason="none here")
    result = scored({**answers, code: absent})
    category = result.categories[small().category_of(code).code]
    assume(category.rated)
    left = [
        item
        for item in result.criteria.values()
        if item.category == category.code and item.state != "na"
    ]
    weight = sum(item.weight for item in left)
    assert category.applicable_weight == weight
    assert category.score == sum(item.weight * (item.score or 0) for item in left) / weight
    assert result.criteria[code].share is None


@steady
@given(answer_sets(small()), st.data())
def test_answering_what_is_open_stays_within_the_range(answers, data):
    before = scored(answers)
    still_open = [item.code for item in before.criteria.values() if item.state == "unanswered"]
    assume(still_open)
    assume(before.overall is not None)
    filled = dict(answers)
    for code in still_open:
        answer = data.draw(answer_to(small().criterion(code)))
        assume(not answer.not_applicable)
        filled[code] = answer
    after = scored(filled)
    assert before.range_low <= after.overall <= before.range_high


@steady
@given(answer_sets(small()))
def test_the_order_of_answers_plays_no_part_and_the_document_can_be_written(answers):
    result = scored(answers)
    turned = scored(dict(reversed(answers.items())))
    assert canonical_json(result.document()) == canonical_json(turned.document())


@steady
@given(st.sampled_from([1, 2, 3]), st.data())
def test_the_shipped_framework_holds_the_same(tier, data):
    answers = data.draw(answer_sets(shipped(), tier))
    for code, answer in answers.items():
        levels = shipped().scoring.level_values
        assert check_answer(shipped().criterion(code), answer, AS_OF, levels) == []
    result = scored(answers, shipped(), tier)
    assume(result.overall is not None)
    assert sum(gap.points for gap in gaps(result)) == 100 - result.overall
    assert 0 <= result.overall <= result.claimed <= 100
    assert result.overall <= result.range_high
    assert len(result.must_haves) == 15


@steady
@given(st.fractions(), st.integers(0, 4))
def test_rounding_is_to_the_nearest_and_shown_as_such(value, places):
    near = rounded(value, places)
    assert abs(near - value) <= Fraction(1, 2 * 10**places)
    assert Fraction(shown(value, places).replace("\u2212", "-")) == near
    assert Fraction(figure(value)["exact"]) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.05", "0.1"), ("84.95", "85.0"), ("-3.25", "\u22123.3"), ("-0.04", "0.0"), ("7", "7.0")],
)
def test_figures_for_people(value, text):
    assert shown(Fraction(value)) == text


def test_whole_numbers_for_people():
    assert (shown(Fraction("62.5"), 0), shown(Fraction("62.49"), 0)) == ("63", "62")
