"""Where an assessment waits: for whom, and what is missing for its next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors import scoring
from vendors.models import Answer, Assessment, Moderation, Review
from vendors.permissions import Role, can_change_intake, can_moderate, can_review, can_take_review
from vendors.queries.approvers import bar_to_deciding, why_not_decide
from vendors.queries.participants import Participant
from vendors.queries.review_rows import is_settled
from vendors.services.approvals import obstacles
from vendors.views.checks import Check, answer_url, ordered, submit_checks

if TYPE_CHECKING:
    from vetting.models import User

#: People that a sentence names before it only counts.
NAMED = 4


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next: in words, for whom it waits, and what is missing for it."""

    heading: str
    waits_for: str
    checks: list[Check] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How much of what is needed is missing."""
        return sum(not check.met and not check.soft for check in self.checks)

    @property
    def is_clear(self) -> bool:
        """Whether nothing that is needed is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page read of an assessment, for the sentences here."""

    assessment: Assessment
    rows: list[Answer]
    reviews: Sequence[Review]
    moderations: Sequence[Moderation]
    participants: Sequence[Participant]
    result: scoring.Result
    reader: User


def next_step_of(facts: Facts) -> NextStep | None:
    """The next step of an open assessment; None once it was decided or cancelled. No query."""
    assessment = facts.assessment
    for holds, step in (
        (assessment.is_intake, _intake),
        (assessment.is_in_progress, _questionnaire),
        (assessment.is_submitted, _taking),
        (assessment.is_in_review, _reviewing),
        (assessment.is_in_clarification, _clarifying),
        (assessment.is_in_moderation, _settling),
        (assessment.is_pending_approval, _deciding),
    ):
        if holds:
            return step(facts)
    return None


def _fillers(assessment: Assessment) -> str:
    if assessment.owner is None:
        return _("It has no owner yet; whoever of procurement takes on the intake becomes it.")
    if assessment.helper_ids:
        return _("Waits for %s and the helpers.") % assessment.owner
    return _("Waits for %s.") % assessment.owner


def _intake(facts: Facts) -> NextStep:
    assessment = facts.assessment
    may = can_change_intake(facts.reader, assessment)
    url = reverse("vendors:assessment-intake", args=[assessment.public_id]) if may else ""
    link = _("Complete the intake") if may else ""
    left = [factor.name for factor in scoring.missing_factors(assessment.intake)]
    checks = [
        Check(bool(assessment.service), _said(bool(assessment.service), _("Service in scope"))),
        Check(assessment.due_on is not None, _said(assessment.due_on is not None, _("Due date"))),
        Check(not left, _factors(left), url=url if left else "", link=link),
    ]
    return NextStep(_("Before the questionnaire opens"), _fillers(assessment), ordered(checks))


def _said(is_there: bool, name: str) -> str:  # noqa: FBT001 - one of two sentences
    return _("%s is given") % name if is_there else _("%s is missing") % name


def _factors(left: list[str]) -> str:
    if not left:
        return _("All nine risk factors are answered")
    words = ngettext(
        "%d risk factor is not answered.", "%d risk factors are not answered.", len(left)
    )
    return words % len(left)


def _questionnaire(facts: Facts) -> NextStep:
    return NextStep(
        _("Before it can be submitted"),
        _fillers(facts.assessment),
        submit_checks(facts.assessment, facts.rows),
    )


def _taking(facts: Facts) -> NextStep:
    may = can_take_review(facts.reader, facts.assessment)
    check = Check(
        met=False,
        text=_("Nobody has taken the review."),
        url=_review_url(facts.assessment) if may else "",
        link=_("Take it") if may else "",
    )
    return NextStep(
        _("Before the review begins"),
        _("Waits for a reviewer: procurement or a manager who filled in nothing here."),
        [check],
    )


def _review_url(assessment: Assessment) -> str:
    return reverse("vendors:assessment-review", args=[assessment.public_id])


def _reviewing(facts: Facts) -> NextStep:
    assessment = facts.assessment
    unfinished = [review for review in facts.reviews if review.finished_at is None]
    names = [str(review.reviewer) for review in unfinished]
    if assessment.waits_for_second_reviewer:
        names.append(_("a second reviewer"))
    url = _review_url(assessment) if can_review(facts.reader, assessment) else ""
    checks = [_done(review) for review in facts.reviews]
    if assessment.waits_for_second_reviewer:
        may = can_take_review(facts.reader, assessment)
        checks.append(
            Check(
                met=False,
                text=_("Nobody has taken the second review."),
                url=_review_url(assessment) if may else "",
                link=_("Take it") if may else "",
            )
        )
    if not assessment.is_blind:
        checks.append(_decided(facts, url))
    return NextStep(_("Before it can be approved"), _waits_for(names), ordered(checks))


def _waits_for(names: Sequence[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
    return _("Waits for %s.") % shown


def _done(review: Review) -> Check:
    if review.finished_at:
        return Check(True, _("%s is done") % review.reviewer)
    return Check(False, _("%s is not done yet.") % review.reviewer)


def _decided(facts: Facts, url: str = "") -> Check:
    """How many of the asked answers are decided."""
    asked = {item.code: item for item in facts.assessment.framework.rules.asked(facts.result.tier)}
    done = [row for row in facts.rows if row.code in asked and row.is_done]
    left = sum(not is_settled(row, asked[row.code]) for row in done)
    if not left:
        return Check(True, _("%d answers are decided") % len(done))
    text = ngettext(
        "%(left)d of %(all)d answers is not decided.",
        "%(left)d of %(all)d answers are not decided.",
        left,
    ) % {"left": left, "all": len(done)}
    return Check(met=False, text=text, url=url, link=_("Decide") if url else "")


def _clarifying(facts: Facts) -> NextStep:
    assessment = facts.assessment
    returned = [row for row in facts.rows if row.returned_at is not None]
    checks = [
        Check(True, _("%s is saved again") % row.code)
        if row.corrected_at
        else Check(
            met=False,
            text=_("%(code)s is returned: %(remark)s")
            % {"code": row.code, "remark": row.return_remark},
            url=answer_url(assessment, row.code),
            link=_("Open %s") % row.code,
        )
        for row in returned
    ]
    return NextStep(_("Before it goes back to review"), _fillers(assessment), ordered(checks))


def _settling(facts: Facts) -> NextStep:
    assessment = facts.assessment
    may = can_moderate(facts.reader, assessment)
    checks = [
        Check(True, _("%s is settled") % entry.answer.code)
        if entry.settled_at
        else Check(
            met=False,
            text=_("The reviewers differ by 20 points or more at %s.") % entry.answer.code,
            url=_review_url(assessment) if may else "",
            link=_("Settle it") if may else "",
        )
        for entry in facts.moderations
    ]
    return NextStep(
        _("Before it can be approved"), _waits_for([str(assessment.reviewer)]), ordered(checks)
    )


def _deciding(facts: Facts) -> NextStep:
    deciders = [str(entry.person) for entry in facts.participants if entry.may_approve]
    waits = (
        _waits_for(deciders)
        if deciders
        else _(
            "No manager may decide on it: each one answered or reviewed. Another manager is needed."
        )
    )
    missing = [Check(False, text) for text in obstacles(facts.assessment, facts.rows, facts.result)]
    checks = [
        *missing,
        *_must_haves(facts),
        _decided(facts),
        *_settled_moderation(facts.moderations),
        *_separation(facts),
    ]
    return NextStep(_("Before it can be approved"), waits, ordered(checks))


def _must_haves(facts: Facts) -> Iterable[Check]:
    """Failed ones wait for a waiver or a rejection."""
    for item in facts.result.must_haves:
        if item.result == scoring.FAIL:
            text = _("%(code)s fails and is not waived. %(reason)s") % {
                "code": item.code,
                "reason": item.reason,
            }
            may = not bar_to_deciding(facts.reader, facts.assessment)
            link = _("Waive it with an end date, or reject") if may else ""
            yield Check(met=False, text=text, url="#h-dec" if may else "", link=link)
    if not (facts.result.failed or facts.result.pending):
        yield Check(True, _("All %d must-haves are met") % len(facts.result.must_haves))


def _settled_moderation(moderations: Sequence[Moderation]) -> Iterable[Check]:
    if moderations:
        codes = ", ".join(entry.answer.code for entry in moderations)
        yield Check(True, _("Differences between the reviewers are settled: %s") % codes)


def _separation(facts: Facts) -> Iterable[Check]:
    """Whether the reader may approve, where the reader is a manager."""
    if not any(entry.is_reader for entry in facts.participants):
        return
    if not bar_to_deciding(facts.reader, facts.assessment):
        yield Check(True, _("You neither answered nor reviewed"))
    elif facts.reader.role == Role.MANAGER:
        yield Check(False, why_not_decide(facts.reader, facts.assessment))
