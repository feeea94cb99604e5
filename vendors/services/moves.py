"""Making one move of `models.MOVES`: locked, conditional on the state before, and on the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from vendors.models import Assessment, targets_of
from vendors.services.audit import record_event
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User


def hold_assessment(assessment: Assessment) -> None:
    """Lock the row until the transaction ends, and bring what was read before up to date."""
    Assessment.objects.select_for_update(no_key=True).only("pk").get(pk=assessment.pk)
    assessment.refresh_from_db()
    assessment.forget_people()


def move_assessment(
    *,
    assessment: Assessment,
    verb: str,
    changes: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    by: User | None,
) -> None:
    """Make the move and write its event, with the states before and after.

    `changes` are columns stored with it, `after` is what else the event says. Raises Refused when
    the assessment stands where the move does not start: of two who press at once, one is told.
    """
    hold_assessment(assessment)
    source = assessment.state
    target = {str(start): end for start, end in targets_of(verb).items()}.get(source)
    if target is None:
        raise Refused(_("The assessment has moved on meanwhile. Load the page again."))
    Assessment.objects.filter(pk=assessment.pk, state=source).update(
        state=target, **(changes or {})
    )
    assessment.refresh_from_db()
    record_event(
        action=f"assessment.{verb}",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        before={"state": source},
        after={"state": str(target), **(after or {})},
        reason=reason,
    )


def reason_of(text: str, missing: str) -> str:
    """The reason, trimmed. Raises Refused with `missing` where there is none."""
    if not text.strip():
        raise Refused(missing)
    return text.strip()
