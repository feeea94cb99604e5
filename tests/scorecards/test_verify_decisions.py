"""`manage.py verify` on what a decision rests on: people, tiers, marks, findings, waivers, the register."""
# ruff: noqa: S608

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from tests.factories import (
    HIGH_RISK,
    best_answer,
    import_worked,
    make_assessment,
    make_framework,
    make_user,
    small_framework,
)
from tests.proved import TEXT, tamper
from tests.scorecards.test_verify import run
from vendors import scoring
from vendors.models import Certification, Mark
from vendors.permissions import Role
from vendors.services.actions import add_proof, close_action, edit_action, report_done
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.approvals import (
    Condition,
    WaiverRequest,
    approve_assessment,
    send_back_assessment,
)
from vendors.services.assessments import change_intake, change_tier, submit_assessment
from vendors.services.certifications import (
    add_certification,
    change_standing,
    edit_certification,
    remove_certification,
    verify_certification,
)
from vendors.services.evidence import add_evidence, link_evidence, unlink_evidence
from vendors.services.findings import change_owner_or_due, change_severity, raise_finding
from vendors.services.profiles import save_profile
from vendors.services.reassessments import start_reassessment
from vendors.services.reviews import (
    Decision,
    ask_second_review,
    decide_answer,
    finish_review,
    return_answer,
    send_returns,
    settle_difference,
    take_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def people():
    return SimpleNamespace(
        officer=make_user(),
        first=make_user(),
        second=make_user(Role.MANAGER),
        manager=make_user(Role.MANAGER),
        other=make_user(),
    )


def best(assessment, by):
    """Answer through the service, at their best."""
    for criterion in assessment.framework.rules.asked(assessment.tier):
        found = best_answer(criterion)
        value = scoring.write_value(found.value)
        answer(assessment, criterion.code, value, by, valid_to=found.valid_to)


def answer(assessment, code, value, by, **fields):
    row = assessment.answers.get(code=code)
    change = AnswerChange(value=value, is_answered=True, proposed_level="documented", **fields)
    save_answer(assessment=assessment, answer=row, change=change, version=row.version, by=by)


def decide(assessment, by, level, codes=None):
    rules = assessment.framework.rules
    for row in assessment.answers.all():
        criterion = rules.criterion(row.code)
        if assessment.tier not in criterion.tiers or (codes and row.code not in codes):
            continue
        if not row.is_done or row.is_carried:
            continue
        rating = 4 if criterion.answer_type == "text" else None
        decision = Decision(level=level, rating=rating, remark="Seen.")
        decide_answer(
            assessment=assessment, answer=row, decision=decision, version=row.version, by=by
        )


def at(assessment, code):
    row = assessment.answers.get(code=code)
    return {"assessment": assessment, "answer": row, "version": row.version}


@pytest.fixture
def walked():
    """Everything once: intake, tier, returns, two reviewers, moderation, waiver, findings, register."""
    who = people()
    assessment = make_assessment(owner=who.officer, framework=small_framework())
    vendor = assessment.vendor
    change_intake(
        assessment=assessment, intake=dict(HIGH_RISK), owner=who.officer, due_on=None,
        service="Voice", sites=(), helpers=[who.other], by=who.officer,
    )  # fmt: skip
    change_tier(assessment=assessment, tier=2, reason="Smaller.", by=who.manager)
    change_tier(assessment=assessment, tier=1, reason="", by=who.manager)
    entry = add_certification(
        entry=Certification(vendor=vendor, standard="ISO 27001"), by=who.officer
    )
    entry = Certification.objects.get(pk=entry.pk)
    entry.expires_on = timezone.localdate() + timedelta(days=300)
    entry = edit_certification(entry=entry, version=entry.version, by=who.officer)
    entry = verify_certification(
        entry=entry, where="The register", version=entry.version, by=who.manager
    )
    gone = add_certification(entry=Certification(vendor=vendor, standard="SA8000"), by=who.officer)
    change_standing(
        entry=gone, standing="suspended", on=timezone.localdate(), reason="The issuer says so.",
        version=0, by=who.officer,
    )  # fmt: skip
    remove_certification(entry=gone, reason="Not theirs.", version=1, by=who.officer)
    best(assessment, who.officer)
    upload = SimpleUploadedFile("audit.txt", TEXT)
    evidence = add_evidence(vendor=vendor, upload=upload, title="Audit", by=who.officer)
    link_evidence(**at(assessment, "L2"), evidence=evidence, page="4", by=who.officer)
    link_evidence(**at(assessment, "L1"), evidence=evidence, page="4", by=who.officer)
    unlink_evidence(**at(assessment, "L1"), evidence=evidence, by=who.officer)
    answer(assessment, "L1", "no", who.officer)
    submit_assessment(assessment=assessment, by=who.officer)
    take_review(assessment=assessment, by=who.first)
    decide(assessment, who.first, "documented", ["L2", "L3"])
    ask_second_review(assessment=assessment, by=who.first)
    take_review(assessment=assessment, by=who.second)
    return_answer(**at(assessment, "L2"), remark="Which year?", by=who.first)
    send_returns(assessment=assessment, by=who.first)
    answer(assessment, "L2", "55", who.officer)
    submit_assessment(assessment=assessment, by=who.officer)
    decide(assessment, who.first, "documented")
    decide(assessment, who.second, "claimed")
    finish_review(assessment=assessment, by=who.first)
    finish_review(assessment=assessment, by=who.second)
    assessment.refresh_from_db()
    assert assessment.is_in_moderation
    settle(assessment, who.first)
    send_back_assessment(assessment=assessment, reason="Look at L3.", by=who.manager)
    for reviewer in (who.first, who.second):
        decide(assessment, reviewer, "verified", ["L3"])
        finish_review(assessment=assessment, by=reviewer)
    settle(assessment, who.first)
    approve_assessment(
        assessment=assessment,
        by=who.manager,
        waivers=[
            WaiverRequest(
                code="L1", reason="The audit is booked", owner=who.officer, action="Audit it",
                ends_on=timezone.localdate() + timedelta(days=90),
            )
        ],
        conditions=[Condition(title="A second exit", severity="minor", owner=who.other)],
    )  # fmt: skip
    finding = mend(vendor, evidence, who)
    again = start_reassessment(previous=assessment, codes=["L1"], owner=who.officer, by=who.officer)
    answer(again, "L1", "yes", who.officer)
    submit_assessment(assessment=again, by=who.officer)
    take_review(assessment=again, by=who.first)
    decide(again, who.first, "documented")
    save_profile(
        framework=assessment.framework, name="Mine", description="", reason="Ours.", seen=0,
        weights=weights(assessment), by=who.manager,
    )  # fmt: skip
    return SimpleNamespace(
        assessment=assessment, again=again, entry=entry, finding=finding, who=who, evidence=evidence
    )


def weights(assessment):
    codes = [category.code for category in assessment.framework.rules.categories]
    return dict.fromkeys(codes, Decimal(0)) | {codes[0]: Decimal(60), codes[1]: Decimal(40)}


def settle(assessment, by):
    """Settle whatever is open."""
    assessment.refresh_from_db()
    if not assessment.is_in_moderation:
        return
    for row in assessment.answers.filter(moderation__settled_at=None, moderation__isnull=False):
        is_text = assessment.framework.rules.criterion(row.code).answer_type == "text"
        settle_difference(
            assessment=assessment, answer=row, reason="Both looked again.",
            decision=Decision(level="claimed", rating=3 if is_text else None),
            version=row.version, by=by,
        )  # fmt: skip


def mend(vendor, evidence, who):
    """A finding that was judged milder, given to another and closed."""
    finding = raise_finding(
        vendor=vendor, title="No second exit", severity="major", source="manual",
        owner=who.officer, by=who.first,
    )  # fmt: skip
    action = finding.action
    change_severity(
        finding=finding, severity="critical", reason="Worse.", version=action.version, by=who.first
    )
    day = timezone.localdate() + timedelta(days=10)
    change_owner_or_due(
        action=action, owner=who.other, due_on=day, reason="He is there.", version=action.version,
        by=who.first,
    )  # fmt: skip
    edit_action(
        action=action, root_cause="A wall", plan="A door", vendor_person="", version=action.version,
        by=who.other,
    )  # fmt: skip
    add_proof(action=action, files=evidence.files.all(), by=who.other)
    report_done(action=action, note="", version=action.version, by=who.other)
    close_action(
        action=action, close_note="Saw it.", version=action.version, by=who.manager,
        checked=[file.public_id for file in evidence.files.all()],
    )  # fmt: skip
    return finding


def test_a_walk_through_everything_verifies(walked):
    text, code = run()
    assert code == 0, text


def test_so_does_an_import(walked):
    make_framework()
    import_worked("Aurora", owner=make_user(), approve_as=make_user(Role.MANAGER))
    text, code = run()
    assert code == 0, text


#: Table, what is set, where, and what the fault says. No "set" deletes.
CHANGES = [
    ("assessment", "approved_by_id = {other}", "id = {frozen}", "approved_by_id"),
    ("assessment", "submitted_by_id = NULL", "id = {frozen}", "submitted_by_id"),
    ("assessment", "reviewer_id = {other}", "id = {again}", "reviewer_id"),
    ("assessment", "tier = 3", "id = {again}", "tier"),
    ("assessment", "intake = '{{}}'", "id = {again}", "intake"),
    ("assessment", "owner_id = {other}", "id = {again}", "owner_id"),
    ("assessment", "needs_second_review = true", "id = {again}", "needs_second_review"),
    ("review", "reviewer_id = {other}", "assessment_id = {again}", "somebody else took it"),
    ("mark", "level = 'verified'", "id = {mark}", "level"),
    ("mark", "", "id = {mark}", "its row is gone"),
    ("waiver", "ends_on = '2099-01-01'", "id > 0", "not those that were granted"),
    ("waiver", "", "id > 0", "not those that were granted"),
    ("finding", "severity = 'minor'", "id = {finding}", "severity"),
    ("correctiveaction", "due_on = '2099-01-01'", "finding_id = {finding}", "due_on"),
    ("correctiveaction", "closed_by_id = {second}", "finding_id = {finding}", "closed_by_id"),
    ("correctiveaction", "state = 'open'", "finding_id = {finding}", "state"),
    ("certification", "expires_on = '2099-01-01'", "id = {entry}", "expires_on"),
    ("certification", "verified_by_id = {other}", "id = {entry}", "verified_by_id"),
    ("certification", "removed_at = NULL", "removed_at IS NOT NULL", "removed_at"),
    ("weightprofile", 'weights = \'{{"labour": "100"}}\'', "name = 'Mine'", "its weights"),
]


def test_each_change_behind_the_apps_back_is_named(walked):
    who = walked.who
    places = {
        "frozen": walked.assessment.pk,
        "again": walked.again.pk,
        "other": who.other.pk,
        "second": who.second.pk,
        "finding": walked.finding.pk,
        "entry": walked.entry.pk,
        "mark": Mark.objects.filter(review__assessment=walked.again).earliest("pk").pk,
    }
    for table, change, where, words in CHANGES:
        verb = f"UPDATE vendors_{table} SET {change}" if change else f"DELETE FROM vendors_{table}"
        statement = f"{verb} WHERE {where}".format(**places)
        with transaction.atomic():
            tamper(statement)
            text, code = run()
            transaction.set_rollback(True)
        assert code == 1 and words in text, (statement, text)
        assert "event:" not in text, (statement, text)
    assert run()[1] == 0
