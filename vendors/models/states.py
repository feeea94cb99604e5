"""Where an assessment may stand, and every move between two states.

One table that the code, docs/workflow.md and the tests share. The states that docs/workflow.md
lists as derived (issued, monitored, reassessment due) are read from other rows and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an assessment stands."""

    INTAKE = "intake", _("Intake")
    IN_PROGRESS = "in_progress", _("Questionnaire open")
    SUBMITTED = "submitted", _("Waits for review")
    IN_REVIEW = "in_review", _("In review")
    CLARIFICATION = "clarification", _("Returned answers open")
    MODERATION = "moderation", _("In moderation")
    PENDING_APPROVAL = "pending_approval", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    CONDITIONAL = "approved_with_conditions", _("Approved with conditions")
    REJECTED = "rejected", _("Rejected")
    SUPERSEDED = "superseded", _("Superseded")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


#: Still moving towards a decision; a vendor has one such a framework.
OPEN_STATES = (
    State.INTAKE,
    State.IN_PROGRESS,
    State.SUBMITTED,
    State.IN_REVIEW,
    State.CLARIFICATION,
    State.MODERATION,
    State.PENDING_APPROVAL,
)
#: With reviewers: submitted, not yet passed on.
REVIEW_STATES = (State.SUBMITTED, State.IN_REVIEW, State.CLARIFICATION, State.MODERATION)
#: With two reviewers, neither sees here what the other decides.
BLIND_STATES = (State.SUBMITTED, State.IN_REVIEW, State.CLARIFICATION)
#: Approved and in force.
APPROVED_STATES = (State.APPROVED, State.CONDITIONAL)
#: Decided: the result is frozen and never recomputed.
FROZEN_STATES = (*APPROVED_STATES, State.REJECTED, State.SUPERSEDED, State.CLOSED)


class InState:
    """What a state means, asked of whatever stands in one."""

    state: str

    @property
    def is_intake(self) -> bool:
        """Whether scope and risk are still being noted."""
        return self.state == State.INTAKE

    @property
    def is_in_progress(self) -> bool:
        """Whether the questionnaire is open."""
        return self.state == State.IN_PROGRESS

    @property
    def is_submitted(self) -> bool:
        """Whether it waits for a reviewer to take it."""
        return self.state == State.SUBMITTED

    @property
    def is_in_review(self) -> bool:
        """Whether reviewers decide on answers."""
        return self.state == State.IN_REVIEW

    @property
    def is_in_clarification(self) -> bool:
        """Whether returned answers, and these alone, are open."""
        return self.state == State.CLARIFICATION

    @property
    def is_in_moderation(self) -> bool:
        """Whether two reviewers differ too much somewhere."""
        return self.state == State.MODERATION

    @property
    def is_under_review(self) -> bool:
        """Submitted and not passed to approval yet."""
        return self.state in REVIEW_STATES

    @property
    def is_pending_approval(self) -> bool:
        """Whether it waits for a manager's decision."""
        return self.state == State.PENDING_APPROVAL

    @property
    def is_approved(self) -> bool:
        """Approved, with conditions or without, and in force."""
        return self.state in APPROVED_STATES

    @property
    def is_frozen(self) -> bool:
        """Whether it was decided: it has a frozen result."""
        return self.state in FROZEN_STATES

    @property
    def is_open(self) -> bool:
        """Still moving towards a decision."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a state to another: who makes it, and what must hold."""

    verb: str
    source: State
    target: State
    who: str | Promise
    guard: str | Promise


_OWNER = _("owner or helper")
_REVIEWER = _("reviewer")
_LEAD = _("first reviewer")
_APPROVER = _("approver")
_SYSTEM = _("system")
_REASON = _("a reason")

#: Each row is one move. docs/workflow.md prints this table and a test compares the two.
MOVES: tuple[Move, ...] = tuple(
    starmap(
        Move,
        [
            ("open", State.INTAKE, State.IN_PROGRESS, _OWNER, _("the intake is complete")),
            (
                "submit",
                State.IN_PROGRESS,
                State.SUBMITTED,
                _OWNER,
                _("every must-have is answered; the answers are attested"),
            ),
            (
                "take_back",
                State.SUBMITTED,
                State.IN_PROGRESS,
                _("owner, helper or manager"),
                _REASON,
            ),
            (
                "review",
                State.SUBMITTED,
                State.IN_REVIEW,
                _REVIEWER,
                _("answered nothing in it; no conflict of interest declared"),
            ),
            (
                "return",
                State.IN_REVIEW,
                State.CLARIFICATION,
                _REVIEWER,
                _("an answer is returned with a remark"),
            ),
            (
                "resubmit",
                State.CLARIFICATION,
                State.IN_REVIEW,
                _OWNER,
                _("each returned answer was saved again"),
            ),
            (
                "finish",
                State.IN_REVIEW,
                State.PENDING_APPROVAL,
                _REVIEWER,
                _(
                    "every answer is decided by each reviewer, none is returned, no spread of 20 points"
                ),
            ),
            (
                "moderate",
                State.IN_REVIEW,
                State.MODERATION,
                _SYSTEM,
                _("both reviewers are done and differ by 20 points or more somewhere"),
            ),
            (
                "settle",
                State.MODERATION,
                State.PENDING_APPROVAL,
                _LEAD,
                _("each such difference is settled with a reason"),
            ),
            ("send_back", State.PENDING_APPROVAL, State.IN_REVIEW, _APPROVER, _REASON),
            (
                "approve",
                State.PENDING_APPROVAL,
                State.APPROVED,
                _APPROVER,
                _("every must-have is met or waived; every not-applicable answer has consent"),
            ),
            (
                "approve_with_conditions",
                State.PENDING_APPROVAL,
                State.CONDITIONAL,
                _APPROVER,
                _("as for approval; each condition has owner, severity and due date"),
            ),
            ("reject", State.PENDING_APPROVAL, State.REJECTED, _APPROVER, _REASON),
            (
                "supersede",
                State.APPROVED,
                State.SUPERSEDED,
                _SYSTEM,
                _("a later assessment on the framework is approved"),
            ),
            (
                "supersede",
                State.CONDITIONAL,
                State.SUPERSEDED,
                _SYSTEM,
                _("a later assessment on the framework is approved"),
            ),
            (
                "close",
                State.APPROVED,
                State.CLOSED,
                _("manager"),
                _("the vendor's leaving is settled"),
            ),
            (
                "close",
                State.CONDITIONAL,
                State.CLOSED,
                _("manager"),
                _("the vendor's leaving is settled"),
            ),
            *(
                ("cancel", source, State.CANCELLED, _("owner, helper or manager"), _REASON)
                for source in OPEN_STATES
            ),
        ],
    )
)


def targets_of(verb: str) -> dict[State, State]:
    """Where a verb leads, by the state it starts in. Raises KeyError for an unknown verb."""
    found = {move.source: move.target for move in MOVES if move.verb == verb}
    if not found:
        raise KeyError(verb)
    return found
