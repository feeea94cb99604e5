"""Moving an assessment through its states. Each move is one row of models.TRANSITIONS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import TRANSITIONS, Answer, Assessment, Framework, Site, Vendor
from vendors.queries.assessments import plain_answers_of
from vendors.queries.scores import progress_of
from vendors.scoring import Fault
from vendors.services.audit import record_event
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
    by: User | None,
) -> Assessment:
    """Open the questionnaire for a vendor. The tier follows from the intake unless it is given.

    Raises FaultyInput when the intake is incomplete and no tier is given, Refused when the vendor
    is archived or has an open assessment on this framework.
    """
    proposal = _proposal(intake, required=tier is None)
    assessment = Assessment(
        vendor=vendor,
        framework=framework,
        framework_slug=framework.slug,
        number=_next_number(vendor),
        service=service,
        intake=intake,
        tier=cast(int, tier or proposal),
        proposed_tier=proposal,
        owner=owner,
        due_on=due_on,
        as_of=as_of,
        created_by=by,
    )
    _insert(assessment)
    assessment.sites.set(sites)
    assessment.helpers.set(helper.pk for helper in helpers)
    record_event(
        action="assessment.start",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        after={"framework": str(framework), "tier": assessment.tier, "intake": intake},
    )
    return assessment


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


def _move(assessment: Assessment, verb: str, **fields: Any) -> None:
    """Change the state by one UPDATE that holds only in the right state before.

    Raises Refused when somebody else moved it first, or the state doesn't allow it.
    """
    for source, target in TRANSITIONS[verb].items():
        changed = Assessment.objects.filter(pk=assessment.pk, state=source).update(
            state=target, **fields
        )
        if changed:
            assessment.refresh_from_db()
            return
    raise Refused(_("The assessment has moved on meanwhile. Load the page again."))


def _lock(assessment: Assessment) -> None:
    """Hold the row, and bring what was read before up to date."""
    Assessment.objects.select_for_update(no_key=True).only("pk").get(pk=assessment.pk)
    assessment.refresh_from_db()


@transaction.atomic
def submit_assessment(*, assessment: Assessment, by: User | None) -> None:
    """Lock the answers and pass them on. Raises Refused while a must-have is unanswered."""
    _lock(assessment)
    progress = progress_of(assessment, plain_answers_of(assessment))
    if progress.open_must_haves:
        raise Refused(
            _("%(count)d must-haves are unanswered. Answer them, then submit.")
            % {"count": progress.open_must_haves}
        )
    _move(assessment, "submit", submitted_at=timezone.now(), submitted_by=by)
    record_event(
        action="assessment.submit",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        after={"answered": progress.done, "asked": progress.asked},
    )


@transaction.atomic
def return_assessment(*, assessment: Assessment, reason: str, by: User) -> None:
    """Open the answers again, with a reason. Raises Refused without one."""
    if not reason.strip():
        raise Refused(_("Say why it goes back, so that it can be mended."))
    _move(
        assessment,
        "return",
        returned_at=timezone.now(),
        returned_by=by,
        return_reason=reason.strip(),
        submitted_at=None,
        submitted_by=None,
    )
    record_event(
        action="assessment.return",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        reason=reason.strip(),
    )


@transaction.atomic
def cancel_assessment(*, assessment: Assessment, reason: str, by: User) -> None:
    """End an open assessment without a result, with a reason. Raises Refused without one."""
    if not reason.strip():
        raise Refused(_("Say why it is cancelled."))
    _move(
        assessment,
        "cancel",
        cancelled_at=timezone.now(),
        cancelled_by=by,
        cancel_reason=reason.strip(),
    )
    record_event(
        action="assessment.cancel",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        reason=reason.strip(),
    )


@transaction.atomic
def change_intake(
    *,
    assessment: Assessment,
    intake: dict[str, Any],
    owner: User | None,
    due_on: date | None,
    service: str,
    sites: Iterable[Site],
    helpers: Iterable[User],
    by: User,
) -> None:
    """Store other intake answers, scope or people; the tier follows the new proposal.

    Answers outside a smaller tier are kept, unscored. Raises FaultyInput when it is incomplete.
    """
    proposal = cast(int, _proposal(intake, required=True))
    held = _held(assessment)
    changed = {
        "intake": intake,
        "proposed_tier": proposal,
        "tier": _tier_after(held, proposal),
        "owner": owner,
        "due_on": due_on,
        "service": service,
        # an import's own day stands only until somebody edits it
        "as_of": None,
    }
    Assessment.objects.filter(pk=assessment.pk).update(**changed)
    assessment.refresh_from_db()
    assessment.sites.set(sites)
    assessment.helpers.set(helper.pk for helper in helpers)
    record_event(
        action="assessment.intake",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        before={"intake": held.intake, "tier": held.tier},
        after={"intake": intake, "tier": assessment.tier},
    )


def _held(assessment: Assessment) -> Assessment:
    """The assessment as it stands, locked. Raises Refused once the answers are locked too."""
    held = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if not held.is_in_progress:
        raise Refused(_("The answers are locked. Return the assessment to change it."))
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
