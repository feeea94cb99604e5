"""The review page: all asked answers in a list, one of them open."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from vendors import scoring
from vendors.models import Answer, Assessment, Mark, Moderation, Review
from vendors.permissions import Actor, can_moderate, can_review
from vendors.queries.last_answers import Last, Part, last_of, word_difference
from vendors.queries.marks import marks_of, with_marks
from vendors.queries.review_lines import (
    FILTERS,
    LineGroup,
    ReviewLine,
    grouped,
    review_lines,
)
from vendors.queries.scores import score_now


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A filter with how many lines it shows."""

    value: str
    label: str
    count: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """All that the page shows to one reader.

    `rows` and `result` hold what the reader may see: while two review, their own marks alone.
    `mine` is the reader's part in the review; `pairs` are both marks where the reviewers differ.
    """

    assessment: Assessment
    rows: tuple[Answer, ...]
    lines: tuple[ReviewLine, ...]
    result: scoring.Result
    last: Last | None
    reviews: tuple[Review, ...]
    mine: Review | None
    may_decide: bool
    may_settle: bool
    show: str
    code: str
    marks: dict[Any, Mark] = field(default_factory=dict)
    pairs: dict[str, tuple[Mark, ...]] = field(default_factory=dict)

    @property
    def reviewed(self) -> tuple[ReviewLine, ...]:
        """The answers there are to decide on."""
        return tuple(line for line in self.lines if line.is_reviewed)

    @property
    def answered(self) -> int:
        """How many asked criteria have an answer."""
        return sum(line.answer.is_done for line in self.lines)

    @property
    def decided(self) -> int:
        """How many answers are decided."""
        return sum(line.is_decided for line in self.reviewed)

    @property
    def left(self) -> int:
        """How many answers the reader still has to decide on."""
        return sum(line.is_open for line in self.lines)

    @property
    def returned(self) -> tuple[ReviewLine, ...]:
        """Answers that are sent back and not corrected yet."""
        return tuple(line for line in self.lines if line.answer.is_returned)

    @property
    def differing(self) -> tuple[ReviewLine, ...]:
        """Answers on which two reviewers differ and that nobody has settled."""
        return tuple(line for line in self.lines if line.differs)

    @property
    def acceptable(self) -> tuple[ReviewLine, ...]:
        """Answers that may be accepted together."""
        return tuple(line for line in self.lines if line.may_accept) if self.may_decide else ()

    @property
    def acceptable_must_haves(self) -> tuple[str, ...]:
        """Codes of the must-haves among them."""
        return tuple(line.code for line in self.acceptable if line.criterion.must_have)

    @property
    def shown(self) -> tuple[ReviewLine, ...]:
        """The lines under the filter."""
        return tuple(line for line in self.lines if self.show in line.shown_under)

    @property
    def groups(self) -> tuple[LineGroup, ...]:
        """The same under headings."""
        return grouped(self.shown, self.last)

    @property
    def filters(self) -> tuple[FilterLink, ...]:
        """The filters with their counts; those that show nothing are left out."""
        counts = {name: sum(name in line.shown_under for line in self.lines) for name in FILTERS}
        return tuple(
            FilterLink(name, str(label), counts[name], name == self.show)
            for name, label in FILTERS.items()
            if counts[name] or name in {"open", "all", self.show}
        )

    @property
    def line(self) -> ReviewLine:
        """The open one."""
        return self.at(self.code)

    def at(self, code: str) -> ReviewLine:
        """The line of a criterion. Raises KeyError where it is not asked."""
        for line in self.lines:
            if line.code == code:
                return line
        raise KeyError(code)

    @property
    def before(self) -> str:
        """The code of the line above the open one, "" at the top."""
        codes = self._codes()
        at = codes.index(self.code)
        return codes[at - 1] if at else ""

    @property
    def after(self) -> str:
        """The code of the line below the open one, "" at the end."""
        codes = self._codes()
        return next(iter(codes[codes.index(self.code) + 1 :]), "")

    def _codes(self) -> list[str]:
        """The lines that keys go through: those under the filter, and the open one in its place."""
        return [
            line.code
            for line in self.lines
            if self.show in line.shown_under or line.code == self.code
        ]

    def next_open(self, code: str) -> str:
        """Where to go once one is decided: the next that is left, else the first, else itself."""
        codes = [line.code for line in self.lines]
        at = codes.index(code)
        around = [*self.lines[at + 1 :], *self.lines[:at]]
        return next((line.code for line in around if line.is_open or line.differs), code)

    @property
    def mark_version(self) -> int:
        """The version of the reader's own mark on the open answer, 0 without one."""
        mark = self.marks.get(self.line.answer.pk)
        return mark.version if mark else 0

    @property
    def pair(self) -> tuple[Mark, ...]:
        """Both marks on the open answer, where the reviewers differ."""
        return self.pairs.get(self.code, ())

    @property
    def then(self) -> Answer | None:
        """The answer of last time to the open criterion, None where there was none."""
        row = self.last.answers.get(self.code) if self.last else None
        return row if row is not None and row.is_done else None

    @property
    def then_score(self) -> Fraction | None:
        """What it scored then, 0 to 100."""
        return self.last.score(self.code) if self.last else None

    @property
    def band(self) -> scoring.Band | None:
        """The band of what the reader may see as decided."""
        scale = self.assessment.framework.rules.scoring
        return scale.band(self.result.band) if self.result.band else None

    @property
    def texts(self) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """The open answer of last time and of now, cut where they differ."""
        then = self.last.words(self.code) if self.last else ""
        return word_difference(then, self.line.words)

    @property
    def waits_for_other(self) -> bool:
        """Whether the reader is done and the other one is not."""
        return self.mine is not None and self.mine.finished_at is not None


