"""Single bits flipped in a signed scorecard: `python tests/benchmarks/pdf_flips.py [--flips N]`.

Draws a scorecard of the real template, signs it, puts it into the register and flips one bit at a
time, spread over the whole file: header, objects, record, table of objects, signature and its
padding, trailer. Prints how many of them `verify FILE` finds, and how many signature and record find
without the register. Ends with status 1 where `verify FILE` misses one. The flips depend on the seed
alone; signature and key are made anew each time.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class GivenOut:
    """A signed file of the register, where its parts begin, and the certificate."""

    data: bytes
    unsigned: int
    gap: tuple[int, int]
    known: Any

    def judged(self, data: bytes) -> Any:
        """What `verify FILE` makes of a file."""
        from scorecards.integrity.one_file import judge

        return judge(data)

    def covers(self, place: int) -> bool:
        """Whether the signature covers a byte: all of the file but itself."""
        return not self.gap[0] <= place < self.gap[1]

    def holds_alone(self, data: bytes) -> bool:
        """Whether a file passes by its signature and record, without the register."""
        from scorecards.integrity.one_file import examine_alone
        from scorecards.seal.enclosed import NotOurs

        try:
            return examine_alone(data, self.known).is_genuine
        except NotOurs:
            return False

    @property
    def regions(self) -> dict[str, tuple[int, int]]:
        """The parts of the file, from and to."""
        data = self.data
        stream = data.find(b"/EmbeddedFile")
        record = data.find(b"stream", stream), data.find(b"endstream", stream)
        table = max(data.rfind(b"\nxref", 0, self.unsigned), self.unsigned - 3000)
        padding = re.compile(rb"0{200,}>").search(data, *self.gap)
        zeros = padding.start() if padding else self.gap[0]
        return {
            "header": (0, 20),
            "objects": (20, table),
            "record": record,
            "table of objects": (table, self.unsigned),
            "additions": (self.unsigned, self.gap[0]),
            "signature": (self.gap[0], zeros),
            "padding": (zeros, self.gap[1]),
            "end": (self.gap[1], len(data)),
        }


def given_out() -> GivenOut:
    """Draw, sign and register a scorecard, with a key that is made for it."""
    from scorecards import builder, storage
    from scorecards.integrity.one_file import stored_certificates
    from scorecards.seal import keyring
    from scorecards.services.scorecards import request_scorecard
    from tests.factories import import_worked, make_user, small_framework
    from vendors.permissions import Role

    keyring.make_key("Sample organisation", days=30)
    small_framework()
    assessment = import_worked("Aurora", approve_as=make_user(Role.MANAGER))
    row = request_scorecard(assessment=assessment, by=None, wakes=False)
    builder.build(str(row.public_id))
    row.refresh_from_db()
    data = storage.stored_file(row)
    found = re.compile(rb"/ByteRange \[ ?0 +(\d+) +(\d+) +\d+").search(data, row.unsigned_size)
    assert found is not None
    gap = (int(found[1]), int(found[2]))
    return GivenOut(data, row.unsigned_size, gap, stored_certificates())


def places(signed: GivenOut, count: int, *, seed: int) -> Iterator[tuple[int, int]]:
    """Places and bits: half of them anywhere, the others the same number in each region."""
    generator = random.Random(seed)
    for _ in range(count // 2):
        yield generator.randrange(len(signed.data)), generator.randrange(8)
    regions = list(signed.regions.values())
    for number in range(count - count // 2):
        first, last = regions[number % len(regions)]
        yield generator.randrange(first, last), generator.randrange(8)


def flipped(data: bytes, place: int, bit: int) -> bytes:
    """The same with one bit turned over."""
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def main() -> int:
    """Print both counts; 1 where `verify FILE` misses a flip."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    signed = given_out()
    assert signed.judged(signed.data).is_genuine
    assert signed.holds_alone(signed.data)
    print(f"one scorecard, {len(signed.data):,} bytes, {signed.unsigned:,} of them unsigned")
    named = alone = 0
    left: dict[str, int] = {}
    began = time.process_time()
    for place, bit in places(signed, options.flips, seed=options.seed):
        data = flipped(signed.data, place, bit)
        named += not signed.judged(data).is_genuine
        if not signed.holds_alone(data):
            alone += 1
            continue
        region = [name for name, (a, b) in signed.regions.items() if a <= place < b]
        left[region[-1] if region else "?"] = left.get(region[-1] if region else "?", 0) + 1
    cpu = (time.process_time() - began) / options.flips * 1000
    verdict = "ok" if named == options.flips else "MISSED"
    print(f"verify FILE: {named:,} of {options.flips:,} flips found: {verdict}")
    where = ", ".join(f"{name} {count}" for name, count in left.items()) or "nowhere"
    print(
        f"signature and record alone: {alone:,} of {options.flips:,} flips found; missed: {where}"
    )
    print(f"{cpu:.0f} ms of processor a flip for both")
    return 0 if named == options.flips else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    FOLDER = tempfile.TemporaryDirectory(prefix="vetting-flips-")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="vetting.settings",
        VETTING_DATA_DIR=FOLDER.name,
        SECRET_KEY="benchmarks only, not a secret: 0123456789abcdefghijklmnop",
        TRAIL_KEY="benchmarks only, not a secret: 0123456789abcdefghijklmnop",
        LOG_LEVEL="ERROR",
    )
    for name in ("DATABASE_URL", "SIGNING_KEY", "SIGNING_PASSWORD", "SIGNING_TIMESTAMP_URL"):
        os.environ.pop(name, None)
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0, interactive=False)
    sys.exit(main())
