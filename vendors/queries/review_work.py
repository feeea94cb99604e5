"""What waits for reviewers: to take, to go on with, to settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from vendors.models import Answer, Assessment, AuditEvent, Review, State
from vendors.models.assessment import FILLING
from vendors.models.states import REVIEW_STATES
from vendors.permissions import Actor, can_take_review, is_reviewer


@dataclass(frozen=True, slots=True)
class ReviewWork:
    """Assessments under review as one reader sees them; each stands in one list."""

    to_take: tuple[Assessment, ...]
    mine: tuple[Assessment, ...]
    clarification: tuple[Assessment, ...]
    moderation: tuple[Assessment, ...]
    others: tuple[Assessment, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is under review."""
        return not (
            self.to_take or self.mine or self.clarification or self.moderation or self.others
        )


def review_work(user: Actor) -> ReviewWork:
    """All assessments between submission and approval. Four queries, however many there are."""
    rows = list(_under_review(user))
    _read_answerers(rows)
    lists: dict[str, list[Assessment]] = {
        name: [] for name in ("to_take", "mine", "clarification", "moderation", "others")
    }
    for row in rows:
        lists[_place(row, user)].append(row)
    return ReviewWork(**{name: tuple(found) for name, found in lists.items()})


def _under_review(user: Actor) -> QuerySet[Assessment]:
    done = Q(answers__is_answered=True) | Q(answers__not_applicable=True)
    finished = Review.objects.filter(
        assessment=OuterRef("pk"), reviewer_id=user.pk, finished_at__isnull=False
    )
    return (
        Assessment.objects.visible_to(user)
        .filter(state__in=REVIEW_STATES)
        .select_related("vendor", "framework", "owner", "reviewer", "second_reviewer")
        .prefetch_related("helpers")
        .annotate(
            answered_count=Count("answers", filter=done),
            returned_count=Count(
                "answers", filter=Q(answers__returned_at__isnull=False, answers__corrected_at=None)
            ),
            i_am_done=Exists(finished),
        )
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


def _read_answerers(rows: list[Assessment]) -> None:
    """Who answered in which, now and before, for all of them at once. One query."""
    now = Answer.objects.filter(assessment__in=rows).exclude(answered_by=None).order_by()
    before = AuditEvent.objects.filter(assessment__in=rows, action__in=FILLING).exclude(actor=None)
    found: dict[Any, set[Any]] = {}
    pairs = now.values_list("assessment", "answered_by").union(
        before.order_by().values_list("assessment", "actor")
    )
    for assessment_id, person_id in pairs:
        found.setdefault(assessment_id, set()).add(person_id)
    for row in rows:
        row.answerer_ids = row.earlier_ids = found.get(row.pk, set())


def _place(row: Assessment, user: Actor) -> str:
    if can_take_review(user, row):
        return "to_take"
    if row.state == State.MODERATION:
        return "moderation"
    if row.state == State.CLARIFICATION:
        return "clarification"
    return "mine" if is_reviewer(user, row) and row.is_in_review else "others"
