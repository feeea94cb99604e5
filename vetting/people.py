"""Reads people for the pages about them: who has access, what they did, what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import Answer, Assessment, AuditEvent, CorrectiveAction
from vendors.permissions import Actor, Role, can_read
from vetting.models import ROLE_LABELS, Invitation, User

#: Who has not signed in for longer than this is dormant.
DORMANT_AFTER = timedelta(days=90)
#: What the panel of changes shows: who may come in and as what, not each sign-in.
CHANGES = {
    "user.add",
    "user.invite",
    "user.invite_renew",
    "user.accept",
    "user.role",
    "user.end",
    "user.restore",
}
MOST_CHANGES = 8


class Access(StrEnum):
    """How an account stands."""

    ACTIVE = "active"
    DORMANT = "dormant"
    INVITED = "invited"
    LINK_ENDED = "link_ended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row of the list. `sessions` counts those that have not run out.

    `link_until` is the end of a link that still works.
    """

    user: User
    access: Access
    sessions: int
    link_until: datetime | None
    dormant_days: int

    @property
    def is_new(self) -> bool:
        """Whether a password is still to be set."""
        return self.access in {Access.INVITED, Access.LINK_ENDED}

    @property
    def has_password_link(self) -> bool:
        """Whether a link for another password is open."""
        return self.link_until is not None and self.access in {Access.ACTIVE, Access.DORMANT}


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a change to somebody's access touches, in counts of assessments, answers, sessions."""

    answered_in: int
    reviewed: int
    either: int
    answers: int
    owned: list[Assessment]
    reviewing: int
    actions: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the panel of changes."""

    text: str
    event: AuditEvent


def person_for(user: Actor, public_id: UUID) -> QuerySet[User]:
    """The person with this id among those that the user can see: all, for staff with a role."""
    found = User.objects.filter(public_id=public_id)
    return found if can_read(user) else found.none()


def administrators() -> QuerySet[User]:
    """Those who manage people and can sign in to do so."""
    return User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR).exclude(
        password__startswith=UNUSABLE_PASSWORD_PREFIX
    )


def heirs(user: User) -> QuerySet[User]:
    """Who can take over the open assessments of a person: others of procurement, by name."""
    found = User.objects.filter(is_active=True, groups__name=Role.PROCUREMENT).exclude(pk=user.pk)
    return found.order_by("name", "email")


def people() -> list[PersonRow]:
    """Everybody, by name. Two queries."""
    now = timezone.now()
    links = Invitation.objects.filter(
        user=OuterRef("pk"), used_at=None, revoked_at=None, expires_at__gt=now
    )
    users = (
        User.objects.prefetch_related("groups")
        .select_related("ended_by")
        .annotate(
            session_count=Count("sessions", filter=Q(sessions__expire_date__gt=now)),
            link_until=Subquery(links.values("expires_at")[:1]),
        )
        .order_by("name", "email")
    )
    return [_row(user, now) for user in users]


def _row(user: Any, now: datetime) -> PersonRow:
    """A row from a user with the annotations of `people`."""
    seen = max(filter(None, [user.last_login, user.date_joined]))
    idle = now - seen
    if not user.is_active:
        access = Access.ENDED
    elif user.is_invited:
        access = Access.INVITED if user.link_until else Access.LINK_ENDED
    else:
        access = Access.DORMANT if idle > DORMANT_AFTER else Access.ACTIVE
    days = idle.days if access == Access.DORMANT else 0
    return PersonRow(user, access, user.session_count, user.link_until, days)


#: The groups of the list, in the order of its tabs.
GROUPS: dict[str, Callable[[PersonRow], bool]] = {
    "staff": lambda row: row.access != Access.ENDED,
    "invited": lambda row: row.is_new,
    "ended": lambda row: row.access == Access.ENDED,
}
#: What the columns sort by.
ORDERS: dict[str, Callable[[PersonRow], Any]] = {
    "name": lambda row: (row.user.name or row.user.email).casefold(),
    "role": lambda row: row.user.role_label,
    "seen": lambda row: row.user.last_login.timestamp() if row.user.last_login else 0.0,
}


def in_order(rows: Sequence[PersonRow], ordering: str) -> list[PersonRow]:
    """The rows by "name", "role" or "seen", with "-" before it from the last to the first."""
    key = ORDERS[ordering.removeprefix("-")]
    return sorted(rows, key=key, reverse=ordering.startswith("-"))


def known_order(asked: str) -> str:
    """The order that was asked for, or by name where it is none."""
    return asked if asked.removeprefix("-") in ORDERS else "name"


def facts_of(user: User) -> PersonFacts:
    """What the page says before somebody's role or access changes. Seven queries."""
    answered = Q(answers__answered_by=user)
    reviewed = Q(reviewer=user) | Q(second_reviewer=user)
    taken = Assessment.objects.filter(reviewed)
    return PersonFacts(
        answered_in=Assessment.objects.filter(answered).distinct().count(),
        reviewed=taken.count(),
        either=Assessment.objects.filter(answered | reviewed).distinct().count(),
        answers=Answer.objects.filter(answered_by=user).count(),
        owned=list(Assessment.objects.open().filter(owner=user).select_related("vendor")),
        reviewing=taken.open().count(),
        actions=CorrectiveAction.objects.filter(owner=user).exclude(state="closed").count(),
        sessions=user.sessions.filter(expire_date__gt=timezone.now()).count(),
    )


def latest_changes() -> list[Change]:
    """The latest changes to access, newest first. Two queries."""
    events = list(
        AuditEvent.objects.filter(action__in=CHANGES)
        .order_by("-pk")
        .only("at", "action", "actor_label", "subject", "before", "after", "reason")[:MOST_CHANGES]
    )
    found = User.objects.filter(email__in={event.subject for event in events})
    names = dict(found.values_list("email", "name"))
    return [
        Change(_text(event, names.get(event.subject) or event.subject), event) for event in events
    ]


def _text(event: AuditEvent, name: str) -> str:
    """One change in words."""
    before, after = event.before or {}, event.after or {}
    words = {
        "name": name,
        "old": _role(before.get("role")),
        "role": _role(after.get("role")),
    }
    texts = {
        "user.add": _("%(name)s added as %(role)s"),
        "user.invite": _("%(name)s invited as %(role)s"),
        "user.invite_renew": _("New link for %(name)s"),
        "user.accept": _("%(name)s set a password"),
        "user.role": _("%(name)s: %(old)s to %(role)s"),
        "user.end": _("Access of %(name)s ended"),
        "user.restore": _("Access of %(name)s restored"),
    }
    return texts[event.action] % words


def _role(role: Any) -> str:
    """A role of an event in words."""
    return str(ROLE_LABELS[Role(role)]) if role in set(Role) else ""
