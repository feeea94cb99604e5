"""Findings and corrective actions: due dates, people, proof, closing, and what the trail says."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import make_assessment, make_user, make_vendor, small_framework
from vendors.models import (
    ActionState,
    AuditEvent,
    CorrectiveAction,
    Counter,
    Evidence,
    EvidenceFile,
    Finding,
    Severity,
    Source,
)
from vendors.permissions import Role, can_close_action, can_work_on_action
from vendors.queries.findings import (
    late_actions,
    open_counts,
    open_findings,
    proof_of,
    to_confirm,
    why_not_close,
)
from vendors.services.actions import (
    StaleAction,
    add_proof,
    close_action,
    drop_proof,
    edit_action,
    report_done,
    send_back,
)
from vendors.services.evidence import remove_evidence
from vendors.services.findings import (
    change_owner_or_due,
    change_severity,
    limit_of,
    raise_finding,
)
from vendors.services.refusals import FaultyInput, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def reviewer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def vendor(owner):
    return make_vendor(by=owner, name="Skerry Voice")


def make_finding(vendor, owner, by, **parts):
    """A finding as somebody records it."""
    parts.setdefault("title", "Two transport firms are missing from the list")
    parts.setdefault("severity", Severity.MINOR)
    parts.setdefault("source", Source.HAND)
    return raise_finding(vendor=vendor, owner=owner, by=by, **parts)


def make_file(vendor, by=None, name="list.pdf", **fields):
    """A document of the vendor's register, without its bytes."""
    number = vendor.evidence.count() + 1
    document = Evidence.objects.create(vendor=vendor, number=number, title="List", added_by=by)
    return EvidenceFile.objects.create(
        evidence=document,
        original_name=name,
        kind="pdf",
        size=1,
        sha256=f"{number:064}",
        stored_name=f"{document.public_id}.pdf",
        uploaded_by=by,
        **fields,
    )


def reported(finding, by=None, name="list.pdf"):
    """The finding's action planned, proved and reported done by its owner."""
    action, by = finding.action, by or finding.action.owner
    edit_action(
        action=action,
        root_cause="Bought by purchase order.",
        plan="Add both firms.",
        vendor_person="",
        version=action.version,
        by=by,
    )
    add_proof(action=action, files=[make_file(finding.vendor, name=name)], by=by)
    report_done(action=action, note="See page 2.", version=action.version, by=by)
    return action


def close(action, by, **parts):
    parts.setdefault("close_note", "Called both firms.")
    parts.setdefault("checked", [file.public_id for file in proof_of(action)])
    parts.setdefault("version", action.version)
    close_action(action=action, by=by, **parts)


@pytest.mark.parametrize(("severity", "days"), [("critical", 30), ("major", 90), ("minor", 180)])
def test_the_severity_sets_the_due_date(vendor, owner, reviewer, severity, days):
    finding = make_finding(vendor, owner, reviewer, severity=severity)
    today = timezone.localdate()
    assert finding.action.due_on == today + timedelta(days=days)
    last = today + timedelta(days=days)
    assert make_finding(vendor, owner, reviewer, severity=severity, due_on=last).action.due_on
    late = last + timedelta(days=1)
    with pytest.raises(FaultyInput) as refusal:
        make_finding(vendor, owner, reviewer, severity=severity, due_on=late)
    assert [fault.path for fault in refusal.value.faults] == ["due_on"]


