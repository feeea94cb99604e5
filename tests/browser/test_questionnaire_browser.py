"""The questionnaire in a real browser: by keyboard, against somebody else, without a network."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.conftest import NARROW
from tests.factories import PASSWORD, answer_all, make_assessment, make_user, submitted
from vendors.models import Answer, Assessment, AuditEvent, Certification
from vendors.permissions import Role
from vetting.models import Session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def assessment():
    for role in Role:  # a flush after an earlier test took them
        Group.objects.get_or_create(name=role)
    return make_assessment(owner=make_user(name="Maya Okafor"))


@pytest.fixture
def open_as(new_page):
    """A function that signs somebody in and opens a category."""

    def open_page(user, assessment, category="LAB", on=None, **options):
        page = on or new_page(**options)
        page.goto(reverse("sign-in"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/$"))
        page.goto(reverse("vendors:questionnaire", args=[assessment.public_id, category]))
        return page

    return open_page


@pytest.fixture
def offline_page(chromium, live_server):
    """A page whose network may go: the browser itself writes that to the console."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(open_as, assessment):
    return open_as(assessment.owner, assessment)


def state(page, code):
    return page.locator(f"#{code}-save")


def value(assessment, code):
    return Answer.objects.get(assessment=assessment, code=code).value


def test_a_category_by_keyboard_alone(page, assessment):
    page.keyboard.press("n")
    expect(page.locator("#id_LAB-01-value_0")).to_be_focused()
    page.keyboard.press("Space")
    expect(state(page, "LAB-01")).to_contain_text("by you")
    expect(page.locator("#page-save")).to_contain_text("Saved")
    expect(page.locator("#id_LAB-01-value_0")).to_be_focused()
    expect(page.locator("#q-progress")).to_contain_text("1 of 75")
    expect(page.locator("#rail-LAB")).to_contain_text("1/9")
    page.keyboard.press("n")
    expect(page.locator("#id_LAB-02-value_0")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(state(page, "LAB-02")).to_contain_text("by you")
    for _press in range(3):
        page.keyboard.press("j")
    expect(page.locator("#LAB-05")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#id_LAB-05-value")).to_be_focused()
    page.keyboard.type("96,5")
    expect(state(page, "LAB-05")).to_contain_text("by you")
    expect(page.locator("#id_LAB-05-value")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#LAB-06")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#id_LAB-07-value_0")).to_be_focused()
    expect(page.locator("#id_LAB-06-value")).to_have_value("")
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("#id_LAB-04-value_0")).to_be_focused()
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name="Employment model")).to_be_visible()
    for _press in range(7):
        page.keyboard.press("j")
    page.keyboard.press("4")
    expect(state(page, "EMP-07")).to_contain_text("by you")
    page.keyboard.press("[")
    expect(page.locator("#id_LAB-01-value_0")).to_be_checked()
    expect(page.locator("#id_LAB-02-value_1")).to_be_checked()
    expect(page.locator("#id_LAB-05-value")).to_have_value("96.5")
    assert value(assessment, "EMP-07") == "4"
    assert AuditEvent.objects.filter(action="answer.save").count() == 4


def test_keys_rest_in_a_text_field(open_as, assessment):
    page = open_as(assessment.owner, assessment, "LEG")
    field = page.locator("#id_LEG-06-value")
    field.focus()
    page.keyboard.type("njk []")
    expect(field).to_have_value("njk []")
    expect(page.locator("#LEG-06")).to_contain_text("6 of 10,000 characters")
    expect(state(page, "LEG-06")).to_contain_text("by you")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next unanswered")


