"""Deciding: approve, conditions, waivers, reject, send back, close; what freezes, who may, who is first."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
    submitted,
)
from vendors import scoring
from vendors.models import (
    Answer,
    Assessment,
    AssessmentResult,
    AuditEvent,
    CorrectiveAction,
    Finding,
    State,
    Vendor,
    Waiver,
)
from vendors.permissions import Role
from vendors.queries.differences import differences_of
from vendors.queries.documents import snapshot_of
from vendors.queries.scores import score_now
from vendors.services.approvals import (
    Condition,
    WaiverRequest,
    approve_assessment,
    reject_assessment,
    seen_token,
    send_back_assessment,
)
from vendors.services.closings import Leaving, close_assessment
from vendors.services.refusals import Refused
from vendors.services.reviews import finish_review

pytestmark = pytest.mark.django_db
LEAVING = Leaving(data="Certificate 17", access="Accounts ended", people="Notice paid")


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def reviewer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def pending(officer, reviewer):
    """Waits for approval; every must-have is met."""
    return waiting(officer, reviewer)


@pytest.fixture
def failing(officer, reviewer):
    """Waits for approval; L1 fails."""
    return waiting(officer, reviewer, L1="no")


def waiting(officer, reviewer, vendor=None, **values):
    assessment = make_assessment(vendor=vendor, owner=officer, framework=small_framework())
    answer_all(assessment)
    for code, value in values.items():
        assessment.answers.filter(code=code).update(value=value)
    return reviewed(assessment, by=reviewer)


def days(count):
    return timezone.localdate() + timedelta(days=count)


def waiver(owner, **fields):
    fields = {
        "code": "L1",
        "reason": "The audit is booked",
        "ends_on": days(120),
        "action": "Audit the second site",
        "due_on": days(60),
        **fields,
    }
    return WaiverRequest(owner=owner, **fields)


def condition(owner, **fields):
    fields = {"title": "A second exit", "severity": "major", "due_on": days(30), **fields}
    return Condition(owner=owner, **fields)


def everything():
    kinds = [Assessment, Answer, AssessmentResult, AuditEvent, Finding, CorrectiveAction]
    kinds += [Vendor, Waiver]
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


def refused(match, service, **fields):
    """The service refuses with these words and stores nothing."""
    before = everything()
    with pytest.raises(Refused, match=match):
        service(**fields)
    assert everything() == before


def test_an_approval_is_frozen_recorded_and_becomes_the_rating(pending, manager):
    frozen = approve_assessment(assessment=pending, by=manager, note=" Sound ")
    pending.refresh_from_db()
    assert (pending.state, pending.approved_by) == (State.APPROVED, manager)
    assert (pending.approval_note, pending.as_of) == ("Sound", timezone.localdate())
    assert Vendor.objects.get(pk=pending.vendor_id).latest_result == frozen
    assert frozen.digest == scoring.digest(frozen.snapshot)
    assert frozen.engine_version == scoring.ENGINE_VERSION
    assert frozen.framework_fingerprint == pending.framework.rules.fingerprint
    move, freeze = AuditEvent.objects.filter(assessment=pending).order_by("-pk")[:2][::-1]
    assert (move.action, move.actor, move.reason) == ("assessment.approve", manager, "Sound")
    assert move.after["no_conflict_declared"] is True
    assert (freeze.action, freeze.after) == ("assessment.freeze", {"digest": frozen.digest})


def test_the_snapshot_holds_the_head_of_the_chain_up_to_the_decision(pending, manager):
    frozen = approve_assessment(assessment=pending, by=manager)
    move = AuditEvent.objects.get(assessment=pending, action="assessment.approve")
    assert move.digest in frozen.snapshot


def test_each_condition_becomes_a_finding_with_an_action(pending, officer, manager):
    asked = [
        condition(officer, code="L2", detail="Seen in Cebu"),
        condition(manager, title="Name a successor", severity="minor", due_on=None),
    ]
    approve_assessment(assessment=pending, by=manager, conditions=asked)
    pending.refresh_from_db()
    assert pending.state == State.CONDITIONAL
    first, second = Finding.objects.order_by("number")
    assert (first.source, first.severity, first.code) == ("condition", "major", "L2")
    assert (first.action.owner, first.action.due_on) == (officer, days(30))
    assert (second.action.owner, second.action.due_on) == (manager, days(180))
    assert pending.is_approved


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " "},
        {"severity": "dire"},
        {"due_on": days(-1)},
        {"due_on": days(91)},
        {"code": "X9"},
    ],
)
def test_an_incomplete_condition_stores_nothing(pending, officer, manager, fields):
    refused(
        ".",
        approve_assessment,
        assessment=pending,
        by=manager,
        conditions=[condition(officer), condition(officer, **fields)],
    )


def test_a_failed_must_have_bars_approval_until_it_is_waived(failing, officer, manager):
    refused("not waived: L1", approve_assessment, assessment=failing, by=manager)
    frozen = approve_assessment(assessment=failing, by=manager, waivers=[waiver(officer)])
    failing.refresh_from_db()
    assert failing.state == State.CONDITIONAL
    kept = Waiver.objects.get()
    assert (kept.code, kept.ends_on, kept.granted_by) == ("L1", days(120), manager)
    assert (kept.action.owner, kept.action.due_on) == (officer, days(60))
    assert kept.action.finding.source == "waiver"
    assert AuditEvent.objects.get(action="assessment.approve_with_conditions").after["waived"] == [
        "L1"
    ]
    # the gate itself stays failed, and nothing is ranked by it
    assert frozen.gate == "fail"
    assert frozen.residual_risk


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ends_on": None}, "day the waiver ends"),
        ({"ends_on": days(0)}, "after today"),
        ({"ends_on": days(-5)}, "after today"),
        ({"ends_on": days(370)}, "12 months"),
        ({"reason": "  "}, "may pass"),
        ({"action": ""}, "will be done"),
        ({"due_on": days(80), "ends_on": days(70)}, "before the waiver ends"),
        ({"due_on": days(95)}, "."),
    ],
)
def test_a_waiver_that_is_incomplete_is_refused_whole(failing, officer, manager, fields, words):
    refused(
        words,
        approve_assessment,
        assessment=failing,
        by=manager,
        conditions=[condition(officer)],
        waivers=[waiver(officer, **fields)],
    )


def test_a_waiver_may_last_twelve_months_and_its_action_ends_with_it_at_the_latest(
    failing, officer, manager
):
    with time_machine.travel("2026-11-30 12:00 +0000"):
        last = timezone.localdate().replace(year=2027)
        request = waiver(officer, ends_on=last, due_on=None)
        approve_assessment(assessment=failing, by=manager, waivers=[request])
        assert Waiver.objects.get().action.due_on == days(90)


def test_what_does_not_fail_is_not_waived(pending, failing, officer, manager):
    refused(
        "does not fail: L1",
        approve_assessment,
        assessment=pending,
        by=manager,
        waivers=[waiver(officer)],
    )
    refused(
        "waived once",
        approve_assessment,
        assessment=failing,
        by=manager,
        waivers=[waiver(officer), waiver(officer)],
    )


def test_a_pending_gate_is_not_approved_whatever_is_waived(officer, reviewer, manager):
    assessment = make_assessment(owner=officer, framework=small_framework())
    answer_all(assessment)
    # a must-have that asks for a document, and has none
    assessment.answers.filter(code="L1").update(level="claimed")
    reviewed(assessment, by=reviewer)
    result = score_now(assessment, assessment.answers.all())
    assert result.pending
    refused(
        "not met yet",
        approve_assessment,
        assessment=assessment,
        by=manager,
        waivers=[waiver(officer, code=result.pending[0])],
    )


def test_who_filled_in_or_reviewed_does_not_decide(officer, reviewer):
    """Each bar by itself, at the service and in the database."""
    manager = make_user(Role.MANAGER)
    for part in ("owner", "helper", "answered", "submitted", "reviewed"):
        assessment = make_assessment(
            owner=manager if part == "owner" else officer,
            helpers=[manager] if part == "helper" else [],
            framework=small_framework(),
        )
        answer_all(assessment)
        if part == "answered":
            assessment.answers.filter(code="L1").update(answered_by=manager)
        submitted(assessment)
        reviewed(assessment, by=manager if part == "reviewed" else reviewer)
        if part == "submitted":
            Assessment.objects.filter(pk=assessment.pk).update(submitted_by=manager)
        for service, words in (
            (approve_assessment, {}),
            (reject_assessment, {"reason": "No"}),
            (send_back_assessment, {"reason": "No"}),
        ):
            refused("decides", service, assessment=assessment, by=manager, **words)
        if part in {"submitted", "reviewed"}:
            with pytest.raises(IntegrityError), transaction.atomic():
                Assessment.objects.filter(pk=assessment.pk).update(
                    state="approved",
                    approved_at=timezone.now(),
                    approved_by=manager,
                    as_of=timezone.localdate(),
                )


def test_in_tier_3_the_reviewer_may_approve(officer, manager):
    assessment = make_assessment(owner=officer, framework=small_framework(), tier=3)
    answer_all(assessment)
    reviewed(assessment, by=manager)
    approve_assessment(assessment=assessment, by=manager)
    assert assessment.is_approved


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_no_other_role_decides(pending, role):
    refused("manager", approve_assessment, assessment=pending, by=make_user(role))


def test_a_rejection_freezes_and_leaves_the_rating(pending, officer, reviewer, manager):
    first = approve_assessment(assessment=pending, by=manager)
    again = waiting(officer, reviewer, vendor=pending.vendor, L1="no")
    refused("why", reject_assessment, assessment=again, reason=" ", by=manager)
    frozen = reject_assessment(assessment=again, reason="Wages are too low", by=manager)
    again.refresh_from_db()
    pending.refresh_from_db()
    assert (again.state, again.rejected_by) == (State.REJECTED, manager)
    assert (frozen.gate, again.reject_reason) == ("fail", "Wages are too low")
    assert frozen.digest == scoring.digest(frozen.snapshot)
    assert Vendor.objects.get(pk=again.vendor_id).latest_result == first
    assert pending.state == State.APPROVED


def test_sent_back_the_reviewers_go_on_and_pass_it_on_again(pending, reviewer, manager):
    seen = seen_token(pending)
    refused("look at again", send_back_assessment, assessment=pending, reason="", by=manager)
    send_back_assessment(assessment=pending, reason="L2 lacks a remark", by=manager, seen=seen)
    assert pending.is_in_review
    assert (pending.reviewed_at, pending.return_reason) == (None, "L2 lacks a remark")
    finish_review(assessment=pending, by=reviewer)
    refused("Look through", approve_assessment, assessment=pending, by=manager, seen=seen)
    approve_assessment(assessment=pending, by=manager, seen=seen_token(pending))
    assert pending.is_approved


def test_a_later_approval_supersedes_the_earlier_one(pending, officer, reviewer, manager):
    approve_assessment(assessment=pending, by=manager)
    later = waiting(officer, reviewer, vendor=pending.vendor)
    frozen = approve_assessment(assessment=later, by=manager, conditions=[condition(officer)])
    pending.refresh_from_db()
    assert pending.state == State.SUPERSEDED
    assert pending.superseded_at is not None
    assert pending.result.digest == scoring.digest(pending.result.snapshot)
    assert Vendor.objects.get(pk=later.vendor_id).latest_result == frozen
    event = AuditEvent.objects.get(assessment=pending, action="assessment.supersede")
    assert event.after["by"] == later.title


def test_another_framework_supersedes_nothing(pending, officer, reviewer, manager):
    approve_assessment(assessment=pending, by=manager)
    other = make_assessment(vendor=pending.vendor, owner=officer, framework=make_framework())
    approved(other, manager)
    pending.refresh_from_db()
    assert pending.state == State.APPROVED
    close_assessment(assessment=other, leaving=LEAVING, by=manager)
    vendor = Vendor.objects.get(pk=pending.vendor_id)
    assert vendor.latest_result == pending.result


def test_closing_asks_for_each_step_and_takes_the_rating_off(pending, officer, manager):
    approve_assessment(assessment=pending, by=manager)
    for missing in ("data", "access", "people"):
        steps = {"data": "Back", "access": "Ended", "people": "Paid", missing: " "}
        refused(
            "each step",
            close_assessment,
            assessment=pending,
            leaving=Leaving(**steps),
            by=manager,
        )
    refused("Managers", close_assessment, assessment=pending, leaving=LEAVING, by=officer)
    close_assessment(assessment=pending, leaving=LEAVING, by=manager)
    assert (pending.state, pending.closed_by) == (State.CLOSED, manager)
    assert "Certificate 17" in pending.close_reason
    assert Vendor.objects.get(pk=pending.vendor_id).latest_result is None
    event = AuditEvent.objects.filter(assessment=pending).latest("pk")
    assert (event.action, event.after["people"]) == ("assessment.close", "Notice paid")
    refused("moved on", close_assessment, assessment=pending, leaving=LEAVING, by=manager)


def test_differences_are_those_of_the_shown_figures(pending, officer, reviewer, manager):
    frozen = approve_assessment(assessment=pending, by=manager)
    later = waiting(officer, reviewer, vendor=pending.vendor, L1="no")
    result = score_now(later, later.answers.all())
    found = differences_of(later, result)
    assert found.last == frozen
    then = scoring.rounded(found.overall.then, 1)
    assert Decimal(then.numerator) / then.denominator == round(frozen.overall, 1)
    assert found.overall.by == scoring.rounded(result.overall, 1) - then
    assert [line.name for line in found.moved] == ["Labour"]
    assert [(line.code, line.then, line.now) for line in found.must_haves] == [
        ("L1", "Met", "Failed")
    ]
    assert differences_of(pending, result) is None


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def browser(client, manager):
    client.force_login(manager)
    return client


def decide(client, assessment, decision, **fields):
    data = {
        "decision": decision,
        "note": "",
        "declared": "on",
        "seen": seen_token(assessment),
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        **fields,
    }
    url = reverse("vendors:assessment-decide", args=[assessment.public_id])
    return client.post(url, data)


def typed_waiver(owner, **fields):
    typed = {
        "reason": "The audit is booked",
        "ends_on": days(100).isoformat(),
        "action": "Audit Lublin",
        "owner": owner.pk,
        "due_on": days(60).isoformat(),
        **fields,
    }
    return {f"waive-L1-{name}": value for name, value in typed.items()}


def typed_condition(owner, **fields):
    typed = {
        "title": "A second exit",
        "severity": "minor",
        "owner": owner.pk,
        "due_on": days(60).isoformat(),
        **fields,
    }
    return {f"conditions-0-{name}": value for name, value in typed.items()}


def test_the_page_approves(browser, pending, manager):
    page = browser.get(pending.get_absolute_url()).content.decode()
    assert 'id="decision"' in page
    assert "You neither answered nor reviewed" in page
    answer = decide(browser, pending, "approve", note="Sound")
    assert answer.status_code == 302
    pending.refresh_from_db()
    assert (pending.state, pending.approval_note) == (State.APPROVED, "Sound")


def test_the_page_waives_with_conditions(browser, failing, officer):
    page = browser.get(failing.get_absolute_url()).content.decode()
    assert "L1 fails and is not waived." in page
    assert 'value="approve" disabled' in page
    answer = decide(
        browser, failing, "conditions", **typed_waiver(officer), **typed_condition(officer)
    )
    assert answer.status_code == 302
    failing.refresh_from_db()
    assert failing.state == State.CONDITIONAL
    assert (Finding.objects.count(), Waiver.objects.count()) == (2, 1)
    page = browser.get(failing.get_absolute_url()).content.decode()
    assert "L1 is waived until" in page
    assert "The audit is booked" in page
    assert "Not eligible" in page


@pytest.mark.parametrize(
    ("decision", "fields", "words"),
    [
        ("", {}, "Choose one of the four."),
        ("approve", {}, "A must-have fails"),
        ("approve", {"declared": ""}, "no conflict of interest"),
        ("conditions", {"waive-L1-ends_on": ""}, "Enter the day the waiver ends."),
        ("conditions", {"waive-L1-ends_on": "31.2.2027"}, "Enter a valid date."),
        ("conditions", {"waive-L1-ends_on": days(400).isoformat()}, "within 12 months"),
        ("conditions", {"waive-L1-owner": ""}, "Choose who sees to it."),
        ("conditions", {"waive-L1-reason": " "}, "Say why it may pass for a while."),
        ("conditions", {"conditions-0-title": "Half a row"}, "Choose one of the three."),
        ("reject", {"note": " "}, "Say why it is rejected."),
        ("send_back", {"note": ""}, "Say what the reviewers should look at again."),
        ("reject", {"note": "x" * 2001}, "2000"),
        ("reject", {"note": "No", "seen": "2020-01-01"}, "passed on again meanwhile"),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_what_was_typed(
    browser, failing, officer, decision, fields, words
):
    before = everything()
    data = {**typed_waiver(officer, reason="Lublin joined in September"), **fields}
    answer = decide(browser, failing, decision, **data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    if "waive-L1-reason" not in fields:
        assert "Lublin joined in September" in page
    assert everything() == before


def test_conditions_without_any_and_any_without_conditions_are_refused(browser, pending, officer):
    page = decide(browser, pending, "conditions").content.decode()
    assert "Write a condition, or approve without any." in page
    answer = decide(browser, pending, "approve", **typed_condition(officer))
    assert "There are conditions" in answer.content.decode()
    assert "A second exit" in answer.content.decode()
    pending.refresh_from_db()
    assert pending.is_pending_approval


def test_of_two_who_decide_the_second_is_told(browser, pending):
    other = make_user(Role.MANAGER)
    second = Client()
    second.force_login(other)
    assert decide(browser, pending, "reject", note="Wages").status_code == 302
    before = everything()
    answer = decide(second, pending, "approve")
    assert answer.status_code == 409
    assert "Somebody else was first." in answer.content.decode()
    assert everything() == before


def test_who_may_not_decide_sees_why_and_no_panel(client, pending, officer, reviewer):
    for person in (officer, reviewer, make_user(Role.AUDITOR)):
        client.force_login(person)
        assert 'id="decision"' not in client.get(pending.get_absolute_url()).content.decode()
        answer = decide(client, pending, "approve")
        assert answer.status_code == 403
        assert "decides" in answer.content.decode()


def test_the_page_closes_with_each_step_ticked(browser, pending, manager):
    approve_assessment(assessment=pending, by=manager)
    url = reverse("vendors:assessment-close", args=[pending.public_id])
    assert browser.get(url).status_code == 200
    data = {"data_note": "Certificate 17", "access_note": "Ended", "people_note": "Paid"}
    answer = browser.post(url, data)
    assert answer.status_code == 422
    assert "Tick it once it is settled." in answer.content.decode()
    assert "Certificate 17" in answer.content.decode()
    ticks = {f"{name}_done": "on" for name in ("data", "access", "people")}
    assert browser.post(url, data | ticks).status_code == 302
    pending.refresh_from_db()
    assert pending.state == State.CLOSED


def test_the_approver_sees_the_differences(browser, pending, officer, reviewer, manager):
    approve_assessment(assessment=pending, by=manager)
    later = waiting(officer, reviewer, vendor=pending.vendor, L1="no")
    page = browser.get(later.get_absolute_url()).content.decode()
    assert "Since last time" in page
    assert "Must-have L1" in page


def test_a_frozen_result_is_read_whatever_the_day(client, pending, manager):
    frozen = approve_assessment(assessment=pending, by=manager)
    assert snapshot_of(frozen)["result"]["gate"] == "pass"
    later = timezone.now() + timedelta(days=800)
    with time_machine.travel(later):
        client.force_login(manager)
        page = client.get(pending.get_absolute_url())
        assert page.context["standing"].headline.overall == frozen.overall
    frozen.refresh_from_db()
    assert frozen.digest == scoring.digest(frozen.snapshot)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PROCUREMENT])
def test_the_page_asks_the_same_number_of_questions_whatever_the_rows(
    client, officer, reviewer, role, django_assert_max_num_queries
):
    for _ in range(3):
        make_user(Role.MANAGER)
    vendor = make_vendor(by=officer)
    approved(waiting(officer, reviewer, vendor=vendor))
    pending = waiting(officer, reviewer, vendor=vendor, L1="no")
    client.force_login(make_user(role))
    with django_assert_max_num_queries(24):
        client.get(pending.get_absolute_url())


def test_rows_and_chains_are_locked_before_the_counter_of_findings(
    officer, manager, django_assert_max_num_queries
):
    """Whoever records a finding locks a chain and then the counter: the other way is a deadlock."""
    vendor = make_vendor()
    earlier = waiting(officer, make_user(), vendor=vendor)
    approve_assessment(assessment=earlier, by=manager)
    later = waiting(officer, make_user(), vendor=vendor, L1="no")
    with django_assert_max_num_queries(120) as asked:
        approve_assessment(
            assessment=later,
            by=manager,
            waivers=[waiver(officer)],
            conditions=[condition(officer)],
        )
    texts = [query["sql"] for query in asked.captured_queries]
    counted = next(at for at, text in enumerate(texts) if '"vendors_counter"' in text)
    chain = f"assessment:{earlier.public_id}"
    assert any(chain in text and "vendors_chainhead" in text for text in texts[:counted])
    assert not any(chain in text for text in texts[counted:])
    assert any('FROM "vendors_vendor"' in text for text in texts[:counted])
    earlier.refresh_from_db()
    assert earlier.state == State.SUPERSEDED
