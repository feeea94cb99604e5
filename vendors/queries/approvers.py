"""Who may decide on an assessment, and why others may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from vendors.permissions import Role, has_filled, is_reviewer

if TYPE_CHECKING:
    from vendors.models import Assessment
    from vendors.permissions import Actor

FILLED, REVIEWED, NO_MANAGER = "filled", "reviewed", "no_manager"


def bar_to_deciding(person: Actor, assessment: Assessment) -> str:
    """What keeps a person from deciding on it, whatever its state: one of the bars, or ""."""
    if person.role != Role.MANAGER:
        return NO_MANAGER
    if has_filled(person, assessment):
        return FILLED
    if is_reviewer(person, assessment) and not assessment.needs_no_approver:
        return REVIEWED
    return ""


def why_not_decide(person: Actor, assessment: Assessment) -> str:
    """The same as a sentence for this person; says who decides."""
    sentences = {
        FILLED: _("You answered part of it, so somebody else decides."),
        REVIEWED: _("You reviewed it, so another manager decides."),
        NO_MANAGER: _("A manager who neither answered nor reviewed decides."),
    }
    return sentences.get(
        bar_to_deciding(person, assessment), _("A manager decides, once it waits for approval.")
    )
