"""Random bits flipped in what is stored: each of them must be named."""
# ruff: noqa: S608

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from scorecards.verification import Report, verify
from tests.factories import make_user, worked_example
from tests.proved import proved_site, save
from vendors import triggers
from vendors.integrity.faults import Names
from vendors.models import Answer, AssessmentResult, AuditEvent, EvidenceFile
from vendors.permissions import Role
from vendors.services.audit import chained_values, trail_key
from vendors.services.evidence import add_evidence
from vendors.services.imports import import_assessment

EVENT = [
    "chain",
    "previous",
    "at",
    "actor_id",
    "actor_label",
    "actor_role",
    "origin",
    "action",
    "vendor_id",
    "assessment_id",
    "subject",
    "before",
    "after",
    "reason",
    "sequence",
    "digest",
]
ANSWER = [
    "version",
    "is_answered",
    "value",
    "proposed_level",
    "answered_at",
    "answered_by_id",
    "comment",
    "code",
]
BATCH = 40


@dataclass(frozen=True)
class Target:
    """A stored value or file, and the words that a fault must have to name it."""

    kind: str
    place: tuple[Any, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Undo:
    """Puts a value back; says what was done to it."""

    write: Callable[[bytes], Any]
    whole: bytes
    said: str

    def __call__(self) -> None:
        self.write(self.whole)


def measure(*, flips: int, seed: int) -> bool:
    """Flip that many bits, batch by batch, and print how many were named; whether all were."""
    _fill()
    clean = verify(trail_key())
    assert not clean.faults, clean.faults[:3]
    print(f"flipping in {clean.counts}, seed {seed}")
    generator = random.Random(seed)
    triggers.drop(connection)
    _let_all_in(on=True)
    targets, named, done, refused = _targets(), dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), 0
    while sum(done.values()) < flips:
        batch, undo = [], []
        for target in _sample(generator, targets, min(BATCH, flips - sum(done.values()))):
            restore = _flip(generator, target)
            if restore is None:
                refused += 1
                continue
            batch.append(target)
            undo.append(restore)
        report = verify(trail_key())
        for target in batch:
            done[target.kind] += 1
            is_named = _names(report, target)
            named[target.kind] += is_named
            if not is_named:
                print("NOT NAMED:", target.words, undo[batch.index(target)].said)
        for restore in reversed(undo):
            restore()
    _let_all_in(on=False)
    triggers.install(connection)
    assert not verify(trail_key()).faults, "all was put back"
    print(", ".join(f"{kind} {named[kind]} of {done[kind]}" for kind in KINDS))
    total = sum(named.values())
    verdict = "ok" if total == sum(done.values()) else "MISSED"
    print(
        f"named {total} of {sum(done.values())} flips; the database refused {refused} more: {verdict}"
    )
    return verdict == "ok"


KINDS = ("event", "answer", "snapshot", "evidence", "scorecard")


def _fill() -> None:
    """A site with frozen results, many events and some documents."""
    site = proved_site()
    manager = make_user(Role.MANAGER)
    document = worked_example()["assessments"]["Aurora"]
    for number in range(3):
        document["vendor"]["name"] = f"Aurora {number}"
        import_assessment(
            text=json.dumps(document), owner=site.owner, approve_as=manager, by=site.owner
        )
    for number in range(60):
        save(site.open, "L2", str(number + 1), site.owner)
    for number in range(10):
        upload = SimpleUploadedFile(f"minutes-{number}.txt", f"Minutes {number}\n".encode() * 40)
        add_evidence(
            vendor=site.open.vendor, upload=upload, title=f"Minutes {number}", by=site.owner
        )


