"""Starting an assessment, and changing its intake while it is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vendors import scoring
from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.intake import IntakeForm, start_values, stored_values, typed_values
from vendors.models import Assessment, Framework, Vendor
from vendors.permissions import can_change_intake, can_start_assessment
from vendors.queries.assessments import assessment_for, frameworks_in_force
from vendors.services.assessments import change_intake, start_assessment
from vendors.services.refusals import Refused

#: The button that works out the tier without a script and stores nothing.
WORK_OUT = "work-out"
#: The button that keeps an incomplete intake; the questionnaire stays closed.
LATER = "later"


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_start(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask for scope, people and the nine factors; open the questionnaire."""
    vendors = Vendor.objects.visible_to(request.user).prefetch_related("sites")
    vendor = get_object_or_404(vendors, public_id=public_id)
    permit(vendor.archived_at is None, _("This vendor is archived. Restore it first."))
    permit(can_start_assessment(request.user, vendor), _("Procurement staff start assessments."))
    frameworks = frameworks_in_force()
    form = _start_form(request, vendor, frameworks)
    if form.is_bound and form.is_valid():
        try:
            assessment = start_assessment(
                vendor=vendor,
                framework=form.cleaned_data["framework"],
                **form.scope(),
                is_draft=LATER in request.POST,
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, assessment)
    return _start_page(request, form, frameworks)


def _saved(request: StaffRequest, assessment: Assessment) -> HttpResponse:
    """To the questionnaire once it is open, else to the page that says what is missing."""
    if assessment.is_intake:
        messages.success(request, _("The intake is saved. Complete it to open the questionnaire."))
        return redirect(assessment)
    messages.success(request, _("The assessment is open."))
    return redirect("vendors:questionnaire-resume", assessment.public_id)


def _start_form(request: StaffRequest, vendor: Vendor, frameworks: list[Framework]) -> IntakeForm:
    """The form as it is to be shown: empty, with what was typed, or to be checked."""
    if request.method == "POST" and WORK_OUT not in request.POST:
        form = IntakeForm(request.POST, vendor=vendor)
        if LATER in request.POST:
            form.allow_gaps()
    elif request.method == "POST":
        form = IntakeForm(initial=typed_values(request.POST), vendor=vendor)
    else:
        form = IntakeForm(initial=start_values(vendor, request.user, frameworks), vendor=vendor)
    form.offer(frameworks)
    return form


def _start_page(
    request: StaffRequest, form: IntakeForm, frameworks: list[Framework]
) -> HttpResponse:
    """The start page; the open assessments of the vendor are named, for they stand in the way."""
    vendor = form.vendor
    running = list(vendor.assessments.open().select_related("framework"))
    blocked = {entry.framework_slug for entry in running}
    picked = str(form["framework"].value() or "")
    framework = next(
        (entry for entry in frameworks if str(entry.public_id) == picked),
        frameworks[0] if frameworks else None,
    )
    context: dict[str, Any] = {
        "running": running,
        "is_blocked": bool(frameworks) and blocked >= {entry.slug for entry in frameworks},
        "frameworks": frameworks,
        "framework": framework,
    }
    return _page(request, form, context)


def _page(request: StaffRequest, form: IntakeForm, context: dict[str, Any]) -> HttpResponse:
    framework: Framework | None = context["framework"]
    context |= {
        "form": form,
        "vendor": form.vendor,
        "draft": form.draft,
        "tiers": _tiers(framework) if framework else [],
        "must_haves": len(framework.rules.must_haves) if framework else 0,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vendors/intake_form.html", context, status=status)


def _tiers(framework: Framework) -> list[dict[str, int]]:
    """What each tier asks of people: questions, and months until the next assessment."""
    return [
        {
            "tier": tier,
            "questions": len(framework.rules.asked(tier)),
            "months": scoring.REASSESS_MONTHS[tier],
        }
        for tier in scoring.TIERS
    ]


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_intake(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Change scope, people or factors while the questionnaire is open."""
    found = assessment_for(request.user, public_id).prefetch_related("helpers", "sites")
    assessment = get_object_or_404(found, public_id=public_id)
    permit(
        can_change_intake(request.user, assessment),
        _("The owner and the helpers change the intake, until the answers are submitted."),
    )
    was_intake = assessment.is_intake
    form = _intake_form(request, assessment)
    if form.is_bound and form.is_valid():
        try:
            change_intake(
                assessment=assessment,
                **form.scope(),
                is_draft=was_intake and LATER in request.POST,
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if was_intake:
                return _saved(request, assessment)
            messages.success(request, _("The intake is saved."))
            return redirect(assessment)
    context = {"assessment": assessment, "framework": assessment.framework}
    return _page(request, form, context)


def _intake_form(request: StaffRequest, assessment: Assessment) -> IntakeForm:
    vendor = assessment.vendor
    if request.method == "POST" and WORK_OUT not in request.POST:
        form = IntakeForm(request.POST, vendor=vendor, assessment=assessment)
        if assessment.is_intake and LATER in request.POST:
            form.allow_gaps()
        return form
    shown = typed_values(request.POST) if request.POST else stored_values(assessment)
    return IntakeForm(initial=shown, vendor=vendor, assessment=assessment)
