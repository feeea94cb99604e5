"""What is met and what is missing for the next step of an assessment, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.permissions import Actor, can_approve, can_review
from vendors.queries.review_rows import is_settled
from vendors.queries.scores import Progress, progress_of
from vendors.services.approvals import obstacles

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


def is_clear(checks: Iterable[Check]) -> bool:
    """Whether nothing that is needed is missing."""
    return all(check.met or check.soft for check in checks)


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


def _link(assessment: Assessment, code: str) -> str:
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
        url=_link(assessment, missing[0]),
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
        url=_link(assessment, first),
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
        url=_link(assessment, ended[0]),
        link=_("Go to %s") % ended[0],
    )


def approve_checks(
    assessment: Assessment, rows: list[Answer], result: scoring.Result, reader: Actor
) -> list[Check]:
    """Before it can be approved: what the service would refuse; undecided answers are advised."""
    review = reverse("vendors:assessment-review", args=[assessment.public_id])
    url = f"{review}?show=open" if can_review(reader, assessment) else ""
    missing = [Check(False, text) for text in obstacles(assessment, rows, result)]
    found = [*missing, _decided(assessment, rows, url)]
    if not any(item.result != scoring.PASS for item in result.must_haves):
        found.append(Check(True, _("All %d must-haves are met") % len(result.must_haves)))
    return ordered([*found, *_separation(assessment, reader)])


def _decided(assessment: Assessment, rows: Iterable[Answer], url: str) -> Check:
    asked = {item.code: item for item in assessment.framework.rules.asked(assessment.tier)}
    done = [row for row in rows if row.code in asked and row.is_done]
    left = sum(not is_settled(row, asked[row.code]) for row in done)
    if not left:
        return Check(True, _("%d answers are decided") % len(done))
    text = ngettext(
        "%(left)d of %(all)d answers is not decided. It counts as claimed.",
        "%(left)d of %(all)d answers are not decided. They count as claimed.",
        left,
    ) % {"left": left, "all": len(done)}
    return Check(met=False, soft=True, text=text, url=url, link=_("Decide") if url else "")


def _separation(assessment: Assessment, reader: Actor) -> list[Check]:
    """Whether the reader may approve, where the reader is a manager."""
    if not can_review(reader, assessment):
        return []
    if can_approve(reader, assessment):
        return [Check(True, _("You answered nothing here"))]
    return [Check(False, _("You answered part of it, so another manager approves."))]
