"""Framework versions: who uses which, what differs, drafts, and publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors import scoring
from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.frameworks import FrameworkFileForm, PublishForm
from vendors.models import FrameworkDraft
from vendors.permissions import can_keep_profiles, can_manage_frameworks
from vendors.queries import frameworks as queries
from vendors.services.exports import record_export
from vendors.services.frameworks import add_draft, drop_draft, publish_draft
from vendors.services.refusals import FaultyInput, Refused

UNPROCESSABLE = 422


def _permit(request: StaffRequest) -> None:
    permit(
        can_manage_frameworks(request.user),
        _("Administrators upload and publish frameworks. Ask one of them."),
    )


@staff_required
@require_safe
def framework_list(request: StaffRequest) -> HttpResponse:
    """The versions and who uses them, drafts, and the weight profiles."""
    return _list_page(request)


def _list_page(request: StaffRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    lines = queries.version_lines(request.user)
    current = [line for line in lines if line.is_in_force]
    can_manage = can_manage_frameworks(request.user)
    context = {
        "lines": lines,
        "drafts": queries.draft_lines(request.user) if can_manage else [],
        "profiles": [
            (line.framework, queries.profile_lines(line.framework.slug, line.framework.rules))
            for line in current
        ],
        "can_manage": can_manage,
        "can_keep_profiles": can_keep_profiles(request.user),
        "upload_form": FrameworkFileForm(auto_id="upload-%s"),
        **extra,
    }
    return render(request, "vendors/framework_list.html", context, status=status)


@staff_required
@require_safe
def framework_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One published version: all that it asks, who uses it, what it changed."""
    framework = get_object_or_404(queries.framework_by_id(public_id, request.user))
    before = queries.version_before(framework)
    newest = queries.in_force(framework.slug)
    context = {
        "framework": framework,
        "rules": framework.rules,
        "before": before,
        "changes": scoring.changes_between(before.rules, framework.rules) if before else None,
        "bars": queries.bars(framework.rules, before.rules if before else None),
        "users": queries.users_of(framework)[:100],
        "is_in_force": newest is not None and newest.pk == framework.pk,
        "only": request.GET.get("show") != "all",
    }
    return render(request, "vendors/framework_detail.html", context)


@staff_required
@require_safe
def framework_download(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The version as a YAML file; uploaded again under a new version it is the next draft."""
    framework = get_object_or_404(queries.framework_by_id(public_id, request.user))
    subject = f"{framework.slug} {framework.version}"
    record_export(action="framework.export", subject=subject, by=request.user)
    response = HttpResponse(
        scoring.framework_yaml(framework.document), content_type="application/yaml; charset=utf-8"
    )
    name = f"{framework.slug}-{framework.version}.yaml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff_required
@require_POST
def framework_upload(request: StaffRequest) -> HttpResponse:
    """Take a file over as a draft, or say each fault with its line; a draft before it stays."""
    _permit(request)
    form = FrameworkFileForm(request.POST, request.FILES, auto_id="upload-%s")
    if not form.is_valid():
        return _list_page(request, status=UNPROCESSABLE, upload_form=form)
    text = form.cleaned_data["file"]
    try:
        draft = add_draft(text=text, by=request.user)
    except (scoring.FrameworkError, FaultyInput) as error:
        faults = queries.fault_lines(text, error.faults)
        name = str(request.FILES["file"])
        return _list_page(request, status=UNPROCESSABLE, faults=faults, file_name=name)
    messages.success(request, _("The file is sound. Look at what it changes, then publish it."))
    return redirect("vendors:framework-draft", draft.public_id)


@staff_required
@require_safe
def framework_draft(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A draft against the version in force: what changes, and what it would mean."""
    draft = get_object_or_404(queries.drafts_for(request.user), public_id=public_id)
    _permit(request)
    return _draft_page(request, draft, PublishForm(auto_id="publish-%s"))


def _draft_page(
    request: StaffRequest, draft: FrameworkDraft, form: PublishForm, *, status: int = 200
) -> HttpResponse:
    rules = scoring.parse_framework(draft.text)
    before = queries.in_force(rules.slug)
    changes = scoring.changes_between(before.rules if before else None, rules)
    trials = queries.trials_of(rules)
    codes = {item.code for item in changes.stricter}
    context = {
        "draft": draft,
        "rules": rules,
        "before": before,
        "changes": changes,
        "bars": queries.bars(rules, before.rules if before else None),
        "trials": trials,
        "newly_failing": [trial for trial in trials if codes & set(trial.failing)],
        "under_way": queries.users_of(before).open().count() if before else 0,
        "only": request.GET.get("show") != "all",
        "form": form,
    }
    return render(request, "vendors/framework_draft.html", context, status=status)


@staff_required
@require_POST
def framework_publish(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Publish a draft for good; what was typed is kept where it is refused."""
    draft = get_object_or_404(queries.drafts_for(request.user), public_id=public_id)
    _permit(request)
    form = PublishForm(request.POST, auto_id="publish-%s")
    if form.is_valid():
        try:
            framework = publish_draft(draft=draft, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("version", str(refusal))
        else:
            messages.success(request, _("%s is in force for new assessments.") % framework)
            return redirect("vendors:framework-detail", framework.public_id)
    return _draft_page(request, draft, form, status=UNPROCESSABLE)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def framework_drop(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take a draft away."""
    draft = get_object_or_404(queries.drafts_for(request.user), public_id=public_id)
    _permit(request)
    rules = scoring.parse_framework(draft.text)
    if request.method == "POST":
        try:
            drop_draft(draft=draft, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The draft of %s is gone.") % rules.version)
        return redirect("vendors:framework-list")
    return render(request, "vendors/framework_drop.html", {"draft": draft, "rules": rules})
