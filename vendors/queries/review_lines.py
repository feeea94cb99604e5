"""The answers of a review as its list shows them: what changed, what is left, in groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vendors import scoring
from vendors.models import Answer, Assessment, Moderation
from vendors.queries.last_answers import (
    CHANGED,
    NEW,
    RENEWED,
    UNCHANGED,
    Last,
    change_words,
    is_acceptable,
    kind_of,
)
from vendors.queries.review_rows import answer_words, is_settled

#: What the list can be narrowed to, by the value of ?show=.
FILTERS: dict[str, str | Promise] = {
    "open": _("To decide"),
    CHANGED: _("Changed"),
    RENEWED: _("Unchanged, evidence renewed"),
    NEW: _("New"),
    "returned": _("Returned"),
    "differs": _("Reviewers differ"),
    "must": _("Must-haves"),
    "na": _("Not applicable"),
    "all": _("All"),
}
#: The groups of the list where there is an earlier assessment to compare with.
KINDS: dict[str, str | Promise] = {
    CHANGED: _("Changed since last time"),
    RENEWED: _("Unchanged, evidence renewed"),
    UNCHANGED: _("Unchanged"),
    NEW: _("Not answered last time"),
}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One asked answer, with what the reader may see of its decision."""

    answer: Answer
    criterion: scoring.Criterion
    category: scoring.Category
    kind: str
    change: str
    may_accept: bool
    must_have: scoring.MustHaveResult | None = None
    moderation: Moderation | None = None

    @property
    def code(self) -> str:
        """The criterion's code."""
        return self.criterion.code

    @property
    def words(self) -> str:
        """The answer in words."""
        return answer_words(self.criterion, self.answer)

    @property
    def is_text(self) -> bool:
        """Whether a reviewer rates it."""
        return self.criterion.answer_type == scoring.AnswerType.TEXT

    @property
    def is_reviewed(self) -> bool:
        """Whether it is one to decide on, decided or not."""
        return self.answer.is_done and not self.answer.is_carried

    @property
    def is_decided(self) -> bool:
        """Whether nothing is left to decide."""
        return is_settled(self.answer, self.criterion) and not self.answer.is_returned

    @property
    def differs(self) -> bool:
        """Whether two reviewers differ on it and nobody has settled that."""
        return self.moderation is not None and self.moderation.settled_at is None

    @property
    def is_open(self) -> bool:
        """Whether the reader still has to decide on it."""
        return self.is_reviewed and not self.is_decided and not self.answer.is_returned

    @property
    def shown_under(self) -> set[str]:
        """The filters that show it."""
        kinds = {
            "open": self.is_open or self.differs,
            "returned": self.answer.returned_at is not None,
            "differs": self.moderation is not None,
            "must": self.criterion.must_have is not None,
            "na": self.answer.not_applicable,
            self.kind: self.is_reviewed,
        }
        return {"all"} | {name for name, holds in kinds.items() if holds}


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines under one heading."""

    name: str
    lines: tuple[ReviewLine, ...]


def review_lines(
    assessment: Assessment,
    rows: Iterable[Answer],
    result: scoring.Result,
    last: Last | None,
    differences: dict[str, Moderation],
) -> tuple[ReviewLine, ...]:
    """Each asked answer in the order of its group. No query where rows were prefetched."""
    rules = assessment.framework.rules
    by_code = {row.code: row for row in rows}
    musts = {item.code: item for item in result.must_haves}
    found = []
    for criterion in rules.asked(assessment.tier):
        row = by_code[criterion.code]
        found.append(
            ReviewLine(
                answer=row,
                criterion=criterion,
                category=rules.category_of(criterion.code),
                kind=kind_of(row, last),
                change=change_words(row, criterion, last),
                may_accept=row.decided_at is None
                and is_acceptable(row, criterion, last) is not None,
                must_have=musts.get(criterion.code),
                moderation=differences.get(criterion.code),
            )
        )
    if last is None:
        return tuple(found)
    order = list(KINDS)
    return tuple(sorted(found, key=lambda line: order.index(line.kind)))


def grouped(lines: Iterable[ReviewLine], last: Last | None) -> tuple[LineGroup, ...]:
    """The lines by what changed, or by category where there is nothing to compare with."""
    groups: dict[str, list[ReviewLine]] = {}
    for line in lines:
        name = line.category.name if last is None else str(KINDS[line.kind])
        groups.setdefault(name, []).append(line)
    return tuple(LineGroup(name, tuple(found)) for name, found in groups.items())
