"""All submitted answers of an assessment, as a manager goes through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.permissions import Role
from vendors.queries.review_rows import ReviewRow, answer_words, level_options
from vendors.queries.scores import score_now

#: What the page can be narrowed to, by the value of ?show=.
FILTERS = {
    "all": gettext_lazy("All"),
    "open": gettext_lazy("To decide"),
    "must": gettext_lazy("Must-haves"),
    "na": gettext_lazy("Not applicable"),
}


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """The rows of one category that the filter shows, and how far all of it is."""

    category: scoring.Category
    rows: tuple[ReviewRow, ...]
    answered: int
    settled: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to decide."""
        return self.settled == self.answered


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A filter with how many rows it shows."""

    value: str
    label: str
    count: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class Review:
    """All that the page shows.

    `result` counts what is decided, `proposed` is as if all proposals were accepted.
    """

    assessment: Assessment
    rows: tuple[ReviewRow, ...]
    result: scoring.Result
    proposed: scoring.Result
    show: str
    deciders: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        """How many answers there are to decide on."""
        return sum(row.answer.is_done for row in self.rows)

    @property
    def settled(self) -> int:
        """How many are decided."""
        return sum(row.answer.is_done and row.is_settled for row in self.rows)

    @property
    def left(self) -> int:
        """How many are still to decide."""
        return self.answered - self.settled

    @property
    def unanswered(self) -> int:
        """How many asked criteria have no answer."""
        return len(self.rows) - self.answered

    @property
    def acceptable(self) -> int:
        """How many proposals `accept_proposals` would confirm."""
        return sum(
            row.answer.is_done and row.answer.decided_at is None and not row.is_own
            for row in self.rows
        )

    @property
    def unrated(self) -> int:
        """How many texts wait for a rating, own ones left out."""
        return sum(
            row.is_text and row.answer.is_answered and row.answer.rating is None and not row.is_own
            for row in self.rows
        )

    @property
    def filters(self) -> tuple[FilterLink, ...]:
        """The filters with their counts."""
        return tuple(
            FilterLink(
                name,
                str(label),
                sum(name in row.shown_under for row in self.rows),
                name == self.show,
            )
            for name, label in FILTERS.items()
        )

    @property
    def groups(self) -> tuple[ReviewGroup, ...]:
        """The rows by category, those that the filter hides left out."""
        found = []
        for category in self.assessment.framework.rules.categories:
            codes = {criterion.code for criterion in category.criteria}
            rows = [row for row in self.rows if row.code in codes]
            done = [row for row in rows if row.answer.is_done]
            shown = tuple(row for row in rows if self.show in row.shown_under)
            settled = sum(row.is_settled for row in done)
            if rows:
                found.append(ReviewGroup(category, shown, len(done), settled))
        return tuple(found)

    @property
    def shown(self) -> int:
        """How many rows the filter shows."""
        return sum(self.show in row.shown_under for row in self.rows)

    @property
    def band(self) -> scoring.Band | None:
        """The band of what is decided so far."""
        scale = self.assessment.framework.rules.scoring
        return scale.band(self.result.band) if self.result.band else None

    def row(self, code: str) -> ReviewRow:
        """The row of a criterion. Raises KeyError where it is not asked."""
        for entry in self.rows:
            if entry.code == code:
                return entry
        raise KeyError(code)

    def after(self, code: str) -> str:
        """The row to go to once one is decided: itself, or the next that the filter shows."""
        codes = [row.code for row in self.rows]
        later = self.rows[codes.index(code) :]
        return next((row.code for row in later if self.show in row.shown_under), "")

    def noting(self, code: str, **note: Any) -> Review:
        """The same with what was chosen for one row, and why it was not stored."""
        rows = (replace(row, **note) if row.code == code else row for row in self.rows)
        return replace(self, rows=tuple(rows))


def review_answers(assessment: Assessment) -> list[Answer]:
    """All answers with people and the register entries that back them. Two queries."""
    return list(
        assessment.answers.select_related("answered_by", "decided_by")
        .prefetch_related("certifications")
        .order_by("criterion__position")
    )


def review_of(
    assessment: Assessment, rows: Iterable[Answer], *, user_id: Any, show: str = "all"
) -> Review:
    """What the page shows to somebody. One query more where they gave answers themselves."""
    rules = assessment.framework.rules
    by_code = {row.code: row for row in rows}
    result = score_now(assessment, by_code.values())
    gate = {item.code: item for item in result.must_haves}
    lines = tuple(
        _row(rules, criterion, by_code[criterion.code], gate.get(criterion.code), user_id)
        for criterion in rules.asked(assessment.tier)
    )
    return Review(
        assessment=assessment,
        rows=lines,
        result=result,
        proposed=score_now(assessment, by_code.values(), proposed=True),
        show=show if show in FILTERS else "all",
        deciders=_deciders(by_code.values()) if any(line.is_own for line in lines) else (),
    )


def _row(
    rules: scoring.Framework,
    criterion: scoring.Criterion,
    answer: Answer,
    must_have: scoring.MustHaveResult | None,
    user_id: Any,
) -> ReviewRow:
    proposed = answer.proposed_level or answer.level or scoring.CLAIMED
    return ReviewRow(
        answer=answer,
        criterion=criterion,
        words=answer_words(criterion, answer),
        levels=level_options(rules.scoring, proposed),
        must_have=must_have,
        is_own=answer.answered_by_id is not None and answer.answered_by_id == user_id,
    )


def _deciders(rows: Iterable[Answer]) -> tuple[str, ...]:
    """Managers who gave none of the answers: they decide instead."""
    answerers = {row.answered_by_id for row in rows}
    managers = get_user_model().objects.filter(groups__name=Role.MANAGER, is_active=True)
    return tuple(str(person) for person in managers.order_by("name") if person.pk not in answerers)
