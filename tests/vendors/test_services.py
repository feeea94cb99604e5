"""Services that hold for every caller: saves that come too late, trails, constraints."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import (
    LOW_RISK,
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.models import Answer, Assessment, AuditEvent, Framework, Site, Vendor, WeightProfile
from vendors.permissions import Role, can_answer, can_edit_vendor
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.assessments import (
    cancel_assessment,
    change_intake,
    change_tier,
    take_back_assessment,
)
from vendors.services.frameworks import publish_framework
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer
from vendors.services.vendors import edit_vendor, profile_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment() -> Assessment:
    """One in progress on the small framework."""
    return make_assessment(framework=small_framework())


def save(assessment: Assessment, code: str, version: int = 0, **fields: object) -> Answer:
    """Save as the owner."""
    answer = assessment.answers.get(code=code)
    change = AnswerChange(**{"is_answered": "value" in fields, **fields})
    return save_answer(
        assessment=assessment, answer=answer, change=change, version=version, by=assessment.owner
    )


def test_a_save_is_stored_with_its_event(assessment: Assessment) -> None:
    save(assessment, "L2", value="97,5", proposed_level="documented")
    row = assessment.answers.get(code="L2")
    assert (row.is_answered, row.value, row.proposed_level, row.version) == (
        True,
        "97.5",
        "documented",
        1,
    )
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.subject, event.before) == ("answer.save", "L2", {})
    told = {"value": "97.5", "proposed_level": "documented", "version": 1}
    assert told.items() <= event.after.items()


def test_a_save_that_comes_too_late_changes_nothing(assessment: Assessment) -> None:
    save(assessment, "L1", value="yes")
    events = AuditEvent.objects.count()
    with pytest.raises(StaleAnswer) as stale:
        save(assessment, "L1", value="no")
    assert stale.value.current.value == "yes"
    assert assessment.answers.get(code="L1").value == "yes"
    assert AuditEvent.objects.count() == events


def test_the_same_again_is_no_event(assessment: Assessment) -> None:
    save(assessment, "L1", value="yes")
    events = AuditEvent.objects.count()
    assert save(assessment, "L1", version=1, value="yes").version == 1
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("code", "fields", "field"),
    [
        ("L2", {"value": "130"}, "value"),
        ("L1", {"value": "maybe"}, "value"),
        ("L3", {"value": "2999-01-01"}, "value"),
        ("S1", {"value": "certified_full"}, "valid_to"),
        ("L1", {"not_applicable": True}, "reason"),
        ("L1", {"value": "yes", "comment": "x" * 10_001}, "comment"),
        ("L1", {"value": "yes", "proposed_level": "sworn"}, "evidence"),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(
    assessment: Assessment, code: str, fields: dict[str, object], field: str
) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(FaultyInput) as refused:
        save(assessment, code, **fields)
    assert [fault.path for fault in refused.value.faults] == [field]
    row = assessment.answers.get(code=code)
    assert (row.version, row.is_answered, row.not_applicable) == (0, False, False)
    assert AuditEvent.objects.count() == before


def test_answers_are_locked_by_submission(assessment: Assessment) -> None:
    answer_all(assessment)
    submitted(assessment)
    with pytest.raises(Refused, match="locked"):
        save(assessment, "L1", version=1, value="no")


def test_a_changed_answer_loses_its_decided_level(assessment: Assessment) -> None:
    answer_all(assessment)
    submitted(assessment)
    take_back_assessment(assessment=assessment, reason="Wages differ", by=make_user(Role.MANAGER))
    save(assessment, "L2", version=1, value="99", proposed_level="verified")
    row = assessment.answers.get(code="L2")
    assert (row.level, row.decided_at, row.rating) == ("", None, None)


def test_approval_freezes_what_is_shown(assessment: Assessment) -> None:
    frozen = approved(assessment)
    digest = frozen.digest
    Vendor.objects.filter(pk=assessment.vendor_id).update(legal_name="Renamed")
    frozen.refresh_from_db()
    assert frozen.digest == digest
    assert "Renamed" not in frozen.snapshot
    assert Vendor.objects.get(pk=assessment.vendor_id).latest_result == frozen


def test_lowering_a_tier_needs_a_reason() -> None:
    assessment = make_assessment(framework=small_framework(), tier=None)
    manager = make_user(Role.MANAGER)
    proposed = assessment.proposed_tier
    with pytest.raises(Refused, match="reason"):
        change_tier(assessment=assessment, tier=3, reason=" ", by=manager)
    change_tier(assessment=assessment, tier=3, reason="Pilot with ten agents", by=manager)
    assessment.refresh_from_db()
    assert (assessment.tier, assessment.proposed_tier) == (3, proposed)


def test_cancelling_needs_a_reason_and_frees_the_vendor(assessment: Assessment) -> None:
    with pytest.raises(Refused, match="why"):
        cancel_assessment(assessment=assessment, reason="", by=assessment.owner)
    cancel_assessment(assessment=assessment, reason="Tender stopped", by=assessment.owner)
    again = make_assessment(
        vendor=assessment.vendor, owner=assessment.owner, framework=small_framework()
    )
    assert again.number == assessment.number + 1


def test_one_open_assessment_a_vendor_and_framework(assessment: Assessment) -> None:
    with pytest.raises(Refused, match="open assessment"):
        make_assessment(
            vendor=assessment.vendor, owner=assessment.owner, framework=small_framework()
        )


def test_publishing_again_changes_nothing_and_other_content_is_refused() -> None:
    framework = small_framework()
    profiles = WeightProfile.objects.count()
    assert small_framework() == framework
    assert (Framework.objects.count(), WeightProfile.objects.count()) == (1, profiles)
    from tests.factories import WORKED

    text = (WORKED / "worked-example-framework.yaml").read_text(encoding="utf-8")
    with pytest.raises(FaultyInput, match="other content"):
        publish_framework(text=text.replace("name: Labour", "name: Work"), by=None)


def test_import_dates_stand_until_somebody_edits() -> None:
    assessment = make_assessment(framework=small_framework(), as_of=date(2026, 11, 1))
    assert assessment.scored_on == date(2026, 11, 1)
    save(assessment, "L1", value="yes")
    assessment.refresh_from_db()
    assert assessment.as_of is None


def test_vendor_names_are_unique_whatever_their_case() -> None:
    make_vendor(name="Aurora  Ltd")
    with pytest.raises(Refused, match="this name"):
        make_vendor(name=" aurora LTD ")
    assert Vendor.objects.count() == 1


def set_intake(assessment: Assessment, **levels: object) -> int:
    """Store other intake answers as the owner and return the tier that follows."""
    change_intake(
        assessment=assessment,
        intake={**LOW_RISK, **levels},
        owner=assessment.owner,
        due_on=None,
        service="",
        sites=[],
        helpers=[],
        by=assessment.owner,
    )
    return assessment.tier


@pytest.fixture
def tier_3(assessment: Assessment) -> Assessment:
    """One whose intake proposes tier 3."""
    assert set_intake(assessment) == 3
    return assessment


def test_the_tier_follows_the_intake(tier_3: Assessment) -> None:
    assert set_intake(tier_3, data_sensitivity=3) == 1
    assert set_intake(tier_3) == 3


def test_a_raised_tier_stays_and_goes_up_with_the_risk(tier_3: Assessment) -> None:
    change_tier(assessment=tier_3, tier=2, reason="", by=make_user(Role.MANAGER))
    assert tier_3.tier_reason == ""
    assert set_intake(tier_3, spend=2) == 2
    assert set_intake(tier_3, harmful_content=True) == 1


def test_a_lowered_tier_stands_by_its_reason(tier_3: Assessment) -> None:
    assert set_intake(tier_3, data_sensitivity=3) == 1
    change_tier(assessment=tier_3, tier=3, reason="Pilot", by=make_user(Role.MANAGER))
    assert set_intake(tier_3, data_sensitivity=3, spend=3) == 3
    change_tier(assessment=tier_3, tier=1, reason="", by=make_user(Role.MANAGER))
    assert tier_3.tier_reason == ""


def test_procurement_takes_on_what_was_imported_without_an_owner() -> None:
    small_framework()
    imported = import_worked("Aurora")
    assert can_answer(make_user(), imported)
    assert can_edit_vendor(make_user(), imported.vendor)
    assert not can_answer(make_user(Role.AUDITOR), imported)


def test_a_site_in_an_open_scope_is_not_removed() -> None:
    owner = make_user()
    vendor = make_vendor(by=owner)
    site = Site.objects.create(vendor=vendor, city="Cebu", country="PH")
    make_assessment(vendor=vendor, owner=owner, framework=small_framework(), sites=[site])
    with pytest.raises(Refused, match="scope"):
        edit_vendor(
            vendor=vendor,
            sites=[],
            contacts=[],
            removed=[site],
            before=profile_of(vendor),
            by=owner,
        )
    assert vendor.sites.count() == 1
