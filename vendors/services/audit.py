"""Writing the trail. Called inside the transaction of the change, never after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from vendors import scoring
from vendors.models import Assessment, AuditEvent, ChainHead, Vendor
from vendors.trail import ORIGIN_LENGTH, digest_of, moment_text, origin

if TYPE_CHECKING:
    from vetting.models import User


#: Who is named where a command or a task acts and nobody is signed in.
SYSTEM = "System"


def trail_key() -> bytes:
    """The key of the chains; it lives outside the database."""
    return str(settings.TRAIL_KEY).encode()


def record_event(
    *,
    action: str,
    by: User | None,
    assessment: Assessment | None = None,
    vendor: Vendor | None = None,
    subject: str = "",
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> AuditEvent:
    """Append one event to its chain. Three queries.

    The actor's name and role are copied, so that they outlive the account. Each assessment, each
    vendor and the site have a chain of their own, which is locked until the transaction ends.
    """
    vendor_id = vendor.pk if vendor else assessment.vendor_id if assessment else None
    chain = chain_of(assessment, vendor)
    head, _created = ChainHead.objects.select_for_update().get_or_create(chain=chain)
    event = AuditEvent(
        at=timezone.now(),
        actor=by,
        actor_label=str(by) if by is not None else SYSTEM,
        actor_role=by.role if by is not None else "",
        origin=origin.get()[:ORIGIN_LENGTH],
        action=action,
        assessment=assessment,
        vendor_id=vendor_id,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
        chain=chain,
        sequence=head.sequence + 1,
        previous=head.digest,
    )
    event.digest = digest_of(trail_key(), chained_values(event))
    event.save(force_insert=True)
    ChainHead.objects.filter(pk=chain).update(sequence=event.sequence, digest=event.digest)
    return event


def record_answers(
    *,
    action: str,
    by: User | None,
    assessment: Assessment,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str = "",
) -> AuditEvent:
    """Append one event on several answers, by code, each with its whole recorded state."""
    return record_event(
        action=action,
        by=by,
        assessment=assessment,
        subject=", ".join(list(after)[:6]) + (", ..." if len(after) > 6 else ""),
        before={"answers": dict(before)},
        after={"answers": dict(after)},
        reason=reason,
    )


def chain_of(assessment: Assessment | None, vendor: Vendor | None) -> str:
    """The chain that an event belongs to."""
    if assessment is not None:
        return f"assessment:{assessment.public_id}"
    return f"vendor:{vendor.public_id}" if vendor is not None else "site"


def chained_values(event: AuditEvent) -> list[object]:
    """What the digest covers, in the order of `vendors.trail.FIELDS`."""
    return [
        event.chain,
        event.sequence,
        event.previous,
        moment_text(event.at),
        event.actor_id,
        event.actor_label,
        event.actor_role,
        event.origin,
        event.action,
        event.vendor_id,
        event.assessment_id,
        event.subject,
        None if event.before is None else scoring.canonical_json(event.before),
        None if event.after is None else scoring.canonical_json(event.after),
        event.reason,
    ]
