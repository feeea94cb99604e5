"""Working on a corrective action: planning, proof, reporting it done, checking and closing it.

Each change holds only for the version that was read, so that nobody overwrites, or closes, unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors.models import ActionState, CorrectiveAction, Evidence, EvidenceFile
from vendors.queries.findings import proof_of, workers_on
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.evidence import add_evidence
from vendors.services.moves import reason_of
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from vetting.models import User


class StaleAction(Refused):
    """Somebody changed the action meanwhile; nothing was stored."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this finding meanwhile. Look at it again below."))


def plain_day(day: date) -> str:
    """A day in words: 9 Nov 2026."""
    return date_format(day, "j M Y")


def hold_action(action: CorrectiveAction, version: int | None = None) -> None:
    """Lock the row until the transaction ends, and bring what was read before up to date.

    Raises StaleAction where it is not at `version` any more, Refused once it is closed.
    """
    CorrectiveAction.objects.select_for_update(no_key=True).only("pk").get(pk=action.pk)
    finding = action.finding
    action.refresh_from_db()
    action.finding = finding
    if action.is_closed:
        raise Refused(_("This action is closed. What happened to it stays as it is."))
    if version is not None and action.version != version:
        raise StaleAction


def swap_action(action: CorrectiveAction, columns: Mapping[str, Any]) -> None:
    """Store columns of a held action; its version goes up by one."""
    for name, value in columns.items():
        setattr(action, name, value)
    action.version += 1
    action.save(update_fields=[*columns, "version"])


def _record(
    action: CorrectiveAction, verb: str, by: User, *, before: Any, after: Any, reason: str = ""
) -> None:
    finding = action.finding
    record_event(
        action=f"action.{verb}",
        by=by,
        assessment=finding.assessment,
        vendor=finding.vendor,
        subject=finding.label,
        before=before,
        after=after,
        reason=reason,
    )


def _proof_state(files: Iterable[EvidenceFile]) -> list[dict[str, Any]]:
    """Files of proof as the trail names them."""
    return [
        {
            "document": file.evidence.label,
            "version": file.version,
            "name": file.original_name,
            "sha256": file.sha256,
        }
        for file in files
    ]


@transaction.atomic
def edit_action(
    *,
    action: CorrectiveAction,
    root_cause: str,
    plan: str,
    vendor_person: str,
    version: int,
    by: User,
) -> None:
    """Write down why it happened, what is done about it and who does it at the vendor.

    Raises StaleAction when somebody changed it after `version` was read, Refused once it is closed.
    """
    hold_action(action, version)
    columns = {
        "root_cause": root_cause.strip(),
        "action": plan.strip(),
        "vendor_person": vendor_person.strip(),
    }
    changed = {name: text for name, text in columns.items() if getattr(action, name) != text}
    if not changed:
        return
    before = {name: getattr(action, name) for name in changed}
    swap_action(action, changed)
    _record(action, "edit", by, before=before, after=changed)


def add_proof(
    *,
    action: CorrectiveAction,
    files: Iterable[EvidenceFile] = (),
    upload: UploadedFile[Any] | None = None,
    title: str = "",
    by: User,
) -> None:
    """Name documents of the vendor's register as proof, and put a new one into the register.

    Raises Refused for a document of another vendor, one that was removed or replaced, an upload
    that the register does not take, where nothing is new, and once the action is closed. The
    register takes an upload in a transaction of its own, so that a refusal of it is on the trail.
    """
    new = [] if upload is None else [_uploaded(action, upload, title, by)]
    _name_proof(action, [*files, *new], by)


@transaction.atomic
def _name_proof(action: CorrectiveAction, files: Iterable[EvidenceFile], by: User) -> None:
    hold_action(action)
    held = {file.pk for file in proof_of(action)}
    new = [file for file in files if file.pk not in held]
    for file in new:
        _check_file(action, file)
    if not new:
        raise Refused(_("Choose a document that is not named yet, or a file."))
    action.proof.add(*new)
    swap_action(action, {})
    _record(action, "proof", by, before=None, after={"proof": _proof_state(new)})


def _check_file(action: CorrectiveAction, file: EvidenceFile) -> None:
    """Raise Refused for a document of another vendor, or one that is not in the register."""
    # Locked, so that nobody takes it out of the register meanwhile.
    evidence = Evidence.objects.select_for_update(no_key=True).get(pk=file.evidence_id)
    if evidence.vendor_id != action.finding.vendor_id:
        raise Refused(_("%s belongs to another vendor.") % file.original_name)
    if evidence.removed_at is not None or not file.is_current:
        raise Refused(_("%s is not in the register any more.") % file.original_name)


