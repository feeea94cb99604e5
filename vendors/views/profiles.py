"""Weight profiles: making one, changing it as a new version, retiring it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vendors import scoring
from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.assessments import ReasonForm
from vendors.forms.frameworks import ProfileForm, initial_weights, weights_asked
from vendors.models import Framework, WeightProfile
from vendors.permissions import can_keep_profiles
from vendors.queries import frameworks as queries
from vendors.services.profiles import retire_profile, save_profile
from vendors.services.refusals import FaultyInput, Refused

UNPROCESSABLE = 422


def _permit(request: StaffRequest) -> None:
    permit(
        can_keep_profiles(request.user), _("Managers keep the weight profiles. Ask one of them.")
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new profile over the categories of a framework; it starts from the framework's weights.

    An address may bring other weights, and name a profile that they are to be the next version of.
    """
    framework = get_object_or_404(queries.framework_by_id(public_id, request.user))
    _permit(request)
    rules, name = framework.rules, request.GET.get("profile", "").replace("\x00", "")
    current = queries.own_profile(framework.slug, name, request.user) if name else None
    if current is not None:
        address = reverse("vendors:profile-edit", args=[current.public_id])
        return redirect(f"{address}?{request.GET.urlencode()}")
    weights = {c.code: scoring.number_text(c.weight) for c in rules.categories}
    return _save(request, framework, _form(request, rules, weights, {"seen": 0}), profile=None)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Other weights under the same name: the next version."""
    profile = get_object_or_404(queries.profiles_for(request.user), public_id=public_id)
    _permit(request)
    framework = queries.in_force(profile.framework_slug)
    if framework is None:
        raise Http404
    start = {"name": profile.name, "description": profile.description, "seen": profile.version}
    form = _form(request, framework.rules, profile.weights, start)
    form.fields["name"].disabled = True
    return _save(request, framework, form, profile=profile)


def _form(
    request: StaffRequest, rules: scoring.Framework, weights: dict[str, Any], start: dict[str, Any]
) -> ProfileForm:
    """What was typed; at first the weights of the address, or these where it brings none."""
    asked, fault = weights_asked(rules, request.GET)
    if fault and request.method != "POST":
        messages.warning(request, fault)
    first = start | initial_weights(rules, asked or weights)
    return ProfileForm(request.POST or None, rules=rules, initial=first)


def _save(
    request: StaffRequest, framework: Framework, form: ProfileForm, *, profile: WeightProfile | None
) -> HttpResponse:
    """Store what was typed, or give the page back with it."""
    if request.method == "POST" and form.is_valid():
        names = ("name", "description", "reason", "seen")
        try:
            saved = save_profile(
                framework=framework,
                weights=form.weights,
                by=request.user,
                **{name: form.cleaned_data[name] for name in names},
            )
        except FaultyInput as faulty:
            for fault in faulty.faults:
                form.add_fault(fault.path, fault.message)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(name)s is saved as version %(n)d.") % {"name": saved, "n": saved.version},
            )
            return redirect("vendors:framework-list")
    context = {
        "form": form,
        "framework": framework,
        "profile": profile,
        "history": queries.profile_history(profile) if profile else [],
        "rules": framework.rules,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "vendors/profile_form.html", context, status=status)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_retire(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask why, then take a profile out of use."""
    profile = get_object_or_404(queries.profiles_for(request.user), public_id=public_id)
    _permit(request)
    form = ReasonForm(request.POST or None, required=_("Say why it is retired."))
    if request.method == "POST" and form.is_valid():
        try:
            retire_profile(profile=profile, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%s is retired.") % profile)
            return redirect("vendors:framework-list")
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"form": form, "profile": profile}
    return render(request, "vendors/profile_retire.html", context, status=status)
