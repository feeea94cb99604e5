"""Documents and their files: what `verify` says of changed ones, and `verify FILE` of any."""

import hashlib
import json
import os
import time
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from scorecards import builder, storage
from scorecards.integrity.one_file import judge
from scorecards.models import BuildState, Bundle, Kind, Scorecard, SigningCertificate
from scorecards.paper import typeset
from scorecards.seal import keyring, keys, pades
from scorecards.services.bundles import request_bundle, resume_bundle
from scorecards.services.issues import withdraw
from scorecards.services.preparing import advance
from scorecards.services.scorecards import new_issue, request_scorecard, retry_scorecard
from tests.factories import import_worked, make_user, small_framework
from tests.keys import packed, signing_key
from tests.proved import tamper
from tests.tiny import draw_tiny, tiny_pdf
from vendors.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.SIGNING_PASSWORD = ""
    settings.SIGNING_KEY = tmp_path / "key.p12"
    settings.SIGNING_KEY.write_bytes(packed(signing_key("ec")))


@pytest.fixture
def row(monkeypatch):
    """A signed scorecard."""
    monkeypatch.setattr(typeset, "draw_scorecard", draw_tiny)
    small_framework()
    assessment = import_worked("Aurora", approve_as=make_user(Role.MANAGER))
    return built(request_scorecard(assessment=assessment, by=None, wakes=False))


def built(row):
    builder.build(str(row.public_id))
    row.refresh_from_db()
    assert row.state == BuildState.READY, row.error
    return row


def run(*arguments):
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("verify", *arguments, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}", error.returncode
    return out.getvalue(), 0


def put(row, data):
    """Another file in its place."""
    storage.path_of(row.file).write_bytes(data)


def registered(row, data):
    """A file in its place, with its hash in row and trail: only what is inside can tell."""
    sha256 = hashlib.sha256(data).hexdigest()
    name = f"{storage.FOLDER}/{sha256}.pdf"
    storage.path_of(name).write_bytes(data)
    tamper(
        f"UPDATE scorecards_scorecard SET file = '{name}', file_sha256 = '{sha256}',"  # noqa: S608
        f" file_size = {len(data)} WHERE id = {row.pk}"
    )


def test_a_signed_site_verifies(row):
    text, code = run()
    assert code == 0, text
    assert "1 scorecards, 1 certificates, 0 bundles" in text


# --- the whole site ---------------------------------------------------------------------------


def unsigned(row):
    return storage.stored_file(row)[: row.unsigned_size]


