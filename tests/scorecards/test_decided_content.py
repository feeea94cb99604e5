"""What a scorecard says of a decision, and that nothing that happens later moves it."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from scorecards import record
from scorecards.content import CONTENT_FORMAT, scorecard_content
from scorecards.services import scorecards as services
from tests import factories
from tests.benchmarks.scorecard import full_content, record_around
from tests.scorecards.deciding import rejected, waiting, waived
from tests.scorecards.recording import content_of, text_of
from vendors.models import AuditEvent, ChainHead, State
from vendors.permissions import Role
from vendors.queries.documents import exported_assessment, snapshot_of
from vendors.services.approvals import approve_assessment
from vendors.services.closings import Leaving, close_assessment

pytestmark = pytest.mark.django_db
OLD = Path(__file__).with_name("snapshot-1.json")


def test_a_plain_approval_names_approver_and_reviewer_and_carries_the_head():
    assessment = waiting()
    approve_assessment(
        assessment=assessment, by=factories.make_user(Role.MANAGER, name="Adriana Ferreira")
    )
    content = content_of(assessment)
    decision = content["decision"]
    assert (decision["verb"], decision["word"]) == ("approve", "Approved")
    assert decision["by"] == {"name": "Adriana Ferreira", "role": "Manager"}
    assert decision["reviewers"] == [str(assessment.reviewer)]
    assert (decision["conditions"], decision["waivers"]) == ([], [])
    approval = AuditEvent.objects.get(assessment=assessment, action="assessment.approve")
    assert content["head"] == {
        "chain": ChainHead.objects.get(pk=approval.chain).pk,
        "sequence": approval.sequence,
        "digest": approval.digest,
    }
    reviewed = next(entry for entry in content["people"] if entry["step"] == "reviewed")
    assert reviewed["declared_shown"]
    assert content["trail"][-1]["what"] == "Approved"
    assert (content["findings"], content["evidence"]) == ([], [])


def test_a_waiver_is_on_the_first_page_and_in_the_register_and_the_gate_stays_failed():
    assessment = waived(conditions=["Name all subcontractors"])
    code = assessment.framework.rules.must_haves[0].code
    ends = timezone.localdate() + timedelta(days=120)
    content = content_of(assessment)
    (waiver,) = content["decision"]["waivers"]
    assert waiver["code"] == code
    assert waiver["ends_on"] == ends.isoformat()
    assert waiver["reason"] == "The certificate covers one of two sites."
    assert (waiver["action"], waiver["owner"]) == ("Certify the second site.", "Maya Okafor")
    assert waiver["granted_by"] == "Adriana Ferreira"
    assert content["gate"]["result"] == content["summary"]["gate"] == "fail"
    assert content["gate"]["failed"] == [code]
    row = next(row for row in content["must_haves"] if row["code"] == code)
    assert (row["result"], bool(row["waived"])) == ("fail", True)
    assert [entry["code"] for entry in content["summary"]["waivers"]] == [code]
    assert content["summary"]["state"] == "approved_with_conditions"
    assert content["summary"]["residual_risk"]
    (condition,) = content["decision"]["conditions"]
    assert condition["title"] == "Name all subcontractors"
    findings = {row["finding"]: row for row in content["findings"]}
    assert set(findings) == {condition["finding"], waiver["finding"]}
    assert findings[waiver["finding"]]["state_shown"] == "Under way"


def test_a_rejected_one_is_no_draft_and_valid_on_no_day():
    content = content_of(rejected())
    assert content["is_draft"] is False
    assert content["decision"]["word"] == "Rejected"
    assert content["summary"]["note"] == "No second site until it is safe."
    assert content["summary"]["valid_until"] is None
    assert content["summary"]["residual_risk"] is None
    assert content["people"][-1]["step"] == "rejected"
    assert content["summary"]["issued_at"] == content["people"][-1]["at"]


def test_what_happens_later_moves_nothing():
    framework = factories.small_framework()
    vendor = factories.make_vendor()
    assessment = waived(vendor=vendor, framework=framework)
    text = text_of(assessment)
    finding = assessment.findings.get()
    finding.action.action = "Something else"
    finding.action.save()
    assessment.waivers.update(reason="Changed behind the app's back")
    approve_assessment(
        assessment=waiting(framework, vendor=vendor), by=factories.make_user(Role.MANAGER)
    )
    assessment.refresh_from_db()
    assert assessment.state == State.SUPERSEDED
    assert text_of(assessment) == text
    row = services.request_scorecard(assessment=assessment, by=None, wakes=False)
    assert row.number
    assert not row.is_draft
    snapshot = snapshot_of(assessment.result)
    assert exported_assessment(assessment)["result"] == snapshot["result"]


def test_a_closed_one_keeps_its_scorecard():
    assessment = waived()
    text = text_of(assessment)
    leaving = Leaving(data="Returned", access="Revoked", people="Moved on")
    close_assessment(assessment=assessment, leaving=leaving, by=factories.make_user(Role.MANAGER))
    assert assessment.state == State.CLOSED
    assert text_of(assessment) == text


def test_a_draft_has_no_head_and_is_the_same_however_often_it_is_asked_for():
    assessment = waiting()
    first = services.request_scorecard(assessment=assessment, by=None, wakes=False)
    assert services.request_scorecard(assessment=assessment, by=None, wakes=False) == first
    content = scorecard_content(record.read(first.content))
    assert content["is_draft"] is True
    assert content["head"] is None
    assert (content["decision"]["verb"], content["summary"]["state"]) == ("", "draft")


def test_reviewers_remarks_stand_in_full_with_their_names():
    assessment = waiting()
    row = assessment.answers.first()
    row.remark, row.decided_by = "Pay slips <b>agree</b>.", assessment.reviewer
    row.save()
    factories.approved(assessment)
    content = content_of(assessment)
    (text,) = [entry for entry in content["texts"] if entry["remark"]]
    assert text["remark"] == "Pay slips <b>agree</b>."
    assert text["by"] == str(assessment.reviewer)
    rows = {row["code"]: row for group in content["criteria"] for row in group["rows"]}
    assert rows[text["code"]]["has_more"] is True


def test_a_snapshot_from_before_reviews_still_makes_a_scorecard():
    framework = factories.small_framework()
    snapshot = json.loads(OLD.read_text(encoding="utf-8"), parse_float=Decimal)
    assert snapshot["format"] == "vetting-snapshot/1"
    around = record_around(
        snapshot, framework.rules, number="VET-2026-0001", valid_until="2027-11-20"
    )
    content = scorecard_content(around)
    assert content["format"] == CONTENT_FORMAT
    assert content["is_draft"] is False
    assert content["decision"]["word"] == "Approved"
    assert content["decision"]["by"]["name"] == "Adriana Ferreira"
    assert content["summary"]["note"] == "Approved on import"
    assert content["summary"]["issued_at"] == snapshot["people"][-1]["at"]
    assert (content["head"], content["evidence"], content["findings"]) == (None, [], [])


def test_documents_are_cited_by_number_and_kept_with_their_hash():
    content = full_content()
    rows = {row["code"]: row for group in content["criteria"] for row in group["rows"]}
    assert rows["LAB-04"]["cites"] == [{"label": "E-4", "anchor": "ev-E-4"}]
    assert rows["GOV-01"]["cites"] == []
    register = {row["label"]: row for row in content["evidence"]}
    assert register["E-4"]["anchor"] == "ev-E-4"
    assert register["E-4"]["cited"] == "LAB-04 (p. 4)"
    assert len(register["E-4"]["sha256"]) == 64
