"""Asking criteria of an approved assessment again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vendors.access import StaffRequest, address_after, permit, staff_required
from vendors.forms.reassessments import ReassessmentForm
from vendors.models import Assessment
from vendors.permissions import can_reassess
from vendors.queries.assessments import assessment_for
from vendors.queries.rescores import blocking
from vendors.services.reassessments import start_reassessment
from vendors.services.refusals import FaultyInput, Refused


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def reassessment_start(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Choose what is asked again; `codes` of the address, with commas, are chosen already."""
    assessment = get_object_or_404(assessment_for(request.user, public_id))
    permit(
        can_reassess(request.user, assessment),
        _("Procurement asks criteria again, while an assessment is approved and in force."),
    )
    codes = ",".join(request.GET.getlist("codes")).replace(" ", "").split(",")
    data = request.POST if request.method == "POST" else None
    form = ReassessmentForm(data, assessment=assessment, user=request.user, codes=codes)
    if form.is_valid():
        try:
            new = start_reassessment(previous=assessment, **form.cleaned_data, by=request.user)
        except FaultyInput as refusal:
            form.take_faults(refusal.faults)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%s is open. All else is carried over.") % new.title)
            return redirect(new)
    return _form_page(request, form, assessment)


def _form_page(
    request: StaffRequest, form: ReassessmentForm, assessment: Assessment
) -> HttpResponse:
    """The page to fill in; with what was typed and status 422 after a POST that was not stored."""
    context = {
        "form": form,
        "assessment": assessment,
        "vendor": assessment.vendor,
        "blocked_by": blocking(assessment),
        "back": address_after(request, assessment.get_absolute_url()),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "vendors/reassessment_form.html", context, status=status)
