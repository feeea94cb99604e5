"""Who may do what. Predicates over plain attributes, so that each rule can be read in one place.

The four roles and their rights follow docs/security.md. All staff read all vendors and assessments;
writing is asked here, per assessment, never per role alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from vendors.models import Answer, Assessment, Certification, CorrectiveAction, Vendor


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
    return assessment.owner_id is None or is_named(user, assessment)


def is_named(user: Actor, assessment: Assessment) -> bool:
    """Whether the user is the owner or a named helper."""
    return assessment.owner_id == user.pk or user.pk in assessment.helper_ids


def has_filled(user: Actor, assessment: Assessment) -> bool:
    """Whether the user ever had a part in the answers: owner, helper, gave one, submitted them."""
    if is_named(user, assessment) or user.pk == assessment.submitted_by_id:
        return True
    return user.pk in assessment.answerer_ids or user.pk in assessment.earlier_ids


def is_reviewer(user: Actor, assessment: Assessment) -> bool:
    """Whether the user reviews, or reviewed, this assessment."""
    return user.pk in {assessment.reviewer_id, assessment.second_reviewer_id}


def can_answer(user: Actor, assessment: Assessment) -> bool:
    """Procurement answers where it is owner or named helper, while answers are open.

    After a return these are the returned ones alone; `can_change` asks for one of them. Whoever
    reviewed it answers nothing in it.
    """
    return (
        user.role == Role.PROCUREMENT
        and (assessment.is_in_progress or assessment.is_in_clarification)
        and works_on(user, assessment)
        and not is_reviewer(user, assessment)
    )


def can_change(user: Actor, assessment: Assessment, answer: Answer) -> bool:
    """Whether this answer is open to the user: not carried over, and returned after submission."""
    return can_answer(user, assessment) and is_answer_open(assessment, answer)


def is_answer_open(assessment: Assessment, answer: Answer) -> bool:
    """Whether an answer may change at all: not carried over; in clarification returned ones only."""
    if assessment.is_in_clarification:
        return answer.returned_at is not None
    return assessment.is_in_progress and not answer.is_carried


def can_submit(user: Actor, assessment: Assessment) -> bool:
    """Whoever may answer may submit, and pass corrected answers on."""
    return can_answer(user, assessment)


def can_open(user: Actor, assessment: Assessment) -> bool:
    """Owner and helpers complete the intake, which opens the questionnaire."""
    return user.role == Role.PROCUREMENT and assessment.is_intake and works_on(user, assessment)


def can_change_intake(user: Actor, assessment: Assessment) -> bool:
    """Owner and helpers change scope and risk until the answers are submitted."""
    return (
        user.role == Role.PROCUREMENT
        and (assessment.is_intake or assessment.is_in_progress)
        and works_on(user, assessment)
    )


def can_cancel(user: Actor, assessment: Assessment) -> bool:
    """Owner and helpers cancel what is open, and a manager may."""
    if not assessment.is_open:
        return False
    if user.role == Role.MANAGER:
        return True
    return user.role == Role.PROCUREMENT and works_on(user, assessment)


def can_take_back(user: Actor, assessment: Assessment) -> bool:
    """Owner, helpers and managers open all answers again before a review has begun."""
    if not assessment.is_submitted:
        return False
    if user.role == Role.MANAGER:
        return True
    return user.role == Role.PROCUREMENT and works_on(user, assessment)


def can_change_tier(user: Actor, assessment: Assessment) -> bool:
    """A manager raises the tier, or lowers it with a reason, while the questionnaire is open."""
    return user.role == Role.MANAGER and assessment.is_in_progress


def may_review(user: Actor, assessment: Assessment) -> bool:
    """Procurement and managers review what they had no part in filling."""
    return user.role in {Role.PROCUREMENT, Role.MANAGER} and not has_filled(user, assessment)


def can_take_review(user: Actor, assessment: Assessment) -> bool:
    """Whoever may review takes what waits for a reviewer, or for a second one."""
    if not may_review(user, assessment) or is_reviewer(user, assessment):
        return False
    if assessment.is_submitted:
        return True
    return assessment.is_in_review and assessment.waits_for_second_reviewer


def can_review(user: Actor, assessment: Assessment) -> bool:
    """The reviewers of an assessment go through its answers while it is in review."""
    return (
        assessment.is_in_review and is_reviewer(user, assessment) and may_review(user, assessment)
    )


def can_read_review(user: Actor, assessment: Assessment) -> bool:
    """Reviewers read decisions from the start; others once none is blind any more."""
    if not can_read(user) or assessment.is_intake or assessment.is_in_progress:
        return False
    return is_reviewer(user, assessment) or not assessment.is_blind


def can_decide(user: Actor, assessment: Assessment, answer: Answer) -> bool:
    """A reviewer decides on each answer that is theirs to review: not carried over, not own."""
    return (
        can_review(user, assessment) and not answer.is_carried and answer.answered_by_id != user.pk
    )


def can_ask_second_review(user: Actor, assessment: Assessment) -> bool:
    """A manager, or the first reviewer, asks for a second one before the first is done."""
    if not (assessment.is_submitted or assessment.is_in_review):
        return False
    return user.role == Role.MANAGER or assessment.reviewer_id == user.pk


def can_drop_second_review(user: Actor, assessment: Assessment) -> bool:
    """A manager does without the second review while nobody took it."""
    return (
        user.role == Role.MANAGER
        and assessment.waits_for_second_reviewer
        and (assessment.is_submitted or assessment.is_in_review)
    )


def can_moderate(user: Actor, assessment: Assessment) -> bool:
    """The first reviewer settles what the two decided too differently."""
    return assessment.is_in_moderation and assessment.reviewer_id == user.pk


def can_approve(user: Actor, assessment: Assessment) -> bool:
    """A manager who neither filled nor reviewed decides; in tier 3 the reviewer may."""
    return (
        user.role == Role.MANAGER
        and assessment.is_pending_approval
        and not has_filled(user, assessment)
        and (assessment.needs_no_approver or not is_reviewer(user, assessment))
    )


def can_close(user: Actor, assessment: Assessment) -> bool:
    """A manager closes what is approved when the vendor leaves."""
    return user.role == Role.MANAGER and assessment.is_approved


def can_add_evidence(user: Actor, vendor: Vendor) -> bool:
    """Whoever edits the vendor keeps its evidence."""
    return can_edit_vendor(user, vendor)


def can_verify_certification(user: Actor, certification: Certification) -> bool:
    """Procurement and managers verify an entry that they neither added nor changed."""
    return (
        user.role in {Role.PROCUREMENT, Role.MANAGER}
        and certification.removed_at is None
        and user.pk not in certification.writer_ids
    )


def can_raise_finding(user: Actor) -> bool:
    """Procurement and managers record findings."""
    return user.role in {Role.PROCUREMENT, Role.MANAGER}


def can_work_on_action(user: Actor, action: CorrectiveAction) -> bool:
    """The owner, and whoever recorded the finding, work on an action that is not closed."""
    return (
        user.role in {Role.PROCUREMENT, Role.MANAGER}
        and not action.is_closed
        and user.pk in {action.owner_id, action.finding.raised_by_id}
    )


def can_change_action(user: Actor, action: CorrectiveAction) -> bool:
    """Managers, and whoever recorded the finding, give it another owner or date with a reason."""
    if action.is_closed:
        return False
    return user.role == Role.MANAGER or (
        user.role == Role.PROCUREMENT and user.pk == action.finding.raised_by_id
    )


def can_close_action(user: Actor, action: CorrectiveAction) -> bool:
    """Somebody other than its owner, and than who reported it done, closes an action."""
    return (
        user.role in {Role.PROCUREMENT, Role.MANAGER}
        and action.is_reported
        and user.pk not in {action.owner_id, action.reported_by_id}
    )


def can_reassess(user: Actor, assessment: Assessment) -> bool:
    """Procurement opens an approved assessment's criteria again, as a new assessment."""
    return user.role == Role.PROCUREMENT and assessment.is_approved


def can_read_trail(user: Actor) -> bool:
    """Managers, auditors and administrators read the whole trail."""
    return user.is_active and user.role in {Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def can_manage_people(user: Actor) -> bool:
    """Administrators invite staff, set roles and end access."""
    return user.is_active and user.role == Role.ADMINISTRATOR


def can_manage_frameworks(user: Actor) -> bool:
    """Administrators publish framework versions."""
    return user.is_active and user.role == Role.ADMINISTRATOR


def can_keep_profiles(user: Actor) -> bool:
    """Managers make, change and retire weight profiles."""
    return user.is_active and user.role == Role.MANAGER


def can_request_scorecard(user: Actor) -> bool:
    """Everybody who reads may ask for a scorecard: a document changes nothing."""
    return can_read(user)
