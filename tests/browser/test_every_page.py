"""Each page in light and dark, wide and narrow: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from scorecards.models import SavedComparison
from scorecards.services.scorecards import request_scorecard
from tests.conftest import NARROW, WIDE
from tests.factories import SAMPLES, SHIPPED, make_framework, make_user, make_vendor
from vendors.models import Assessment, Finding, Vendor, WeightProfile
from vendors.permissions import Role
from vendors.services.assessments import submit_assessment
from vendors.services.frameworks import add_draft
from vendors.services.imports import import_assessment
from vetting import sample_stories as stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sample(name: str, owner, **options) -> Assessment:
    """One of the sample vendors, imported."""
    text = (SAMPLES / f"{name}.json").read_text(encoding="utf-8")
    return import_assessment(text=text, owner=owner, is_sample=True, by=owner, **options).assessment


@pytest.fixture
def people():
    """One person a role, and the framework."""
    make_framework()
    return {role: make_user(role) for role in Role}


@pytest.fixture
def in_progress(people) -> Assessment:
    return sample("cordillera-assist", people[Role.PROCUREMENT])


@pytest.fixture
def waiting(people) -> Assessment:
    assessment = sample("harbour-lane-support", people[Role.PROCUREMENT], undecided=True)
    submit_assessment(assessment=assessment, by=people[Role.PROCUREMENT])
    return assessment


@pytest.fixture
def approved_one(people) -> Assessment:
    return sample(
        "tamarind-contact-services", people[Role.PROCUREMENT], approve_as=people[Role.MANAGER]
    )


@pytest.fixture
def look(new_page, live_server, people, axe_faults):
    """A function that opens an address as a role, in each look, and returns what is wrong.

    The theme changes colours alone, so in the dark only contrast is looked at again. One window
    for all of a test: styles and scripts are fetched once.
    """
    page = new_page(bypass_csp=True)

    def faults(role: Role, address: str) -> list[str]:
        client = Client()
        client.force_login(people[role])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        page.emulate_media(reduced_motion="reduce")
        found = []
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            joint = "&" if "?" in address else "?"
            answer = page.goto(f"{address}{joint}theme=light")
            assert answer.status in {200, 403, 404, 405}, (address, answer.status)
            page.eval_on_selector_all(
                "details:not(.menu)", "all => all.forEach(node => { node.open = true })"
            )
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                found.append(f"{size['width']}: scrolls sideways to {wide}")
            found += [f"light {size['width']}: {fault}" for fault in axe_faults(page)]
            page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
            dark = axe_faults(page, only="color-contrast")
            found += [f"dark {size['width']}: {fault}" for fault in dark]
        return found

    return faults


def test_dashboard(look, in_progress, waiting, approved_one) -> None:
    assert look(Role.PROCUREMENT, reverse("dashboard")) == []
    assert look(Role.MANAGER, reverse("dashboard")) == []


def test_empty_dashboard_and_lists(look) -> None:
    assert look(Role.AUDITOR, reverse("dashboard")) == []
    assert look(Role.PROCUREMENT, reverse("vendors:vendor-list")) == []
    assert look(Role.AUDITOR, reverse("scorecards:scorecard-list")) == []
    assert look(Role.MANAGER, reverse("scorecards:comparison")) == []


def test_vendor_list(look, in_progress, waiting, approved_one) -> None:
    assert look(Role.PROCUREMENT, reverse("vendors:vendor-list")) == []
    assert look(Role.PROCUREMENT, reverse("vendors:vendor-list") + "?q=nothing+like+it") == []


def test_vendor_pages(look, approved_one, people) -> None:
    vendor = approved_one.vendor
    assert look(Role.AUDITOR, vendor.get_absolute_url()) == []
    assert look(Role.PROCUREMENT, reverse("vendors:vendor-edit", args=[vendor.public_id])) == []
    assert look(Role.PROCUREMENT, reverse("vendors:vendor-add")) == []
    add = reverse("vendors:certification-add", args=[vendor.public_id])
    assert look(Role.PROCUREMENT, add) == []
    bare = make_vendor(by=people[Role.PROCUREMENT])
    assert look(Role.PROCUREMENT, bare.get_absolute_url()) == []
    archive = reverse("vendors:vendor-archive", args=[bare.public_id])
    assert look(Role.PROCUREMENT, archive) == []


def test_register(look, approved_one) -> None:
    entry = approved_one.vendor.certifications.first()
    assert look(Role.PROCUREMENT, f"/certifications/{entry.public_id}/") == []
    for part in ("edit", "suspend", "remove"):
        assert look(Role.PROCUREMENT, f"/certifications/{entry.public_id}/{part}/") == []
    assert look(Role.MANAGER, f"/certifications/{entry.public_id}/verify/") == []


def test_intake(look, people, in_progress) -> None:
    bare = make_vendor(by=people[Role.PROCUREMENT])
    start = reverse("vendors:assessment-start", args=[bare.public_id])
    assert look(Role.PROCUREMENT, start) == []
    edit = reverse("vendors:assessment-intake", args=[in_progress.public_id])
    assert look(Role.PROCUREMENT, edit) == []


@pytest.fixture
def pending(people) -> Assessment:
    """Reviewed; a must-have fails, so the panel asks for a waiver."""
    assessment = sample("meridian-voice", people[Role.PROCUREMENT])
    stories.pending_approval(assessment, cast_of(people))
    return assessment


@pytest.fixture
def returned(people) -> Assessment:
    """Two answers are open again."""
    assessment = sample("brightwell-back-office", people[Role.PROCUREMENT])
    stories.in_clarification(assessment, cast_of(people))
    return assessment


def cast_of(people) -> stories.Cast:
    return stories.Cast(
        owner=people[Role.PROCUREMENT], reviewer=make_user(), manager=people[Role.MANAGER]
    )


@pytest.mark.parametrize("state", ["in_progress", "waiting", "pending", "returned", "approved_one"])
def test_assessment(look, state, request) -> None:
    assessment = request.getfixturevalue(state)
    assert look(Role.MANAGER, assessment.get_absolute_url()) == []


@pytest.mark.parametrize("category", ["LAB", "EMP", "SEC", "LEG"])
def test_questionnaire(look, in_progress, category) -> None:
    address = reverse("vendors:questionnaire", args=[in_progress.public_id, category])
    assert look(Role.PROCUREMENT, address) == []


def test_questionnaire_to_read(look, waiting) -> None:
    address = reverse("vendors:questionnaire", args=[waiting.public_id, "SEC"])
    assert look(Role.AUDITOR, address) == []


def test_review(look, waiting) -> None:
    assert look(Role.MANAGER, reverse("vendors:assessment-review", args=[waiting.public_id])) == []
    assert look(Role.PROCUREMENT, reverse("vendors:review-list")) == []


def test_returned_answers(look, returned) -> None:
    address = reverse("vendors:questionnaire", args=[returned.public_id, "LAB"])
    assert look(Role.PROCUREMENT, address) == []


def test_findings(look, approved_one, people) -> None:
    stories.with_findings(approved_one, cast_of(people))
    assert look(Role.MANAGER, reverse("vendors:finding-list")) == []
    assert look(Role.PROCUREMENT, reverse("vendors:finding-add")) == []
    for finding in Finding.objects.all():
        assert look(Role.MANAGER, finding.get_absolute_url()) == []
        assert look(Role.PROCUREMENT, finding.get_absolute_url()) == []
    for name in ("assessment-close", "reassessment-start"):
        role = Role.MANAGER if name == "assessment-close" else Role.PROCUREMENT
        assert look(role, reverse(f"vendors:{name}", args=[approved_one.public_id])) == []


def test_trail(look, approved_one) -> None:
    assert look(Role.AUDITOR, reverse("vendors:event-list")) == []
    assert look(Role.PROCUREMENT, reverse("vendors:event-list")) == []


def test_frameworks(look, people, approved_one) -> None:
    version = approved_one.framework
    text = SHIPPED.read_text(encoding="utf-8")
    draft = add_draft(
        text=text.replace("version: 1.0.0", "version: 1.1.0", 1).replace(
            "question: Is every", "question: Is each", 1
        ),
        by=people[Role.ADMINISTRATOR],
    )
    assert look(Role.ADMINISTRATOR, reverse("vendors:framework-list")) == []
    assert look(Role.AUDITOR, reverse("vendors:framework-detail", args=[version.public_id])) == []
    address = reverse("vendors:framework-draft", args=[draft.public_id])
    assert look(Role.ADMINISTRATOR, address) == []
    profile = WeightProfile.objects.get(name="People first")
    assert look(Role.MANAGER, reverse("vendors:profile-edit", args=[profile.public_id])) == []


def test_comparison(look, in_progress, waiting, approved_one) -> None:
    chosen = "&".join(f"v={vendor.public_id}" for vendor in Vendor.objects.all())
    assert look(Role.MANAGER, f"{reverse('scorecards:comparison')}?{chosen}") == []


def test_kept_comparisons(look, in_progress, approved_one, client, people) -> None:
    sample("harbour-lane-support", people[Role.PROCUREMENT], approve_as=people[Role.MANAGER])
    chosen = "&".join(f"v={vendor.public_id}" for vendor in Vendor.objects.all())
    save = f"{reverse('scorecards:comparison-save')}?{chosen}"
    client.force_login(people[Role.MANAGER])
    client.post(save, {"purpose": "Claims in two languages " + "x" * 120})
    kept = SavedComparison.objects.get()
    assert look(Role.MANAGER, save) == []
    assert look(Role.AUDITOR, reverse("scorecards:comparison-list")) == []
    assert look(Role.MANAGER, kept.get_absolute_url()) == []
    assert look(Role.MANAGER, reverse("scorecards:comparison-choose", args=[kept.public_id])) == []


def test_portfolio(look, in_progress, waiting, approved_one) -> None:
    Vendor.objects.filter(pk=approved_one.vendor_id).update(name="Tamarind" * 25)
    assert look(Role.MANAGER, reverse("scorecards:portfolio")) == []
    assert look(Role.AUDITOR, f"{reverse('scorecards:portfolio')}?profile=People+first") == []
    assert look(Role.PROCUREMENT, reverse("scorecards:portfolio")) == []


def test_portfolio_without_vendors(look) -> None:
    assert look(Role.MANAGER, reverse("scorecards:portfolio")) == []
    assert look(Role.MANAGER, reverse("scorecards:comparison-list")) == []


def test_scorecards(look, approved_one, people) -> None:
    card = request_scorecard(assessment=approved_one, by=people[Role.AUDITOR])
    assert look(Role.AUDITOR, card.get_absolute_url()) == []
    assert look(Role.AUDITOR, reverse("scorecards:scorecard-list")) == []


def test_account_and_errors(look, people, approved_one) -> None:
    assert look(Role.AUDITOR, reverse("password-change")) == []
    assert look(Role.AUDITOR, "/no/such/page/") == []
    assert look(Role.AUDITOR, reverse("vendors:vendor-add")) == []
    assert look(Role.AUDITOR, reverse("password_change_done")) == []
    assert look(Role.AUDITOR, reverse("sign-out")) == []


def test_a_colour_that_fails_in_the_dark_alone_is_found(new_page, axe_faults) -> None:
    page = new_page(bypass_csp=True)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{reverse('sign-in')}?theme=light")
    page.add_style_tag(content="[data-bs-theme=dark] h1 { color: #333 !important }")
    assert axe_faults(page) == []
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    (fault,) = axe_faults(page, only="color-contrast")
    assert "h1" in fault


def test_sign_in(new_page, axe_faults) -> None:
    page = new_page(bypass_csp=True)
    for size, theme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(size)
        page.goto(f"{reverse('sign-in')}?theme={theme}")
        assert axe_faults(page) == []
        page.get_by_label("E-mail").fill("nobody@sample.example")
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").wait_for()
        assert axe_faults(page) == []


def test_people(look, people, in_progress) -> None:
    assert look(Role.ADMINISTRATOR, reverse("people-list")) == []
    assert look(Role.ADMINISTRATOR, f"{reverse('people-list')}?group=ended") == []
    assert look(Role.ADMINISTRATOR, reverse("person-invite")) == []
    owner = people[Role.PROCUREMENT].public_id
    assert look(Role.ADMINISTRATOR, reverse("person-role", args=[owner])) == []
    assert look(Role.ADMINISTRATOR, reverse("person-end", args=[owner])) == []
    assert look(Role.ADMINISTRATOR, reverse("person-restore", args=[owner])) == []
    assert look(Role.AUDITOR, reverse("people-list")) == []
