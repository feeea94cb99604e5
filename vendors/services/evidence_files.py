"""Taking in a file: received, looked at, kept, or refused with the reason on the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import filestore
from vendors.filestore import Incoming, Received
from vendors.filetypes import MAX_SIZE, Kind, NotAcceptedError, Why, plain_name, recognise
from vendors.models import EvidenceFile, PageState, Vendor
from vendors.services.audit import record_event
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User

#: Kinds that pages can be drawn of.
DRAWN = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG})

WORDS = {
    Why.EMPTY: gettext_lazy("It is empty."),
    Why.TOO_LARGE: gettext_lazy("It is larger than 25 MB."),
    Why.NAME: gettext_lazy(
        "Its name holds a path or characters that no name may hold. Rename it and add it again."
    ),
    Why.NO_ENDING: gettext_lazy("Its name has no ending such as .pdf."),
    Why.OTHER_ENDING: gettext_lazy("Its content is %(detail)s, which its name does not say."),
    Why.UNKNOWN: gettext_lazy("Only PDF, PNG, JPEG, DOCX, XLSX, CSV, TXT and EML are accepted."),
    Why.MARKUP: gettext_lazy("It is a web page. Print it to PDF and add that."),
    Why.TWO_KINDS: gettext_lazy("It is more than one kind of file at once."),
    Why.BROKEN: gettext_lazy("It is damaged or cut off, or not what its first bytes say."),
    Why.ENCRYPTED: gettext_lazy(
        "It is protected by a password, so nobody can check it. Save it without one."
    ),
    Why.ACTIVE: gettext_lazy("It holds a script or an action. Print it to PDF and add that."),
    Why.MACROS: gettext_lazy("It holds macros. Save it without them."),
    Why.CARRIES_FILES: gettext_lazy("It carries other files. Add them one by one."),
    Why.ARCHIVE: gettext_lazy("Archives are not accepted. Add the files in it one by one."),
    Why.BOMB: gettext_lazy("It unpacks to far more than it holds."),
    Why.TOO_MANY_PIXELS: gettext_lazy("It has more than 50 million pixels. Save it smaller."),
    Why.OLD_OFFICE: gettext_lazy(
        "It is an old or protected Office file. Save it as DOCX or XLSX without a password."
    ),
    Why.ENTITIES: gettext_lazy("It defines XML entities, which no document needs."),
    Why.TEST_VIRUS: gettext_lazy("It is the test file of antivirus programs."),
    Why.ATTACHMENT: gettext_lazy(
        "A file attached to the message is not accepted. Add attachments one by one."
    ),
}


class FileRefused(Refused):
    """A file is not taken in; `name` is what people know it by, `why` the reason's code."""

    def __init__(self, name: str, message: str, why: str) -> None:
        self.name = name
        self.why = why
        self.message = message
        super().__init__(_("%(name)s was not added. %(why)s") % {"name": name, "why": message})


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was looked at. It has its name on the disk and no row yet."""

    name: str
    kind: Kind
    size: int
    sha256: str
    stored_name: str

    @property
    def page_state(self) -> PageState:
        """Whether pages are to be drawn."""
        return PageState.QUEUED if self.kind in DRAWN else PageState.NONE


def take_in(*, vendor: Vendor, upload: Incoming, by: User | None) -> Kept:
    """Receive, look at and keep a file, outside any transaction.

    Raises FileRefused, with an event where it was for what the file is.
    """
    raw = str(getattr(upload, "raw_name", "") or upload.name or "")
    name = plain_name(raw)
    try:
        received = filestore.receive(upload)
    except OSError as error:
        raise _not_stored(name, error) from error
    try:
        kind = _kind_of(received, raw)
        stored_name = filestore.keep(received)
    except NotAcceptedError as error:
        filestore.discard(received)
        message = str(WORDS[error.why]) % {"detail": error.detail.upper()}
        with transaction.atomic():
            record_event(
                action="evidence.refuse",
                by=by,
                vendor=vendor,
                subject=name,
                after=_refused(raw, received, error),
                reason=message,
            )
        raise FileRefused(name, message, error.why) from error
    except OSError as error:
        filestore.discard(received)
        raise _not_stored(name, error) from error
    return Kept(name, kind, received.size, received.sha256, stored_name)


def _kind_of(received: Received, name: str) -> Kind:
    if received.size > MAX_SIZE:
        raise NotAcceptedError(Why.TOO_LARGE)
    with filestore.content_of(received.path) as content:
        return recognise(content, name)


def _not_stored(name: str, error: OSError) -> FileRefused:
    cause = error.strerror or type(error).__name__
    message = _("The server could not store it: %s. Try again later.") % cause
    return FileRefused(name, message, "not-stored")


def _refused(raw: str, received: Received, error: NotAcceptedError) -> dict[str, Any]:
    """What was refused, and why, as the trail keeps it; the content is not kept."""
    return {
        "name": raw.encode("unicode_escape").decode()[:1000],
        "size": received.size,
        "sha256": received.sha256,
        "why": str(error.why),
        "detail": plain_name(error.detail) if error.detail else "",
    }


def file_state(file: EvidenceFile) -> dict[str, Any]:
    """A file as the trail keeps it."""
    return {
        "name": file.original_name,
        "kind": str(file.kind),
        "size": file.size,
        "sha256": file.sha256,
        "version": file.version,
    }
