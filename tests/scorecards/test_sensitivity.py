"""What turns an order, held to what it means: values alone, no database."""

from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scorecards.ranking import (
    Candidate,
    flips,
    is_robust,
    least_transfer,
    omissions,
    rank,
    score_lines,
    settled,
    shrinkers,
    smallest,
    turns,
    winning_share,
)

CODES = ("LAB", "SEC", "ENV", "PRI", "GOV")
#: How far beside a flip the order is looked at, in percent of weight.
STEP = Fraction(1, 10**6)

points = st.fractions(min_value=0, max_value=100, max_denominator=1000)
differences = st.fractions(min_value=-100, max_value=100, max_denominator=1000)


@st.composite
def weightings(draw, count):
    parts = draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count))
    assume(sum(parts))
    return dict(zip(CODES, (Fraction(100 * part, sum(parts)) for part in parts), strict=False))


@st.composite
def pairs(draw):
    """Weights, and d with the first one in the lead."""
    count = draw(st.integers(2, len(CODES)))
    weights = draw(weightings(count))
    d = dict(zip(CODES, draw(st.lists(differences, min_size=count, max_size=count)), strict=False))
    lead = lead_of(weights, d)
    assume(lead)
    return weights, d if lead > 0 else {code: -value for code, value in d.items()}


@st.composite
def fields(draw, most=5):
    """Weights and some vendors, all rated in all categories."""
    count = draw(st.integers(2, len(CODES)))
    weights = draw(weightings(count))
    vendors = draw(
        st.lists(
            st.lists(points, min_size=count, max_size=count),
            min_size=2,
            max_size=most,
            unique_by=tuple,
        )
    )
    return weights, [candidate(f"v{place}", weights, row) for place, row in enumerate(vendors)]


def candidate(key, weights, row):
    return Candidate(key, key, "pass", dict(zip(weights, row, strict=True)), {})


def lead_of(weights, d):
    return sum(weights[code] * d[code] for code in d) / 100


def moved(weights, code, to):
    """One weight set, the others in proportion."""
    return settled(weights | {code: to}, {code}, weights)


@given(pairs())
def test_at_a_flip_both_scores_are_equal_and_beside_it_the_order_differs(pair):
    weights, d = pair
    for flip in flips(weights, d):
        assert abs(lead_of(moved(weights, flip.code, flip.at), d)) <= Fraction(1, 10**9)
        room = min(STEP, flip.at, 100 - flip.at) / 2
        below = lead_of(moved(weights, flip.code, flip.at - room), d)
        above = lead_of(moved(weights, flip.code, flip.at + room), d)
        assert below * above < 0


@given(pairs())
def test_where_a_weight_has_no_flip_the_leader_stays_ahead(pair):
    weights, d = pair
    with_flip = {flip.code for flip in flips(weights, d)}
    for code in weights:
        if code in with_flip or weights[code] == 100:
            continue
        leads = [lead_of(moved(weights, code, Fraction(to)), d) for to in range(1, 100)]
        assert min(leads) > 0


@given(pairs())
def test_the_change_is_measured_from_the_weight_now(pair):
    weights, d = pair
    found = flips(weights, d)
    for flip in found:
        assert flip.weight + flip.change == flip.at
        assert flip.weight == weights[flip.code]
        if flip.relative is not None:
            assert flip.weight * (1 + flip.relative) == flip.at
    least = smallest(found)
    assert (least is None) == (not found)
    assert all(abs(least.change) <= abs(flip.change) for flip in found)


@given(pairs())
def test_robust_is_where_no_weighting_turns_it(pair):
    weights, d = pair
    robust = is_robust(d)
    assert robust == (least_transfer(weights, d) is None) == (winning_share(d.values()) == 1)
    if robust:
        assert not flips(weights, d)
    else:
        assert lead_of(dict.fromkeys(d, Fraction(0)) | {min(d, key=d.get): Fraction(100)}, d) < 0


@given(pairs())
def test_the_least_transfer_takes_the_lead_away(pair):
    weights, d = pair
    transfer = least_transfer(weights, d)
    if transfer is None:
        return
    after = dict(weights)
    for donor in transfer.donors:
        assert 0 < donor.points <= weights[donor.code]
        after[donor.code] -= donor.points
        after[transfer.to] += donor.points
    assert sum(after.values()) == 100
    assert lead_of(after, d) == 0


@settings(deadline=None)
@given(pairs(), st.integers(0, 2**32 - 1))
def test_no_other_way_to_move_weight_needs_fewer_points(pair, seed):
    """Brute force: thousands of other ways to move as much as the least transfer does."""
    weights, d = pair
    transfer = least_transfer(weights, d)
    assume(transfer is not None)
    total = float(transfer.total)
    now = np.array([float(weights[code]) for code in d])
    slopes = np.array([float(d[code]) for code in d])
    draws = np.random.default_rng(seed)
    gains = draws.dirichlet(np.full(len(d), 0.5), 4000)
    losses = draws.dirichlet(np.full(len(d), 0.5), 4000)
    # whole donors and whole receivers too, where the best way lies at a corner
    corners = np.eye(len(d))
    gains = np.vstack([gains, np.repeat(corners, len(d), axis=0)])
    losses = np.vstack([losses, np.tile(corners, (len(d), 1))])
    # a donor gives no more than it has: what is over is not moved at all
    given_away = np.minimum(losses * total, now)
    received = gains * given_away.sum(axis=1, keepdims=True)
    leads = ((now - given_away + received) @ slopes) / 100
    assert leads.min() >= -1e-9


