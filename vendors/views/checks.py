"""What is met and what is missing before an assessment can be submitted, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.scores import Progress, progress_of

#: How many codes a sentence names before it only counts.
NAMED = 6


@dataclass(frozen=True, slots=True)
class Check:
    """One condition. `soft` ones hold nothing back."""

    met: bool
    text: str
    soft: bool = False
    url: str = ""
    link: str = ""


def ordered(checks: Iterable[Check]) -> list[Check]:
    """What is missing first, then what is only advised, then what is met."""
    return sorted(checks, key=lambda check: (check.met, check.soft))


def submit_checks(assessment: Assessment, rows: Sequence[Answer]) -> list[Check]:
    """Before it can be submitted: each must-have answered; the rest is advised."""
    progress = progress_of(assessment, rows)
    rules = assessment.framework.rules
    skipped = [row for row in rows if row.not_applicable]
    return ordered(
        [
            _must_haves(assessment, progress),
            _questions(assessment, progress),
            _certified(assessment, rows, rules),
            Check(
                met=True,
                text=_skipped(len(skipped)),
            ),
        ]
    )


def _skipped(count: int) -> str:
    if not count:
        return _("No answer is marked not applicable")
    words = ngettext(
        "%d not-applicable answer, with its reason",
        "%d not-applicable answers, each with its reason",
        count,
    )
    return words % count


def answer_url(assessment: Assessment, code: str) -> str:
    """The question on the page of its category."""
    category = assessment.framework.rules.category_of(code).code
    page = reverse("vendors:questionnaire", args=[assessment.public_id, category])
    return f"{page}#{code}"


def _must_haves(assessment: Assessment, progress: Progress) -> Check:
    codes = [criterion.code for criterion in assessment.framework.rules.must_haves]
    missing = [code for code in codes if code in progress.open_codes]
    if not missing:
        return Check(True, _("All %d must-haves are answered") % progress.must_haves)
    named = ", ".join(missing) if len(missing) <= NAMED else ""
    text = ngettext(
        "%d must-have is unanswered.", "%d must-haves are unanswered.", len(missing)
    ) % len(missing)
    return Check(
        met=False,
        text=f"{text} {named}".strip(),
        url=answer_url(assessment, missing[0]),
        link=_("Answer %s") % missing[0],
    )


def _questions(assessment: Assessment, progress: Progress) -> Check:
    left = progress.asked - progress.done
    if not left:
        return Check(True, _("All %d questions are answered") % progress.asked)
    text = ngettext(
        "%d question is open. It scores 0.", "%d questions are open. Each scores 0.", left
    )
    first = progress.open_codes[0]
    return Check(
        met=False,
        soft=True,
        text=text % left,
        url=answer_url(assessment, first),
        link=_("Go to %s") % first,
    )


def _certified(assessment: Assessment, rows: Sequence[Answer], rules: scoring.Framework) -> Check:
    """Evidence whose date has passed counts as claimed."""
    asked = {criterion.code for criterion in rules.asked(assessment.tier)}
    day = assessment.scored_on
    ended = [
        row.code
        for row in rows
        if row.code in asked
        and row.is_answered
        and row.level_valid_to is not None
        and row.level_valid_to < day
    ]
    if not ended:
        return Check(True, _("No evidence has ended"))
    text = ngettext(
        "Evidence of %d answer has ended and counts as claimed.",
        "Evidence of %d answers has ended and counts as claimed.",
        len(ended),
    )
    return Check(
        met=False,
        soft=True,
        text=text % len(ended),
        url=answer_url(assessment, ended[0]),
        link=_("Go to %s") % ended[0],
    )