def review_rows(assessment: Assessment) -> list[Answer]:
    """All answers with people and with what backs them. Three queries."""
    return list(
        assessment.answers.select_related("answered_by", "decided_by", "returned_by")
        .prefetch_related("certifications", "evidence_links")
        .order_by("criterion__position")
    )


def review_page(
    assessment: Assessment, user: Actor, *, show: str = "", code: str = ""
) -> ReviewPage:
    """What the page shows to a reader: eleven queries at most."""
    rows = review_rows(assessment)
    assessment.answerer_ids = {row.answered_by_id for row in rows if row.answered_by_id}
    reviews = tuple(assessment.reviews.select_related("reviewer").order_by("position"))
    mine = next((part for part in reviews if part.reviewer_id == user.pk), None)
    marks = marks_of(mine) if mine else {}
    if assessment.is_blind:
        rows = [_kept_back(row, user) for row in with_marks(rows, marks)]
    last = last_of(assessment)
    result = score_now(assessment, rows)
    differences = _differences(assessment)
    lines = review_lines(assessment, rows, result, last, differences)
    may_decide = mine is not None and mine.finished_at is None and can_review(user, assessment)
    may_settle = can_moderate(user, assessment)
    show = show if show in FILTERS else _usual(lines, may_act=may_decide or may_settle)
    return ReviewPage(
        assessment=assessment,
        rows=tuple(rows),
        lines=lines,
        result=result,
        last=last,
        reviews=reviews,
        mine=mine,
        may_decide=may_decide,
        may_settle=may_settle,
        show=show,
        code=_opened(lines, show, code),
        marks=marks,
        pairs=_pairs(reviews, differences),
    )


def _kept_back(row: Answer, user: Actor) -> Answer:
    """The row without what the other reviewer wrote, which shows how they see the answer."""
    if row.returned_by_id in {None, user.pk}:
        return row
    shown = copy(row)
    shown.return_remark = ""
    return shown


def _differences(assessment: Assessment) -> dict[str, Moderation]:
    """Where two reviewers differed, by code, once both are done. One query."""
    if not assessment.needs_second_review or assessment.is_blind:
        return {}
    found = Moderation.objects.filter(answer__assessment=assessment)
    return {item.answer.code: item for item in found.select_related("answer", "settled_by")}


def _pairs(
    reviews: Sequence[Review], differences: dict[str, Moderation]
) -> dict[str, tuple[Mark, ...]]:
    """Both marks of each difference. One query."""
    if not differences:
        return {}
    marks = Mark.objects.filter(
        answer__in=[item.answer_id for item in differences.values()], review__in=reviews
    ).select_related("review__reviewer")
    found = list(marks.order_by("review__position"))
    return {
        code: tuple(mark for mark in found if mark.answer_id == item.answer_id)
        for code, item in differences.items()
    }


def _usual(lines: Sequence[ReviewLine], *, may_act: bool) -> str:
    """What is left for who has something to do here, everything for others."""
    left = any("open" in line.shown_under for line in lines)
    return "open" if may_act and left else "all"


def _opened(lines: Sequence[ReviewLine], show: str, code: str) -> str:
    """The criterion asked for, else the first that the filter shows, else the first."""
    codes = [line.code for line in lines]
    if code in codes:
        return code
    return next((line.code for line in lines if show in line.shown_under), codes[0])
