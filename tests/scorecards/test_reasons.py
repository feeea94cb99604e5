"""Where a lead comes from, and the least that closes it: values alone, no database."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.ranking import (
    CriterionFigure,
    category_leads,
    criterion_leads,
    least_effort,
)

WEIGHTS = {"LAB": Fraction(40), "SEC": Fraction(35), "ENV": Fraction(25)}
percents = st.fractions(min_value=0, max_value=100, max_denominator=50)


def figure(code, share, raw=None, score=None, best=None):
    """A figure with whole numbers; `best` is the raw score unless said otherwise."""
    known = None if raw is None else Fraction(raw)
    return CriterionFigure(
        code=code,
        category=code[0],
        share=None if share is None else Fraction(share),
        raw=known,
        score=None if score is None else Fraction(score),
        best=known if best is None else Fraction(best),
    )


def test_categories_add_up_to_the_lead_from_the_strongest_on():
    first = {"LAB": Fraction(60), "SEC": Fraction(80), "ENV": Fraction(90)}
    second = {"LAB": Fraction(90), "SEC": Fraction(75), "ENV": Fraction(40)}
    found = category_leads(first, second, WEIGHTS)
    assert [(item.code, item.points) for item in found] == [
        ("ENV", Fraction("12.5")),
        ("SEC", Fraction("1.75")),
        ("LAB", Fraction(-12)),
    ]
    assert [(item.before, item.after) for item in found] == [
        (0, Fraction("12.5")),
        (Fraction("12.5"), Fraction("14.25")),
        (Fraction("14.25"), Fraction("2.25")),
    ]


def test_a_category_that_is_not_rated_for_both_is_no_part_of_a_basis():
    with pytest.raises(ValueError, match="LAB is not rated for both"):
        category_leads({"LAB": None}, {"LAB": Fraction(1)}, {"LAB": Fraction(100)})


def test_criteria_add_up_to_the_lead_and_the_largest_comes_first():
    first = [figure("A1", 10, 100, 100), figure("A2", 20, 50, 40), figure("B1", 70, 90, 90)]
    second = [figure("A1", 30, 100, 50), figure("A2", None), figure("B1", 70, 90, 45)]
    found = criterion_leads(first, second)
    assert [(item.code, item.points) for item in found] == [
        ("B1", Fraction("31.5")),
        ("A2", Fraction(8)),
        ("A1", Fraction(-5)),
    ]
    lead = sum(item.earned for item in first) - sum(item.earned for item in second)
    assert sum(item.points for item in found) == lead


def test_a_criterion_only_one_of_them_was_asked_counts_too():
    found = criterion_leads([figure("A1", 10, 100, 100)], [figure("B1", 10, 50, 50)])
    assert [(item.code, item.points) for item in found] == [("A1", 10), ("B1", -5)]


def test_proof_leaves_the_answer_and_an_answer_brings_its_proof():
    item = figure("A1", 10, 80, 40)
    assert (item.earned, item.by_proof, item.by_answer) == (4, 4, 6)
    unanswered = figure("A2", 10)
    assert (unanswered.earned, unanswered.by_proof, unanswered.by_answer) == (0, 0, 10)
    outside = figure("A3", None, 80, 40)
    assert (outside.earned, outside.by_proof, outside.by_answer) == (0, 0, 0)


def test_the_fewest_criteria_and_the_last_one_as_small_as_will_do():
    figures = [
        figure("A1", 10, 100, 50),  # 5 by proof
        figure("A2", 10, 100, 60),  # 4
        figure("A3", 10, 100, 80),  # 2
        figure("A4", 10, 100, 90),  # 1
    ]
    plan = least_effort(figures, Fraction(7), proof_only=True)
    assert [need.code for need in plan.needs] == ["A1", "A3"]
    assert plan.reaches and plan.total == 7
    assert [n.code for n in least_effort(figures, Fraction(1), proof_only=True).needs] == ["A4"]


def test_what_cannot_be_closed_names_everything_and_says_so():
    figures = [figure("A1", 10, 100, 50), figure("A2", 10)]
    plan = least_effort(figures, Fraction(6), proof_only=True)
    assert [need.code for need in plan.needs] == ["A1"]
    assert not plan.reaches
    assert least_effort(figures, Fraction(6), proof_only=False).reaches


def test_nothing_to_close_needs_nothing():
    plan = least_effort([figure("A1", 10, 100, 50)], Fraction(0), proof_only=True)
    assert plan.needs == () and plan.reaches


@given(st.lists(st.tuples(percents, percents), min_size=1, max_size=8), percents, st.booleans())
def test_no_smaller_set_of_criteria_closes_the_gap(rows, gap, proof_only):
    share = Fraction(100, len(rows))
    figures = [
        CriterionFigure(f"A{place}", "A", share, raw, raw * proof / 100, raw)
        for place, (raw, proof) in enumerate(rows)
    ]
    plan = least_effort(figures, gap, proof_only=proof_only)
    gains = [item.by_proof if proof_only else item.by_answer for item in figures]
    assert plan.reaches == (sum(gains) >= gap)
    if plan.reaches and plan.needs:
        fewer = combinations(gains, len(plan.needs) - 1)
        assert all(sum(some) < gap for some in fewer)
