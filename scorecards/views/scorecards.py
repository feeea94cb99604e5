"""Asking for a scorecard, following its building, downloading it, and the register."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from scorecards.models import BuildState, Kind, Scorecard
from scorecards.paper import pdf
from scorecards.permissions import can_correct, can_withdraw
from scorecards.queries.queue import is_waiting_in_vain
from scorecards.queries.register import (
    LISTS,
    Searched,
    counts_of,
    is_last_issue,
    issues_of,
    later_than,
    progress_of,
    register,
    scorecard_for,
)
from scorecards.queries.standing import standing_of
from scorecards.services import scorecards as services
from scorecards.services.issues import is_withdrawable
from scorecards.storage import FileDamaged, stored_file
from vendors.access import StaffRequest, permit, staff_required
from vendors.permissions import can_request_scorecard
from vendors.queries.assessments import assessment_for

PAGE_SIZE = 25
#: A PDF from here opens nothing and runs nothing, whatever a viewer makes of it.
SEALED = "sandbox; default-src 'none'"
WHO_MAY = "Everybody with a role may ask for scorecards. Whoever runs the installation gives roles."


@staff_required
@require_safe
def scorecard_list(request: StaffRequest) -> HttpResponse:
    """The register: every document by its standing, newest first, found by number, name or hash."""
    asked = Searched.from_query(request.GET)
    counts, today = counts_of(request.user, asked), timezone.localdate()
    rows = _Counted(register(request.user, asked), PAGE_SIZE, counts[asked.kind])
    page = rows.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(row, standing_of(row, today)) for row in page],
        "q": asked.text,
        "kind": asked.kind,
        "lists": [(name, label, counts[name]) for name, label in LISTS.items()],
        "about": asked.about,
        "abouts": Kind.choices,
        "unavailable": pdf.unavailable(),
    }
    return render(request, "scorecards/scorecard_list.html", context)


class _Counted(Paginator):  # type: ignore[type-arg]  # at run time it takes none
    """Pages of rows that were counted already."""

    def __init__(self, rows: QuerySet[Scorecard], size: int, counted: int) -> None:
        super().__init__(rows, size)
        self.counted = counted

    @property
    def count(self) -> int:
        return self.counted


@staff_required
@require_POST
def scorecard_request(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask for the scorecard of an assessment, then follow its building."""
    assessment = get_object_or_404(assessment_for(request.user, public_id))
    permit(can_request_scorecard(request.user), _(WHO_MAY))
    try:
        scorecard = services.request_scorecard(assessment=assessment, by=request.user)
    except services.NoScorecard as reason:
        messages.error(request, str(reason))
        return redirect(assessment)
    return redirect(scorecard)


@never_cache
@staff_required
@require_safe
def scorecard_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The page of a scorecard; while it is being built, htmx asks for its changing part."""
    scorecard = get_object_or_404(scorecard_for(request.user, public_id))
    today = timezone.localdate()
    context = {
        "scorecard": scorecard,
        "standing": standing_of(scorecard, today),
        "issues": [(row, standing_of(row, today)) for row in issues_of(scorecard)],
        "progress": progress_of(scorecard),
        "later": later_than(scorecard.assessment),
        "damage": _damage(scorecard),
        "may_retry": can_request_scorecard(request.user),
        "may_correct": can_correct(request.user) and is_last_issue(scorecard),
        "may_withdraw": can_withdraw(request.user) and is_withdrawable(scorecard),
        "unavailable": pdf.unavailable() if scorecard.is_waiting else "",
        "in_vain": is_waiting_in_vain(scorecard),
    }
    name = "_building" if request.htmx else "scorecard_detail"
    return render(request, f"scorecards/{name}.html", context)


def _damage(scorecard: Scorecard) -> str:
    """What is wrong with the file of a ready scorecard; "" when nothing is."""
    if scorecard.state != BuildState.READY:
        return ""
    try:
        stored_file(scorecard)
    except FileDamaged as damage:
        return str(damage)
    return ""


@staff_required
@require_POST
def scorecard_retry(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Build again what failed, or what lost its file."""
    scorecard = get_object_or_404(scorecard_for(request.user, public_id))
    permit(can_request_scorecard(request.user), _(WHO_MAY))
    try:
        services.retry_scorecard(scorecard=scorecard, by=request.user)
    except services.NoScorecard as reason:
        messages.error(request, str(reason))
    return redirect(scorecard)


@never_cache
@staff_required
@require_safe
def scorecard_download(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The file, when it is still the one that was built; else the page that says what is wrong."""
    scorecard = get_object_or_404(
        scorecard_for(request.user, public_id).filter(state=BuildState.READY)
    )
    try:
        data = stored_file(scorecard)
    except FileDamaged:
        return redirect(scorecard)
    standing = standing_of(scorecard, timezone.localdate())
    said = "" if scorecard.is_draft or standing.is_in_force else standing.standing.value
    if request.method == "GET":
        services.record_download(scorecard=scorecard, by=request.user, standing=said)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{scorecard.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SEALED
    return response
