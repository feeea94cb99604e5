"""`manage.py rebuild`: the same record gives the same bytes, from a row, a PDF or its record."""

import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from scorecards import builder, storage
from scorecards.models import Scorecard
from scorecards.paper import pdf
from scorecards.seal import enclosed
from scorecards.services.scorecards import request_scorecard
from tests.conftest import require
from tests.factories import import_worked, make_user, small_framework
from tests.keys import packed, signing_key
from tests.tiny import tiny_pdf
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def row(settings, tmp_path):
    """A signed scorecard, really drawn."""
    require(not pdf.unavailable(), pdf.unavailable())
    settings.SIGNING_KEY, settings.SIGNING_PASSWORD = tmp_path / "key.p12", ""
    settings.SIGNING_KEY.write_bytes(packed(signing_key("ec")))
    small_framework()
    assessment = import_worked("Aurora", approve_as=make_user(Role.MANAGER))
    found = request_scorecard(assessment=assessment, by=None, wakes=False)
    builder.build(str(found.public_id))
    found.refresh_from_db()
    assert found.certificate, found.error
    return found


def run(*arguments):
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("rebuild", *map(str, arguments), stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}", error.returncode
    return out.getvalue(), 0


def test_the_same_bytes_from_the_row_another_year(row, tmp_path):
    out = tmp_path / "again.pdf"
    with time_machine.travel(timezone.now() + timedelta(days=800)):
        for name in (row.number, row.public_id):
            text, code = run(name, "--compare", "--output", out)
            assert code == 0, text
    assert "Same bytes." in text
    assert text.count(row.unsigned_sha256) == 2
    assert out.read_bytes() == storage.stored_file(row)[: row.unsigned_size]


def test_the_same_bytes_from_a_file_without_tables_in_another_process(row, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(storage.stored_file(row))
    done = subprocess.run(
        [sys.executable, "manage.py", "rebuild", path, "--compare"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "VETTING_DATA_DIR": str(tmp_path / "new"),
             "TIME_ZONE": "Asia/Manila", "SITE_NAME": "Another name"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Unsigned {row.unsigned_sha256}\nSame bytes." in done.stdout


def test_the_record_alone_is_drawn_but_there_is_nothing_to_compare(row, tmp_path):
    path = tmp_path / "scorecard.json"
    path.write_text(row.content, encoding="utf-8")
    text, code = run(path)
    assert code == 0
    assert row.unsigned_sha256 in text
    assert run(path, "--compare")[1] == 2


def test_a_difference_says_where(row):
    data = bytearray(storage.stored_file(row))
    data[5000] ^= 1
    storage.path_of(row.file).write_bytes(bytes(data))
    text, code = run(row.number, "--compare")
    assert code == 1
    assert "Different (template version" in text
    assert "from byte 5,000 on" in text


def test_another_version_of_the_template_is_not_drawn(row):
    Scorecard.objects.filter(pk=row.pk).update(template_version="1")
    text, code = run(row.number, "--compare")
    assert code == 2
    assert "drawn with version 1" in text


def test_a_record_that_was_changed_is_not_drawn(row):
    Scorecard.objects.filter(pk=row.pk).update(content=row.content.replace("Aurora", "Boreas"))
    assert run(row.number) == ("The stored record does not give its SHA-256.", 2)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b""),
        ("a.pdf", b"PK\x03\x04"),
        ("a.pdf", tiny_pdf("{}")),
        ("a.json", b"\xff"),
        ("a.json", b"[1]"),
        ("a.json", b'{"format":"scorecard/9","engine_version":"1"}'),
        ("a.json", b'{"on":"2026-01-01"}'),
        ("a.json", b"[" * 100_000),
    ],
)
def test_what_is_no_record_is_refused(name, data, tmp_path):
    (tmp_path / name).write_bytes(data)
    text, code = run(tmp_path / name)
    assert code == 2
    assert text.endswith(".")


@pytest.mark.parametrize("name", ["VET-2020-0001", "nothing", "none.pdf"])
def test_what_is_not_there(name):
    assert run(name)[1] == 2


def test_what_a_file_says_of_itself(row):
    said = enclosed.said(enclosed.read(storage.stored_file(row)).unsigned)
    assert row.number in said.title
    assert said.template == row.template_version
