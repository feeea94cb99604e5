"""The public check: which document somebody holds, and whether it is genuine and in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from scorecards.models import FormerFile, Scorecard
from scorecards.queries.given import Given
from scorecards.queries.standing import Standed, Standing, standing_of, with_standing
from vendors import scoring

#: Stands for what was not given, so that each check asks the same of the database.
NOTHING = "-"
#: One SHA-256 has few documents: those of one record under several versions of the template.
_MOST = 8


class Verdict(StrEnum):
    """What the public page answers."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    EXPIRED = "expired"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"
    CHANGED = "changed"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"


class Equal(StrEnum):
    """Which SHA-256 of the register equals the one that was given."""

    NONE = ""
    FILE = "file"
    FORMER = "former"
    UNSIGNED = "unsigned"
    RECORD = "record"


_VERDICTS = {
    Standing.IN_FORCE: Verdict.IN_FORCE,
    Standing.SUPERSEDED: Verdict.REPLACED,
    Standing.EXPIRED: Verdict.EXPIRED,
    Standing.CLOSED: Verdict.CLOSED,
    Standing.WITHDRAWN: Verdict.WITHDRAWN,
    Standing.DRAFT: Verdict.DRAFT,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a check. Without a document only the verdict and what was given count.

    `is_other`: what was typed beside the hash is that of another document, or of none.
    """

    given: Given
    verdict: Verdict
    row: Scorecard | None = None
    record: Mapping[str, Any] | None = None
    standed: Standed | None = None
    equal: Equal = Equal.NONE
    is_other: bool = False


def checked(given: Given, today: date) -> Checked:
    """What the register says of a number, a SHA-256 or both. One query, whatever comes of it.

    A hash counts for more than a number: whoever holds a genuine file is told which it is. A
    document that is not there yet is unknown, for nobody can hold it.
    """
    rows = [row for row in candidates(given) if row.ready_at is not None]
    held = given.file or given.digest
    by_hash = _first(rows, held)
    named = next((row for row in rows if given.number and row.number == given.number), None)
    if named is None and given.file:
        named = _first(rows, given.digest)
    if by_hash is not None:
        other = given.number not in {"", by_hash.number}
        other = other or bool(given.digest and not equal_of(by_hash, given.digest))
        return _judged(given, by_hash, today, equal_of(by_hash, held), is_other=other)
    if named is None:
        return Checked(given, Verdict.UNKNOWN)
    if held:
        return Checked(given, Verdict.CHANGED, named)
    return _judged(given, named, today, Equal.NONE, is_other=False)


def candidates(given: Given) -> QuerySet[Scorecard]:
    """The documents that bear the number or one of the hashes, newest first."""
    hashes = [given.file or NOTHING, given.digest or NOTHING]
    # Drafts are left out in the words of the index of numbers, else SQLite reads every record.
    matching = Q(number=given.number or NOTHING) & ~Q(number="")
    matching |= Q(digest__in=hashes) | Q(file_sha256__in=hashes) | Q(unsigned_sha256__in=hashes)
    former = FormerFile.objects.filter(file_sha256__in=hashes)
    matching |= Q(pk__in=former.values("scorecard"))
    rows = with_standing(Scorecard.objects.filter(matching))
    rows = rows.annotate(
        former=Subquery(former.filter(scorecard=OuterRef("pk")).values("file_sha256")[:1])
    )
    rows = rows.select_related("assessment", "replaced_by", "certificate")
    return rows.order_by("-pk")[:_MOST]


def _first(rows: Sequence[Scorecard], sha256: str) -> Scorecard | None:
    return next((row for row in rows if equal_of(row, sha256)), None)


def equal_of(row: Scorecard, sha256: str) -> Equal:
    """Which of a document's hashes this is."""
    if sha256 and sha256 == row.file_sha256:
        return Equal.FILE
    if sha256 and sha256 == getattr(row, "former", None):
        return Equal.FORMER
    if sha256 and sha256 == row.unsigned_sha256:
        return Equal.UNSIGNED
    return Equal.RECORD if sha256 and sha256 == row.digest else Equal.NONE


def _judged(given: Given, row: Scorecard, today: date, equal: Equal, *, is_other: bool) -> Checked:
    """The standing of a document that is there, unless the register's own record was changed."""
    if scoring.digest(row.content) != row.digest:
        return Checked(given, Verdict.DAMAGED, row)
    standed = standing_of(row, today)
    verdict = _VERDICTS[standed.standing]
    return Checked(given, verdict, row, json.loads(row.content), standed, equal, is_other)
