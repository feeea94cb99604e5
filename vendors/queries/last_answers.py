"""What changed since the last decided assessment of the same vendor on the same framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.frozen import frozen_of
from vendors.queries.review_rows import answer_words

#: How an answer compares with the last one.
CHANGED, RENEWED, UNCHANGED, NEW = "changed", "renewed", "unchanged", "new"


@dataclass(frozen=True, slots=True)
class Last:
    """The last decided assessment with its answers and what they scored, by code."""

    assessment: Assessment
    answers: Mapping[str, Answer]
    result: scoring.Result

    def words(self, code: str) -> str:
        """The answer of then, in words of the framework of then; "" where there was none."""
        row, rules = self.answers.get(code), self.assessment.framework.rules
        if row is None or not row.is_done or code not in rules.codes:
            return ""
        return answer_words(rules.criterion(code), row)

    def score(self, code: str) -> Fraction | None:
        """What it scored then, 0 to 100."""
        item = self.result.criteria.get(code)
        return item.score if item else None


def last_of(assessment: Assessment) -> Last | None:
    """The newest decided assessment before this one, None where there is none. Four queries."""
    found = (
        Assessment.objects.frozen()
        .filter(vendor_id=assessment.vendor_id, framework_slug=assessment.framework_slug)
        .filter(pk__lt=assessment.pk)
        .select_related("framework", "result")
        .order_by("-pk")
        .first()
    )
    if found is None:
        return None
    rows = list(
        found.answers.select_related("decided_by").prefetch_related(
            "certifications", "evidence_links"
        )
    )
    return Last(found, {row.code: row for row in rows}, frozen_of(found).result)


def kind_of(answer: Answer, last: Last | None) -> str:
    """How an answer compares with the last one. No query where rows were prefetched."""
    before = last.answers.get(answer.code) if last else None
    if before is None or not before.is_done:
        return NEW
    if _content(answer) != _content(before):
        return CHANGED
    return UNCHANGED if _evidence(answer) == _evidence(before) else RENEWED


def _content(row: Answer) -> tuple[Any, ...]:
    return (row.is_answered, row.value, row.not_applicable, row.reason, row.comment)


def _evidence(row: Answer) -> tuple[Any, ...]:
    """What backs an answer: register entries, documents, and their ends."""
    return (
        row.valid_to,
        row.level_valid_to,
        {entry.pk for entry in row.certifications.all()},
        {(link.evidence_id, link.page) for link in row.evidence_links.all()},
    )


def change_words(answer: Answer, criterion: scoring.Criterion, last: Last | None) -> str:
    """What changed, in a few words for a list."""
    if last is None or kind_of(answer, last) != CHANGED:
        return ""
    then, now = last.words(answer.code), answer_words(criterion, answer)
    if then == now:
        return _("Comment changed")
    if criterion.answer_type == scoring.AnswerType.TEXT and not answer.not_applicable:
        return _("Text rewritten")
    return _("%(then)s to %(now)s") % {"then": then, "now": now}


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words: kept (""), only in the old text ("del") or only in the new one ("ins")."""

    text: str
    mark: str = ""


def word_difference(then: str, now: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Two texts, each cut where they differ, word by word. Equal texts come back whole."""
    old, new = then.split(), now.split()
    before: list[Part] = []
    after: list[Part] = []
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 2000)
    for tag, i, j, k, m in matcher.get_opcodes():
        _append(before, old[i:j], "" if tag == "equal" else "del")
        _append(after, new[k:m], "" if tag == "equal" else "ins")
    return tuple(before), tuple(after)


def _append(parts: list[Part], words: Sequence[str], mark: str) -> None:
    if words:
        parts.append(Part(" ".join(words), mark))


def is_acceptable(
    answer: Answer, criterion: scoring.Criterion, last: Last | None
) -> tuple[str, int | None, bool] | None:
    """Level, rating and consent that may be set together with others; None where a person looks.

    That is what stands unchanged with the level it had, and what is only proposed as claimed.
    """
    if not answer.is_done or answer.is_carried or answer.returned_at:
        return None
    same = kind_of(answer, last) in {UNCHANGED, RENEWED}
    before = last.answers[answer.code] if last and same else None
    if answer.not_applicable:
        return ("", None, True) if before and before.consented else None
    proposed = answer.proposed_level or scoring.CLAIMED
    rating = before.rating if before else None
    if criterion.answer_type == scoring.AnswerType.TEXT and rating is None:
        return None
    if proposed == scoring.CLAIMED or (before and before.level == proposed):
        return (proposed, rating, False)
    return None