@settings(max_examples=25, deadline=None)
@given(pairs(), st.integers(0, 2**32 - 1))
def test_shares_agree_with_sampling(pair, seed):
    _weights, d = pair
    share = winning_share(d.values())
    assert share is not None
    draws = np.random.default_rng(seed).dirichlet(np.ones(len(d)), 40_000)
    sampled = (draws @ np.array([float(value) for value in d.values()]) > 0).mean()
    # five standard deviations of the largest possible variance
    assert abs(float(share) - sampled) < 5 * 0.5 / 40_000**0.5


@given(pairs())
def test_shares_of_the_two_sum_to_one(pair):
    _weights, d = pair
    assert winning_share(d.values()) + winning_share([-value for value in d.values()]) == 1


def test_the_same_scores_everywhere_have_no_share():
    assert winning_share([Fraction(0), Fraction(0)]) is None


@given(fields())
def test_the_nearest_turn_puts_the_one_it_names_level_with_the_leader_and_nobody_above(field):
    weights, vendors = field
    ranking = rank(vendors, weights)
    found = turns(ranking, {item.key: item.scores for item in vendors})
    if len(ranking.at(1)) > 1:
        assert not found
        return
    leader = ranking.at(1)[0].key
    nearest = min(found.values(), key=lambda turn: abs(turn.flip.change), default=None)
    if nearest is None:
        return
    at = rank(vendors, moved(weights, nearest.flip.code, nearest.flip.at))
    assert {leader, nearest.key} <= {item.key for item in at.at(1)}


@given(fields())
def test_a_line_gives_the_score_at_every_weight(field):
    weights, vendors = field
    for code in weights:
        lines = score_lines(vendors, weights, code)
        if weights[code] == 100:
            continue
        for to in (Fraction(0), Fraction(25), weights[code], Fraction(100)):
            scored = rank(vendors, moved(weights, code, to))
            for item in scored.ranked:
                none, full = lines[item.key]
                assert item.score == none + (full - none) * to / 100


@given(fields(), st.data())
def test_another_vendor_never_reorders_the_others_while_the_basis_stays_the_same(field, data):
    weights, vendors = field
    row = data.draw(st.lists(points, min_size=len(weights), max_size=len(weights)))
    before = rank(vendors, weights)
    after = rank([*vendors, candidate("new", weights, row)], weights)
    assert after.basis == before.basis
    others = [item.key for item in after.ranked if item.key != "new"]
    assert others == [item.key for item in before.ranked]
    assert not shrinkers([*vendors, candidate("new", weights, row)], weights, after)


@given(fields(), st.data())
def test_who_shrinks_the_basis_is_named_with_what_it_does_to_the_others(field, data):
    weights, vendors = field
    row = data.draw(st.lists(points, min_size=len(weights), max_size=len(weights)))
    missing = data.draw(st.sampled_from(list(weights)))
    assume(sum(weights.values()) > weights[missing])
    new = candidate("new", weights, row)
    new.scores[missing] = None
    everyone = [*vendors, new]
    before, after = rank(vendors, weights), rank(everyone, weights)
    assert missing in after.basis.left_out
    named = {item.key: item for item in shrinkers(everyone, weights, after)}["new"]
    assert named.codes == (missing,)
    assert named.first == tuple(item.key for item in before.at(1))
    places = {item.key: item.rank for item in rank_of_some(after, vendors)}
    assert named.order_changes == (places != {item.key: item.rank for item in before.ranked})


def rank_of_some(ranking, vendors):
    """The same scores, places among some vendors alone."""
    keys = {item.key for item in vendors}
    some = [item for item in ranking.placed if item.key in keys]
    scores = {item.key: item.score for item in some}
    whole = [Candidate(item.key, item.name, "pass", {"all": scores[item.key]}, {}) for item in some]
    return rank(whole, {"all": Fraction(100)}).ranked


def test_what_leaving_a_category_out_changes():
    weights = dict(zip(CODES, map(Fraction, (40, 35, 25)), strict=False))
    vendors = [candidate("A", weights, (60, 80, 90)), candidate("B", weights, (90, 75, 40))]
    ranking = rank(vendors, weights)
    assert [item.key for item in ranking.ranked] == ["A", "B"]
    found = {item.code: item for item in omissions(vendors, weights, ranking)}
    assert found["LAB"].first == ("A",) and not found["LAB"].order_changes
    assert found["ENV"].first == ("B",) and found["ENV"].order_changes


def test_leaving_out_the_only_category_leaves_no_order():
    weights = {"LAB": Fraction(100)}
    vendors = [candidate("A", weights, (60,)), candidate("B", weights, (90,))]
    assert omissions(vendors, weights, rank(vendors, weights)) == ()
