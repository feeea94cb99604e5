"""Links by which a person sets a password: made by an administrator, used once, within a week."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.services.audit import record_event
from vendors.services.refusals import Refused
from vetting.accounts import end_sessions, lock_people, revoke_links
from vetting.models import Invitation, User
from vetting.models.invitation import LINK_TERM

#: Bytes of chance in a link: 256 bits.
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Link:
    """A link just made. Only here is the token known; the database has its digest."""

    user: User
    token: str
    expires_at: datetime


def digest_of(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. 256 bits of chance need no salt."""
    return sha256(token.encode()).hexdigest()


def open_invitation(digest: str) -> Invitation | None:
    """The link with this digest, if it still works. One query."""
    return (
        Invitation.objects.filter(
            token_digest=digest,
            used_at=None,
            revoked_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .select_related("user", "created_by")
        .first()
    )


@transaction.atomic
def invite_user(*, email: str, name: str, role: str, by: User) -> Link:
    """Store a person with a role and no password, and make the link to set one.

    Raises Refused when somebody has this e-mail address.
    """
    lock_people(by=by)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=email, name=name)
    except IntegrityError as error:
        raise Refused(_("Somebody signs in with this e-mail address already.")) from error
    user.groups.set([Group.objects.get(name=role)])
    link = _new_link(user, by=by)
    after = {"name": name, "role": role, "link_until": link.expires_at.isoformat()}
    record_event(action="user.invite", by=by, subject=user.email[:200], after=after)
    return link


@transaction.atomic
def renew_link(*, user: User, by: User) -> Link:
    """Make a new link, for who lost the old one or forgot the password; the old one is closed.

    The password stands until the link is used. Raises Refused for somebody whose access has
    ended, and for oneself.
    """
    lock_people(by=by)
    if user.pk == by.pk:
        raise Refused(_("You are signed in: change your password in the menu of your account."))
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Refused(_("The access of %s has ended. Restore it first.") % user)
    revoked = revoke_links(user)
    link = _new_link(user, by=by)
    record_event(
        action="user.invite_renew",
        by=by,
        subject=user.email[:200],
        before={"links_revoked": revoked},
        after={"link_until": link.expires_at.isoformat()},
    )
    return link


@transaction.atomic
def restore_access(*, user: User, reason: str, by: User) -> Link:
    """Open a closed account again, with the role it had and a link for a new password.

    The old password counts no more: nobody knows who learned it meanwhile. Raises Refused where
    the access has not ended.
    """
    lock_people(by=by)
    found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if found.is_active:
        raise Refused(_("%s has access already.") % found)
    before = {"ended_at": found.ended_at and found.ended_at.isoformat()}
    before["ended_reason"] = found.ended_reason
    found.is_active, found.ended_reason = True, ""
    found.ended_at = found.ended_by = None
    found.set_unusable_password()
    found.save()
    # a sign-in that was under way while the access ended may have left one
    end_sessions(found)
    link = _new_link(found, by=by)
    record_event(
        action="user.restore",
        by=by,
        subject=found.email[:200],
        before=before,
        after={"role": found.role, "link_until": link.expires_at.isoformat()},
        reason=reason,
    )
    return link


@transaction.atomic
def accept_invitation(*, invitation: Invitation, name: str, password: str) -> User:
    """Use a link: set the password and the name, and end all sessions of before.

    Raises Refused where the link was used, closed or over meanwhile.
    """
    # the person before the link, in the order in which ending an access locks them
    user = User.objects.select_for_update(no_key=True).get(pk=invitation.user_id)
    now = timezone.now()
    used = Invitation.objects.filter(
        pk=invitation.pk, used_at=None, revoked_at=None, expires_at__gt=now, user__is_active=True
    ).update(used_at=now)
    if not used:
        raise Refused(_("This link cannot be used any more."))
    before = {"name": user.name}
    user.name = name
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    ended = end_sessions(user)
    after = {"name": name, "sessions_ended": ended}
    record_event(
        action="user.accept", by=user, subject=user.email[:200], before=before, after=after
    )
    return user


def _new_link(user: User, *, by: User) -> Link:
    """Store a link that works for a week, and return it with its token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = timezone.now()
    made = Invitation.objects.create(
        user=user,
        token_digest=digest_of(token),
        created_at=now,
        created_by=by,
        expires_at=now + LINK_TERM,
    )
    return Link(user, token, made.expires_at)
