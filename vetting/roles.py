"""What each role may do, in words, for the page about people. The rules are vendors.permissions."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vendors.permissions import Role
from vetting.models import ROLE_LABELS

#: Each role with its name and a line on what it is for.
ROLE_TEXTS: dict[Role, tuple[str | Promise, str | Promise]] = {
    Role.PROCUREMENT: (
        ROLE_LABELS[Role.PROCUREMENT],
        _("Adds vendors, answers, reviews what others answered"),
    ),
    Role.MANAGER: (ROLE_LABELS[Role.MANAGER], _("Reviews, approves, keeps weight profiles")),
    Role.AUDITOR: (ROLE_LABELS[Role.AUDITOR], _("Reads everything, changes nothing")),
    Role.ADMINISTRATOR: (
        ROLE_LABELS[Role.ADMINISTRATOR],
        _("People and framework; never answers or decides"),
    ),
}

_EVERYBODY = frozenset(Role)
#: Right and the roles that have it, in the order of the table.
RIGHTS: list[tuple[str | Promise, frozenset[Role]]] = [
    (_("Read vendors, assessments and scorecards, compare"), _EVERYBODY),
    (_("Add vendors, answer, add evidence"), frozenset({Role.PROCUREMENT})),
    (_("Review answers of others, record findings"), frozenset({Role.PROCUREMENT, Role.MANAGER})),
    (_("Approve, reject, waive a must-have"), frozenset({Role.MANAGER})),
    (_("Keep weight profiles"), frozenset({Role.MANAGER})),
    (
        _("Read the whole audit trail"),
        frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    ),
    (_("People and framework versions"), frozenset({Role.ADMINISTRATOR})),
]
