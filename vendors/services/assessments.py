"""Opening an assessment and moving it to submission. Each move is one row of models.MOVES."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, Framework, Site, State, Vendor
from vendors.queries.assessments import plain_answers_of, scope_of
from vendors.queries.scores import progress_of
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.moves import hold_assessment, move_assessment, reason_of
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User


@transaction.atomic
def start_assessment(  # noqa: PLR0913 - an assessment has that many parts
    *,
    vendor: Vendor,
    framework: Framework,
    intake: dict[str, Any],
    owner: User | None,
    due_on: date | None = None,
    service: str = "",
    sites: Iterable[Site] = (),
    helpers: Iterable[User] = (),
    tier: int | None = None,
    as_of: date | None = None,
    is_draft: bool = False,
    by: User | None,
) -> Assessment:
    """Open the questionnaire for a vendor. The tier follows from the intake unless it is given.

    With `is_draft` an incomplete intake is kept, and the questionnaire stays closed until it is
    complete. Raises FaultyInput when it is incomplete otherwise and no tier is given, Refused when
    the vendor is archived or has an open assessment on this framework.
    """
    proposal = _proposal(intake, required=tier is None and not is_draft)
    assessment = Assessment(
        vendor=vendor,
        framework=framework,
        framework_slug=framework.slug,
        number=_next_number(vendor),
        service=service,
        intake=intake,
        state=State.INTAKE if is_draft and tier is None else State.IN_PROGRESS,
        # until the intake is complete nothing is asked less
        tier=tier or proposal or 1,
        proposed_tier=proposal,
        owner=owner,
        due_on=due_on,
        as_of=as_of,
        created_by=by,
    )
    _insert(assessment)
    _name(assessment, sites, helpers)
    _tell_start(assessment, by)
    return assessment


def _name(assessment: Assessment, sites: Iterable[Site], helpers: Iterable[User]) -> None:
    """Store the sites in scope and who helps."""
    assessment.sites.set(sites)
    assessment.helpers.set(helper.pk for helper in helpers)
    assessment.forget_people()


def _tell_start(assessment: Assessment, by: User | None) -> None:
    record_event(
        action="assessment.start",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        after={
            "framework": str(assessment.framework),
            "state": str(assessment.state),
            **scope_of(assessment),
        },
    )


def _next_number(vendor: Vendor) -> int:
    """The vendor's next number; the vendor stays locked. Raises Refused when it is archived."""
    held = Vendor.objects.select_for_update(no_key=True).get(pk=vendor.pk)
    if held.archived_at is not None:
        raise Refused(_("This vendor is archived. Restore it first."))
    return (Assessment.objects.filter(vendor=held).aggregate(last=Max("number"))["last"] or 0) + 1


def _insert(assessment: Assessment) -> None:
    """Store a new assessment and a row for each criterion.

    Raises Refused where the vendor has an open one on this framework.
    """
    try:
        with transaction.atomic():
            assessment.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("This vendor has an open assessment on this framework already.")) from error
    Answer.objects.bulk_create(
        Answer(assessment=assessment, criterion=row, code=row.code)
        for row in assessment.framework.criterion_rows.all()
    )


def _proposal(intake: dict[str, Any], *, required: bool) -> int | None:
    """The tier that the intake proposes; None when it is incomplete and need not be complete."""
    faults = scoring.check_intake(intake)
    if required:
        faults += [
            Fault(factor.code, _("Choose one of the four."))
            for factor in scoring.missing_factors(intake)
        ]
    if faults:
        raise FaultyInput(faults)
    return scoring.propose_tier(intake).tier


@transaction.atomic
def submit_assessment(*, assessment: Assessment, by: User | None) -> None:
    """Lock the answers and pass them on; submitting attests that they are true to one's knowledge.

    After a return, passes the corrected answers back. Raises Refused while a must-have is
    unanswered, or a returned answer was not saved again.
    """
    hold_assessment(assessment)
    rows = plain_answers_of(assessment)
    progress = progress_of(assessment, rows)
    if progress.open_must_haves:
        raise Refused(
            _("%(count)d must-haves are unanswered. Answer them, then submit.")
            % {"count": progress.open_must_haves}
        )
    waiting = [row.code for row in rows if row.is_returned]
    if assessment.is_in_clarification and waiting:
        raise Refused(
            _("Returned and not saved again: %s. Change it, or say in a note why it stands.")
            % ", ".join(waiting)
        )
    answered = {
        "answered": progress.done,
        "asked": progress.asked,
        # an import attests nothing
        "attested": by is not None,
    }
    if assessment.is_in_clarification:
        done = {"return_reason": ""}
        move_assessment(assessment=assessment, verb="resubmit", changes=done, after=answered, by=by)
        return
    move_assessment(
        assessment=assessment,
        verb="submit",
        changes={"submitted_at": timezone.now(), "submitted_by": by},
        after=answered,
        by=by,
    )


