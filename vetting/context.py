"""What every page needs to draw its frame."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class NavItem(NamedTuple):
    """One entry of the main navigation."""

    label: str | Promise
    url: str
    active: bool


#: Label, URL name and the section it opens; every role reads all of these.
SECTIONS: tuple[tuple[str | Promise, str, str], ...] = (
    (_("Dashboard"), "dashboard", "dashboard"),
    (_("Vendors"), "vendors:vendor-list", "vendors"),
    (_("Compare"), "scorecards:comparison", "compare"),
    (_("Scorecards"), "scorecards:scorecard-list", "scorecards"),
)


def section_of(match: ResolverMatch | None) -> str:
    """Return the section that a resolved address belongs to, or "" for none."""
    if match is None:
        return ""
    if match.namespace == "scorecards" and match.url_name == "comparison":
        return "compare"
    return match.namespace or str(match.url_name or "")


def navigation(match: ResolverMatch | None) -> list[NavItem]:
    """Return the main navigation with the section at hand marked."""
    here = section_of(match)
    return [NavItem(label, reverse(name), section == here) for label, name, section in SECTIONS]


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the product's name, today's date, and the navigation and role of who is signed in.

    Nothing of it is asked of the database but the role, once a request.
    """
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    role = getattr(user, "role", "") if signed_in else ""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "today": timezone.localdate(),
        "nav": navigation(request.resolver_match) if role else [],
        "role_label": getattr(user, "role_label", "") if signed_in else "",
    }