def _targets() -> dict[str, list[Target]]:
    names = Names()
    found: dict[str, list[Target]] = {kind: [] for kind in KINDS}
    for event in AuditEvent.objects.all():
        assert chained_values(event)
        words = (f"event {event.sequence} of chain {event.chain}",)
        found["event"].append(Target("event", ("vendors_auditevent", event.pk, EVENT), words))
    for answer in Answer.objects.exclude(answered_by=None):
        name = names.assessments[answer.assessment_id]
        words = (f"answer: {name}, {answer.code}:",)
        found["answer"].append(Target("answer", ("vendors_answer", answer.pk, ANSWER), words))
    for result in AssessmentResult.objects.all():
        words = (f"snapshot: {names.assessments[result.assessment_id]}:",)
        columns = ["snapshot"] * 5 + ["digest", "band", "gate", "as_of", "engine_version"]
        place = ("vendors_assessmentresult", result.pk, columns)
        found["snapshot"].append(Target("snapshot", place, words))
    for file in EvidenceFile.objects.all():
        path = Path(settings.MEDIA_ROOT) / "evidence" / file.stored_name
        found["evidence"].append(Target("evidence", (path,), (file.stored_name,)))
    for path in (Path(settings.MEDIA_ROOT) / "scorecards").glob("*.pdf"):
        found["scorecard"].append(Target("scorecard", (path,), (path.name,)))
    return found


def _sample(generator: random.Random, targets: dict[str, list[Target]], count: int) -> list[Target]:
    """Different targets: events and answers mostly, no two of the same row or file."""
    shares = {"event": 22, "answer": 8, "snapshot": 3, "evidence": 6, "scorecard": 1}
    found = []
    for kind, share in shares.items():
        found += generator.sample(targets[kind], min(share, len(targets[kind])))
    return found[:count]


def _names(report: Report, target: Target) -> bool:
    """Whether one of the faults names the target."""
    lines = [str(fault) for fault in report.faults]
    if any(word in line for line in lines for word in target.words):
        return True
    if target.kind != "event":
        return False
    number, chain = target.words[0].removeprefix("event ").split(" of chain ")
    for fault in report.faults:
        if fault.chain != chain:
            continue
        first, _to, last = fault.name.partition(" of ")[0].removeprefix("event ").partition(" to ")
        if last and int(first) <= int(number) <= int(last):
            return True
        if f"event {number}" in fault.what:
            return True
    return False


def _let_all_in(*, on: bool) -> None:
    """Whoever owns the database can switch its constraints off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA foreign_keys = {'OFF' if on else 'ON'}")
            cursor.execute(f"PRAGMA ignore_check_constraints = {'ON' if on else 'OFF'}")
        else:
            cursor.execute(f"SET session_replication_role = {'replica' if on else 'origin'}")


def _flip(generator: random.Random, target: Target) -> Any:
    """Flip one bit; return what puts it back, None where it could not be stored."""
    if len(target.place) == 1:
        return _flip_file(generator, target.place[0])
    table, key, columns = target.place
    for _ in range(20):
        restore = _flip_value(generator, table, key, generator.choice(columns))
        if restore is not None:
            return restore
    return None


def _flip_file(generator: random.Random, path: Path) -> Any:
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(_flipped(generator, whole))
    return _Undo(path.write_bytes, whole, path.name)


def _flipped(generator: random.Random, whole: bytes) -> bytes:
    data = bytearray(whole)
    data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    return bytes(data)


def _stored(table: str, key: int, column: str) -> bytes | None:
    """The text of a value, in bytes."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        text = f"CAST({column} AS BLOB)" if is_sqlite else f"{column}::text"
        cursor.execute(f"SELECT {text} FROM {table} WHERE id = %s", [key])
        (value,) = cursor.fetchone()
    return value if is_sqlite or value is None else value.encode()


def _flip_value(generator: random.Random, table: str, key: int, column: str) -> Any:
    is_sqlite = connection.vendor == "sqlite"
    whole = _stored(table, key, column)
    if not whole:
        return None
    changed = _flipped(generator, whole)

    def write(data: bytes) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if is_sqlite:
                cursor.execute(
                    f"UPDATE {table} SET {column} = CAST(%s AS TEXT) WHERE id = %s", [data, key]
                )
            else:
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE id = %s", [data.decode(), key]
                )

    try:
        write(changed)
    except (DatabaseError, UnicodeDecodeError, ValueError):
        return None
    if _stored(table, key, column) == whole:
        return None  # PostgreSQL reads "trUe" as true: nothing was changed
    return _Undo(write, whole, f"{table}.{column} {whole[:60]!r} -> {changed[:60]!r}")
