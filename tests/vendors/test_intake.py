"""Starting an assessment and changing its intake, through the browser's door."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    HIGH_RISK,
    LOW_RISK,
    answer_all,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors import scoring
from vendors.forms.risk import risk_draft
from vendors.models import Assessment, Site, Vendor
from vendors.permissions import Role
from vendors.services.assessments import change_tier
from vendors.services.vendors import add_vendor, archive_vendor

CODES = [factor.code for factor in scoring.FACTORS]


@pytest.fixture
def officer(db):
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def vendor(officer):
    return add_vendor(
        vendor=Vendor(name="Skerry Voice", services=["voice"]),
        sites=[Site(city="Ebene", country="MU"), Site(city="Antananarivo", country="MG")],
        contacts=[],
        by=officer,
    )


@pytest.fixture
def page(client, officer):
    client.force_login(officer)
    return client


def start(vendor):
    return reverse("vendors:assessment-start", args=[vendor.public_id])


def typed(vendor, framework, person, intake=HIGH_RISK, **fields):
    """What a browser posts."""
    answers = {code: str(intake[code]) for code in CODES if code in intake}
    return {
        "framework": str(framework.public_id),
        "service": "Voice for the loyalty programme",
        "sites": [site.pk for site in vendor.sites.all()],
        "owner": person.pk,
        "due_on": (timezone.localdate() + timedelta(days=28)).isoformat(),
        "harmful_content": "yes" if intake.get("harmful_content") else "no",
        **answers,
        **fields,
    }


def test_the_form_proposes_scope_owner_and_a_day_in_four_weeks(page, vendor, officer):
    framework = make_framework()
    html = page.get(start(vendor)).content.decode()
    form = page.get(start(vendor)).context["form"]
    assert form["due_on"].value() == timezone.localdate() + timedelta(days=28)
    assert form["owner"].value() == officer.pk
    assert form["service"].value() == "Voice"
    for factor in scoring.FACTORS:
        assert factor.options[3].replace("'", "&#x27;") in html
    assert f'name="framework" value="{framework.public_id}"' in html
    for tier, questions in ((1, 75), (2, 56), (3, 31)):
        assert f"Tier {tier} " in html
        assert f'<td class="r">{questions}</td>' in html


def test_several_frameworks_are_a_choice(page, vendor):
    make_framework()
    small_framework()
    html = page.get(start(vendor)).content.decode()
    assert '<select name="framework"' in html


def test_starting_opens_the_questionnaire(page, vendor, officer):
    framework, helper = make_framework(), make_user(Role.PROCUREMENT)
    data = typed(vendor, framework, officer, helpers=[helper.pk, officer.pk])
    answer = page.post(start(vendor), data)
    made = Assessment.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("vendors:questionnaire-resume", args=[made.public_id])
    assert (made.tier, made.proposed_tier, made.intake) == (1, 1, HIGH_RISK)
    assert (made.owner, made.helper_ids) == (officer, {helper.pk})
    assert (made.service, made.sites.count()) == ("Voice for the loyalty programme", 2)
    assert made.answers.count() == 75


def test_each_open_factor_is_named_and_all_that_was_typed_is_kept(page, vendor, officer):
    framework = make_framework()
    data = typed(vendor, framework, officer, service="Back office")
    del data["spend"], data["data_volume"], data["harmful_content"]
    answer = page.post(start(vendor), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    for code, label in {
        "spend": "Spend",
        "data_volume": "Data volume",
        "harmful_content": "Harmful content",
    }.items():
        assert f'<a href="#id_{code}_0">{label}</a>' in html
    assert 'value="Back office"' in html
    form = answer.context["form"]
    assert form["labour_rights_risk"].value() == "2"
    assert answer.context["draft"].answered == 7
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("data_sensitivity", "4", "4 is not one of the available choices"),
        ("due_on", "2020-01-01", "This day has passed"),
        ("due_on", "soon", "Enter a valid date"),
        ("service", "", "required"),
        ("owner", "999999", "Select a valid choice"),
    ],
)
def test_bad_input_is_refused_at_its_field(page, vendor, officer, field, value, words):
    data = typed(vendor, make_framework(), officer, **{field: value})
    answer = page.post(start(vendor), data)
    assert answer.status_code == 422
    assert any(words in error for error in answer.context["form"].errors[field])
    assert not Assessment.objects.exists()


def test_sites_must_be_chosen_where_there_are_any(page, vendor, officer):
    framework, bare = make_framework(), make_vendor(by=officer)
    refused = page.post(start(vendor), typed(vendor, framework, officer, sites=[]))
    assert "sites" in refused.context["form"].errors
    assert page.post(start(bare), typed(bare, framework, officer)).status_code == 302


def test_without_a_script_the_tier_is_worked_out_and_nothing_is_stored(page, vendor, officer):
    data = typed(vendor, make_framework(), officer, **{"work-out": "1"})
    del data["service"]
    answer = page.post(start(vendor), data)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<span data-risk>61.3</span>" in html
    assert answer.context["draft"].tier == 1
    assert not answer.context["form"].errors
    assert not Assessment.objects.exists()


def test_a_second_open_assessment_is_refused_with_a_link_to_the_first(page, vendor, officer):
    framework = make_framework()
    first = make_assessment(vendor=vendor, owner=officer, framework=framework)
    shown = page.get(start(vendor)).content.decode()
    assert first.get_absolute_url() in shown
    assert '<form class="g2w' not in shown
    answer = page.post(start(vendor), typed(vendor, framework, officer, service="Chat"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "open assessment on this framework already" in html
    assert first.get_absolute_url() in html
    assert 'value="Chat"' in html
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_procurement_starts(client, vendor, role):
    client.force_login(make_user(role))
    answer = client.get(start(vendor))
    assert answer.status_code == 403
    assert "Procurement staff start assessments." in answer.content.decode()


def test_an_archived_vendor_and_an_empty_house_say_so(page, vendor, officer):
    assert "No framework is published" in page.get(start(vendor)).content.decode()
    make_framework()
    archive_vendor(vendor=vendor, by=officer)
    answer = page.get(start(vendor))
    assert answer.status_code == 403
    assert "This vendor is archived. Restore it first." in answer.content.decode()


def test_changing_the_intake_changes_the_tier_and_keeps_answers(page, vendor, officer):
    framework, helper = make_framework(), make_user(Role.PROCUREMENT)
    assessment = make_assessment(vendor=vendor, owner=officer, framework=framework)
    answer_all(assessment)
    address = reverse("vendors:assessment-intake", args=[assessment.public_id])
    html = page.get(address).content.decode()
    assert "kept but not scored" in html
    assert 'name="framework"' not in html
    data = typed(vendor, framework, officer, LOW_RISK, helpers=[helper.pk])
    assert page.post(address, data).url == assessment.get_absolute_url()
    assessment = Assessment.objects.get()
    assert (assessment.tier, assessment.intake, assessment.helper_ids) == (3, LOW_RISK, {helper.pk})
    assert assessment.answers.filter(is_answered=True).count() == 75


def test_a_tier_that_a_manager_chose_stands(page, vendor, officer):
    framework = make_framework()
    assessment = make_assessment(vendor=vendor, owner=officer, framework=framework)
    change_tier(assessment=assessment, tier=2, reason="A pilot", by=make_user(Role.MANAGER))
    address = reverse("vendors:assessment-intake", args=[assessment.public_id])
    assert "A manager chose this tier" in page.get(address).content.decode()
    page.post(address, typed(vendor, framework, officer, LOW_RISK))
    assessment.refresh_from_db()
    assert (assessment.tier, assessment.proposed_tier) == (2, 3)


def test_a_day_that_has_passed_may_stay(page, vendor, officer):
    framework, past = make_framework(), timezone.localdate() - timedelta(days=3)
    assessment = make_assessment(vendor=vendor, owner=officer, framework=framework, due_on=past)
    address = reverse("vendors:assessment-intake", args=[assessment.public_id])
    kept = page.post(address, typed(vendor, framework, officer, due_on=past.isoformat()))
    assert kept.status_code == 302
    other = (past - timedelta(days=1)).isoformat()
    refused = page.post(address, typed(vendor, framework, officer, due_on=other))
    assert refused.status_code == 422


def test_the_intake_is_for_those_who_answer_while_it_is_open(client, page, vendor, officer):
    assessment = make_assessment(vendor=vendor, owner=officer, framework=small_framework())
    address = reverse("vendors:assessment-intake", args=[assessment.public_id])
    answer_all(assessment)
    submitted(assessment)
    assert page.get(address).status_code == 403
    client.force_login(make_user(Role.PROCUREMENT))
    assert "owner and the helpers" in client.get(address).content.decode()


@pytest.mark.parametrize("people", [1, 12])
def test_the_start_page_asks_the_same_number_of_questions_whatever_the_rows(
    page, officer, django_assert_max_num_queries, people
):
    make_framework()
    vendor = make_vendor(by=officer)
    for number in range(people):
        make_user(Role.PROCUREMENT)
        Site.objects.create(vendor=vendor, city=f"City {number}", country="PH")
    with django_assert_max_num_queries(14):
        page.get(start(vendor))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries({}, optional={code: st.integers(0, 3) for code in CODES}), st.booleans()
)
def test_the_draft_agrees_with_the_engine(picked, harmful):
    intake = {**picked, "harmful_content": harmful}
    draft = risk_draft(intake)
    full = {**dict.fromkeys(CODES, 0), **intake}
    assert draft.risk == scoring.inherent_risk(full)
    assert draft.tier == scoring.propose_tier(full).tier
    assert draft.open == len(scoring.missing_factors(intake))
    certain = [reason.code for reason in draft.reasons if reason.holds]
    if not draft.open:
        assert bool({"high", "sensitive", "harmful"} & set(certain)) == (draft.tier == 1)
        assert ("middle" in certain, "low" in certain) == (draft.tier == 2, draft.tier == 3)


def test_an_intake_is_finished_later_and_opens_the_questionnaire_then(page, vendor, officer):
    framework = make_framework()
    data = typed(vendor, framework, officer, {"spend": 2}, due_on="", sites=[], later="1")
    data.pop("harmful_content")
    answer = page.post(start(vendor), data)
    made = Assessment.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.state, made.intake, made.due_on) == ("intake", {"spend": 2}, None)
    shown = page.get(made.get_absolute_url()).content.decode()
    assert "8 risk factors are not answered." in shown
    assert "Due date is missing" in shown
    assert page.get(reverse("vendors:vendor-list")).content.decode().count("Intake") >= 1

    address = reverse("vendors:assessment-intake", args=[made.public_id])
    more = typed(vendor, framework, officer, {"spend": 2, "data_volume": 1}, later="1")
    assert page.post(address, more).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.intake["data_volume"]) == ("intake", 1)
    early = page.post(address, typed(vendor, framework, officer, {"spend": 2}))
    assert early.status_code == 422
    assert "Not answered. Choose 0 to 3." in early.content.decode()

    done = page.post(address, typed(vendor, framework, officer))
    assert done.url == reverse("vendors:questionnaire-resume", args=[made.public_id])
    made.refresh_from_db()
    assert (made.state, made.tier) == ("in_progress", 1)
    # once it is open, gaps are refused
    gap = page.post(address, typed(vendor, framework, officer, {"spend": 2}, later="1"))
    assert gap.status_code == 422


def test_an_intake_asks_and_takes_no_answers(page, vendor, officer):
    framework = make_framework()
    page.post(start(vendor), typed(vendor, framework, officer, {}, later="1"))
    made = Assessment.objects.get()
    answer = page.post(
        reverse("vendors:answer-save", args=[made.public_id, "LEG-01"]), {"value": "yes"}
    )
    assert answer.status_code in {403, 404, 422}
    assert not made.answers.filter(is_answered=True).exists()