def test_a_refused_value_stays_with_its_message(page, assessment):
    field = page.locator("#id_LAB-05-value")
    field.fill("91")
    expect(state(page, "LAB-05")).to_contain_text("by you")
    field.fill("999")
    place = page.locator("#LAB-05-value-e")
    expect(place).to_contain_text("from 0 to 300")
    expect(place).to_contain_text("The last saved answer was 91%.")
    expect(field).to_have_value("999")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "LAB-05-value-e")
    expect(page.get_by_role("alert")).to_contain_text("One answer needs correcting.")
    expect(page.locator("#LAB-05")).to_have_class(re.compile("q--bad"))
    assert value(assessment, "LAB-05") == "91"
    page.get_by_role("alert").get_by_role("link").click()
    expect(field).to_be_focused()
    field.fill("95")
    expect(place).to_be_empty()
    expect(state(page, "LAB-05")).to_contain_text("by you")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#faults")).to_be_empty()
    assert value(assessment, "LAB-05") == "95"


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_two_people_at_one_question(open_as, assessment, choice):
    helper = make_user(name="Lindiwe Khumalo")
    assessment.helpers.add(helper)
    mine, theirs = open_as(assessment.owner, assessment), open_as(helper, assessment)
    theirs.locator("#id_LAB-06-value").fill("44")
    expect(state(theirs, "LAB-06")).to_contain_text("by you")
    mine.locator("#id_LAB-06-value").fill("50")
    box = mine.locator("#LAB-06-conflict")
    expect(box).to_contain_text("Lindiwe Khumalo changed this answer")
    expect(box).to_contain_text("44 hours per week")
    expect(box).to_contain_text("50 hours per week")
    expect(mine.locator("#id_LAB-06-value")).to_have_value("50")
    assert value(assessment, "LAB-06") == "44"
    if choice == "mine":
        box.get_by_role("button", name="Keep mine").click()
        expect(state(mine, "LAB-06")).to_contain_text("by you")
        expect(box).to_be_empty()
        assert value(assessment, "LAB-06") == "50"
    else:
        box.get_by_role("button", name="Take theirs").click()
        expect(mine.locator("#id_LAB-06-value")).to_have_value("44")
        expect(state(mine, "LAB-06")).to_contain_text("by Lindiwe Khumalo")
        mine.locator("#id_LAB-06-value").fill("45")
        expect(state(mine, "LAB-06")).to_contain_text("by you")
        assert value(assessment, "LAB-06") == "45"


def test_without_a_network_nothing_is_lost(open_as, offline_page, assessment):
    page = open_as(assessment.owner, assessment, on=offline_page)
    page.context.set_offline(True)
    page.locator("#id_LAB-05-value").fill("97")
    expect(state(page, "LAB-05")).to_contain_text("Waiting for the connection")
    page.locator("label[for=id_LAB-01-value_0]").click()
    page.locator("label[for=id_LAB-04-value_1]").click()
    expect(page.locator("#page-save")).to_contain_text("Waiting for the connection, 3 answers")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert not AuditEvent.objects.filter(action="answer.save").exists()
    page.context.set_offline(False)
    for code in ("LAB-05", "LAB-01", "LAB-04"):
        expect(state(page, code)).to_contain_text("by you")
    expect(page.locator("#page-save")).to_contain_text("Saved")
    events = AuditEvent.objects.filter(action="answer.save").order_by("pk")
    assert [event.subject for event in events] == ["LAB-05", "LAB-01", "LAB-04"]
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "LAB-" not in kept
    assert "97" not in kept.replace(str(assessment.public_id), "")


def test_a_session_that_ended_is_taken_up_again(page, assessment):
    Session.objects.all().delete()
    field = page.locator("#id_LAB-06-value")
    field.fill("44")
    expect(state(page, "LAB-06")).to_contain_text("Sign in to save")
    expect(field).to_have_value("44")
    with page.expect_popup() as opened:
        page.locator("#page-save").get_by_role("link").click()
    tab = opened.value
    tab.get_by_label("E-mail").fill(assessment.owner.email)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(re.compile(r"/$"))
    page.locator("#page-save").get_by_role("button", name="Try again").click()
    expect(state(page, "LAB-06")).to_contain_text("by you")
    assert value(assessment, "LAB-06") == "44"


def test_register_entries_fill_in_the_date(open_as, assessment):
    Certification.objects.create(
        vendor=assessment.vendor, standard="ISO/IEC 27001", expires_on=date(2028, 3, 31)
    )
    page = open_as(assessment.owner, assessment, "SEC")
    page.locator("label[for=id_SEC-02-value_3]").click()
    expect(page.locator("#SEC-02-valid_to-e")).to_contain_text("Enter the date")
    page.locator("#id_SEC-02-certifications_0").check()
    expect(page.locator("#id_SEC-02-valid_to")).to_have_value("2028-03-31")
    expect(state(page, "SEC-02")).to_contain_text("by you")
    expect(page.locator("#SEC-02-valid_to-e")).to_be_empty()


def test_does_not_apply_asks_why(open_as, assessment):
    page = open_as(assessment.owner, assessment, "HRT")
    page.locator("#id_HRT-03-not_applicable").check()
    expect(page.locator("#id_HRT-03-value")).to_be_hidden()
    expect(page.locator("#HRT-03-reason-e")).to_contain_text("Say why")
    page.locator("#id_HRT-03-reason").fill("No agencies are used.")
    expect(state(page, "HRT-03")).to_contain_text("by you")
    assert Answer.objects.get(assessment=assessment, code="HRT-03").not_applicable


