"""The door of every page: signed in, with a role, and allowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from vendors.permissions import can_read

if TYPE_CHECKING:
    from vetting.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and has a role."""

    user: User
    htmx: Any


def staff_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send strangers to sign in, and people without a role to a page that says who gives one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        staff = cast(StaffRequest, request)
        if not can_read(staff.user):
            return render(request, "no_role.html", status=403)
        return view(staff, *args, **kwargs)

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """401 for a part of a page, which stays as it is; else the sign-in page.

    Only a page is returned to afterwards: a form that was sent is not sent again by itself.
    """
    if getattr(request, "htmx", False):
        return HttpResponse(status=401)
    query = QueryDict(mutable=True)
    if request.method in {"GET", "HEAD"}:
        query["next"] = request.get_full_path()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        query["ended"] = "1"
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query.urlencode(safe='/')}")


def permit(allowed: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise PermissionDenied with a sentence that says who can, unless it is allowed."""
    if not allowed:
        raise PermissionDenied(message)


def address_after(request: HttpRequest, otherwise: str) -> str:
    """Where to go when a form is done: `next` of the address, if it leads to this site."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise
