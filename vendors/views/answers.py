"""Saving one answer as it is typed: the reply swaps what is said about it, never the control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.answer_changes import change_of, token_of
from vendors.forms.answers import AnswerForm
from vendors.models import Answer, Assessment
from vendors.permissions import can_answer, can_change
from vendors.queries.assessments import assessment_for
from vendors.queries.drafts import draft_of
from vendors.queries.questionnaire import Question, question_of
from vendors.services.answers import save_answer
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer

if TYPE_CHECKING:
    from vetting.models import User


class Outcome(StrEnum):
    """What became of a save."""

    SAVED = "saved"
    FAULTY = "failed"
    STALE = "conflict"

    @property
    def status(self) -> int:
        """The HTTP status that says so."""
        return {Outcome.SAVED: 200, Outcome.FAULTY: 422, Outcome.STALE: 409}[self]


@staff_required
@require_POST
def answer_save(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Save one answer and say how it stands: 200, 422 with faults, 409 with both values."""
    assessment = get_object_or_404(assessment_for(request.user, public_id))
    found = question_of(assessment, code)
    if found is None:
        raise Http404
    permit(can_answer(request.user, assessment), who_answers(assessment))
    question, category, rows = found
    permit(can_change(request.user, assessment, question.answer), why_it_stays(assessment))
    form = form_for(assessment, question, request.POST)
    outcome = save_form(form, assessment, request.user)
    if outcome is Outcome.SAVED:
        form = form_for(assessment, form.question)
    context = {
        "assessment": assessment,
        "category": category,
        "form": form,
        "draft": draft_of(assessment, rows, category.code),
        "outcome": outcome,
        "editable": True,
        "oob": True,
    }
    return render(request, "vendors/questionnaire/_reply.html", context, status=outcome.status)


def who_answers(assessment: Assessment) -> str:
    """Why somebody may not answer here, and who may."""
    if not (assessment.is_in_progress or assessment.is_in_clarification):
        return _("The answers are locked: the questionnaire is not open any more.")
    owner = assessment.owner.get_full_name() if assessment.owner else _("the owner")
    return _("Only %(owner)s and the named helpers answer here.") % {"owner": owner}


def why_it_stays(assessment: Assessment) -> str:
    """Why one answer stays as it is while others are open."""
    if assessment.is_in_clarification:
        return _("Only the returned answers are open. This one was not returned.")
    return _("This answer is carried over from the last assessment and not asked again.")


def form_for(
    assessment: Assessment, question: Question, data: Mapping[str, Any] | None = None
) -> AnswerForm:
    """The form of one question, bound if there is data."""
    rules = assessment.framework.rules.scoring
    return AnswerForm(question, rules, timezone.localdate(), data)


def save_form(form: AnswerForm, assessment: Assessment, by: User) -> Outcome:
    """Save what a bound form holds; what went wrong stays on the form.

    Raises PermissionDenied when the answers were locked meanwhile.
    """
    if not form.is_valid():
        form.mark_errors()
        return Outcome.FAULTY
    try:
        answer = _store(form, assessment, by)
    except FaultyInput as error:
        form.add_faults(error.faults)
        return Outcome.FAULTY
    except StaleAnswer as error:
        return _stale(form, error.current)
    except Refused as error:
        raise PermissionDenied(str(error)) from error
    form.question = replace(form.question, answer=answer, attached=form.change().certifications)
    return Outcome.SAVED


def _store(form: AnswerForm, assessment: Assessment, by: User) -> Answer:
    """Store what a valid form holds, and return the row. Raises what the service raises."""
    question, change = form.question, form.change()
    try:
        return save_answer(
            assessment=assessment,
            answer=question.answer,
            change=change,
            version=form.cleaned_data["version"],
            attached=question.attached,
            by=by,
        )
    except StaleAnswer as error:
        answer = _typed_upon(form, error)
        return save_answer(
            assessment=assessment, answer=answer, change=change, version=answer.version, by=by
        )


def _typed_upon(form: AnswerForm, error: StaleAnswer) -> Answer:
    """The row as it stands, if all that was typed in it is what the form showed.

    A document that was linked meanwhile makes a newer version too, and is no conflict. Raises the
    error where what somebody typed is another.
    """
    current = error.current
    shown = token_of(change_of(current, current.certifications.all()))
    if shown != form.cleaned_data["shown"]:
        raise error
    return current


def _stale(form: AnswerForm, current: Answer) -> Outcome:
    """A save that came too late. The same content again is no conflict: its reply was lost."""
    entries = tuple(current.certifications.all())
    theirs = change_of(current, entries)
    if theirs == form.change():
        form.question = replace(form.question, answer=current, attached=entries)
        return Outcome.SAVED
    form.add_conflict(current, theirs)
    return Outcome.STALE
