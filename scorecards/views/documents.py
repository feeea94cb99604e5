"""Documents that are not about one assessment: asking for them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scorecards.comparison import Asked, compare
from scorecards.comparison.document import comparison_document
from scorecards.models import Kind, Scorecard
from scorecards.permissions import can_read_portfolio
from scorecards.portfolio import portfolio_now
from scorecards.portfolio.document import portfolio_document
from scorecards.queries.saved import document_of, saved_comparison_for
from scorecards.services.documents import request_document
from vendors.access import StaffRequest, permit, staff_required
from vendors.models import Vendor
from vendors.permissions import can_request_scorecard

WHO_MAY = "Everybody with a role may ask for scorecards. Whoever runs the installation gives roles."
WHO_READS = "Managers and auditors can open the portfolio."


@staff_required
@require_POST
def comparison_pdf(request: StaffRequest) -> HttpResponse:
    """A PDF of the comparison that the address asks for, as the page shows it."""
    permit(can_request_scorecard(request.user), _(WHO_MAY))
    visible = Vendor.objects.visible_to(request.user)
    shown = compare(visible, Asked.from_query(dict(request.GET.lists())))
    if shown.table is None:
        messages.error(request, _("Nothing to print: choose vendors that have an assessment."))
        return redirect(f"{reverse('scorecards:comparison')}?{request.GET.urlencode()}")
    document = comparison_document(shown, shown.table)
    return redirect(request_document(kind=Kind.COMPARISON, document=document, by=request.user))


@staff_required
@require_POST
def comparison_issue(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A numbered PDF of a saved comparison, as it was kept."""
    saved = get_object_or_404(saved_comparison_for(request.user, public_id))
    permit(can_request_scorecard(request.user), _(WHO_MAY))
    document = document_of(saved)
    made = request_document(
        kind=Kind.COMPARISON, document=document, comparison=saved, by=request.user
    )
    return _page_of(request, made)


@staff_required
@require_POST
def portfolio_pdf(request: StaffRequest) -> HttpResponse:
    """A numbered PDF of the portfolio as it stands, under the weight profile of the form."""
    permit(can_read_portfolio(request.user), _(WHO_READS))
    found = portfolio_now(request.user, request.POST.get("profile", ""))
    if found is None:
        messages.error(request, _("Nothing to print: no framework is published yet."))
        return redirect("scorecards:portfolio")
    document = portfolio_document(found)
    made = request_document(kind=Kind.PORTFOLIO, document=document, by=request.user)
    return _page_of(request, made)


def _page_of(request: StaffRequest, made: Scorecard) -> HttpResponse:
    """Its page. The same figures give the same document, also after it was withdrawn."""
    if made.withdrawn_at is not None:
        words = _("%s was withdrawn, and nothing has changed since: another would say the same.")
        messages.warning(request, words % made)
    return redirect(made)
