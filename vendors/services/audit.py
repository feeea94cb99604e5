"""Writing the trail. Called inside the transaction of the change, never after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vendors.models import Assessment, AuditEvent, Vendor

if TYPE_CHECKING:
    from vetting.models import User


#: Who is named where a command acts and nobody is signed in.
SYSTEM = "Command line"


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
    """Append one event. The actor's name is copied, so that it outlives the account."""
    return AuditEvent.objects.create(
        action=action,
        actor=by,
        actor_label=str(by) if by is not None else SYSTEM,
        assessment=assessment,
        vendor_id=vendor.pk if vendor else assessment.vendor_id if assessment else None,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )
