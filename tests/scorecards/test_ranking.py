"""The order, ties, the basis, and who is kept out: values alone, no database."""

from fractions import Fraction
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from scorecards.ranking import Candidate, rank

WEIGHTS = {"LAB": Fraction(40), "SEC": Fraction(35), "ENV": Fraction(25)}


def candidate(name, *scores, gate="pass", **must_haves):
    values = (None if score is None else Fraction(score) for score in scores)
    return Candidate(name, name, gate, dict(zip(WEIGHTS, values, strict=True)), must_haves)


def order(ranking):
    return [(item.name, item.rank) for item in ranking.ranked]


def test_the_highest_exact_score_is_first():
    ranking = rank([candidate("A", 70, 70, 70), candidate("B", 90, 60, "70.001")], WEIGHTS)
    assert order(ranking) == [("B", 1), ("A", 2)]
    assert ranking.ranked[0].score == Fraction("74.50025")
    assert ranking.lead == Fraction("4.50025")
    assert ranking.basis.weights == WEIGHTS
    assert ranking.basis.left_out == ()


def test_equal_scores_share_a_place_and_the_next_is_left_empty():
    ranking = rank(
        [candidate("D", 10, 10, 10), candidate("b", 50, 50, 50), candidate("A", 50, 50, 50)],
        WEIGHTS,
    )
    assert order(ranking) == [("A", 1), ("b", 1), ("D", 3)]
    assert ranking.lead is None
    assert not ranking.is_close


def test_a_difference_too_small_to_show_is_no_tie():
    ranking = rank([candidate("A", 50, 50, 50), candidate("B", "50.001", 50, 50)], WEIGHTS)
    assert order(ranking) == [("B", 1), ("A", 2)]
    assert ranking.lead_shown == 0
    assert ranking.is_close


def test_the_lead_shown_is_the_difference_of_the_figures_shown():
    ranking = rank(
        [candidate("A", "76.45", "76.45", "76.45"), candidate("B", "73.84", "73.84", "73.84")],
        WEIGHTS,
    )
    assert ranking.lead == Fraction("2.61")
    assert ranking.lead_shown == Fraction("2.7")


def test_a_lead_of_one_point_is_not_close():
    one = rank([candidate("A", 51, 51, 51), candidate("B", 50, 50, 50)], WEIGHTS)
    less = rank([candidate("A", "50.99", 51, 51), candidate("B", 50, 50, 50)], WEIGHTS)
    assert not one.is_close
    assert less.is_close


def test_the_gate_keeps_vendors_out_and_names_what_did_it():
    ranking = rank(
        [
            candidate("A", 50, 50, 50, L1="pass"),
            candidate("P", 80, 80, None, gate="pending", L1="pending", S1="pass", E1="pending"),
            candidate("F", 92, 92, 92, gate="fail", L1="pending", S1="fail"),
        ],
        WEIGHTS,
    )
    assert order(ranking) == [("A", 1)]
    assert [(i.name, i.score, i.criteria) for i in ranking.pending] == [("P", 80, ("L1", "E1"))]
    assert [(i.name, i.score, i.criteria) for i in ranking.failed] == [("F", 92, ("S1",))]
    assert ranking.basis.left_out == ()


def test_the_basis_is_what_is_rated_for_every_ranked_vendor():
    ranking = rank(
        [
            candidate("A", 60, 60, None),
            candidate("B", 50, 62, 90),
            candidate("P", None, 80, 80, gate="pending"),
        ],
        WEIGHTS,
    )
    assert ranking.basis.left_out == ("ENV",)
    assert ranking.basis.weights == {"LAB": Fraction(1600, 30), "SEC": Fraction(1400, 30)}
    assert sum(ranking.basis.weights.values()) == 100
    assert order(ranking) == [("A", 1), ("B", 2)]
    assert ranking.basis.order_changes


def test_leaving_out_may_change_nothing():
    ranking = rank([candidate("A", 60, 60, None), candidate("B", 50, 50, 50)], WEIGHTS)
    assert ranking.basis.left_out == ("ENV",)
    assert not ranking.basis.order_changes


def test_a_vendor_rated_nowhere_has_no_place_and_takes_nothing_out():
    ranking = rank([candidate("N", None, None, None), candidate("A", 60, 60, 60)], WEIGHTS)
    assert order(ranking) == [("A", 1), ("N", None)]
    assert ranking.basis.left_out == ()
    assert ranking.ranked[1].score is None


def test_without_a_common_category_nobody_has_a_place():
    ranking = rank([candidate("A", 60, None, None), candidate("B", None, 60, 60)], WEIGHTS)
    assert order(ranking) == [("A", None), ("B", None)]
    assert ranking.basis.left_out == tuple(WEIGHTS)
    assert ranking.lead is None


def test_weightless_categories_give_no_score():
    weights = {"LAB": Fraction(0), "SEC": Fraction(50), "ENV": Fraction(50)}
    ranking = rank([candidate("A", 60, None, 60), candidate("B", 60, 60, None)], weights)
    assert order(ranking) == [("A", None), ("B", None)]


def test_nobody():
    ranking = rank([], WEIGHTS)
    assert (ranking.ranked, ranking.pending, ranking.failed) == ((), (), ())
    assert ranking.basis.weights == WEIGHTS


scores = st.one_of(st.none(), st.fractions(0, 100, max_denominator=60))
vendors = st.lists(st.tuples(scores, scores, scores), min_size=1, max_size=4)


@given(vendors, st.fractions(min_value=Fraction(1, 100), max_value=50, max_denominator=100))
def test_scaling_all_weights_changes_nothing(rows, factor):
    candidates = [candidate(str(n), *row) for n, row in enumerate(rows)]
    scaled = {code: weight * factor for code, weight in WEIGHTS.items()}
    assert rank(candidates, scaled) == rank(candidates, WEIGHTS)


@given(vendors)
def test_the_order_of_the_vendors_asked_for_changes_nothing(rows):
    candidates = [candidate(str(n), *row) for n, row in enumerate(rows)]
    expected = rank(candidates, WEIGHTS)
    assert all(rank(mixed, WEIGHTS) == expected for mixed in permutations(candidates))


@given(vendors)
def test_a_place_is_one_more_than_those_ahead(rows):
    ranking = rank([candidate(str(n), *row) for n, row in enumerate(rows)], WEIGHTS)
    for item in ranking.placed:
        assert item.rank == 1 + sum(other.score > item.score for other in ranking.placed)


def test_weights_tried_out_leave_who_counts_as_rated_as_it_was():
    """One is rated only where the profile gives no weight: it has no place, and stays without."""
    everyone = [
        candidate("A", 70, 60, 50),
        candidate("B", 60, 70, 80),
        candidate("C", None, None, 90),
    ]
    profile = {"LAB": Fraction(60), "SEC": Fraction(40), "ENV": Fraction(0)}
    before = rank(everyone, profile)
    assert order(before) == [("A", 1), ("B", 2), ("C", None)]
    tried = {"LAB": Fraction(30), "SEC": Fraction(30), "ENV": Fraction(40)}
    assert list(rank(everyone, tried).basis.weights) == ["ENV"]
    after = rank(everyone, tried, rated_under=profile)
    assert list(after.basis.weights) == list(before.basis.weights)
    assert order(after) == [("B", 1), ("A", 2), ("C", None)]
