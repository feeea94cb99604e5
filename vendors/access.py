"""The door of every page: signed in, with a role, and allowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vendors.permissions import can_read

if TYPE_CHECKING:
    from vetting.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and has a role."""

    user: User  # type: ignore[assignment]
    htmx: Any


def staff_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send strangers to sign in, and people without a role to a page that says who gives one."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        staff = cast(StaffRequest, request)
        if not can_read(staff.user):
            return render(request, "no_role.html", status=403)
        return view(staff, *args, **kwargs)

    return guarded


def permit(allowed: bool, message: str) -> None:
    """Raise PermissionDenied with a sentence that says who can, unless it is allowed."""
    if not allowed:
        raise PermissionDenied(message)
