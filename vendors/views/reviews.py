"""The pages of a review: where reviews stand, taking one, and one answer at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.reviews import DecisionForm, SettleForm, TakeForm, usual
from vendors.models import Assessment
from vendors.permissions import (
    can_ask_second_review,
    can_drop_second_review,
    can_raise_finding,
    can_read_review,
    can_take_review,
)
from vendors.queries.assessments import assessment_for
from vendors.queries.effects import effect_of
from vendors.queries.evidence import links_of
from vendors.queries.review_history import history_of
from vendors.queries.review_work import review_work
from vendors.queries.reviews import ReviewPage, review_page
from vendors.services.marks import missing_remark

PAGE = "vendors/assessment_review.html"


def find_review(request: StaffRequest, public_id: UUID) -> Assessment:
    """The assessment with the people of its review, else 404."""
    found = assessment_for(request.user, public_id)
    return get_object_or_404(found.select_related("reviewer", "second_reviewer"))


@staff_required
@require_safe
def review_list(request: StaffRequest) -> HttpResponse:
    """What waits for a reviewer, what the reader reviews, and where else reviews stand."""
    return render(request, "vendors/review_list.html", {"work": review_work(request.user)})


@staff_required
@require_safe
def assessment_review(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One answer with all that a decision needs, beside the list of the others."""
    assessment = find_review(request, public_id)
    if is_to_take(request, assessment):
        return take_page(request, assessment, TakeForm())
    permit(can_read_review(request.user, assessment), why_closed(assessment))
    page = page_of(request, assessment, request.GET.get("code", ""))
    return answer_page(request, page)


def is_to_take(request: StaffRequest, assessment: Assessment) -> bool:
    """Whether it waits for a reviewer, whoever looks, or for the reader as the second one."""
    if assessment.is_submitted and can_read_review(request.user, assessment):
        return True
    return can_take_review(request.user, assessment)


def why_closed(assessment: Assessment) -> str:
    """Why somebody may not see the review now."""
    if assessment.is_blind:
        return _("Two people review it, and nobody sees what they decide before both are done.")
    return _("The answers are not submitted yet, so there is nothing to review.")


def take_page(
    request: StaffRequest, assessment: Assessment, form: TakeForm, status: int = 200
) -> HttpResponse:
    """What taking the review means, with the declaration for who may take it."""
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "form": form,
        "may_take": can_take_review(request.user, assessment),
        "may_ask": can_ask_second_review(request.user, assessment),
        "may_drop": can_drop_second_review(request.user, assessment),
    }
    return render(request, "vendors/review_take.html", context, status=status)


def page_of(request: StaffRequest, assessment: Assessment, code: str) -> ReviewPage:
    """The page as the reader sees it, narrowed by ?show=."""
    show = request.POST.get("show") or request.GET.get("show") or ""
    return review_page(assessment, request.user, show=show, code=code)


def page_at(request: StaffRequest, assessment: Assessment, code: str) -> ReviewPage:
    """The page at a criterion that is asked, else 404."""
    page = page_of(request, assessment, code)
    if page.code != code:
        raise Http404
    return page


def answer_page(
    request: StaffRequest,
    page: ReviewPage,
    form: DecisionForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The open answer with its form; a bound form is shown as it was sent."""
    assessment, line = page.assessment, page.line
    rules = assessment.framework.rules
    form = form or _form_for(page)
    form.initial = usual(line, page.mark_version)
    chosen = str(form["level"].value() or "") if "level" in form.fields else ""
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "page": page,
        "line": line,
        "form": form,
        "may_take": can_take_review(request.user, assessment),
        "may_ask": can_ask_second_review(request.user, assessment),
        "may_drop": can_drop_second_review(request.user, assessment),
        "may_raise": can_raise_finding(request.user),
        "links": links_of([line.answer]).get(line.code, ()),
        "history": history_of(assessment, line.code, request.user),
        "weight": rules.category_of(line.code),
        **effect_on(page, chosen, str(form["rating"].value()) if "rating" in form.fields else ""),
        **more,
    }
    return render(request, PAGE, context, status=status)


def _form_for(page: ReviewPage) -> DecisionForm:
    kind = SettleForm if page.line.moderation else DecisionForm
    return kind(
        initial=usual(page.line, page.mark_version),
        line=page.line,
        rules=page.assessment.framework.rules,
    )


def effect_on(page: ReviewPage, level: str, rating: str) -> dict[str, Any]:
    """What accepting at a level would do, and the remark that the level calls for."""
    line, rules = page.line, page.assessment.framework.rules
    if not (page.may_decide or page.may_settle) or not line.answer.is_answered:
        return {}
    if line.answer.is_carried or level not in rules.scoring.level_values:
        return {}
    if line.is_text and rating not in {"0", "1", "2", "3", "4", "5"}:
        return {"unrated": True, "hint": missing_remark(line.answer, level)}
    stars = int(rating) if line.is_text else None
    effect = effect_of(page.assessment, page.rows, line.code, level, stars, before=page.result)
    return {"effect": effect, "hint": missing_remark(line.answer, level)}


def who_reviews() -> str:
    """Who decides on answers."""
    return _("The reviewers of this assessment decide on its answers while it is in review.")


def review_address(assessment: Assessment, show: str = "", code: str = "") -> str:
    """The review page under a filter, at an answer."""
    page = reverse("vendors:assessment-review", args=[assessment.public_id])
    query = {name: value for name, value in (("show", show), ("code", code)) if value}
    return f"{page}?{urlencode(query)}" if query else page
