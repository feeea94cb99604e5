"""The less common filters of the vendor list: what each holds, says and counts."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from tests.factories import (
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
)
from tests.proved import lifted
from tests.vendors.test_vendor_list import entry, names
from vendors import scoring
from vendors.models import (
    Assessment,
    AssessmentResult,
    CategoryScore,
    Certification,
    WeightProfile,
)
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
LIST = "/vendors/"


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT, name="Ana Officer")


@pytest.fixture
def framework():
    return make_framework()


@pytest.fixture
def listed(client):
    """A function that opens the list as a manager with some filters."""
    client.force_login(make_user(Role.MANAGER))
    return lambda **query: client.get(LIST, query)


@pytest.fixture
def rated(framework, officer):
    """A function that makes a vendor with a result, whose columns stand for other results."""

    def make(name, categories=None, **fields):
        vendor = make_vendor(by=officer, name=name)
        result = approved(make_assessment(vendor=vendor, owner=officer, framework=framework))
        with lifted():
            AssessmentResult.objects.filter(pk=result.pk).update(**fields)
            for code in framework.rules.weights if categories else ():
                score = categories.get(code, 50)
                CategoryScore.objects.filter(result=result, code=code).update(
                    score=str(score), score_value=score
                )
        return vendor

    return make


def chips(response):
    """The words of the chips."""
    found = re.findall(r'class="fchip">([^<]+)<', response.content.decode())
    return [text.strip() for text in found]


def holds(listed, expected, label, **query):
    """Check that the list holds these, counts them, and says so in a chip that can be removed."""
    response = listed(**query)
    assert set(names(response)) == set(expected), query
    assert response.context["page_obj"].paginator.count == len(expected)
    assert chips(response) == [label]
    [chip] = response.context["chips"]
    assert chip.url == "?"


@pytest.mark.parametrize(
    ("field", "value", "other", "query", "label"),
    [
        ("tier", 2, 3, {"tier": "2"}, "Tier 2"),
        ("gate", "fail", "pass", {"gate": "fail"}, "Must-have failed"),
        ("gate", "pending", "fail", {"gate": "pending"}, "Must-haves pending"),
        ("residual_risk", "high", "low", {"risk": "high"}, "Residual risk: High"),
        ("weakest_code", "LAB", "ENV", {"weakest": "LAB"}, None),
    ],
)
def test_filters_by_what_was_frozen(listed, framework, rated, field, value, other, query, label):
    rated("Yes", **{field: value})
    rated("No", **{field: other})
    make_vendor(name="Unrated")
    label = label or f"Weakest: {framework.rules.category('LAB').name}"
    holds(listed, {"Yes"}, label, **query)


def test_risk_counts_only_where_the_must_haves_are_met(listed, rated):
    rated("Low", residual_risk="low")
    rated("Waived", residual_risk="low", gate=scoring.FAIL)
    holds(listed, {"Low"}, "Residual risk: Low", risk="low")


def test_those_without_a_result(listed, rated):
    rated("Rated")
    make_vendor(name="New")
    holds(listed, {"New"}, "No approved result", gate="none")


def test_the_owner_of_any_assessment(listed, rated, officer, framework):
    rated("Past")
    other = make_user(Role.PROCUREMENT, name="Ben Other")
    both = make_vendor(name="Both")
    for owner in (officer, other):
        assessment = make_assessment(vendor=both, owner=owner, framework=framework)
        Assessment.objects.filter(pk=assessment.pk).update(
            state="cancelled",
            cancelled_at=timezone.now(),
            cancelled_by=owner,
            cancel_reason="Sample",
        )
    holds(listed, {"Past", "Both"}, "Owner: Ana Officer", owner=str(officer.public_id))
    holds(listed, {"Both"}, "Owner: Ben Other", owner=str(other.public_id))
    page = listed().content.decode()
    assert f'<option value="{officer.public_id}">Ana Officer</option>' in page


def test_certifications_that_end_or_have_ended(listed):
    for name, days in (("Past", -1), ("Today", 0), ("Month", 30), ("Quarter", 90), ("Half", 180)):
        entry(make_vendor(name=name), "SOC 2", days)
    entry(make_vendor(name="Later"), "SOC 2", 181)
    entry(make_vendor(name="Forever"), "SOC 2", None)
    removed = entry(make_vendor(name="Removed"), "SOC 2", 5)
    Certification.objects.filter(pk=removed.pk).update(removed_at=timezone.now())
    renewed = make_vendor(name="Renewed")
    entry(renewed, "SOC 2", -5)
    entry(renewed, "SOC 2", 400)
    within = "Certification: Ends within {} days"
    holds(listed, {"Past"}, "Certification: Has ended", expiry="ended")
    holds(listed, {"Today", "Month"}, within.format(30), expiry="30")
    holds(listed, {"Today", "Month", "Quarter"}, within.format(90), expiry="90")
    holds(listed, {"Today", "Month", "Quarter", "Half"}, within.format(180), expiry="180")


@pytest.mark.parametrize("name", ["score", "confidence"])
def test_ranges_hold_their_lower_end_and_not_the_upper(listed, rated, name):
    column = {"score": "overall"}.get(name, name)
    for label, value in (("A", "69.99999999"), ("B", "70"), ("C", "79.5"), ("D", "80"), ("E", 100)):
        rated(label, **{column: value})
    make_vendor(name="Unrated")
    word = name.capitalize()
    low, high = f"{name}_from", f"{name}_to"
    holds(listed, {"B", "C"}, f"{word} from 70 to below 80", **{low: "70", high: "80"})
    holds(listed, {"A", "B"}, f"{word} below 79.5", **{high: "79.50"})
    holds(listed, {"D", "E"}, f"{word} from 80", **{low: "80,0", high: "100"})
    assert set(names(listed(**{low: "70", high: "75"}))) == {"B"}


@pytest.mark.parametrize(
    "query",
    [
        {"score_from": "many", "score_to": "-1"},
        {"score_from": "101"},
        {"score_from": "80", "score_to": "70"},
        {"score_from": "NaN", "confidence_to": "1e1"},
        {"tier": "4", "gate": "x", "risk": "'", "weakest": "\x00", "moved": "sideways"},
        {"owner": "00000000-0000-4000-8000-000000000000", "expiry": "31"},
        {"profile": "No such profile"},
        {"profile": "Balanced"},
        {"score_from": "0", "score_to": "100"},
    ],
)
def test_what_is_no_filter_is_left_out(listed, rated, query):
    rated("Rated")
    make_vendor(name="New")
    response = listed(**query)
    assert set(names(response)) == {"Rated", "New"}
    assert not response.context["chips"]


def test_scores_that_moved_since_the_last_quarter_ended(listed, rated, officer, framework):
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for name, was, now in (
        ("Up", 60, 61),
        ("Far", 60, 80),
        ("Down", 60, 59),
        ("Still", 60, "60.99"),
        ("Sunk", 60, "59.01"),
    ):
        first = rated(name, overall=was)
        with lifted():
            backdate(first, long_ago)
        second = approved(make_assessment(vendor=first, owner=officer, framework=framework))
        with lifted():
            AssessmentResult.objects.filter(pk=second.pk).update(overall=now)
    rated("New", overall=90)
    found = {way: set(names(listed(moved=way))) for way in ("up", "down", "still")}
    assert found == {"up": {"Up", "Far"}, "down": {"Down"}, "still": {"Still", "Sunk"}}
    [chip] = chips(listed(moved="up"))
    assert re.fullmatch(r"Score: Up since \d+ \w+ \d{4}", chip)


@pytest.fixture
def people_first(framework):
    """A profile that counts little but labour."""
    weights = dict.fromkeys(framework.rules.weights, Fraction(1))
    weights["LAB"] = 101 - Fraction(len(weights))
    return WeightProfile.objects.create(
        framework_slug=framework.slug,
        name="Labour alone",
        weights={code: str(weight) for code, weight in weights.items()},
    )


def test_a_profile_changes_scores_order_and_bands(listed, rated, framework, people_first):
    rated("Kind", {"LAB": 95, "ENV": 90}, overall=60, band="C", tier=3)
    rated("Cheap", {"LAB": 55, "ENV": 90}, overall=80, band="B", tier=3)
    make_vendor(name="New")
    assert names(listed()) == ["Cheap", "Kind", "New"]
    response = listed(profile="labour ALONE")
    assert names(response) == ["Kind", "Cheap", "New"]
    assert chips(response) == ["Weights: Labour alone"]
    text = response.content.decode()
    assert "computed under “Labour alone”" in text
    weights = {code: Fraction(weight) for code, weight in people_first.weights.items()}
    for name, labour, stored in (("Kind", 95, "60.0"), ("Cheap", 55, "80.0")):
        scores = dict.fromkeys(weights, Fraction(50)) | {"LAB": Fraction(labour), "ENV": 90}
        exact = scoring.overall_under(scores.items(), weights)
        row = next(row for row in response.context["rows"] if row.vendor.name == name)
        assert row.overall == pytest.approx(float(exact), abs=1e-7)
        assert row.band == scoring.band_of(framework.rules.scoring, exact)
        assert f"<b>{scoring.shown(exact)}</b>" in text
        assert f"approved {stored}" in text
    band = next(row.band for row in response.context["rows"] if row.vendor.name == "Kind")
    assert names(listed(profile="Labour alone", band=band)) == ["Kind"]
    assert names(listed(profile="Labour alone", score_from="60")) == ["Kind"]
    risk = scoring.residual_risk(3, band)
    assert names(listed(profile="Labour alone", risk=risk))[0] == "Kind"
    assert 'name="profile" value="Labour alone"' in text


def test_risk_under_a_profile_follows_the_band_under_it(listed, rated, people_first):
    rated("Low", {"LAB": 95}, residual_risk="critical", tier=3)
    rated("Deep", {"LAB": 60}, residual_risk="low", tier=1)
    rated("Fails", {"LAB": 95}, gate=scoring.FAIL, tier=3)
    assert names(listed(profile="Labour alone", risk="low")) == ["Low"]
    assert names(listed(profile="Labour alone", risk="high")) == ["Deep"]
    assert names(listed(risk="low")) == ["Deep"]


def test_a_retired_profile_and_one_of_other_categories_are_not_offered(listed, framework):
    for name, weights, retired in (
        ("Old", framework.rules.weights, True),
        ("Odd", {"LAB": 100}, False),
    ):
        person = make_user(Role.MANAGER)
        WeightProfile.objects.create(
            framework_slug=framework.slug,
            name=name,
            weights={code: str(weight) for code, weight in weights.items()},
            retired_at=timezone.now() if retired else None,
            retired_by=person if retired else None,
        )
    text = listed().content.decode()
    assert "Old</option>" not in text
    assert "Odd</option>" not in text


def test_filters_join_and_one_link_takes_all_off(listed, rated):
    rated("Both", tier=2, overall=75)
    rated("One", tier=2, overall=55)
    response = listed(tier="2", score_from="70", sort="name", q="o")
    assert names(response) == ["Both"]
    text = response.content.decode()
    assert "1 of 2 vendors matches" in text
    assert '<a class="btn btn-quiet btn-sm" href="?sort=name">Clear all</a>' in text
    assert re.search(r"More filters\s*<span[^>]*>2 on<", text)
    assert 'name="score_from" value="70"' in text


def test_no_match_names_one_of_these_filters_too(listed, rated):
    rated("Only", tier=2, overall=75)
    text = listed(tier="2", score_from="90").content.decode()
    assert 'Without "Score from 90" there is 1.' in text
    assert 'href="?tier=2"' in text


@pytest.mark.parametrize(
    "query",
    [
        {"moved": "up"},
        {"profile": "Labour alone", "band": "A"},
        {"profile": "Labour alone", "risk": "critical"},
        {"profile": "Labour alone", "score_from": "99"},
    ],
)
def test_no_match_among_computed_figures_counts_what_is_left(listed, rated, people_first, query):
    rated("Only", {"LAB": 60}, tier=3)
    text = listed(**query, q="only", expiry="30", status="approved").content.decode()
    assert "No vendor matches these filters" in text
    assert not names(listed(**query))
    name = next(name for name in ("moved", "band", "risk", "score_from") if name in query)
    left = {key: value for key, value in query.items() if key != name}
    assert names(listed(**left)) == ["Only"]
    assert "there is 1." in listed(**query).content.decode()


def test_views_count_under_these_filters(listed, rated):
    rated("Deep", tier=1)
    rated("Light", tier=3)
    tabs = {code: count for code, _name, count in listed(tier="1").context["tabs"]}
    assert (tabs["all"], tabs["approved"], tabs["unassessed"]) == (1, 1, 0)
    response = listed(tier="1", status="approved")
    assert names(response) == ["Deep"]
    assert response.context["counts"].total == 2


def test_what_is_older_than_the_quarter_and_alone_has_not_moved(listed, rated):
    vendor = rated("Steady", overall=70)
    with lifted():
        backdate(vendor, timezone.now() - timedelta(days=100))
    rated("Fresh", overall=70)
    assert names(listed(moved="still")) == ["Steady"]


def backdate(vendor, moment):
    """As if its results had been approved at a moment."""
    Assessment.objects.filter(vendor=vendor).update(approved_at=moment)
    AssessmentResult.objects.filter(assessment__vendor=vendor).update(
        as_of=timezone.localdate(moment)
    )
