"""People and roles: who has access, and the administrator's changes to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.permissions import can_manage_people, can_read_trail
from vendors.services.refusals import Refused
from vendors.spreadsheets import csv_response
from vetting.accounts import change_role, end_access, note_export
from vetting.forms import EndForm, InviteForm, RestoreForm, RoleForm
from vetting.invitations import Link, invite_user, renew_link, restore_access
from vetting.models import LINK_DAYS, User
from vetting.people import (
    GROUPS,
    Access,
    PersonRow,
    facts_of,
    in_order,
    known_order,
    latest_changes,
    people,
    person_for,
)
from vetting.roles import RIGHTS, ROLE_TEXTS

UNPROCESSABLE = 422
PAGE_METHODS = ["GET", "HEAD", "POST"]


def _permit(request: StaffRequest) -> None:
    """Raise PermissionDenied for everybody but administrators."""
    permit(can_manage_people(request.user), _("Administrators manage people and roles."))


def _find(request: StaffRequest, public_id: UUID) -> User:
    """The person at this address, or 404; then 403 for everybody but administrators."""
    user = get_object_or_404(person_for(request.user, public_id).prefetch_related("groups"))
    _permit(request)
    return user


@staff_required
@require_safe
def people_list(request: StaffRequest) -> HttpResponse:
    """Everybody with their role, last sign-in, sessions and state."""
    _permit(request)
    group = request.GET.get("group", "staff")
    group = group if group in GROUPS else "staff"
    ordering = known_order(request.GET.get("sort", "name"))
    rows = people()
    context = {
        "rows": in_order([row for row in rows if GROUPS[group](row)], ordering),
        "counts": {name: sum(map(belongs, rows)) for name, belongs in GROUPS.items()},
        "dormant": [row for row in rows if row.access == Access.DORMANT],
        "group": group,
        "ordering": ordering,
        "rights": [(text, [role in roles for role in ROLE_TEXTS]) for text, roles in RIGHTS],
        "roles": [label for label, _text in ROLE_TEXTS.values()],
        "changes": latest_changes(),
        "can_read_trail": can_read_trail(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "people/people_list.html", context)


@staff_required
@require_safe
def people_export(request: StaffRequest) -> HttpResponse:
    """The list as a CSV file, ended accounts included."""
    _permit(request)
    header = [_("Name"), _("E-mail"), _("Role"), _("State"), _("Last sign-in"), _("Sessions")]
    header += [_("Access ended"), _("Ended by"), _("Reason")]
    rows = people()
    note_export(count=len(rows), by=request.user)
    return csv_response("people.csv", header, map(_cells, rows))


def _cells(row: PersonRow) -> list[object]:
    """A person as a line of the file; moments in ISO 8601, in the site's time zone."""
    user = row.user
    moments = [
        timezone.localtime(at).isoformat(sep=" ", timespec="minutes") if at else ""
        for at in (user.last_login, user.ended_at)
    ]
    who = [user.name, user.email, user.role_label, str(row.access), moments[0], row.sessions]
    return [*who, moments[1], user.ended_by or "", user.ended_reason]


@staff_required
@require_http_methods(PAGE_METHODS)
def person_invite(request: StaffRequest) -> HttpResponse:
    """Ask for a new person's address, name and role; then show the link once."""
    _permit(request)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            link = invite_user(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            return _link_page(request, link, _("%s is invited") % link.user)
    return _page(request, "people/person_invite.html", {"form": form, "roles": ROLE_TEXTS})


@staff_required
@require_http_methods(PAGE_METHODS)
def person_role(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Another role for a person, with what it means for their assessments."""
    user = _find(request, public_id)
    form = RoleForm(request.POST if request.method == "POST" else None, user=user)

    def change(data: dict[str, Any]) -> HttpResponse:
        change_role(user=user, role=data["role"], reason=data["reason"], by=request.user)
        messages.success(request, _("%s has another role now.") % user)
        return redirect("people-list")

    return _change(request, user, form, "people/person_role.html", change)


@staff_required
@require_http_methods(PAGE_METHODS)
def person_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """End somebody's access now, after saying what stops and what passes to whom."""
    user = _find(request, public_id)
    has_work = bool(facts_of(user).owned)
    form = EndForm(request.POST if request.method == "POST" else None, user=user, has_work=has_work)

    def change(data: dict[str, Any]) -> HttpResponse:
        heir = data.get("heir")
        ended = end_access(user=user, heir=heir, reason=data["reason"], by=request.user)
        text = ngettext(
            "The access of %(name)s has ended, and %(n)d session with it.",
            "The access of %(name)s has ended, and %(n)d sessions with it.",
            ended,
        )
        messages.success(request, text % {"name": user, "n": ended})
        return redirect("people-list")

    return _change(request, user, form, "people/person_end.html", change)


@staff_required
@require_http_methods(PAGE_METHODS)
def person_restore(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Give access back, with a link for a new password."""
    user = _find(request, public_id)
    form = RestoreForm(request.POST if request.method == "POST" else None)

    def change(data: dict[str, Any]) -> HttpResponse:
        link = restore_access(user=user, reason=data["reason"], by=request.user)
        return _link_page(request, link, _("%s has access again") % user)

    return _change(request, user, form, "people/person_restore.html", change)


@staff_required
@require_POST
def person_link(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new link for a person, which closes the one before."""
    user = _find(request, public_id)
    try:
        link = renew_link(user=user, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("people-list")
    return _link_page(request, link, _("New link for %s") % user)


def _change(
    request: StaffRequest,
    user: User,
    form: Form,
    template: str,
    change: Callable[[dict[str, Any]], HttpResponse],
) -> HttpResponse:
    """Make the change where the form is complete; else, or when refused, the page with the form."""
    if form.is_valid():
        try:
            return change(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "person": user,
        "facts": facts_of(user),
        "is_self": user.pk == request.user.pk,
        "roles": ROLE_TEXTS,
    }
    return _page(request, template, context)


def _page(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with a form; 422 after a POST that changed nothing."""
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, template, context | {"link_days": LINK_DAYS}, status=status)


def _link_page(request: StaffRequest, link: Link, title: str) -> HttpResponse:
    """The link, once: it stands in no session and no database, so it comes with this answer."""
    address = settings.SITE_URL + reverse("invitation-open", args=[link.token])
    context = {"link": link, "address": address, "title": title, "link_days": LINK_DAYS}
    return render(request, "people/person_link.html", context)
