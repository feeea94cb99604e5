"""Scores under other weights: what the database computes agrees with the exact engine."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.factories import approved, make_assessment, make_user, make_vendor, small_framework
from tests.proved import lifted
from vendors import scoring
from vendors.models import AssessmentResult, CategoryScore, Vendor
from vendors.permissions import Role
from vendors.queries.reweighting import PLACES, band_under, reached_from, score_under

pytestmark = pytest.mark.django_db


@pytest.fixture
def framework():
    return small_framework()


@pytest.fixture
def rules(framework):
    return framework.rules


def store(vendor, scores):
    """Set the category scores of a vendor's latest result; None is not rated."""
    result = Vendor.objects.get(pk=vendor.pk).latest_result_id
    with lifted():
        for code, score in scores.items():
            number = None if score is None else _eight(score)
            CategoryScore.objects.filter(result=result, code=code).update(
                score="" if score is None else str(score), score_value=number
            )


def _eight(score):
    number = Decimal(score.numerator) / Decimal(score.denominator)
    return number.quantize(Decimal("1e-8"))


def rated(framework, scores, name=None):
    owner = make_user()
    vendor = make_vendor(by=owner, **({"name": name} if name else {}))
    approved(
        make_assessment(vendor=vendor, owner=owner, framework=framework),
        by=make_user(Role.MANAGER),
    )
    store(vendor, dict(zip(framework.rules.weights, scores, strict=True)))
    return vendor


def under(weights, rules):
    """Score and band by vendor under weights."""
    score = score_under(weights)
    rows = Vendor.objects.annotate(score=score, letter=band_under(score, rules.scoring))
    return {row.pk: (row.score, row.letter) for row in rows}


def test_it_agrees_with_the_engine_for_any_scores_and_weights(framework, rules):
    chance = random.Random(5)
    vendors = {
        rated(framework, scores).pk: scores
        for scores in (
            [
                None if chance.random() < 0.2 else Fraction(chance.randrange(0, 100_001), 1000)
                for _ in rules.weights
            ]
            for _ in range(12)
        )
    }
    for _ in range(15):
        weights = {code: Fraction(chance.randrange(0, 500), 7) for code in rules.weights}
        found = under(weights, rules)
        for pk, scores in vendors.items():
            exact = scoring.overall_under(zip(rules.weights, scores, strict=True), weights)
            low = any(one is not None and one < rules.scoring.floor_below for one in scores)
            number, letter = found[pk]
            if exact is None:
                assert number is None
            else:
                assert number == pytest.approx(float(exact), abs=10**-PLACES)
            assert letter == scoring.band_of(rules.scoring, exact, low)


@pytest.mark.parametrize(
    ("score", "letter"),
    [("84.95", "A"), ("84.9499", "B"), ("70", "B"), ("69.95", "B"), ("54.94", "D"), ("0", "E")],
)
def test_bands_begin_where_the_rounded_score_does(framework, rules, score, letter):
    # three thirds of the same score add up to it again, whatever a float makes of a third
    weights = dict.fromkeys(rules.weights, Fraction(100, 3))
    value = Fraction(score)
    rated(framework, [value] * 3)
    [(number, found)] = under(weights, rules).values()
    assert number == float(value)
    capped = value < rules.scoring.floor_below
    assert found == scoring.band_of(rules.scoring, value, capped)
    assert capped or found == letter


def test_a_weak_category_caps_the_band_whatever_its_weight(framework, rules):
    first, *others = rules.weights
    weak = rules.scoring.floor_below - Fraction(1, 100)
    rated(framework, [weak, Fraction(100), Fraction(100)])
    weights = {first: Fraction(0), **dict.fromkeys(others, Fraction(50))}
    [found] = under(weights, rules).values()
    assert found == (100, rules.scoring.floor_cap_band)


def test_without_a_result_a_weight_or_the_same_categories_there_is_none(framework, rules):
    first, second, third = rules.weights
    unrated = make_vendor()
    vendor = rated(framework, [Fraction(80), None, None])
    all_on_others = {first: Fraction(0), second: Fraction(50), third: Fraction(50)}
    assert under(all_on_others, rules) == {unrated.pk: (None, None), vendor.pk: (None, None)}
    foreign = {second: Fraction(50), third: Fraction(50)}
    assert under(foreign, rules)[vendor.pk] == (None, None)


def test_vendors_are_sorted_and_filtered_by_it(framework, rules):
    first, *others = rules.weights
    specialist = rated(framework, [Fraction(95), Fraction(60), Fraction(60)], "Specialist")
    steady = rated(framework, [Fraction(75)] * 3, "Steady")
    make_vendor(name="New")
    weights = {first: Fraction(90), **dict.fromkeys(others, Fraction(5))}
    for weighed, best in ((weights, specialist), (dict.fromkeys(weights, Fraction(1)), steady)):
        score = score_under(weighed)
        rows = Vendor.objects.annotate(now=score, letter=band_under(score, rules.scoring))
        assert rows.filter(now__isnull=False).order_by("-now").first() == best
        assert rows.filter(letter="A").count() == (1 if best == specialist else 0)


def test_results_of_others_and_earlier_ones_stay_out(framework, rules):
    vendor = rated(framework, [Fraction(50), Fraction(60), Fraction(70)])
    other = rated(framework, [Fraction(90)] * 3)
    assert AssessmentResult.objects.count() == 2
    found = under(rules.weights, rules)
    assert found[other.pk][0] == 90
    exact = scoring.overall_under(
        zip(rules.weights, map(Fraction, (50, 60, 70)), strict=True), rules.weights
    )
    assert found[vendor.pk][0] == pytest.approx(float(exact), abs=10**-PLACES)


@pytest.mark.parametrize(
    ("least", "reached"), [("85", 84.95), ("85.03", 85.05), ("0", -0.05), ("55.1", 55.05)]
)
def test_a_band_is_reached_from_half_a_decimal_below(least, reached):
    assert reached_from(Fraction(least)) == reached
