"""What happens to accounts: made, given another role, ended; and who signs in."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import Assessment
from vendors.permissions import Role
from vendors.services.audit import record_event
from vendors.services.refusals import Refused
from vetting.models import Invitation, Session, User
from vetting.people import administrators, heirs


@transaction.atomic
def add_user(*, email: str, name: str, role: str, password: str, is_demo: bool = False) -> User:
    """Store a user with one role. The e-mail address must be free."""
    user = User.objects.create_user(email=email, password=password, name=name, is_demo=is_demo)
    user.groups.set([Group.objects.get(name=role)])
    _record("user.add", user, None, after={"role": role})
    return user


def random_password() -> str:
    """A password of about 96 bits that can be read out: four groups of letters and digits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


@transaction.atomic
def change_role(*, user: User, role: str, reason: str, by: User) -> None:
    """Give a person another role. It counts from their next click.

    Raises Refused for oneself, for somebody whose access has ended, for the role that they have,
    and where nobody would be left who manages people.
    """
    lock_people(by=by)
    _refuse_oneself(user, by, _("You cannot change your own role. Ask another administrator."))
    user = _locked(user)
    before = user.role
    if not user.is_active:
        raise Refused(_("The access of %s has ended. Restore it first.") % user)
    if role == before:
        raise Refused(_("%s has this role already.") % user)
    if role != Role.ADMINISTRATOR:
        _keep_one_administrator(user)
    user.groups.set([Group.objects.get(name=role)])
    _record("user.role", user, by, before={"role": before}, after={"role": role}, reason=reason)


@transaction.atomic
def end_access(*, user: User, heir: User | None, reason: str, by: User) -> int:
    """Close an account, end its sessions and links, pass on its open assessments, or to nobody.

    Returns how many sessions ended. Raises Refused for oneself, for somebody whose access has
    ended, for an heir who cannot take over, and where nobody would be left who manages people.
    """
    lock_people(by=by)
    _refuse_oneself(user, by, _("You cannot end your own access. Ask another administrator."))
    user = _locked(user)
    if not user.is_active:
        raise Refused(_("The access of %s has ended already.") % user)
    _keep_one_administrator(user)
    passed = _pass_on(user, heir, by=by)
    user.is_active, user.ended_reason = False, reason
    user.ended_at, user.ended_by = timezone.now(), by
    user.save(update_fields=["is_active", "ended_at", "ended_by", "ended_reason"])
    links = revoke_links(user)
    sessions = end_sessions(user)
    _record(
        "user.end",
        user,
        by,
        before={"is_active": True, "role": user.role},
        after={
            "is_active": False,
            "sessions_ended": sessions,
            "links_revoked": links,
            "assessments": passed,
            "heir": heir.email if heir else None,
        },
        reason=reason,
    )
    return sessions


def lock_people(*, by: User) -> None:
    """Wait until nobody else changes people, then see that `by` still manages them.

    Of two administrators who end each other's access at once the second is refused here. Raises
    Refused. Call it first in the transaction.
    """
    list(Group.objects.select_for_update(no_key=True).filter(name=Role.ADMINISTRATOR))
    if not User.objects.filter(pk=by.pk, is_active=True, groups__name=Role.ADMINISTRATOR).exists():
        raise Refused(_("You manage people no more: another administrator has changed that."))


def end_sessions(user: User, *, besides: str | None = None) -> int:
    """Delete a person's sessions but for the one with this key; return how many. One query."""
    return Session.objects.filter(user=user).exclude(session_key=besides or "").delete()[0]


def revoke_links(user: User) -> int:
    """Close the open link of a person, if there is one; return how many were. One query."""
    return Invitation.objects.filter(user=user, used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def note_sign_in(*, by: User) -> None:
    """Write down that somebody signed in."""
    _record("user.sign_in", by, by)


@transaction.atomic
def note_sign_out(*, by: User) -> None:
    """Write down that somebody signed out."""
    _record("user.sign_out", by, by)


@transaction.atomic
def note_refused_sign_in(*, email: str) -> None:
    """Write down a wrong try for an account that exists.

    What is typed for no account is kept nowhere: people type passwords into the wrong field.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is not None:
        _record("user.sign_in_refused", user, None, after={"is_active": user.is_active})


@transaction.atomic
def note_export(*, count: int, by: User) -> None:
    """Write down that somebody took the list of people, with how many, out of the app."""
    record_event(action="user.export", by=by, after={"people": count})


@transaction.atomic
def note_password(*, session_key: str | None, by: User) -> None:
    """Write down that somebody changed their password, and end their other sessions."""
    ended = end_sessions(by, besides=session_key)
    _record("user.password", by, by, after={"sessions_ended": ended})


def _record(
    action: str,
    user: User,
    by: User | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """One event about a person, who is named by e-mail address."""
    subject = user.email[:200]
    record_event(action=action, by=by, subject=subject, before=before, after=after, reason=reason)


def _locked(user: User) -> User:
    """The person as stored now, locked until the transaction ends."""
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)


def _refuse_oneself(user: User, by: User, message: str) -> None:
    """Raise Refused where somebody acts on their own account."""
    if user.pk == by.pk:
        raise Refused(message)


def _keep_one_administrator(user: User) -> None:
    """Raise Refused where nobody who can sign in would manage people without this person."""
    if not administrators().exclude(pk=user.pk).exists():
        raise Refused(_("%s is the last administrator. Make somebody else one first.") % user)


def _pass_on(user: User, heir: User | None, *, by: User) -> list[str]:
    """Give the open assessments of a person to another, or to nobody; return their public ids."""
    if heir is not None and not heirs(user).filter(pk=heir.pk).exists():
        raise Refused(_("%s cannot take over: that needs procurement.") % heir)
    passed = []
    owned = Assessment.objects.open().filter(owner=user).order_by("pk")
    for assessment in owned.select_for_update(no_key=True):
        if heir is not None and heir.pk in {assessment.reviewer_id, assessment.second_reviewer_id}:
            raise Refused(
                _("%(heir)s reviews %(assessment)s, so somebody else must take it over.")
                % {"heir": heir, "assessment": f"{assessment.vendor}, {assessment.title}"}
            )
        Assessment.objects.filter(pk=assessment.pk).update(owner=heir)
        record_event(
            action="assessment.owner",
            by=by,
            assessment=assessment,
            before={"owner": user.email},
            after={"owner": heir.email if heir else None},
            reason=_("The access of %s ended.") % user,
        )
        passed.append(str(assessment.public_id))
    return passed
