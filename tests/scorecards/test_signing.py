"""Signing: what is signed, with which keys, and what is said of those that cannot be used."""

import contextlib
import os
import shutil
import subprocess
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO

import pytest
import time_machine
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from scorecards import builder, storage
from scorecards.models import MAX_ATTEMPTS, BuildState, SigningCertificate
from scorecards.paper import typeset
from scorecards.seal import enclosed, hanko, keyring, keys, pades, signatures, signing
from scorecards.services.scorecards import request_scorecard, retry_scorecard
from tests.conftest import require
from tests.factories import import_worked, make_user, small_framework
from tests.keys import DAY, certificate, packed, private_key, signing_key
from tests.tiny import draw_tiny, tiny_pdf
from vendors.permissions import Role

TEXT = '{"number":"VET-2026-0001"}'
PASSWORD = "a password that no message repeats"


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.SIGNING_KEY, settings.SIGNING_PASSWORD = None, ""


@pytest.fixture
def put_key(settings, tmp_path):
    """A function that makes a key the one of the settings."""

    def put(key, password="", *, name="key.p12"):
        path = tmp_path / name
        path.write_bytes(key if isinstance(key, bytes) else packed(key, password))
        settings.SIGNING_KEY, settings.SIGNING_PASSWORD = path, password
        return path

    return put


def known_of(key):
    return {keys.fingerprint(key.certificate): (key.certificate, *key.chain)}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["2048", "3072", "ec"])
def test_a_signed_file_begins_with_the_unsigned_one_and_validates(kind, put_key, tmp_path):
    data, key = tiny_pdf(TEXT), signing_key(kind)
    put_key(key, PASSWORD)
    signed = signing.sign(data)
    assert signed.data.startswith(data)
    assert len(signed.data) > len(data)
    record, signature = signatures.examine(signed.data, known_of(key))
    assert signature.fault == ""
    assert signature.fingerprint == signed.certificate.fingerprint
    assert signature.signer == "Sample Holding"
    assert abs(signature.at - timezone.now()) < timedelta(minutes=1)
    assert (record.unsigned, record.text) == (data, TEXT)
    require(shutil.which("qpdf"), "qpdf is not installed")
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed.data)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_field_is_fit_for_pdf_a():
    with enclosed.opened(pades.signed_by(signing_key("ec"), tiny_pdf(TEXT))) as reader:
        field = reader.root["/AcroForm"]["/Fields"][0]
        assert field["/F"] & 4
        assert not field["/F"] & 2
        assert list(field["/Rect"]) == [0, 0, 0, 0]
        assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
        assert field["/V"]["/Reason"] == "Issued by Vetting"
        assert "/NeedAppearances" not in reader.root["/AcroForm"]
        assert field["/V"]["/Location"] == "http://127.0.0.1:8000"


@pytest.mark.django_db
def test_without_a_key_nothing_is_signed():
    data = tiny_pdf(TEXT)
    assert signing.sign(data) == signing.Signed(data, None)
    assert keyring.unusable() == ""


@pytest.mark.django_db
def test_a_certificate_is_kept_once_with_its_chain(put_key):
    key = signing_key("ec")
    put_key(key)
    rows = {signing.sign(tiny_pdf(TEXT)).certificate for _ in range(2)}
    assert len(rows) == 1
    row = SigningCertificate.objects.get()
    name, chain = signatures.known_certificate(row.pem.encode())
    assert (name, chain) == (row.fingerprint, (key.certificate, *key.chain))
    assert not row.is_self_made


@pytest.mark.django_db
def test_the_key_is_read_again_when_its_file_changes(put_key):
    path = put_key(signing_key("ec"))
    first = signing.sign(tiny_pdf(TEXT)).certificate
    path.write_bytes(packed(signing_key("ec", name="Another Holding")))
    os.utime(path, (1, 1))
    second = signing.sign(tiny_pdf(TEXT)).certificate
    assert (first.subject, second.subject) == ("Sample Holding", "Another Holding")


def test_another_key_does_not_pass_for_ours():
    ours, other = signing_key("ec"), signing_key("ec")
    found = signatures.check(pades.signed_by(other, tiny_pdf(TEXT)), known_of(ours))
    assert "not known here" in found.fault


def test_what_was_signed_outside_of_the_certificate_does_not_hold():
    key = signing_key("ec", end=DAY)
    with time_machine.travel(timezone.now() + 3 * DAY):
        data = pades.signed_by(key, tiny_pdf(TEXT))
    assert "not valid when" in signatures.check(data, known_of(key)).fault


def test_a_signature_holds_after_its_certificate_ended():
    key = signing_key("ec", end=DAY)
    data = pades.signed_by(key, tiny_pdf(TEXT))
    with time_machine.travel(timezone.now() + 400 * DAY):
        assert signatures.check(data, known_of(key)).fault == ""


def test_what_is_added_behind_a_signature_is_seen():
    key = signing_key("ec")
    signed = pades.signed_by(key, tiny_pdf(TEXT))
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root["/PageMode"] = generic.NameObject("/UseNone")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    assert "added" in signatures.check(out.getvalue(), known_of(key)).fault
    longer = signed + b"% more\nstartxref\n9\n%%EOF\n"
    with pytest.raises(enclosed.NotOurs):
        signatures.check(longer, known_of(key))


# --- keys that cannot be used -----------------------------------------------------------------

BAD = {
    "missing": (None, "is missing"),
    "empty": (b"", "no PKCS#12"),
    "garbage": (b"\x00" * 500, "no PKCS#12"),
    "wrong password": (lambda: packed(signing_key("ec"), "another"), "SIGNING_PASSWORD is wrong"),
    "ended": (lambda: packed(signing_key("ec", start=-9 * DAY, end=-DAY), PASSWORD), "ended on"),
    "not begun": (lambda: packed(signing_key("ec", start=DAY), PASSWORD), "valid from"),
    "not for signing": (lambda: packed(signing_key("ec", usage=False), PASSWORD), "not for sign"),
    "short": (lambda: packed(signing_key("1024"), PASSWORD), "too short"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_a_key_that_cannot_be_used_says_what_helps(case, put_key):
    made, words = BAD[case]
    path = put_key(made() if callable(made) else made or b"", PASSWORD)
    if made is None:
        path.unlink()
    with pytest.raises(keys.SigningFailed) as refusal:
        signing.sign(tiny_pdf(TEXT))
    assert words in str(refusal.value)
    assert PASSWORD not in str(refusal.value)
    assert str(path.parent) not in str(refusal.value)
    assert keyring.unusable() == str(refusal.value)
    assert not SigningCertificate.objects.exists()


def test_a_folder_in_place_of_a_key_is_no_key(settings, tmp_path):
    settings.SIGNING_KEY = tmp_path
    assert "cannot be read" in keyring.unusable()


def test_a_key_that_ends_soon_is_warned_of(put_key):
    put_key(signing_key("ec", end=59 * DAY))
    assert "ends on" in keyring.unusable()
    put_key(signing_key("ec", end=62 * DAY), name="later.p12")
    assert keyring.unusable() == ""


# --- timestamps -------------------------------------------------------------------------------


class Service(ThreadingHTTPServer):
    """An RFC 3161 service of this machine; `how` may make it a bad one."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        key = private_key("2048")
        cert = hanko.for_library(certificate(key, "Sample timestamps", for_timestamps=True))
        raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self.stamper = DummyTimeStamper(cert, asn1_keys.PrivateKeyInfo.load(raw))
        self.how = "well"
        self.asked = 0

    @property
    def url(self):
        return f"http://user:{PASSWORD.replace(' ', '')}@127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    """One answer of it."""

    def do_POST(self):
        self.server.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = tsp.TimeStampReq.load(body)
        if self.server.how == "other":
            request["message_imprint"]["hashed_message"] = bytes(32)
        if self.server.how == "slow":
            time.sleep(3)
        answer = self.server.stamper.request_tsa_response(request).dump()
        self.send_response(500 if self.server.how == "broken" else 200)
        kind = "text/html" if self.server.how == "page" else "application/timestamp-reply"
        self.send_header("Content-Type", kind)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(b"<html>" if self.server.how in {"page", "noise"} else answer)

    def log_message(self, *_args):
        pass


@pytest.fixture
def service(settings):
    found = Service()
    threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01}).start()
    settings.SIGNING_TIMESTAMP_URL = found.url
    yield found
    found.shutdown()
    found.server_close()


@pytest.mark.parametrize("kind", ["2048", "ec"])
def test_a_timestamp_stands_in_the_signature(kind, service):
    key = signing_key(kind)
    data = pades.signed_by(key, tiny_pdf(TEXT))
    found = signatures.check(data, known_of(key))
    assert (found.fault, found.is_timestamped, service.asked) == ("", True, 1)


@pytest.mark.parametrize("how", ["broken", "page", "noise", "other", "slow", "gone"])
def test_a_service_that_gives_none_fails_the_signing(how, service, settings, monkeypatch):
    monkeypatch.setattr(pades, "TIMESTAMP_SECONDS", 1)
    service.how = how
    if how == "gone":
        settings.SIGNING_TIMESTAMP_URL = "http://127.0.0.1:9/"
    began = time.monotonic()
    with pytest.raises(keys.SigningFailed, match="timestamp service") as refusal:
        pades.signed_by(signing_key("ec"), tiny_pdf(TEXT))
    assert time.monotonic() - began < 3
    assert PASSWORD.replace(" ", "") not in str(refusal.value)


# --- building ---------------------------------------------------------------------------------


@pytest.fixture
def wanted(monkeypatch):
    """A numbered scorecard that waits for a worker, drawn without the renderer."""
    monkeypatch.setattr(typeset, "draw_scorecard", draw_tiny)
    small_framework()
    assessment = import_worked("Aurora", approve_as=make_user(Role.MANAGER))
    return request_scorecard(assessment=assessment, by=make_user(), wakes=False)


@pytest.mark.django_db
def test_a_numbered_document_is_signed_and_a_draft_is_not(wanted, put_key):
    put_key(signing_key("ec"))
    builder.build(str(wanted.public_id))
    wanted.refresh_from_db()
    assert wanted.certificate == SigningCertificate.objects.get()
    assert wanted.unsigned_size < wanted.file_size
    draft = request_scorecard(assessment=import_worked("Borealis"), by=None, wakes=False)
    builder.build(str(draft.public_id))
    draft.refresh_from_db()
    assert (draft.state, draft.certificate) == (BuildState.READY, None)
    assert draft.unsigned_size == draft.file_size


@pytest.mark.django_db
def test_a_key_that_cannot_be_used_fails_the_job_visibly(wanted, put_key):
    put_key(b"nothing")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        builder.build(str(wanted.public_id))
        wanted.refresh_from_db()
        assert "no PKCS#12" in wanted.error
        assert wanted.attempts == attempt
    assert wanted.state == BuildState.FAILED


@pytest.mark.django_db
def test_a_file_given_out_before_it_was_built_again_stays_genuine(wanted, put_key, client):
    put_key(signing_key("ec"))
    hashes = []
    for moment in (timezone.now() + DAY, timezone.now() + 2 * DAY):
        with time_machine.travel(moment, tick=False):
            builder.build(str(wanted.public_id))
        wanted.refresh_from_db()
        hashes.append(wanted.file_sha256)
        storage.path_of(wanted.file).unlink()
        retry_scorecard(scorecard=wanted, by=None, wakes=False)
    assert hashes[0] != hashes[1]
    assert [former.file_sha256 for former in wanted.former_files.all()] == hashes[:1]
    for sha256 in hashes:
        page = client.get(reverse("scorecards:check"), {"file": sha256}).content.decode()
        assert "Genuine" in page
        # the hash that was given is the one that is said to be equal
        assert f'{sha256} <span class="chip chip--ok' in " ".join(page.split())
    other = client.get(reverse("scorecards:check"), {"file": "0" * 64}).content.decode()
    assert "Genuine" not in other


# --- making a key -----------------------------------------------------------------------------


def made(*arguments):
    out = StringIO()
    call_command("make_signing_key", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["", PASSWORD])
def test_a_key_of_ones_own(settings, tmp_path, password):
    settings.SIGNING_PASSWORD = password
    said = made("--name", "Sample Holding", "--days", "90")
    path = tmp_path / "signing.p12"
    assert path.stat().st_mode & 0o777 == 0o600
    signed = signing.sign(tiny_pdf(TEXT))
    assert signed.certificate.is_self_made
    assert signed.certificate.fingerprint in said
    assert "does not prove who" in said
    assert PASSWORD not in said
    with pytest.raises(CommandError, match="There is a key"):
        made("--name", "Another")


@pytest.mark.parametrize("arguments", [("--name", " "), ("--name", "x" * 65), ("--name", "a\nb"),
                                       ("--name", "A", "--days", "0")])  # fmt: skip
def test_a_key_needs_a_name_and_days(arguments, tmp_path):
    with pytest.raises(CommandError, match="Give a"):
        made(*arguments)
    assert not (tmp_path / "signing.p12").exists()