def test_never_and_a_date_exclude_each_other(page, assessment):
    never, day = page.locator("#id_LAB-09-never"), page.locator("#id_LAB-09-value")
    never.check()
    expect(state(page, "LAB-09")).to_contain_text("by you")
    day.fill("2026-05-04")
    expect(never).not_to_be_checked()
    page.wait_for_timeout(1200)
    expect(state(page, "LAB-09")).to_contain_text("by you")
    assert value(assessment, "LAB-09") == "2026-05-04"
    never.check()
    expect(day).to_have_value("")


def test_without_a_script(open_as, assessment):
    page = open_as(assessment.owner, assessment, java_script_enabled=False)
    page.locator("label[for=id_LAB-01-value_0]").click()
    page.locator("#id_LAB-05-value").fill("500")
    page.get_by_role("button", name="Save category").click()
    expect(page.get_by_role("alert")).to_contain_text("One answer needs correcting.")
    expect(page.locator("#id_LAB-05-value")).to_have_value("500")
    page.locator("#id_LAB-05-value").fill("100")
    page.get_by_role("button", name="Save category").click()
    expect(page.get_by_text("1 answer is saved.")).to_be_visible()
    assert (value(assessment, "LAB-01"), value(assessment, "LAB-05")) == ("yes", "100")


@pytest.mark.parametrize("category", ["LAB", "SEC", "LEG", "EMP"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_holds_when_narrow_and_is_accessible(open_as, assessment, axe_faults, category, theme):
    page = open_as(assessment.owner, assessment, category, viewport=NARROW, color_scheme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.locator("details.disc").first.locator("summary").click()
    assert axe_faults(page) == []


@pytest.fixture
def returned(assessment):
    """In clarification: LAB-01 and LAB-05 are returned, all others are answered."""
    answer_all(assessment)
    submitted(assessment)
    reviewer = make_user(name="Tomas Lindqvist")
    assessment.answers.filter(code__in=["LAB-01", "LAB-05"]).update(
        returned_at=timezone.now(),
        returned_by=reviewer,
        return_remark="Please add the latest one.",
        level="",
        decided_at=None,
    )
    Assessment.objects.filter(pk=assessment.pk).update(state="clarification", reviewer=reviewer)
    assessment.refresh_from_db()
    return assessment


def test_returned_answers_are_corrected_and_sent_back(open_as, returned, axe_faults):
    page = open_as(returned.owner, returned)
    expect(page.locator("#LAB-01")).to_contain_text("Please add the latest one.")
    expect(page.locator("#LAB-02 input[name]")).to_have_count(0)
    expect(page.locator("#q-progress")).to_contain_text("0 of 2")
    expect(page.locator("#rail-LAB")).to_contain_text("2 returned")
    expect(page.locator("#q-submit")).to_be_disabled()
    assert axe_faults(page) == []
    page.keyboard.press("n")
    expect(page.locator("#LAB-01 input:focus")).to_have_count(1)
    page.locator("label[for=id_LAB-01-value_1]").click()
    expect(state(page, "LAB-01")).to_contain_text("Corrected")
    expect(page.locator("#rail-LAB")).to_contain_text("1 returned")
    page.keyboard.press("n")
    expect(page.locator("#LAB-05")).to_be_focused()
    page.locator("#id_LAB-05-comment").fill("It is the latest.")
    expect(state(page, "LAB-05")).to_contain_text("Corrected")
    expect(page.locator("#q-progress")).to_contain_text("2 of 2")
    expect(page.locator("#rail-LAB")).to_contain_text("2 corrected")
    assert axe_faults(page) == []
    page.locator("#q-attested").check()
    page.get_by_role("button", name="Send back for review").click()
    expect(page.get_by_text("Sent back for review.")).to_be_visible()
    returned.refresh_from_db()
    assert returned.is_in_review


def test_a_dropped_document_and_an_edit_do_not_conflict(page, assessment):
    page.locator("#LAB-05-files").set_input_files(
        {"name": "payroll.txt", "mimeType": "text/plain", "buffer": b"Sample payroll, October"}
    )
    expect(page.locator("#LAB-05-ev")).to_contain_text("E-1")
    page.locator("#id_LAB-05-value").fill("96.5")
    expect(state(page, "LAB-05")).to_contain_text("by you")
    expect(page.locator("#LAB-05-conflict")).to_be_empty()
    assert value(assessment, "LAB-05") == "96.5"
    row = Answer.objects.get(assessment=assessment, code="LAB-05")
    assert row.evidence_links.count() == 1
