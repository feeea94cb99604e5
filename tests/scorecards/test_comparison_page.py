"""The comparison page: what it says, what it shows, what it refuses, and what it costs."""

import re
from datetime import date
from fractions import Fraction
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scorecards.comparison import Asked, compare
from scorecards.comparison.table import standard_of
from scorecards.comparison.words import lead_of
from scorecards.ranking import Candidate, rank
from tests.factories import (
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from tests.scorecards.comparing import words
from vendors.models import Certification, Vendor
from vendors.permissions import Role

pytestmark = pytest.mark.django_db

QUERIES = 15


def shown(*vendors, **query):
    ids = [str(vendor.public_id) for vendor in vendors]
    wanted = Asked.from_query({"v": ids, **{key: [text] for key, text in query.items()}})
    return compare(Vendor.objects.all(), wanted)


def rated(name, framework, level="verified", *, approve=True, **options):
    """A vendor whose best answers have this level."""
    assessment = make_assessment(vendor=make_vendor(name=name), framework=framework)
    answer_all(assessment, level, **options)
    if approve:
        approved(assessment)
    return assessment.vendor


def test_the_worked_example_side_by_side(comparison_page, worked):
    response = comparison_page(*worked.values())
    text = words(response)
    assert response.status_code == 200
    assert "Borealis leads Aurora by 3.3 points." in text
    assert "Ember scores 78.1 but is not ranked: a must-have is not met yet." in text
    assert "Cinder scores 92.0 but is not ranked: a must-have fails." in text
    names = [column.name for column in response.context["table"].columns]
    assert names == ["Borealis", "Aurora", "Fjord", "Dune", "Ember", "Cinder"]
    assert "are not approved: their figures can still change." in text
    assert "Left out" not in text


def test_the_failing_must_have_is_named_and_takes_the_place_of_the_band(comparison_page, worked):
    response = comparison_page(worked["Cinder"], worked["Aurora"])
    column = response.context["table"].columns[1]
    (criterion,) = column.failed
    assert column.band.value == "A"
    assert column.shown_band is None
    text = words(response)
    assert f"{criterion.code} {criterion.question}" in text
    assert "Not eligible" in text
    assert f"{column.met} of {column.must_have_total} met" in text


def test_a_category_rated_for_some_leaves_the_basis(comparison_page):
    framework = make_framework()
    whole = rated("Whole", framework, "documented")
    partial = make_assessment(vendor=make_vendor(name="Partial"), framework=framework)
    answer_all(partial)
    rules = framework.rules
    category = rules.category("AIE")
    for row in partial.answers.filter(code__in=[item.code for item in category.criteria]):
        if rules.criterion(row.code).not_applicable_allowed:
            row.is_answered, row.value, row.not_applicable = False, None, True
            row.reason, row.rating, row.valid_to = "no AI is used", None, None
            row.save()
    response = comparison_page(whole, partial.vendor)
    table = response.context["table"]
    assert table.line.ranking.basis.left_out == ("AIE",)
    assert (
        f"Left out of the ranking: {category.name} (not rated for Partial). "
        "With it the order stays the same." in words(response)
    )
    row = next(item for item in table.categories if item.category.code == "AIE")
    assert (row.weight, row.was_text) == (0, "6%")
    assert "Not rated" in words(response)


def test_an_approved_result_is_shown_as_it_was_frozen(comparison_page):
    framework = make_framework()
    vendor = rated("Frozen", framework, "documented")
    vendor.refresh_from_db()
    assessment = vendor.latest_result.assessment
    assessment.answers.update(level="claimed")
    column = shown(vendor).table.columns[0]
    assert column.overall.limit_denominator(10**6) == Fraction(
        vendor.latest_result.overall
    ).limit_denominator(10**6)
    for name, figure in (
        ("verified_share", column.verified),
        ("documented_share", column.documented),
        ("claimed_share", column.claimed_only),
        ("claimed", column.claimed),
        ("confidence", column.confidence),
    ):
        assert abs(Fraction(getattr(vendor.latest_result, name)) - figure) < Fraction(1, 10**7)
    assert "Not approved" not in words(comparison_page(vendor, rated("Other", framework)))


def test_an_open_assessment_is_marked_and_shows_its_range(comparison_page):
    framework = make_framework()
    vendor = rated("Half", framework, approve=False, skip=("DEI-01", "DEI-02"))
    column = shown(vendor).table.columns[0]
    assert column.has_range
    assert column.high == 100
    text = words(comparison_page(vendor, rated("Done", framework)))
    assert "Not approved" in text
    assert "to 100.0, not all is answered" in text


def test_an_approved_assessment_goes_before_an_open_one():
    framework = make_framework()
    vendor = rated("Twice", framework)
    make_assessment(vendor=Vendor.objects.get(pk=vendor.pk), framework=framework)
    assert shown(vendor).table.columns[0].entry.is_approved


def test_a_profile_weighs_anew_and_the_band_follows(comparison_page):
    framework = make_framework()
    vendor = make_assessment(vendor=make_vendor(name="Lopsided"), framework=framework)
    answer_all(vendor)
    security = [item.code for item in framework.rules.category("SEC").criteria]
    vendor.answers.filter(code__in=security).update(is_answered=False, value=None, valid_to=None)
    balanced = shown(vendor.vendor).table
    data = shown(vendor.vendor, profile="data first").table
    assert data.line.profile.name == "Data first"
    assert balanced.columns[0].overall == 89
    assert data.columns[0].overall == 78
    assert balanced.columns[0].band.value == data.columns[0].band.value == "C"
    weights = {row.category.code: row.weight_text for row in data.categories}
    assert weights["SEC"] == "22%"


def test_a_shared_first_place(comparison_page):
    framework = make_framework()
    first, second = rated("First", framework), rated("Second", framework)
    third = rated("Third", framework, "documented")
    text = words(comparison_page(first, second, third))
    assert "First and Second share the first place with 100.0." in text
    assert "1st, shared" in text
    assert "3rd" in text


def test_a_lead_that_does_not_show_in_the_figures():
    scores = {"Near": Fraction(50), "Nearer": Fraction("50.001")}
    ranking = rank(
        (Candidate(name, name, "pass", {"X": score}, {}) for name, score in scores.items()),
        {"X": Fraction(100)},
    )
    assert lead_of(ranking) == "Nearer leads Near by less than 0.1 points."


def test_certifications_come_from_the_register(comparison_page, worked):
    aurora, dune = worked["Aurora"], worked["Dune"]
    entries = [
        Certification(vendor=aurora, standard="ISO 27001:2022", expires_on=date(2020, 2, 1)),
        Certification(vendor=aurora, standard="CMMI", level="Services, level 3"),
        Certification(vendor=dune, standard="SA8000", expires_on=date(2099, 3, 4)),
        Certification(
            vendor=dune, standard="PCI DSS", removed_at="2026-01-01T00:00:00Z", level="gone"
        ),
    ]
    Certification.objects.bulk_create(entries)
    response = comparison_page(aurora, dune)
    rows = [row.standard for row in response.context["table"].certifications]
    assert rows == ["ISO/IEC 27001", "SOC 2", "CMMI", "ISO 9001", "SA8000"]
    text = words(response)
    assert "ISO/IEC 27001 Ended 1 Feb 2020 None" in text
    assert "CMMI In force Services, level 3 No end date None" in text
    assert "SA8000 None In force until 4 Mar 2099" in text
    assert "gone" not in text


@pytest.mark.parametrize(
    ("text", "standard", "level"),
    [
        ("ISO/IEC 27001", "ISO/IEC 27001", ""),
        ("iso 27001:2022", "ISO/IEC 27001", ""),
        ("ISO 27001", "ISO/IEC 27001", ""),
        ("ISO/IEC 27017", "ISO/IEC 27017", ""),
        ("SOC 2 Type II", "SOC 2", "Type II"),
        ("SOC2", "SOC 2", ""),
        ("SOC 20", "SOC 20", ""),
        ("CMMI level 3", "CMMI", "level 3"),
        ("ISO 9001:2015", "ISO 9001", ""),
        ("  EcoVadis  Gold ", "EcoVadis Gold", ""),
    ],
)
def test_spellings_of_a_standard(text, standard, level):
    assert standard_of(text) == (standard, level)


def test_the_employee_model_shows_answer_and_raw_score(comparison_page):
    framework = make_framework()
    vendor = rated("Payroll", framework, "claimed", approve=False, skip=("EMP-02",))
    vendor.assessments.get().answers.filter(code="EMP-01").update(value="92.5")
    text = words(comparison_page(vendor, rated("Full", framework)))
    assert "On-roll share EMP-01 100% scores 100 92.5% scores 85" in text
    assert "Retention over 12 months EMP-02" in text
    assert "Not answered" in text


def test_a_framework_without_those_criteria_has_no_employee_model(comparison_page, worked):
    assert "Employee model" not in words(comparison_page(worked["Aurora"], worked["Dune"]))


def test_criteria_show_their_evidence_and_open_without_a_script(comparison_page, worked):
    closed = comparison_page(worked["Aurora"], worked["Dune"]).content.decode()
    opened = comparison_page(worked["Aurora"], worked["Dune"], open="LAB").content.decode()
    again = comparison_page(worked["Aurora"], worked["Dune"], open=["LAB", "LAB"]).content.decode()
    everything = comparison_page(worked["Aurora"], worked["Dune"], open="all").content.decode()
    assert closed.count('class="crit"') == 8
    hidden = [
        len(re.findall(r'class="crit"[^>]* hidden', t)) for t in (closed, opened, again, everything)
    ]
    assert hidden == [8, 5, 8, 0]
    assert 'class="lv lv-V"' in closed
    assert 'class="lv lv-D"' in closed
    assert "n/a" in closed


def hidden_rows(response, kind):
    rows = re.findall(rf'<tr class="{kind}"[^>]*>', response.content.decode())
    return sum(row.endswith(" hidden>") for row in rows), len(rows)


def test_rows_that_hardly_differ_can_be_hidden(comparison_page):
    framework = make_framework()
    first, third = rated("One", framework), rated("Three", framework)
    second = rated("Two", framework, "documented")
    count = len(framework.rules.categories)
    assert hidden_rows(comparison_page(first, third), "catrow") == (0, count)
    assert hidden_rows(comparison_page(first, third, differ="1"), "catrow") == (count, count)
    spreads = [row.spread for row in shown(first, second).table.categories]
    assert min(spreads) < 20 <= max(spreads)
    near = sum(spread < 20 for spread in spreads)
    response = comparison_page(first, second, differ="20")
    assert hidden_rows(response, "catrow") == (near, count)
    assert f"Hidden: {near} of {count} categories" in words(response)
    assert 'name="differ" form="comparison"' in response.content.decode()
    assert 'placeholder="10" value="20"' in response.content.decode()


def test_criteria_of_an_open_category_are_hidden_by_their_own_scores(comparison_page):
    framework = make_framework()
    first = rated("One", framework, approve=False)
    second = rated("Two", framework, approve=False)
    codes = [item.code for item in framework.rules.category("LAB").criteria]
    second.assessments.get().answers.filter(code__in=codes[:4]).update(level="claimed")
    response = comparison_page(first, second, differ="10", open="LAB")
    row = next(r for r in response.context["table"].categories if r.category.code == "LAB")
    assert not row.is_hidden
    assert [item.criterion.code for item in row.criteria if not item.is_hidden] == codes[:4]
    count = len(framework.rules.categories)
    near = len(codes) - 4
    assert f"Hidden: {count - 1} of {count} categories , {near} of {len(codes)}" in words(response)
    shut = comparison_page(first, second, differ="10")
    assert "criteria in the open ones" in words(shut)
    assert re.search(r'<span data-n="some" hidden>', shut.content.decode())


@pytest.mark.parametrize("points", ["0", "101", "ten", "-3"])
def test_an_odd_difference_asks_for_the_usual_one(points):
    assert Asked.from_query({"differ": [points]}).differ == 10


def test_the_head_names_place_vendor_and_score_and_scripts_find_them(comparison_page, worked):
    response = comparison_page(worked["Cinder"], worked["Aurora"], worked["Borealis"])
    content = response.content.decode()
    head = content.partition('id="cmp"')[2].partition("</thead>")[0]
    keys = [column.entry.key for column in response.context["table"].columns]
    assert re.findall(r'data-v="([^"]+)"', head) == keys
    assert re.findall(r'data-total="([^"]+)"', head) == keys
    assert re.findall(r'data-bar="([^"]+)"', head) == keys
    assert re.findall(r'data-claimed="([^"]+)"', content) == keys
    assert head.count("data-rank") == len(keys)
    assert "<col width" not in content
    text = words(response)
    assert "Gate Passed Passed Failed" in text


def test_the_table_names_its_bands_and_marks(comparison_page, worked):
    response = comparison_page(worked["Aurora"], worked["Borealis"])
    text = words(response)
    for band in response.context["table"].line.framework.rules.scoring.bands:
        assert f"{band.value} {band.label} from" in text
    assert "Verified Documented Claimed" in text


def test_pending_must_haves_are_named(comparison_page, worked):
    response = comparison_page(worked["Ember"], worked["Aurora"])
    column = next(c for c in response.context["table"].columns if c.pending)
    text = words(response)
    assert f"{len(column.pending)} pending" in text
    assert ", ".join(item.code for item in column.pending) in text


def test_an_open_assessment_can_be_taken_in_and_put_back(comparison_page):
    framework = make_framework()
    twice, other = rated("Twice", framework), rated("Other", framework)
    make_assessment(vendor=Vendor.objects.get(pk=twice.pk), framework=framework)
    key = str(twice.public_id)
    closed = comparison_page(twice, other, profile="Balanced").content.decode()
    address = unescape(re.search(rf'<a class="sbs-d" href="([^"]+)" data-draft="{key}"', closed)[1])
    assert address.count("draft=") == 1
    assert "profile=Balanced" in address
    assert "Compare the open assessment" in closed
    page = comparison_page(twice, other, draft=key).content.decode()
    assert "Compare the one in force" in page
    back = re.search(rf'<a class="sbs-d" href="([^"]+)" data-draft="{key}"', page)[1]
    assert "draft=" not in back


def test_names_are_text_wherever_they_stand(comparison_page):
    small_framework()
    vendor = import_worked("Aurora").vendor
    Vendor.objects.filter(pk=vendor.pk).update(name="<i>Aurora</i>")
    make_vendor(name="<i>Choice</i>")
    content = comparison_page(vendor).content.decode()
    assert "<i>Aurora" not in content
    assert "<i>Choice" not in content


def test_an_archived_vendor_can_still_be_compared_but_is_not_offered(comparison_page, worked):
    fields = {"archived_at": "2026-01-01T00:00:00Z", "archived_by": make_user(Role.PROCUREMENT)}
    Vendor.objects.filter(pk=worked["Dune"].pk).update(**fields)
    assert "Archived" in words(comparison_page(worked["Aurora"], worked["Dune"]))
    assert "Dune" not in words(comparison_page(worked["Aurora"]))


def test_only_staff_with_a_role_read_it(client, worked):
    address = reverse("scorecards:comparison")
    assert client.get(address).status_code == 302
    client.force_login(make_user(""))
    assert client.get(address).status_code == 403


def cost(page, *vendors):
    with CaptureQueriesContext(connection) as queries:
        assert page(*vendors).status_code == 200
    return len([q for q in queries if not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))])


def test_queries_do_not_grow_with_the_vendors(comparison_page):
    framework = make_framework()
    vendors = []
    for number in range(3):
        vendors.append(rated(f"Approved {number}", framework))
        vendor = rated(f"Open {number}", framework, approve=False)
        submitted(vendor.assessments.get())
        vendors.append(vendor)
    Certification.objects.bulk_create(
        Certification(vendor=vendor, standard="SOC 2") for vendor in vendors
    )
    two, six = cost(comparison_page, *vendors[:2]), cost(comparison_page, *vendors)
    assert two == six <= QUERIES