def test_numbers_count_all_findings_and_the_trail_says_what_was_recorded(vendor, owner, reviewer):
    small_framework()
    first = make_finding(vendor, owner, reviewer)
    assessment = make_assessment(vendor=vendor, owner=owner, framework=small_framework())
    second = make_finding(vendor, owner, reviewer, assessment=assessment, code="L1")
    assert (first.label, second.label) == ("F-001", "F-002")
    assert Counter.objects.get(name="finding").last == 2
    events = AuditEvent.objects.filter(action="finding.raise").order_by("pk")
    assert [event.chain for event in events] == [
        f"vendor:{vendor.public_id}",
        f"assessment:{assessment.public_id}",
    ]
    assert events[1].subject == "F-002"
    assert events[1].after["code"] == "L1"
    assert events[1].after["due_on"] == second.action.due_on.isoformat()


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"title": "  "}, "title"),
        ({"severity": "dreadful"}, "severity"),
        ({"due_on": timezone.localdate() - timedelta(days=2)}, "due_on"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(vendor, owner, reviewer, parts, field):
    with pytest.raises(FaultyInput) as refusal:
        make_finding(vendor, owner, reviewer, **parts)
    assert [fault.path for fault in refusal.value.faults] == [field]
    assert not Finding.objects.exists()
    assert not Counter.objects.filter(name="finding").exists()


def test_nobody_owns_an_action_who_could_not_work_on_it(vendor, reviewer):
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, ""):
        with pytest.raises(FaultyInput):
            make_finding(vendor, make_user(role), reviewer)
    gone = make_user(
        Role.PROCUREMENT, is_active=False, ended_at=timezone.now(), ended_reason="Left."
    )
    with pytest.raises(FaultyInput):
        make_finding(vendor, gone, reviewer)


def test_a_finding_keeps_to_its_vendor_and_its_criteria(vendor, owner, reviewer):
    assessment = make_assessment(owner=owner, framework=small_framework())
    with pytest.raises(Refused):
        make_finding(vendor, owner, reviewer, assessment=assessment)
    with pytest.raises(FaultyInput) as refusal:
        make_finding(assessment.vendor, owner, reviewer, assessment=assessment, code="XX-99")
    assert refusal.value.faults[0].path == "code"


def test_a_plan_is_saved_once_and_with_before_and_after(vendor, owner, reviewer):
    action = make_finding(vendor, owner, reviewer, root_cause="Unknown").action
    plan = {
        "root_cause": "Bought by order.",
        "plan": " Add both. ",
        "vendor_person": "R. Villareal",
    }
    edit_action(action=action, **plan, version=1, by=owner)
    action.refresh_from_db()
    assert (action.root_cause, action.action, action.version) == (
        "Bought by order.",
        "Add both.",
        2,
    )
    event = AuditEvent.objects.get(action="action.edit")
    assert event.before == {"root_cause": "Unknown", "action": "", "vendor_person": ""}
    assert event.after["action"] == "Add both."
    edit_action(action=action, **plan, version=2, by=owner)
    assert AuditEvent.objects.filter(action="action.edit").count() == 1
    with pytest.raises(StaleAction):
        edit_action(action=action, **plan | {"plan": "Else"}, version=1, by=reviewer)
    action.refresh_from_db()
    assert action.action == "Add both."


def test_proof_is_a_document_of_this_vendor_that_stands_in_the_register(vendor, owner, reviewer):
    action = make_finding(vendor, owner, reviewer).action
    foreign, replaced = make_file(make_vendor(by=owner)), make_file(vendor, is_current=False)
    for file in (foreign, replaced):
        with pytest.raises(Refused):
            add_proof(action=action, files=[file], by=owner)
    assert not action.proof.exists()
    good = make_file(vendor)
    add_proof(action=action, files=[good], by=owner)
    with pytest.raises(Refused):
        add_proof(action=action, files=[good], by=owner)
    event = AuditEvent.objects.get(action="action.proof")
    assert event.after["proof"][0]["sha256"] == good.sha256
    drop_proof(action=action, file=good, by=owner)
    assert not action.proof.exists()
    assert (
        AuditEvent.objects.get(action="action.drop_proof").before["proof"][0]["name"] == "list.pdf"
    )


def test_an_upload_goes_into_the_register_and_proves(vendor, owner, reviewer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    action = make_finding(vendor, owner, reviewer).action
    upload = SimpleUploadedFile("drill.txt", b"Fire drill, 4 November.")
    add_proof(action=action, upload=upload, title="Fire drill", by=owner)
    file = action.proof.get()
    assert (file.evidence.title, file.evidence.vendor, file.uploaded_by) == (
        "Fire drill",
        vendor,
        owner,
    )


def test_proof_of_an_open_finding_stays_in_the_register(vendor, owner, reviewer, manager):
    finding = make_finding(vendor, owner, reviewer)
    action = reported(finding)
    (file,) = proof_of(action)
    with pytest.raises(Refused, match=f"{finding.label} {finding.title}"):
        remove_evidence(evidence=file.evidence, reason="Wrong vendor.", by=owner)
    file.evidence.refresh_from_db()
    assert file.evidence.removed_at is None
    assert not AuditEvent.objects.filter(action="evidence.remove").exists()
    close(action, manager)
    remove_evidence(evidence=file.evidence, reason="Wrong vendor.", by=owner)
    assert Evidence.objects.get(pk=file.evidence_id).removed_at


def test_a_document_removed_meanwhile_is_no_proof(vendor, owner, reviewer):
    action = make_finding(vendor, owner, reviewer).action
    file = make_file(vendor)
    assert file.evidence.removed_at is None
    remove_evidence(evidence=Evidence.objects.get(), reason="Wrong vendor.", by=owner)
    with pytest.raises(Refused, match="not in the register any more"):
        add_proof(action=action, files=[file], by=owner)


def test_the_open_findings_of_a_vendor_most_urgent_first(vendor, owner, reviewer, manager):
    today = timezone.localdate()
    later = make_finding(vendor, owner, reviewer, due_on=today + timedelta(days=60))
    sooner = make_finding(vendor, owner, reviewer, due_on=today + timedelta(days=30))
    closed = make_finding(vendor, owner, reviewer)
    close(reported(closed), manager)
    make_finding(make_vendor(by=owner), owner, reviewer)
    assert open_findings(vendor, manager) == [sooner, later]


def test_it_is_reported_with_an_action_and_proof(vendor, owner, reviewer):
    action = make_finding(vendor, owner, reviewer).action
    with pytest.raises(Refused, match="Action"):
        report_done(action=action, note="", version=1, by=owner)
    edit_action(action=action, root_cause="", plan="Mend", vendor_person="", version=1, by=owner)
    with pytest.raises(Refused, match="proof"):
        report_done(action=action, note="", version=2, by=owner)
    add_proof(action=action, files=[make_file(vendor)], by=owner)
    report_done(action=action, note="Done.", version=3, by=owner)
    with pytest.raises(Refused, match="already"):
        report_done(action=action, note="", version=4, by=owner)
    with pytest.raises(Refused, match="sent back first"):
        drop_proof(action=action, file=action.proof.get(), by=owner)
    action.refresh_from_db()
    assert (action.state, action.reported_by, action.report_note) == ("reported", owner, "Done.")


def test_only_a_second_person_closes(vendor, owner, reviewer, manager):
    finding = make_finding(vendor, owner, reviewer)
    action = reported(finding)
    assert not can_close_action(owner, action)
    with pytest.raises(Refused, match="own this action"):
        close(action, owner)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        assert not can_close_action(make_user(role), action)
    assert can_close_action(manager, action)
    close(action, manager)
    action.refresh_from_db()
    assert (action.state, action.closed_by, action.close_note) == (
        ActionState.CLOSED,
        manager,
        "Called both firms.",
    )
    event = AuditEvent.objects.get(action="action.close")
    assert event.before == {"state": "reported"}
    assert event.after["checked"][0]["name"] == "list.pdf"
    assert not can_work_on_action(owner, action)


def test_who_reported_or_worked_on_it_does_not_close_it(vendor, owner, reviewer, manager):
    finding = make_finding(vendor, owner, reviewer)
    action = reported(finding, by=reviewer)
    with pytest.raises(Refused, match="reported it done"):
        close(action, reviewer)
    # sent back, given to somebody else and reported anew: the work of before still counts
    send_back(action=action, reason="Page 2 is missing.", version=action.version, by=manager)
    new = make_user(Role.PROCUREMENT)
    change_owner_or_due(
        action=action,
        owner=new,
        due_on=action.due_on,
        reason="Leave.",
        version=action.version,
        by=manager,
    )
    report_done(action=action, note="", version=action.version, by=new)
    assert can_close_action(reviewer, action)
    with pytest.raises(Refused, match="worked on"):
        close(action, reviewer)
    assert why_not_close(finding, reviewer, []) == "worked"
    assert why_not_close(finding, new, []) == "own"
    assert why_not_close(finding, manager, []) == ""
    close(action, manager)
    assert action.is_closed


def test_who_uploaded_the_proof_does_not_check_it(vendor, owner, reviewer, manager):
    finding = make_finding(vendor, owner, reviewer)
    action = finding.action
    edit_action(action=action, root_cause="", plan="Mend", vendor_person="", version=1, by=owner)
    add_proof(action=action, files=[make_file(vendor, by=manager)], by=owner)
    report_done(action=action, note="", version=action.version, by=owner)
    with pytest.raises(Refused, match="uploaded"):
        close(action, manager)
    assert why_not_close(finding, manager, proof_of(action)) == "uploaded"
    assert to_confirm(manager) == []


def test_each_piece_of_proof_is_ticked_and_how_is_said(vendor, owner, reviewer, manager):
    action = reported(make_finding(vendor, owner, reviewer))
    with pytest.raises(FaultyInput) as refusal:
        close(action, manager, checked=[], close_note=" ")
    assert [fault.path for fault in refusal.value.faults] == ["close_note", "checked"]
    add_proof(action=action, files=[make_file(vendor, name="code.pdf")], by=owner)
    with pytest.raises(StaleAction):
        close(action, manager, version=action.version - 1)
    action.refresh_from_db()
    assert not action.is_closed


def test_what_is_not_reported_is_neither_closed_nor_sent_back(vendor, owner, reviewer, manager):
    action = make_finding(vendor, owner, reviewer).action
    with pytest.raises(Refused, match="not reported"):
        close(action, manager)
    with pytest.raises(Refused, match="not reported"):
        send_back(action=action, reason="Why", version=1, by=manager)


def test_sending_back_needs_a_reason_and_opens_it_again(vendor, owner, reviewer, manager):
    action = reported(make_finding(vendor, owner, reviewer))
    with pytest.raises(Refused, match="what is missing"):
        send_back(action=action, reason=" ", version=action.version, by=manager)
    send_back(action=action, reason="Page 2.", version=action.version, by=manager)
    action.refresh_from_db()
    assert (action.state, action.sent_back_reason) == ("open", "Page 2.")
    assert AuditEvent.objects.get(action="action.send_back").reason == "Page 2."


def test_a_closed_action_stays_as_it_is(vendor, owner, reviewer, manager):
    finding = make_finding(vendor, owner, reviewer)
    action = reported(finding)
    close(action, manager)
    version = action.version
    changes = [
        lambda: edit_action(
            action=action, root_cause="x", plan="x", vendor_person="", version=version, by=owner
        ),
        lambda: add_proof(action=action, files=[make_file(vendor)], by=owner),
        lambda: send_back(action=action, reason="x", version=version, by=manager),
        lambda: change_severity(
            finding=finding, severity="major", reason="x", version=version, by=manager
        ),
        lambda: close(action, manager),
    ]
    for change in changes:
        with pytest.raises(Refused, match="closed"):
            change()
    action.refresh_from_db()
    assert action.version == version


def test_the_database_refuses_a_close_by_the_owner_or_without_how(vendor, owner, reviewer, manager):
    action = reported(make_finding(vendor, owner, reviewer))
    rows = CorrectiveAction.objects.filter(pk=action.pk)
    closed = {"state": "closed", "closed_at": timezone.now(), "close_note": "x"}
    for wrong in (
        closed | {"closed_by": owner},
        closed | {"closed_by": manager, "close_note": ""},
        closed | {"closed_by": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def assign(action, by, **parts):
    parts.setdefault("owner", action.owner)
    parts.setdefault("due_on", action.due_on)
    parts.setdefault("reason", "The site reopens then.")
    change_owner_or_due(action=action, version=action.version, by=by, **parts)


def test_only_a_manager_who_does_not_own_it_goes_beyond_the_severity(
    vendor, owner, reviewer, manager
):
    finding = make_finding(vendor, owner, reviewer, severity="critical")
    action, limit = finding.action, limit_of(finding)
    beyond = limit + timedelta(days=20)
    assign(action, reviewer, due_on=limit - timedelta(days=5))
    assign(action, reviewer, due_on=limit)
    with pytest.raises(FaultyInput):
        assign(action, reviewer, due_on=beyond)
    with pytest.raises(Refused, match="own action"):
        assign(action, manager, owner=manager, due_on=beyond)
    with pytest.raises(Refused, match="why"):
        assign(action, manager, due_on=beyond, reason=" ")
    assign(action, manager, due_on=beyond)
    action.refresh_from_db()
    assert action.due_on == beyond
    event = AuditEvent.objects.filter(action="action.assign").last()
    assert event.before["due_on"] == limit.isoformat()
    assert event.reason == "The site reopens then."
    own = make_finding(vendor, manager, reviewer).action
    assign(own, manager, due_on=own.due_on - timedelta(days=9))
    with pytest.raises(Refused, match="own action"):
        assign(own, manager, due_on=own.due_on + timedelta(days=9))
    with pytest.raises(FaultyInput):
        assign(own, manager, due_on=timezone.localdate() - timedelta(days=1))


def judge(finding, by, severity, reason="More people are affected."):
    change_severity(
        finding=finding, severity=severity, reason=reason, version=finding.action.version, by=by
    )


def test_the_due_date_follows_the_severity(vendor, owner, reviewer, manager):
    today = timezone.localdate()
    finding = make_finding(vendor, owner, reviewer)
    judge(finding, manager, "critical")
    assert finding.action.due_on == today + timedelta(days=30)
    judge(finding, manager, "major")
    assert finding.action.due_on == today + timedelta(days=90)
    early = today + timedelta(days=10)
    assign(finding.action, manager, due_on=early)
    judge(finding, manager, "minor")
    assert finding.action.due_on == early
    finding.refresh_from_db()
    assert finding.severity == "minor"
    event = AuditEvent.objects.filter(action="finding.severity").first()
    assert (event.before["severity"], event.after["severity"]) == ("minor", "critical")


def test_an_owner_makes_no_finding_milder_and_a_reason_is_needed(vendor, reviewer, manager):
    finding = make_finding(vendor, manager, reviewer, severity="major")
    with pytest.raises(Refused, match="milder"):
        judge(finding, manager, "minor")
    with pytest.raises(Refused, match="why"):
        judge(finding, manager, "critical", reason="")
    with pytest.raises(Refused, match="as it was"):
        judge(finding, manager, "major")
    judge(finding, manager, "critical")
    assert finding.action.due_on == limit_of(finding)


def test_work_lists_count_what_is_late_soon_and_to_check(vendor, owner, reviewer, manager):
    late = make_finding(vendor, owner, reviewer)
    CorrectiveAction.objects.filter(finding=late).update(
        due_on=timezone.localdate() - timedelta(days=3)
    )
    make_finding(vendor, owner, reviewer, severity="critical")
    waiting = make_finding(vendor, owner, reviewer)
    reported(waiting)
    closed = reported(make_finding(vendor, owner, reviewer))
    close(closed, manager)
    assert [action.finding for action in late_actions()] == [late]
    assert late_actions()[0].days_late == 3
    counts = open_counts(manager)
    assert (counts.open, counts.late, counts.soon, counts.own, counts.confirm) == (3, 1, 1, 0, 1)
    assert open_counts(owner).own == 3
    assert open_counts(owner).confirm == 0
    assert to_confirm(manager) == [waiting.pk]
    assert to_confirm(make_user(Role.AUDITOR)) == []
