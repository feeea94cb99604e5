"""Checks the trail, what it proves, and the files; or files that somebody holds."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scorecards.integrity.one_file import Judged, examine_alone, judge
from scorecards.seal.enclosed import LONGEST, NotOurs
from scorecards.seal.signatures import Known, known_certificate
from scorecards.verification import Report, verify
from vendors.services.audit import trail_key
from vendors.services.verifications import keep_outcome


class Command(BaseCommand):
    """`manage.py verify [FILE ...]`: a line for each fault; exits 1 where there is one."""

    help = (
        "Checks chains, answers, snapshots, frameworks, evidence and scorecards; exits 1 on a "
        "fault. With files: whether each was given out by this installation and how it stands; "
        "exits 0 for genuine ones alone, 1 for others, 2 for what cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form of the output, and files."""
        parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--certificate",
            metavar="PEM",
            type=Path,
            help="check files by their signature with this certificate alone, without the register",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check everything, print what was found and remember it for the page."""
        if options["files"]:
            self._files(options["files"], options["certificate"])
            return
        if options["certificate"]:
            raise CommandError("--certificate needs a FILE.", returncode=2)
        report = verify(trail_key())
        keep_outcome(
            events=report.counts["events"],
            last=report.last,
            chains=report.counts["chains"],
            faults=report.faults,
            seconds=report.seconds,
        )
        if options["json"]:
            self.stdout.write(_json(report))
        else:
            for fault in report.faults:
                self.stdout.write(str(fault))
            self.stdout.write(_summary(report))
        if report.faults:
            raise CommandError(_verdict(report), returncode=1)

    def _files(self, paths: list[Path], certificate: Path | None) -> None:
        """Judge each file; the worst of them decides on the exit code."""
        known = _certificate(certificate) if certificate else None
        worst = 0
        for path in paths:
            lines, code = _judged(path, known)
            worst = max(worst, code)
            self.stdout.write("\n".join([f"{path}:", *(f"  {line}" for line in lines)]))
        if worst:
            raise CommandError("Not every file is genuine.", returncode=worst)


def _certificate(path: Path) -> Known:
    """The certificate of a PEM file. Raises CommandError for anything else."""
    try:
        fingerprint, chain = known_certificate(_read(path))
    except (OSError, ValueError, IndexError) as error:
        raise CommandError(f"{path} is no certificate in PEM.", returncode=2) from error
    return {fingerprint: chain}


def _read(path: Path) -> bytes:
    """No more of a file than decides on it. Raises OSError."""
    with path.open("rb") as file:
        return file.read(LONGEST + 1)


def _judged(path: Path, known: Known | None) -> tuple[list[str], int]:
    """What is to be said of a file, and its exit code."""
    try:
        data = _read(path)
    except OSError as error:
        return [f"It cannot be read: {error.strerror or type(error).__name__}."], 2
    try:
        found = judge(data) if known is None else examine_alone(data, known)
    except NotOurs as reason:
        return [str(reason)], 2
    lines = [_first_line(found), f"SHA-256 of the file {found.sha256}"]
    if found.record is not None:
        lines.append(f"SHA-256 of the record {found.record.digest}")
    if found.signature is not None:
        lines.append(_signature_line(found))
    if found.is_genuine:
        return lines, 0
    return lines, 2 if found.record is None and found.row is None else 1


def _first_line(found: Judged) -> str:
    if found.fault:
        return f"NOT GENUINE. {found.fault}"
    if found.row is None or found.standing is None:
        number = found.number or "a document without a number"
        return (
            f"Unchanged since it was signed: {number}. Only the register knows if it is in force."
        )
    if not found.row.number:
        return "Genuine: a draft, which decides nothing."
    line = f"Genuine: {found.row.number}. {found.standing.standing.label}"
    line += f" on {found.standing.on}" if found.standing.on else ""
    line += f", {found.standing.by} took its place" if found.standing.by else ""
    return f"{line}."


def _signature_line(found: Judged) -> str:
    signature = found.signature
    if signature is None or not signature.fingerprint:
        return "Not signed"
    if signature.fault:
        return f"Signature: {signature.fault}"
    at = timezone.localtime(signature.at).isoformat(" ", "seconds") if signature.at else "unknown"
    by = "timestamped" if signature.is_timestamped else "by the signer's clock"
    return f"Signature holds: {signature.signer}, {at} ({by}), certificate {signature.fingerprint}"


def _json(report: Report) -> str:
    document = {
        "holds": not report.faults,
        "counts": report.counts,
        "faults": [asdict(fault) for fault in report.faults],
        "seconds": round(report.seconds, 3),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _summary(report: Report) -> str:
    """What was looked at."""
    counts = ", ".join(
        f"{count:,} {name.replace('_', ' ')}" for name, count in report.counts.items()
    )
    verdict = _verdict(report) if report.faults else "All of it holds."
    return f"Checked {counts} in {report.seconds:.1f} s. {verdict}"


def _verdict(report: Report) -> str:
    count = len(report.faults)
    return f"{count} {'fault' if count == 1 else 'faults'}."
