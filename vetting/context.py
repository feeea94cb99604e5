"""What every page needs to draw its frame."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vendors.permissions import Role


class NavItem(NamedTuple):
    """One entry of the main navigation, or of the menu of the account, where it has an icon."""

    label: str | Promise
    url: str
    active: bool
    icon: str = ""


class Section(NamedTuple):
    """A part of the app, for the roles that open it often, and for those that do now and then.

    The first have it in the navigation, the others in the menu of their account.
    """

    key: str
    label: str | Promise
    url_name: str
    roles: frozenset[Role]
    menu_roles: frozenset[Role] = frozenset()
    icon: str = ""


_ALL = frozenset(Role)
#: In the order of the navigation. A role has at most seven: what else it may open lies in the
#: menu of the account; administrators reach the comparison from the list of vendors.
SECTIONS: tuple[Section, ...] = (
    Section("dashboard", _("Dashboard"), "dashboard", _ALL),
    Section(
        "portfolio",
        _("Portfolio"),
        "scorecards:portfolio",
        frozenset({Role.MANAGER}),
        frozenset({Role.AUDITOR}),
        "building",
    ),
    Section("vendors", _("Vendors"), "vendors:vendor-list", _ALL),
    Section(
        "reviews",
        _("Reviews"),
        "vendors:review-list",
        frozenset({Role.PROCUREMENT}),
        frozenset({Role.MANAGER}),
        "journal-check",
    ),
    Section("findings", _("Findings"), "vendors:finding-list", _ALL),
    Section("compare", _("Compare"), "scorecards:comparison", _ALL - {Role.ADMINISTRATOR}),
    Section("scorecards", _("Scorecards"), "scorecards:scorecard-list", _ALL),
    Section(
        "trail",
        _("Audit trail"),
        "vendors:event-list",
        frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
        frozenset({Role.MANAGER}),
        "clock-history",
    ),
    Section("framework", _("Framework"), "vendors:framework-list", _ALL),
    Section("people", _("People"), "people-list", frozenset({Role.ADMINISTRATOR})),
    Section(
        "system",
        _("System"),
        "scorecards:system",
        frozenset(),
        frozenset({Role.ADMINISTRATOR}),
        "tools",
    ),
)
#: The section of addresses by the first word of their names, where it is not that of their folder.
_BY_NOUN = {
    "comparison": "compare",
    "portfolio": "portfolio",
    "finding": "findings",
    "action": "findings",
    "event": "trail",
    "framework": "framework",
    "profile": "framework",
    "review": "reviews",
    "people": "people",
    "person": "people",
    "system": "system",
}
#: What a reviewer does to an assessment and its answers, whose names begin as other pages' do.
_REVIEWING = {
    "assessment-review",
    "answer-decide",
    "answer-effect",
    "answer-return",
    "answer-return-undo",
    "difference-settle",
    "proposals-accept",
    "returns-send",
    "second-review-ask",
    "second-review-drop",
}


def section_of(match: ResolverMatch | None) -> str:
    """Return the section that a resolved address belongs to, or "" for none."""
    if match is None:
        return ""
    name = str(match.url_name or "")
    if name in _REVIEWING:
        return "reviews"
    return _BY_NOUN.get(name.partition("-")[0]) or match.namespace or name


def navigation(match: ResolverMatch | None, role: str) -> list[NavItem]:
    """Return the main navigation of a role with the section at hand marked."""
    here = section_of(match)
    return [
        NavItem(section.label, reverse(section.url_name), section.key == here)
        for section in SECTIONS
        if role in section.roles
    ]


def account_menu(match: ResolverMatch | None, role: str) -> list[NavItem]:
    """Return what a role reaches from the menu of its account, the section at hand marked."""
    here = section_of(match)
    return [
        NavItem(section.label, reverse(section.url_name), section.key == here, section.icon)
        for section in SECTIONS
        if role in section.menu_roles
    ]


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
        "nav": navigation(request.resolver_match, role) if role else [],
        "account_menu": account_menu(request.resolver_match, role) if role else [],
        "role_label": getattr(user, "role_label", "") if signed_in else "",
    }
