"""Open assessments as somebody's work: what waits for whom, and what there is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors.models import Answer, Assessment, Review, State
from vendors.permissions import Role
from vendors.queries.scores import Progress, progress_of

if TYPE_CHECKING:
    from vetting.models import User

#: Items that a page shows.
SHOWN = 8
#: What there is to do at an assessment. Duties come before what anybody may take.
INTAKE, FILL, MEND, REVIEW, SETTLE, DECIDE, TAKE = (
    "intake",
    "fill",
    "mend",
    "review",
    "settle",
    "decide",
    "take",
)
_BY_STATE = {
    State.INTAKE: INTAKE,
    State.IN_PROGRESS: FILL,
    State.CLARIFICATION: MEND,
    State.SUBMITTED: TAKE,
    State.MODERATION: SETTLE,
    State.PENDING_APPROVAL: DECIDE,
}


@dataclass(frozen=True, slots=True)
class Item:
    """An open assessment with how far it is, and what there is to do at it ("" for nothing)."""

    assessment: Assessment
    progress: Progress
    returned: int = 0
    task: str = ""

    @property
    def days_late(self) -> int:
        """Days beyond the due date; 0 while there is time."""
        return max(0, -(self.assessment.days_left or 0))

    @property
    def title(self) -> str:
        """The task in words, with the vendor."""
        words = {
            INTAKE: _("Complete the intake of %s"),
            FILL: _("Finish the questionnaire of %s"),
            MEND: _("Mend the returned answers of %s"),
            TAKE: _("Take the review of %s"),
            REVIEW: _("Review the answers of %s"),
            SETTLE: _("Settle the differences at %s"),
            DECIDE: _("Decide on %s"),
        }
        return words[self.task] % self.assessment.vendor.name

    @property
    def button(self) -> str:
        """The word on its button."""
        words = {
            INTAKE: _("Complete"),
            FILL: _("Resume"),
            MEND: _("Open"),
            TAKE: _("Look"),
            REVIEW: _("Review"),
            SETTLE: _("Settle"),
            DECIDE: _("Decide"),
        }
        return words[self.task]

    @property
    def url(self) -> str:
        """Where it is done."""
        pages = {
            INTAKE: "assessment-intake",
            FILL: "questionnaire-resume",
            MEND: "questionnaire-resume",
            TAKE: "assessment-review",
            REVIEW: "assessment-review",
            SETTLE: "assessment-review",
            DECIDE: "assessment-detail",
        }
        return reverse(f"vendors:{pages[self.task]}", args=[self.assessment.public_id])

    @property
    def is_filling(self) -> bool:
        """Whether answers are being given, so that progress is worth a bar."""
        return self.task == FILL

    @property
    def told(self) -> str:
        """What was said when it came back, or what keeps it; "" where there is nothing."""
        if self.task == INTAKE:
            return _("Nothing is asked until the intake is complete.")
        if self.task == MEND:
            words = ngettext(
                "%d answer is returned and not saved again.",
                "%d answers are returned and not saved again.",
                self.returned,
            )
            return words % self.returned
        if self.task in {FILL, REVIEW} and self.assessment.returned_at:
            return self.assessment.return_reason
        return ""

    @property
    def waits_with(self) -> str:
        """With whom it is, in a word."""
        one = self.assessment
        if one.is_pending_approval:
            return _("a manager")
        if one.is_under_review and not one.is_in_clarification:
            return str(one.reviewer) if one.reviewer else _("a reviewer")
        return str(one.owner) if one.owner else _("nobody")


def open_assessments() -> QuerySet[Assessment]:
    """Open assessments of current vendors, the most urgent first."""
    return (
        Assessment.objects.open()
        .filter(vendor__archived_at=None)
        .select_related("vendor", "framework", "owner", "reviewer")
        .order_by("due_on", "pk")
    )


def work_for(user: User) -> list[Item]:
    """What waits for this person, duties before what anybody may take. Two queries."""
    if user.role not in {Role.PROCUREMENT, Role.MANAGER}:
        return []
    wanted = _reviewing(user.pk)
    wanted |= _filling(user.pk) if user.role == Role.PROCUREMENT else _deciding(user.pk)
    found = sorted(
        open_assessments().filter(wanted), key=lambda entry: _task(entry, user.pk) == TAKE
    )
    return items_of(found[:SHOWN], user.pk)


def running() -> list[Item]:
    """All open assessments, the most urgent first, a screen's worth. Two queries."""
    return items_of(list(open_assessments()[:SHOWN]))


def _is_helper(key: Any) -> Exists:
    return Exists(Assessment.helpers.through.objects.filter(assessment=OuterRef("pk"), user=key))


def _filled(key: Any) -> Q:
    """Whether the person had a part in the answers."""
    answered = Answer.objects.filter(assessment=OuterRef("pk"), answered_by=key)
    return Q(owner=key) | Q(submitted_by=key) | Q(_is_helper(key)) | Q(Exists(answered))


def _filling(key: Any) -> Q:
    states = [State.INTAKE, State.IN_PROGRESS, State.CLARIFICATION]
    return Q(state__in=states) & (Q(owner=key) | Q(_is_helper(key)))


def _reviewing(key: Any) -> Q:
    """What the person reviews or settles, and what nobody has taken."""
    unfinished = Review.objects.filter(
        assessment=OuterRef("pk"), reviewer=key, finished_at__isnull=True
    )
    waits = Q(state=State.SUBMITTED) | Q(
        state=State.IN_REVIEW, needs_second_review=True, second_reviewer=None
    )
    not_theirs = ~Q(reviewer=key) | Q(reviewer=None)
    return (
        (Q(state=State.IN_REVIEW) & Q(Exists(unfinished)))
        | Q(state=State.MODERATION, reviewer=key)
        | (waits & not_theirs & ~_filled(key))
    )


def _deciding(key: Any) -> Q:
    """What the manager may decide on."""
    reviewed = Q(reviewer=key) | Q(second_reviewer=key)
    return Q(state=State.PENDING_APPROVAL) & ~_filled(key) & (Q(tier=3) | ~reviewed)


def items_of(assessments: Sequence[Assessment], key: Any = None) -> list[Item]:
    """Progress of each, with one query for all their answers; `key` is whose work it is."""
    done = Answer.objects.filter(assessment__in=assessments).filter(
        Q(is_answered=True) | Q(not_applicable=True)
    )
    names = ["assessment_id", "code", "is_answered", "not_applicable", "returned_at"]
    rows: dict[int, list[Answer]] = {}
    for row in done.only(*names, "corrected_at"):
        rows.setdefault(row.assessment_id, []).append(row)
    return [
        Item(
            entry,
            progress_of(entry, rows.get(entry.pk, [])),
            sum(row.is_returned for row in rows.get(entry.pk, [])),
            _task(entry, key) if key else "",
        )
        for entry in assessments
    ]


def _task(assessment: Assessment, key: Any) -> str:
    if assessment.is_in_review:
        is_own = key in {assessment.reviewer_id, assessment.second_reviewer_id}
        return REVIEW if is_own else TAKE
    return _BY_STATE[State(assessment.state)]
