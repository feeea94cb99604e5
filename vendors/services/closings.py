"""Closing an approved assessment when the vendor leaves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import APPROVED_STATES, Assessment, AssessmentResult, Vendor
from vendors.permissions import can_close
from vendors.services.moves import hold_assessment, move_assessment
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class Leaving:
    """How the vendor's leaving was settled, each step in words; none may be empty."""

    data: str
    access: str
    people: str


@transaction.atomic
def close_assessment(*, assessment: Assessment, leaving: Leaving, by: User) -> None:
    """End an approval for good; the frozen result stays and can be read.

    Raises Refused while a step is not settled, without the right, or when it moved on meanwhile.
    """
    settled = {each.name: str(getattr(leaving, each.name)).strip() for each in fields(leaving)}
    hold_assessment(assessment)
    if not assessment.is_approved:
        raise Refused(_("The assessment has moved on meanwhile. Load the page again."))
    if not can_close(by, assessment):
        raise Refused(_("Managers close an approved assessment."))
    if not all(settled.values()):
        raise Refused(_("Say how each step was settled: data, access, people."))
    reason = "\n".join(
        [
            _("Data: %s") % settled["data"],
            _("Access: %s") % settled["access"],
            _("People: %s") % settled["people"],
        ]
    )
    move_assessment(
        assessment=assessment,
        verb="close",
        changes={"closed_at": timezone.now(), "closed_by": by, "close_reason": reason},
        after=settled,
        reason=reason,
        by=by,
    )
    _take_off_rating(assessment)


def _take_off_rating(assessment: Assessment) -> None:
    """The vendor's rating falls back to what is still in force on another framework, or to none."""
    left = (
        AssessmentResult.objects.filter(
            assessment__vendor=assessment.vendor_id, assessment__state__in=APPROVED_STATES
        )
        .order_by("-pk")
        .first()
    )
    Vendor.objects.filter(pk=assessment.vendor_id, latest_result__assessment=assessment.pk).update(
        latest_result=left
    )