FILES = {
    "stripped": (unsigned, "its signature is missing"),
    "swapped": (
        lambda row: pades.signed_by(signing_key("ec"), unsigned(row)),
        "a certificate that is not known here",
    ),
    "another record": (
        lambda _row: pades.signed_by(keyring.current_key(), tiny_pdf('{"number":"VET-2026-0001"}')),
        "the record inside is not that of its row",
    ),
    "no document": (lambda _row: b"%PDF-1.4\n%%EOF\n", "damaged"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_proves_less_is_named_though_its_hash_was_changed_too(row, case):
    make, words = FILES[case]
    registered(row, make(row))
    text, code = run()
    assert code == 1
    assert words in text, text
    assert "no event names the SHA-256 of its file" in text


def test_a_flipped_byte_is_named(row):
    data = bytearray(storage.stored_file(row))
    data[len(data) // 2] ^= 1
    put(row, bytes(data))
    text, code = run()
    assert code == 1
    assert "the file does not give its SHA-256" in text


ROWS = {
    "unsigned_sha256 = 'x'": "unsigned_sha256",
    "unsigned_size = 5": "unsigned_size",
    "certificate_id = NULL": "names another certificate than its event",
    "number = 'VET-2026-0009'": "its number is not that of its record (VET-2026-0001)",
    "withdrawal = 'x', withdrawn_at = '2026-11-22 07:00:00+00'": "no event tells of its withdrawal",
}


@pytest.mark.parametrize("change", ROWS)
def test_a_changed_row_is_named(row, change):
    tamper(f"UPDATE scorecards_scorecard SET {change} WHERE id = {row.pk}")  # noqa: S608
    text, code = run()
    assert code == 1
    assert ROWS[change] in text, text


def test_a_certificate_that_was_exchanged_is_named(row):
    other = keys.pem_of(signing_key("ec").certificate)
    SigningCertificate.objects.update(pem=other)
    text, _code = run()
    assert "the certificate does not give its SHA-256" in text
    assert "not known here" in text
    SigningCertificate.objects.update(pem="nothing")
    assert "the certificate does not give its SHA-256" in run()[0]


def test_corrections_and_withdrawals_are_held_against_the_trail(row):
    manager = make_user(Role.MANAGER)
    withdraw(scorecard=row, reason="The name was wrong.", by=manager)
    second = built(
        new_issue(
            assessment=row.assessment, replaces=row, reason="The name.", by=manager, wakes=False
        )
    )
    assert run()[1] == 0, run()[0]
    tamper(f"UPDATE scorecards_scorecard SET reason = 'Other.' WHERE id = {second.pk}")  # noqa: S608
    assert "what it replaces or its reason was changed" in run()[0]
    tamper(
        "UPDATE scorecards_scorecard SET withdrawn_at = NULL, withdrawal = ''"  # noqa: S608
        f" WHERE id = {row.pk}"
    )
    assert "the trail tells of its withdrawal, its row does not" in run()[0]


def test_a_withdrawal_keeps_its_day(row):
    withdraw(scorecard=row, reason="The name was wrong.", by=make_user(Role.MANAGER))
    assert run()[1] == 0, run()[0]
    moved = "withdrawn_at = '2026-01-02 07:00:00+00'"
    tamper(f"UPDATE scorecards_scorecard SET {moved} WHERE id = {row.pk}")  # noqa: S608
    assert "no event tells of its withdrawal, its reason or its day" in run()[0]


GONE = (
    "UPDATE scorecards_scorecard SET state = 'failed', ready_at = NULL",
    "DELETE FROM scorecards_scorecard",
)


@pytest.mark.parametrize("change", GONE)
def test_a_document_that_was_built_cannot_vanish(row, change):
    tamper(change)
    text, code = run()
    assert code == 1
    assert "scorecard: VET-2026-0001: the trail tells that it was built, no row does" in text


def test_a_file_becomes_no_former_one_behind_the_apps_back(row):
    storage.path_of(row.file).unlink()
    first = row.file_sha256
    retry_scorecard(scorecard=row, by=make_user(), wakes=False)
    built(row)
    assert run()[1] == 0, run()[0]
    assert row.former_files.get().file_sha256 == first
    row.former_files.create(file_sha256="a" * 64, built_at=timezone.now())
    text, code = run()
    assert code == 1
    assert f"VET-2026-0001: no event tells of its former file ({'a' * 12})" in text


def test_a_number_that_was_given_and_never_built_cannot_vanish(row):
    assessment = import_worked("Borealis", approve_as=make_user(Role.MANAGER))
    request_scorecard(assessment=assessment, by=None, wakes=False)
    assert run()[1] == 0, run()[0]
    tamper("DELETE FROM scorecards_scorecard WHERE number = 'VET-2026-0002'")
    text, code = run()
    assert code == 1
    assert "scorecard: VET-2026-0002: the trail tells that it was asked for, no row is" in text


def test_a_former_file_is_its_own_document_though_another_has_the_same_record(row):
    data = storage.stored_file(row)
    storage.path_of(row.file).unlink()
    retry_scorecard(scorecard=row, by=None, wakes=False)
    built(row)
    Scorecard.objects.create(
        kind=Kind.PORTFOLIO,
        number="VET-2026-0009",
        is_draft=False,
        content=row.content,
        digest=row.digest,
        template_version="another",
    )
    assert data != storage.stored_file(row)
    assert judge(data).row == row


def test_work_on_bundles_is_no_fault(row, settings):
    by = make_user(Role.MANAGER)
    bundle = request_bundle(assessment_ids=[row.assessment_id], title="Sample", by=by, wakes=False)
    advance(bundle.public_id)
    bundle.refresh_from_db()
    folder = Path(settings.MEDIA_ROOT) / "bundles"
    old = time.time() - 86_400
    os.utime(folder / Path(bundle.file).name, (old, old))
    resume_bundle(bundle=bundle, by=by, wakes=False)
    assert run()[1] == 0, run()[0]
    lost = b"what a worker packed that lost its claim"
    lost_name = f"{hashlib.sha256(lost).hexdigest()}.zip"
    (folder / lost_name).write_bytes(lost)
    assert run()[1] == 0, run()[0]
    os.utime(folder / lost_name, (old, old))
    assert f"bundles/{lost_name}: no row names this file" in run()[0]


def test_a_bundle_keeps_the_hash_that_its_event_names(row):
    by = make_user(Role.MANAGER)
    bundle = request_bundle(assessment_ids=[row.assessment_id], title="All", by=by, wakes=False)
    advance(bundle.public_id)
    bundle.refresh_from_db()
    assert run()[1] == 0, run()[0]
    data = storage.path_of(bundle.file).read_bytes() + b"\0"
    name = f"bundles/{hashlib.sha256(data).hexdigest()}.zip"
    storage.path_of(bundle.file).rename(storage.path_of(name))
    storage.path_of(name).write_bytes(data)
    Bundle.objects.update(file=name, file_sha256=name[8:-4], file_size=len(data))
    text, code = run()
    assert code == 1
    assert "bundle: All: its row says of the file what its event does not" in text


def test_a_record_from_before_corrections_says_nothing_of_them(row):
    """As rows are that were chained when corrections came."""
    second = built(
        new_issue(assessment=row.assessment, replaces=row, reason="x", by=None, wakes=False)
    )
    record = json.loads(second.content)
    del record["issue"]
    Scorecard.objects.filter(pk=second.pk).update(content=json.dumps(record), reason="y")
    assert "replaces" not in run()[0]


def test_built_anew_it_leaves_no_file_that_no_row_names(row, monkeypatch):
    put(row, b"damaged")
    retry_scorecard(scorecard=row, by=make_user(), wakes=False)
    with monkeypatch.context() as patch:
        patch.setattr(builder, "_finish", killed)
        with pytest.raises(Killed):
            builder.build(str(row.public_id))
    assert len(list(storage.path_of(storage.FOLDER).iterdir())) == 2
    Scorecard.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):  # signed in another second
        built(row)
    assert [path.stem for path in storage.path_of(storage.FOLDER).iterdir()] == [row.file_sha256]
    assert run()[1] == 0, run()[0]


class Killed(BaseException):
    """What no handler catches, as kill -9 leaves none to run."""


def killed(*_arguments, **_fields):
    raise Killed


def test_archives_that_nobody_names_or_that_were_changed_are_named(row, settings):
    folder = settings.MEDIA_ROOT / "bundles"
    folder.mkdir(parents=True)
    (folder / f"{'a' * 64}.zip").write_bytes(b"PK")
    os.utime(folder / f"{'a' * 64}.zip", (1, 1))
    text, _code = run()
    assert f"bundle: bundles/{'a' * 64}.zip: no row names this file" in text
    assert f"bundle: Bundle (bundles/{'a' * 64}.zip): the file does not give its SHA-256" in text


# --- one file ---------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    """A function that writes bytes to a file and gives its name."""

    def write(data, name="file.pdf"):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


def test_a_genuine_file_is_in_force(row, file):
    text, code = run(file(storage.stored_file(row)))
    assert code == 0, text
    assert "Genuine: VET-2026-0001. In force." in text
    assert f"SHA-256 of the record {row.digest}" in text
    assert f"certificate {row.certificate.fingerprint}" in text


def test_a_withdrawn_file_is_genuine_and_says_so(row, file):
    withdraw(scorecard=row, reason="The name was wrong.", by=make_user(Role.MANAGER))
    text, code = run(file(storage.stored_file(row)))
    assert code == 0
    assert f"Genuine: VET-2026-0001. Withdrawn on {timezone.localdate()}." in text


def test_a_file_given_out_before_it_was_built_again_is_genuine(row):
    first = storage.stored_file(row)
    storage.path_of(row.file).unlink()
    retry_scorecard(scorecard=row, by=make_user(), wakes=False)
    built(row)
    assert storage.stored_file(row) != first
    assert judge(first).is_genuine
    assert judge(storage.stored_file(row)).is_genuine


def test_a_changed_file_says_which_it_was(row, file):
    text, code = run(file(storage.stored_file(row) + b"\n"))
    assert code == 1
    assert "It says it is VET-2026-0001, but its bytes are not those" in text


def test_the_unsigned_bytes_are_not_the_file(row, file):
    text, code = run(file(unsigned(row)))
    assert code == 1
    assert "its bytes are not those" in text
    assert "Not signed" in text


def test_a_file_of_another_installation_is_nobodys(row, file):
    text, code = run(file(tiny_pdf('{"number":"VET-2020-0001"}')))
    assert code == 1
    assert "No document of this installation has this content" in text


def test_a_row_without_its_event_makes_nothing_genuine(row, file):
    data = tiny_pdf(row.content)
    registered(row, data)
    text, code = run(file(data))
    assert code == 1
    assert "No event of the trail tells of this file" in text


def archive():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("scorecard.json", "{}")
    return out.getvalue()


GARBAGE = {
    "empty": b"",
    "zip": archive(),
    "text": b"VET-2026-0001",
    "cut": tiny_pdf("{}")[:-20],
    "zeros": bytes(100_000_000),
    "zeros in between": b"%PDF-1.7\n" + bytes(20_000_000) + b"\n%%EOF\n",
    "no record": tiny_pdf("{}", name="notes.txt"),
    "encrypted": tiny_pdf("{}").replace(b"/Root", b"/Encrypt << >> /Root"),
}


@pytest.mark.parametrize("case", GARBAGE)
def test_anything_else_is_refused_in_a_sentence(case, file):
    text, code = run(file(GARBAGE[case]))
    assert code == 2
    assert "NOT GENUINE. The " in text


def test_a_file_that_is_not_there(tmp_path):
    text, code = run(str(tmp_path / "none.pdf"))
    assert code == 2
    assert "cannot be read" in text


def test_the_worst_of_several_files_decides(row, file):
    good = file(storage.stored_file(row), "good.pdf")
    text, code = run(good, file(b"", "empty.pdf"))
    assert code == 2
    assert "Genuine" in text


def test_a_certificate_is_enough_without_the_register(row, file, tmp_path):
    pem = tmp_path / "certificate.pem"
    pem.write_text(row.certificate.pem)
    data = storage.stored_file(row)
    Scorecard.objects.filter(pk=row.pk).update(file_sha256="x")
    text, code = run(file(data), "--certificate", str(pem))
    assert code == 0, text
    assert "Unchanged since it was signed: VET-2026-0001. Only the register knows" in text
    assert run(file(unsigned(row)), "--certificate", str(pem))[1] == 1
    other = tmp_path / "other.pem"
    other.write_text(keys.pem_of(signing_key("ec").certificate))
    assert run(file(data), "--certificate", str(other))[1] == 1
    assert run(file(data), "--certificate", file(b"x", "no.pem"))[1] == 2
    assert run("--certificate", str(pem))[1] == 2
