"""Two reviewers' marks: the table of docs/workflow.md, run, and what holds for any two."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.scoring.cases import AS_OF, ROOT, shipped, steady, table, typed_answer
from vendors.scoring import (
    ANSWERED,
    SPREAD_LIMIT,
    UNANSWERED,
    CriterionResult,
    careful_of,
    needs_moderation,
    points_of,
    score,
    spread_of,
)

PAGE = ROOT / "docs/workflow.md"


def result_of(row, name):
    """The result of one mark of the table, such as "documented 4"."""
    criterion = shipped().criterion(row["Criterion"])
    level, _space, rating = row[name].partition(" ")
    answer = typed_answer(criterion, row["Answer"], "", rating)
    from_level = type(answer)(answer.value, rating=answer.rating, level=level)
    return score(shipped(), {criterion.code: from_level}, 1, AS_OF).criteria[criterion.code]


def test_the_table_of_the_page():
    rows = table(PAGE, "Criterion", "Answer", "First")
    assert len(rows) == 9
    for row in rows:
        first, second = result_of(row, "First"), result_of(row, "Second")
        assert points_of(first) == Fraction(row["First points"]), row
        assert points_of(second) == Fraction(row["Second points"]), row
        assert spread_of(first, second) == Fraction(row["Spread"]), row
        stands = "settled"
        if not needs_moderation(first, second):
            stands = ("first", "second")[careful_of(first, second) - 1]
        assert stands == row["What stands"], row


def item(raw, coefficient):
    return CriterionResult(
        "X", "C", Fraction(1), ANSWERED, raw, "claimed", coefficient, raw * coefficient
    )


figures = st.builds(
    item,
    st.fractions(0, 100, max_denominator=60),
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(4, 5), Fraction(1)]),
)


@steady
@given(figures, figures)
def test_never_more_than_either_gave(first, second):
    stands = (first, second)[careful_of(first, second) - 1]
    assert points_of(stands) == min(points_of(first), points_of(second))
    assert spread_of(first, second) == spread_of(second, first)
    assert needs_moderation(first, second) == (spread_of(first, second) >= SPREAD_LIMIT)


def test_the_limit_itself_is_settled_and_nothing_below_it():
    at = item(Fraction(80), Fraction(1))
    assert needs_moderation(item(Fraction(100), Fraction(1)), at)
    assert not needs_moderation(item(Fraction(9_999_999, 100_000), Fraction(1)), at)


def test_what_does_not_count_is_worth_nothing():
    unrated = CriterionResult("X", "C", Fraction(1), UNANSWERED)
    assert points_of(unrated) == 0
    assert careful_of(item(Fraction(10), Fraction(1)), unrated) == 2