def _uploaded(
    action: CorrectiveAction, upload: UploadedFile[Any], title: str, by: User
) -> EvidenceFile:
    """A new document of the vendor's register."""
    evidence = add_evidence(vendor=action.finding.vendor, upload=upload, title=title, by=by)
    return evidence.files.select_related("evidence").get(is_current=True)


@transaction.atomic
def drop_proof(*, action: CorrectiveAction, file: EvidenceFile | None, by: User) -> None:
    """Take a file off the proof; the document stays in the register.

    Raises Refused for one that is not named, while somebody checks what was reported, and once the
    action is closed.
    """
    hold_action(action)
    if file is None or file.pk not in {held.pk for held in proof_of(action)}:
        raise Refused(_("This document is not named as proof."))
    if action.is_reported:
        raise Refused(_("It was reported done with this proof. Have it sent back first."))
    action.proof.remove(file)
    swap_action(action, {})
    _record(action, "drop_proof", by, before={"proof": _proof_state([file])}, after=None)


@transaction.atomic
def report_done(*, action: CorrectiveAction, note: str, version: int, by: User) -> None:
    """Say that it is done; somebody else checks it then.

    Raises Refused without an action written down, without proof, and when it was reported already;
    StaleAction as above.
    """
    hold_action(action, version)
    if action.is_reported:
        raise Refused(_("It was reported done already, and waits for a check."))
    if not action.action:
        raise Refused(_("Write down what was done first, under Action."))
    files = proof_of(action)
    if not files:
        raise Refused(_("Add proof first: at least one document that shows it."))
    before = {"state": str(action.state)}
    swap_action(
        action,
        {
            "state": ActionState.REPORTED,
            "reported_at": timezone.now(),
            "reported_by": by,
            "report_note": note.strip(),
        },
    )
    after = {"state": str(action.state), "note": note.strip(), "proof": _proof_state(files)}
    _record(action, "report", by, before=before, after=after)


@transaction.atomic
def send_back(*, action: CorrectiveAction, reason: str, version: int, by: User) -> None:
    """Open an action again that was reported done, with a reason.

    Raises Refused without a reason, when it is not reported, and to those who may not close it;
    StaleAction as above.
    """
    hold_action(action, version)
    _check_another(action, (), by)
    reason = reason_of(reason, _("Say what is missing, so that it can be mended."))
    before = {"state": str(action.state)}
    swap_action(
        action,
        {
            "state": ActionState.OPEN,
            "sent_back_at": timezone.now(),
            "sent_back_by": by,
            "sent_back_reason": reason,
        },
    )
    _record(action, "send_back", by, before=before, after={"state": "open"}, reason=reason)


@transaction.atomic
def close_action(
    *,
    action: CorrectiveAction,
    close_note: str,
    checked: Collection[Any],
    version: int,
    by: User,
) -> None:
    """Close an action whose proof was checked. `checked`: the public ids of the files looked at.

    Raises Refused to its owner, to who reported it and to who uploaded its proof, and without
    proof; FaultyInput while a file is unchecked or nothing says how; StaleAction as above.
    """
    hold_action(action, version)
    files = proof_of(action)
    _check_another(action, files, by)
    if not files:
        raise Refused(_("There is no proof to check, so it cannot be closed."))
    note, faults = close_note.strip(), []
    if not note:
        faults.append(Fault("close_note", _("Say how you checked it.")))
    seen = {str(one) for one in checked}
    left = [file.original_name for file in files if str(file.public_id) not in seen]
    if left:
        text = _("Check each piece of proof. Open: %s.") % ", ".join(left)
        faults.append(Fault("checked", text))
    if faults:
        raise FaultyInput(faults)
    before = {"state": str(action.state)}
    closed = {"closed_at": timezone.now(), "closed_by": by, "close_note": note}
    swap_action(action, {"state": ActionState.CLOSED, **closed})
    after = {"state": "closed", "how": note, "checked": _proof_state(files)}
    _record(action, "close", by, before=before, after=after)


def _check_another(action: CorrectiveAction, files: Iterable[EvidenceFile], by: User) -> None:
    """Raise Refused unless it is reported, and this is somebody who had no part in it.

    Who worked on it is read from the trail, so that giving it to another owner changes nothing.
    """
    if not action.is_reported:
        raise Refused(_("It is not reported done. Its owner does that first."))
    if by.pk == action.owner_id:
        raise Refused(_("You own this action, so somebody else closes it."))
    if by.pk == action.reported_by_id:
        raise Refused(_("You reported it done, so somebody else closes it."))
    if by.pk in workers_on(action.finding):
        raise Refused(_("You worked on this action, so somebody else closes it."))
    own = [file.original_name for file in files if file.uploaded_by_id == by.pk]
    if own:
        raise Refused(_("You uploaded %s, so somebody else checks it.") % own[0])
