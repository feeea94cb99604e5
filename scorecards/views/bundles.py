"""Asking for many scorecards at once, following their building, taking the ZIP."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from scorecards.bundle_forms import SAVED, BundleForm, Offer, offers_of, saved_offer
from scorecards.models import Bundle, BundleState, SavedComparison
from scorecards.queries.bundles import (
    bundles_of,
    documents_hidden,
    failures_of,
    file_name_of,
    items_of,
    offered_comparisons,
    progress_of,
)
from scorecards.services import bundles as services
from scorecards.storage import FileDamaged, path_of
from vendors.access import StaffRequest, permit, staff_required
from vendors.permissions import can_request_scorecard
from vendors.services.refusals import Refused

PAGE_SIZE, ITEMS = 25, 50
#: Failures that the summary names; the list has them all.
SHOWN = 20
UNPROCESSABLE = 422
SEALED = "sandbox; default-src 'none'"
WHO_MAY = "Everybody with a role may ask for scorecards. Whoever runs the installation gives roles."


@staff_required
@require_safe
def bundle_list(request: StaffRequest) -> HttpResponse:
    """The bundles that somebody asked for, newest first."""
    page = Paginator(bundles_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "scorecards/bundles/list.html", {"page_obj": page})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def bundle_ask(request: StaffRequest) -> HttpResponse:
    """What a bundle would hold, then asking for it."""
    permit(can_request_scorecard(request.user), _(WHO_MAY))
    offers = offers_of(request.user, request.GET)
    comparisons = list(offered_comparisons(request.user))
    typed = request.POST if request.method == "POST" else None
    form = BundleForm(offers, comparisons, typed)
    if form.is_bound and form.is_valid():
        offer = _chosen(request, form, offers)
        chosen = offer.select(decided_only=form.cleaned_data["decided_only"])
        try:
            bundle = services.request_bundle(
                assessment_ids=chosen.assessment_ids,
                title=offer.title,
                source=request.get_full_path(),
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(bundle)
    chosen_code = form["choice"].value() or offers[-1].code
    context = {"form": form, "offers": offers, "comparisons": comparisons, "chosen": chosen_code}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "scorecards/bundles/ask.html", context, status=status)


def _chosen(request: StaffRequest, form: BundleForm, offers: list[Offer]) -> Offer:
    """What a valid form asks for."""
    given = form.cleaned_data
    if given["choice"] == SAVED:
        found = SavedComparison.objects.visible_to(request.user)
        return saved_offer(request.user, get_object_or_404(found, public_id=given["saved"]))
    return next(offer for offer in offers if offer.code == given["choice"])


@never_cache
@staff_required
@require_safe
def bundle_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """How far it is; while it is being prepared, htmx asks for its changing parts."""
    bundle = _own(request, public_id)
    progress = progress_of(bundle)
    context = {
        "bundle": bundle,
        "progress": progress,
        "page_obj": Paginator(items_of(bundle), ITEMS).get_page(request.GET.get("page")),
        "failures": failures_of(bundle)[:SHOWN] if progress.failed else [],
        "is_preparing": bundle.state == BundleState.PREPARING,
        "is_gone": services.is_gone(bundle),
        "said": request.GET.get("said", ""),
        "most_shown": SHOWN,
    }
    name = "_poll" if request.htmx else "detail"
    return render(request, f"scorecards/bundles/{name}.html", context)


@staff_required
@require_POST
def bundle_cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Stop preparing it."""
    return _changed(request, public_id, services.cancel_bundle)


@staff_required
@require_POST
def bundle_resume(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Go on with it."""
    return _changed(request, public_id, services.resume_bundle)


def _changed(request: StaffRequest, public_id: UUID, change: Callable[..., object]) -> HttpResponse:
    """Its page, after the change or with the reason why there was none."""
    bundle = _own(request, public_id)
    try:
        change(bundle=bundle, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(bundle)


@never_cache
@staff_required
@require_safe
def bundle_download(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The ZIP, when it is still the one that was packed and all of it may still be seen."""
    bundle = get_object_or_404(
        Bundle.objects.visible_to(request.user), public_id=public_id, state=BundleState.READY
    )
    try:
        file = _whole_file(request, bundle)
    except FileDamaged as damage:
        messages.error(request, str(damage))
        return redirect(bundle)
    if request.method == "GET":
        services.record_bundle_download(bundle=bundle, by=request.user)
    response = FileResponse(
        file, as_attachment=True, filename=file_name_of(bundle), content_type="application/zip"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SEALED
    return cast(HttpResponse, response)


def _whole_file(request: StaffRequest, bundle: Bundle) -> BinaryIO:
    """The open ZIP; it is sent through the handle that it was checked through.

    Raises FileDamaged, with what to do, where it cannot be handed out.
    """
    if documents_hidden(request.user, bundle):
        raise FileDamaged(_("It holds documents that you may no longer see. Ask anew."))
    try:
        file = path_of(bundle.file).open("rb")
    except OSError as error:
        raise FileDamaged(_("The ZIP was removed since. Prepare it again.")) from error
    if hashlib.file_digest(file, "sha256").hexdigest() != bundle.file_sha256:
        file.close()
        raise FileDamaged(_("The ZIP was changed since it was packed. Pack it again."))
    file.seek(0)
    return file


def _own(request: StaffRequest, public_id: UUID) -> Bundle:
    return get_object_or_404(
        Bundle.objects.visible_to(request.user).select_related("requested_by"), public_id=public_id
    )