@transaction.atomic
def take_back_assessment(*, assessment: Assessment, reason: str, by: User) -> None:
    """Open all answers again before a review begins, with a reason. Raises Refused without one."""
    reason = reason_of(reason, _("Say why it goes back, so that it can be mended."))
    move_assessment(
        assessment=assessment,
        verb="take_back",
        changes={
            "returned_at": timezone.now(),
            "returned_by": by,
            "return_reason": reason,
            "submitted_at": None,
            "submitted_by": None,
        },
        reason=reason,
        by=by,
    )


@transaction.atomic
def cancel_assessment(*, assessment: Assessment, reason: str, by: User) -> None:
    """End an open assessment without a result, with a reason. Raises Refused without one."""
    reason = reason_of(reason, _("Say why it is cancelled."))
    move_assessment(
        assessment=assessment,
        verb="cancel",
        changes={"cancelled_at": timezone.now(), "cancelled_by": by, "cancel_reason": reason},
        reason=reason,
        by=by,
    )


@transaction.atomic
def change_intake(  # noqa: PLR0913 - an intake has that many parts
    *,
    assessment: Assessment,
    intake: dict[str, Any],
    owner: User | None,
    due_on: date | None,
    service: str,
    sites: Iterable[Site],
    helpers: Iterable[User],
    is_draft: bool = False,
    by: User,
) -> None:
    """Store other intake answers, scope or people; the tier follows the new proposal.

    Answers outside a smaller tier are kept, unscored. A complete intake opens the questionnaire;
    with `is_draft` one that never was complete may stay so. Raises FaultyInput when it is incomplete.
    """
    proposal = _proposal(intake, required=not is_draft)
    held = _held(assessment)
    if proposal is None and not held.is_intake:
        raise Refused(_("Complete the intake: the questionnaire is open already."))
    changed = {
        "intake": intake,
        "proposed_tier": proposal,
        "tier": held.tier if proposal is None else _tier_after(held, proposal),
        "owner": owner,
        "due_on": due_on,
        "service": service,
        # an import's own day stands only until somebody edits it
        "as_of": None,
    }
    before = scope_of(held)
    Assessment.objects.filter(pk=assessment.pk).update(**changed)
    assessment.refresh_from_db()
    _name(assessment, sites, helpers)
    record_event(
        action="assessment.intake",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        before=before,
        after=scope_of(assessment),
    )
    if assessment.is_intake and not is_draft:
        move_assessment(assessment=assessment, verb="open", by=by)


def _held(assessment: Assessment) -> Assessment:
    """The assessment as it stands, locked. Raises Refused once the answers are locked too."""
    held = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if not (held.is_intake or held.is_in_progress):
        raise Refused(_("The answers are locked. Take the assessment back to change it."))
    return held


def _tier_after(held: Assessment, proposal: int) -> int:
    """The tier once the intake proposes another one.

    One that a manager lowered with a reason stands; one that a manager raised stays raised, and
    goes up with the risk.
    """
    if held.tier_reason:
        return held.tier
    was_raised = held.proposed_tier is not None and held.tier < held.proposed_tier
    return min(held.tier, proposal) if was_raised else proposal


@transaction.atomic
def change_tier(*, assessment: Assessment, tier: int, reason: str, by: User) -> None:
    """Set another tier than proposed. Raises Refused when it is lowered without a reason."""
    held = _held(assessment)
    proposed = held.proposed_tier or held.tier
    reason = reason.strip()
    if tier > proposed and not reason:
        raise Refused(_("Asking fewer questions than the risk calls for needs a reason."))
    Assessment.objects.filter(pk=assessment.pk).update(
        tier=tier, tier_reason=reason if tier > proposed else "", as_of=None
    )
    assessment.refresh_from_db()
    record_event(
        action="assessment.tier",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        before={"tier": held.tier},
        after={"tier": tier},
        reason=reason,
    )
