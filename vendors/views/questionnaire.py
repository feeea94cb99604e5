"""The questionnaire: one category a page, with a form that also works without a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.answers import AnswerForm
from vendors.models import Assessment
from vendors.permissions import can_answer, can_read_review
from vendors.queries.assessments import assessment_for, plain_answers_of
from vendors.queries.drafts import draft_of, first_step
from vendors.queries.questionnaire import Sheet, sheet_of
from vendors.views.answers import Outcome, form_for, save_form, who_answers


def _visible(request: StaffRequest, public_id: UUID) -> QuerySet[Assessment]:
    return assessment_for(request.user, public_id).prefetch_related("helpers")


@staff_required
@require_safe
def questionnaire_resume(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Go to the first open question, or to the first category when all is answered."""
    assessment = get_object_or_404(assessment_for(request.user, public_id))
    step = first_step(assessment, plain_answers_of(assessment))
    address = redirect("vendors:questionnaire", assessment.public_id, step.category)
    if step.code:
        address["Location"] += f"#{step.code}"
    return address


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: StaffRequest, public_id: UUID, category: str) -> HttpResponse:
    """One category: to fill in for who may answer, to read for everybody else."""
    assessment = get_object_or_404(_visible(request, public_id))
    sheet = sheet_of(assessment, category)
    if sheet is None:
        raise Http404
    if request.method != "POST":
        forms = [form_for(assessment, question) for question in sheet.questions]
        return _page(request, assessment, sheet, forms)
    permit(can_answer(request.user, assessment), who_answers(assessment))
    forms, outcomes = _save_category(request, assessment, sheet)
    if not {Outcome.FAULTY, Outcome.STALE} & set(outcomes):
        _confirm(request, len(outcomes))
        return redirect("vendors:questionnaire", assessment.public_id, category)
    worst = Outcome.FAULTY if Outcome.FAULTY in outcomes else Outcome.STALE
    return _page(request, assessment, sheet, forms, status=worst.status)


def _save_category(
    request: StaffRequest, assessment: Assessment, sheet: Sheet
) -> tuple[list[AnswerForm], list[Outcome]]:
    """Save each question that was changed; what was refused keeps what was typed."""
    data = request.POST.copy()
    kept = _keep_mine(data)
    forms, outcomes = [], []
    for question in sheet.questions:
        code = question.criterion.code
        form = form_for(assessment, question, data)
        asked = question.is_open and f"{code}-version" in data
        touched = asked and code != data.get("take")
        if touched and (code == kept or form.is_touched()):
            outcome = save_form(form, assessment, request.user)
            outcomes.append(outcome)
            if outcome is not Outcome.SAVED:
                forms.append(form)
                continue
        forms.append(form_for(assessment, form.question))
    return forms, outcomes


def _keep_mine(data: QueryDict) -> str:
    """The question whose conflict was decided for what was typed here, by its button."""
    code, _colon, version = data.get("keep", "").rpartition(":")
    if code:
        data[f"{code}-version"] = version
    return code


def _confirm(request: StaffRequest, count: int) -> None:
    if count:
        words = ngettext("%d answer is saved.", "%d answers are saved.", count)
        messages.success(request, words % count)
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))


def _page(
    request: StaffRequest,
    assessment: Assessment,
    sheet: Sheet,
    forms: Sequence[AnswerForm],
    *,
    status: int = 200,
) -> HttpResponse:
    """The whole page, with the rows as they stand after saving."""
    code = sheet.category.code
    editable = can_answer(request.user, assessment)
    context: dict[str, Any] = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "sheet": sheet,
        "category": sheet.category,
        "forms": forms,
        "faulty": [form for form in forms if form.is_faulty or form.conflict],
        "draft": draft_of(assessment, sheet.rows, code) if status != 200 else sheet.draft,
        "hides_review": assessment.is_blind and not can_read_review(request.user, assessment),
        "levels": assessment.framework.rules.scoring.evidence_levels,
        "editable": editable,
        "who_answers": "" if editable else who_answers(assessment),
        "colleagues": _colleagues(request, assessment),
    }
    return render(request, "vendors/questionnaire.html", context, status=status)


def _colleagues(request: StaffRequest, assessment: Assessment) -> list[tuple[Any, str]]:
    """Who else answers here, the owner first."""
    people = [(assessment.owner, _("owner"))] if assessment.owner else []
    people += [(user, _("helper")) for user in assessment.helpers.all()]
    return [(user, part) for user, part in people if user.pk != request.user.pk]
