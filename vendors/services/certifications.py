"""The certification register: adding, editing, verifying, suspending, withdrawing and removing.

Each change is a compare-and-swap on the entry's version, and one event on the vendor's chain with
the whole entry before and after. No change in the register ever changes an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import Certification, Standing
from vendors.permissions import can_verify_certification
from vendors.services.audit import record_event
from vendors.services.moves import reason_of
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User

#: What a person types, and a verification checks: a change of any of it voids one.
TYPED = ("standard", "level", "issuer", "number", "issued_on", "expires_on")
_KEPT = (*TYPED, "status", "status_on", "status_reason", "verified_at", "verified_where", "version")
_VERBS = {
    Standing.SUSPENDED: "suspend",
    Standing.WITHDRAWN: "withdraw",
    Standing.IN_FORCE: "restore",
}
_VOID: dict[str, Any] = {"verified_at": None, "verified_by": None, "verified_where": ""}


class StaleCertification(Refused):
    """Somebody changed this entry meanwhile; `current` is what stands now."""

    def __init__(self, current: Certification) -> None:
        self.current = current
        super().__init__(_("%s was changed meanwhile. Load the page again.") % current)


def entry_state(entry: Certification) -> dict[str, Any]:
    """An entry as the trail keeps it, what is empty left out; `entry` is its public id."""
    kept: dict[str, Any] = {"entry": str(entry.public_id)}
    kept |= {name: _plain(getattr(entry, name)) for name in _KEPT}
    kept["verified_by"] = entry.verified_by_id
    return {name: value for name, value in kept.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


@transaction.atomic
def add_certification(*, entry: Certification, by: User | None) -> Certification:
    """Add an entry to a vendor's register."""
    entry.added_by = by
    entry.save(force_insert=True)
    record_event(
        action="certification.add",
        by=by,
        vendor=entry.vendor,
        subject=str(entry),
        after=entry_state(entry),
    )
    return entry


@transaction.atomic
def edit_certification(*, entry: Certification, version: int, by: User | None) -> Certification:
    """Store what was typed, and return the entry as it stands.

    What a verification has checked voids it when it changes. Raises StaleCertification when
    somebody changed the entry after `version` was read.
    """
    stored = _held(entry, version)
    typed = {name: getattr(entry, name) for name in TYPED}
    if all(typed[name] == getattr(stored, name) for name in TYPED):
        return stored
    is_void = stored.verified_at is not None
    note = _("The verification is void, because what it checked was changed.") if is_void else ""
    return _store(stored, typed | (_VOID if is_void else {}), "edit", note, by)


@transaction.atomic
def verify_certification(
    *, entry: Certification, where: str, version: int, by: User
) -> Certification:
    """Note that somebody other than who wrote the entry checked it, and where.

    Raises Refused without a place, for who added or changed it, and for an entry that is not in force.
    """
    stored = _held(entry, version)
    where = reason_of(
        where, _("Say where you checked it: the register's address, or the certificate.")
    )
    if not can_verify_certification(by, stored):
        raise Refused(_("Whoever added or changed an entry does not verify it."))
    if not stored.is_in_force:
        raise Refused(_("Only an entry that is in force is verified."))
    changes = {"verified_at": timezone.now(), "verified_by": by, "verified_where": where}
    return _store(stored, changes, "verify", "", by)


@transaction.atomic
def change_standing(
    *, entry: Certification, standing: str, on: date, reason: str, version: int, by: User
) -> Certification:
    """Note that the issuer suspended or withdrew it, or that it is back in force, since a day.

    Raises Refused without a reason, for a day to come, and where it stands so already.
    """
    stored = _held(entry, version)
    reason = reason_of(reason, _("Say why, and where you know it from."))
    if on > timezone.localdate():
        raise Refused(_("The day lies ahead. Enter the day from which it is so."))
    if stored.status == standing:
        raise Refused(_("%s stands so already.") % stored)
    changes = {
        "status": standing,
        "status_on": on,
        "status_at": timezone.now(),
        "status_by": by,
        "status_reason": reason,
    }
    return _store(stored, changes, _VERBS[Standing(standing)], reason, by)


@transaction.atomic
def remove_certification(*, entry: Certification, reason: str, version: int, by: User) -> None:
    """Take an entry out of the register. Answers that it backs keep their record of it.

    Raises Refused without a reason.
    """
    stored = _held(entry, version)
    reason = reason_of(reason, _("Say why it leaves the register."))
    before = entry_state(stored)
    Certification.objects.filter(pk=stored.pk).update(
        removed_at=timezone.now(), version=F("version") + 1
    )
    record_event(
        action="certification.remove",
        by=by,
        vendor=stored.vendor,
        subject=str(stored),
        before=before,
        reason=reason,
    )


def _held(entry: Certification, version: int) -> Certification:
    """The entry as stored, locked. Raises StaleCertification if it is not of this version."""
    stored = (
        Certification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("vendor", "verified_by", "status_by")
        .get(pk=entry.pk)
    )
    if stored.version != version or stored.removed_at is not None:
        raise StaleCertification(stored)
    return stored


def _store(
    stored: Certification, changes: Mapping[str, Any], verb: str, reason: str, by: User | None
) -> Certification:
    """Store the changes with their event; `stored` is locked and then what stands."""
    before = entry_state(stored)
    Certification.objects.filter(pk=stored.pk).update(version=F("version") + 1, **changes)
    for name, value in changes.items():
        setattr(stored, name, value)
    stored.version += 1
    record_event(
        action=f"certification.{verb}",
        by=by,
        vendor=stored.vendor,
        subject=str(stored),
        before=before,
        after=entry_state(stored),
        reason=reason,
    )
    return stored
