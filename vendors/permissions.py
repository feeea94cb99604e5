"""Who may do what. Predicates over plain attributes, so that each rule can be read in one place.

The four roles and their rights follow docs/security.md. All staff read all vendors and assessments;
writing is asked here, per assessment, never per role alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from vendors.models import Answer, Assessment, Vendor


class Role(StrEnum):
    """The four roles; the values are the names of the groups."""

    PROCUREMENT = "procurement"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Actor(Protocol):
    """What a predicate needs to know of a user."""

    pk: Any
    is_active: bool

    @property
    def role(self) -> str:
        """One of Role, or "" for somebody without one."""


def can_read(user: Actor) -> bool:
    """Staff with any role read everything of the installation."""
    return bool(user.is_active and user.role)


def can_add_vendor(user: Actor) -> bool:
    """Procurement adds vendors."""
    return user.role == Role.PROCUREMENT


def can_edit_vendor(user: Actor, vendor: Vendor) -> bool:
    """Procurement edits what it added, and vendors whose assessments it owns or helps with.

    A vendor that a command imported was added by nobody, so any of procurement may.
    """
    if user.role != Role.PROCUREMENT:
        return False
    return vendor.created_by_id in {user.pk, None} or vendor.is_worked_on_by(user.pk)


def can_start_assessment(user: Actor, vendor: Vendor) -> bool:
    """Procurement starts an assessment of any vendor that is not archived."""
    return user.role == Role.PROCUREMENT and vendor.archived_at is None


def works_on(user: Actor, assessment: Assessment) -> bool:
    """Whether the user is the owner or a named helper; what has no owner is everybody's.

    Only an import by command makes one without an owner; its intake names one.
    """
    if assessment.owner_id is None:
        return True
    return assessment.owner_id == user.pk or user.pk in assessment.helper_ids


def can_answer(user: Actor, assessment: Assessment) -> bool:
    """Procurement answers where it is owner or named helper, until the answers are submitted."""
    return (
        user.role == Role.PROCUREMENT and assessment.is_in_progress and works_on(user, assessment)
    )


def can_submit(user: Actor, assessment: Assessment) -> bool:
    """Whoever may answer may submit."""
    return can_answer(user, assessment)


def can_cancel(user: Actor, assessment: Assessment) -> bool:
    """Owner and helpers cancel what is open, and a manager may."""
    if not assessment.is_open:
        return False
    if user.role == Role.MANAGER:
        return True
    return user.role == Role.PROCUREMENT and works_on(user, assessment)


def can_change_tier(user: Actor, assessment: Assessment) -> bool:
    """A manager raises the tier, or lowers it with a reason, while the questionnaire is open."""
    return user.role == Role.MANAGER and assessment.is_in_progress


def can_review(user: Actor, assessment: Assessment) -> bool:
    """A manager goes through submitted answers."""
    return user.role == Role.MANAGER and assessment.is_submitted


def can_decide(user: Actor, assessment: Assessment, answer: Answer) -> bool:
    """Nobody decides the level of an answer that they gave."""
    return can_review(user, assessment) and answer.answered_by_id != user.pk


def can_return(user: Actor, assessment: Assessment) -> bool:
    """A manager sends submitted answers back, with a reason."""
    return can_review(user, assessment)


def can_approve(user: Actor, assessment: Assessment) -> bool:
    """A manager who answered nothing in the assessment approves it."""
    return can_review(user, assessment) and user.pk not in assessment.answerer_ids


def can_request_scorecard(user: Actor) -> bool:
    """Everybody who reads may ask for a scorecard: a document changes nothing."""
    return can_read(user)
