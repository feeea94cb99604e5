"""Checks the trail, what it proves, and the files."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scorecards.verification import Report, verify
from vendors.services.audit import trail_key
from vendors.services.verifications import keep_outcome


class Command(BaseCommand):
    """`manage.py verify`: a line for each fault; exits 1 where there is one."""

    help = "Checks chains, answers, snapshots, frameworks, evidence and scorecards; exits 1 on a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form of the output."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check everything, print what was found and remember it for the page."""
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
