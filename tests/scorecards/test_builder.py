import hashlib
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, transaction
from django.utils import timezone

from scorecards import builder, storage
from scorecards.models import (
    LEASE,
    MAX_ATTEMPTS,
    STALLED_AFTER,
    BuildState,
    NumberCounter,
    Scorecard,
)
from scorecards.paper import pdf
from scorecards.services import scorecards as services
from tests import factories
from tests.conftest import require
from vendors import scoring
from vendors.models import AuditEvent
from vendors.services.assessments import cancel_assessment

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def aurora():
    factories.small_framework()
    return factories.import_worked("Aurora")


@pytest.fixture
def scorecard(aurora):
    return services.request_scorecard(assessment=aurora, by=factories.make_user(), wakes=False)


@pytest.fixture
def can_draw():
    require(not pdf.unavailable(), pdf.unavailable())


def folder():
    return Path(django_settings.MEDIA_ROOT) / storage.FOLDER


# Asking


def test_two_requests_one_row(aurora, scorecard):
    again = services.request_scorecard(assessment=aurora, by=factories.make_user())
    assert again.pk == scorecard.pk
    assert AuditEvent.objects.filter(action="scorecard.request").count() == 1
    assert scorecard.is_draft
    assert scorecard.number == ""
    assert scorecard.state == BuildState.QUEUED


def test_a_change_makes_a_new_draft(aurora, scorecard):
    aurora.answers.filter(code="L1").update(comment="Seen on site.")
    again = services.request_scorecard(assessment=aurora, by=None)
    assert again.pk != scorecard.pk


def test_approved_ones_are_numbered_without_gaps():
    framework = factories.make_framework()
    year = timezone.localdate().year
    for count in (1, 2, 3):
        assessment = factories.make_assessment(framework=framework)
        factories.approved(assessment)
        for _twice in range(2):
            made = services.request_scorecard(assessment=assessment, by=None)
            assert made.number == f"VET-{year}-{count:04d}"
            assert not made.is_draft
    assert NumberCounter.objects.get(year=year).last == 3


def test_a_request_that_is_rolled_back_takes_no_number():
    assessment = factories.make_assessment(framework=factories.make_framework())
    factories.approved(assessment)
    with transaction.atomic():
        assert services.request_scorecard(assessment=assessment, by=None).number
        transaction.set_rollback(True)
    made = services.request_scorecard(assessment=assessment, by=None)
    assert made.number.endswith("-0001")


def test_cancelled_ones_have_none(aurora):
    cancel_assessment(assessment=aurora, reason="Not needed.", by=factories.make_user("manager"))
    with pytest.raises(services.NoScorecard, match="cancelled"):
        services.request_scorecard(assessment=aurora, by=None)
    assert not Scorecard.objects.exists()


# Building


def test_build_stores_the_file(can_draw, scorecard):
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.READY, scorecard.error
    data = storage.stored_file(scorecard)
    assert data.startswith(b"%PDF-1.7")
    assert scorecard.file == f"scorecards/{hashlib.sha256(data).hexdigest()}.pdf"
    assert (scorecard.file_size, scorecard.attempts, scorecard.step) == (len(data), 1, "")
    assert scorecard.pages > 1
    assert scorecard.lease_until is None
    assert [path.name for path in folder().iterdir()] == [f"{scorecard.file_sha256}.pdf"]
    assert (folder() / f"{scorecard.file_sha256}.pdf").stat().st_mode & 0o777 == 0o600


def test_a_second_delivery_does_nothing(can_draw, scorecard):
    builder.build(scorecard.public_id)
    before = Scorecard.objects.values().get()
    builder.build(scorecard.public_id)
    assert Scorecard.objects.values().get() == before


def test_what_another_has_is_left_alone(scorecard):
    assert builder._claim(scorecard.public_id) is not None
    assert builder._claim(scorecard.public_id) is None


def test_an_ended_lease_can_be_claimed_and_the_late_one_is_fenced_off(scorecard):
    late = builder._claim(scorecard.public_id)
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        other = builder._claim(scorecard.public_id)
    assert other is not None
    assert not late.write(step="late")
    assert other.write(step="mine")
    scorecard.refresh_from_db()
    assert (scorecard.step, scorecard.attempts, scorecard.token) == ("mine", 2, 2)


def test_a_changed_record_is_not_drawn(scorecard):
    Scorecard.objects.update(content=scorecard.content.replace("Aurora", "Boreal"))
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.FAILED
    assert "does not match" in scorecard.error
    assert scorecard.attempts == 1


def test_a_record_that_contradicts_itself_fails_at_once(scorecard):
    content = '{"format":"another"}'
    Scorecard.objects.update(content=content, digest=scoring.digest(content))
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.attempts) == (BuildState.FAILED, 1)
    assert scorecard.error.startswith("Its record cannot be drawn: ")


def test_an_earlier_template_is_not_drawn_with_this_one(scorecard):
    Scorecard.objects.update(template_version="0")
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.FAILED
    assert "Ask for it again" in scorecard.error


def test_a_disk_that_refuses_is_tried_again_and_then_said(can_draw, scorecard, settings, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    settings.MEDIA_ROOT = blocked
    for attempt in range(1, MAX_ATTEMPTS + 1):
        builder.build(scorecard.public_id)
        scorecard.refresh_from_db()
        assert scorecard.attempts == attempt
        assert "could not be stored" in scorecard.error
        is_last = attempt == MAX_ATTEMPTS
        assert scorecard.state == (BuildState.FAILED if is_last else BuildState.QUEUED)
    settings.MEDIA_ROOT = tmp_path / "mended"
    services.retry_scorecard(scorecard=scorecard, by=None, wakes=False)
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.READY
    assert AuditEvent.objects.filter(action="scorecard.retry").count() == 1


def test_a_disk_that_is_full_leaves_nothing(tmp_path):
    target = tmp_path / "scorecards" / "card.pdf"
    code = (
        "import os, resource, sys\n"
        "from pathlib import Path\n"
        "import django; django.setup()\n"
        "from scorecards import storage\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "try:\n"
        "    storage.store_file(bytes(50_000), Path(sys.argv[1]), draft='.a-1.part')\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    assert in_a_process(code, tmp_path, target).startswith("File too large")
    assert list(target.parent.iterdir()) == []


def test_a_build_that_takes_too_much_memory_fails_and_says_so(scorecard, monkeypatch):
    """The error is a real one: a process of its own shows that the limit raises it."""
    monkeypatch.setattr(builder.typeset, "draw_scorecard", lambda *_a, **_k: bytearray(2**62))
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.attempts) == (BuildState.FAILED, 1)
    assert "WORKER_MEMORY" in scorecard.error


def test_the_limit_of_memory_holds_with_the_renderer_warm(can_draw, tmp_path):
    code = (
        "import django; django.setup()\n"
        "from scorecards import tasks\n"
        "tasks.warm_up(sender='celery@here')\n"
        "bytearray(64 * 2**20)\n"
        "try:\n"
        "    bytearray(300 * 2**20)\n"
        "except MemoryError:\n"
        "    print('refused')\n"
    )
    assert in_a_process(code, tmp_path, WORKER_MEMORY="320") == "refused\n"


def test_a_limit_of_time_that_the_renderer_swallowed_is_kept(can_draw, scorecard, settings):
    settings.CELERY_TASK_SOFT_TIME_LIMIT = 0
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.FAILED
    assert "longer than 0 seconds" in scorecard.error


def test_a_database_that_goes_away_leaves_the_row_to_its_lease(scorecard, monkeypatch):
    def lose_it(*_arguments, **_options):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(builder.typeset, "draw_scorecard", lose_it)
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.attempts) == (BuildState.BUILDING, 1)
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert swept() == [scorecard.pk]


def test_who_may_no_longer_have_it_gets_none_but_another_may(can_draw, scorecard):
    asker = scorecard.requested_by
    asker.groups.clear()
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.FAILED
    assert str(asker) in scorecard.error
    other = factories.make_user("manager")
    services.retry_scorecard(scorecard=scorecard, by=other, wakes=False)
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.READY, scorecard.error
    assert (scorecard.wanted_by, scorecard.requested_by) == (other, asker)
    assert other.notices.filter(scorecard=scorecard).count() == 1


def test_a_command_and_whoever_asks_next_get_what_waits_for_somebody_who_left(can_draw, scorecard):
    asker = scorecard.requested_by
    asker.groups.clear()
    other = factories.make_user("manager")
    same = services.request_scorecard(assessment=scorecard.assessment, by=other, wakes=False)
    assert same == scorecard
    scorecard.refresh_from_db()
    assert (scorecard.wanted_by, scorecard.requested_by) == (other, asker)
    other.groups.clear()
    services.request_scorecard(assessment=scorecard.assessment, by=None, wakes=False)
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.wanted_by) == (BuildState.READY, None)


def test_a_file_that_was_put_back_is_taken_up(can_draw, scorecard, monkeypatch):
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    name, data = scorecard.file, storage.stored_file(scorecard)
    storage.path_of(name).write_bytes(b"damaged")
    services.retry_scorecard(scorecard=scorecard, by=None, wakes=False)

    def refuse(*_args, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(builder, "store_file", refuse)
        for _time in range(MAX_ATTEMPTS):
            builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.file) == (BuildState.FAILED, name)
    storage.path_of(name).write_bytes(data)
    services.retry_scorecard(scorecard=scorecard, by=None, wakes=False)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.error) == (BuildState.READY, "")
    assert storage.stored_file(scorecard) == data


def in_a_process(code, folder, *arguments, **extra):
    """What a program of its own prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "vetting.settings",
        "VETTING_DATA_DIR": str(folder / "var"),
        **extra,
    }
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
    ).stdout


def test_without_pango_it_fails_at_once_and_says_why(tmp_path, ready_folder):
    shutil.copytree(ready_folder, tmp_path / "var")
    (tmp_path / "weasyprint.py").write_text(
        "raise OSError(\"cannot load library 'libgobject-2.0-0'\")\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "vetting.settings",
        "VETTING_DATA_DIR": str(tmp_path / "var"),
    }
    code = (
        "import django; django.setup()\n"
        "from tests import factories\n"
        "from scorecards import builder\n"
        "from scorecards.services import scorecards as services\n"
        "factories.small_framework()\n"
        "aurora = factories.import_worked('Aurora')\n"
        "card = services.request_scorecard(assessment=aurora, by=None, wakes=False)\n"
        "builder.build(card.public_id)\n"
        "card.refresh_from_db()\n"
        "print(card.state, card.attempts, card.error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert done.stdout.startswith("failed 1 Scorecards cannot be built on this machine")
    assert pdf.INSTALL_LINE in done.stdout


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_lost_or_changed_file_can_be_built_again(can_draw, scorecard, harm):
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    first = scorecard.file_sha256
    with pytest.raises(services.NoScorecard):
        services.retry_scorecard(scorecard=scorecard, by=None)
    path = folder() / f"{first}.pdf"
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(storage.FileDamaged):
        storage.stored_file(scorecard)
    services.retry_scorecard(scorecard=scorecard, by=None, wakes=False)
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.READY
    assert scorecard.file_sha256 == first
    assert storage.stored_file(scorecard)


# Sweeping


def swept():
    woken = []
    rows = builder.sweep(woken.append)
    assert woken == [row.public_id for row in rows]
    return [row.pk for row in rows]


def test_what_nobody_picked_up_is_woken_once(scorecard):
    assert swept() == []
    with time_machine.travel(timezone.now() + STALLED_AFTER + timedelta(seconds=1), tick=False):
        assert swept() == [scorecard.pk]
        assert swept() == []


def test_what_a_dead_builder_left_is_woken_when_its_lease_ends(scorecard):
    builder._claim(scorecard.public_id)
    with time_machine.travel(timezone.now() + LEASE - timedelta(seconds=5)):
        assert swept() == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert swept() == [scorecard.pk]
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.QUEUED


def test_what_kills_its_builders_ends_failed(scorecard):
    later = timezone.now()
    for _attempt in range(MAX_ATTEMPTS):
        with time_machine.travel(later):
            assert builder._claim(scorecard.public_id) is not None
        later += LEASE + timedelta(seconds=1)
        with time_machine.travel(later):
            swept()
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.FAILED
    assert f"{MAX_ATTEMPTS} times" in scorecard.error
    with time_machine.travel(later + LEASE):
        assert swept() == []


def test_a_broker_that_refuses_ends_the_round(aurora, scorecard):
    services.request_scorecard(assessment=factories.import_worked("Borealis"), by=None, wakes=False)
    tried = []

    def refuse(public_id):
        tried.append(public_id)
        return False

    with time_machine.travel(timezone.now() + STALLED_AFTER + timedelta(seconds=1), tick=False):
        assert builder.sweep(refuse) == []
        assert len(tried) == 1
        assert len(swept()) == 1


def test_half_written_files_of_dead_builders_go(scorecard):
    folder().mkdir(parents=True)
    old, new = folder() / ".old-1.part", folder() / ".new-1.part"
    old.write_bytes(b"%PDF")
    new.write_bytes(b"%PDF")
    long_ago = (timezone.now() - LEASE - timedelta(minutes=1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    swept()
    assert [path.name for path in folder().iterdir()] == [".new-1.part"]


# Commands


def test_build_command_writes_the_same_bytes(can_draw, aurora, tmp_path, capsys):
    target = tmp_path / "card.pdf"
    call_command("build_scorecard", str(aurora.public_id), output=target)
    row = Scorecard.objects.get()
    assert hashlib.sha256(target.read_bytes()).hexdigest() == row.file_sha256
    assert row.file_sha256 in capsys.readouterr().out
    call_command("build_scorecard", str(aurora.public_id), output=target)
    assert Scorecard.objects.count() == 1


@pytest.mark.parametrize("name", ["00000000-0000-4000-8000-000000000000", "aurora"])
def test_build_command_refuses_what_is_not_there(name, tmp_path):
    with pytest.raises(CommandError):
        call_command("build_scorecard", name, "--output", tmp_path / "card.pdf")


def test_build_command_says_where_it_cannot_write(can_draw, aurora, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("build_scorecard", str(aurora.public_id), output=tmp_path)


def test_sweep_command_prints_what_it_did(scorecard, capsys):
    Scorecard.objects.update(woken_at=None)
    call_command("sweep")
    out = capsys.readouterr().out
    assert f"{scorecard.public_id} draft re-queued" in out
    assert out.endswith("Re-queued: scorecards 1, bundles 0, evidence files 0\n")


def test_a_round_of_the_sweep_tells_of_so_many_and_the_next_of_the_others(monkeypatch):
    monkeypatch.setattr(builder, "ROUND", 2)
    factories.small_framework()
    rows = [
        services.request_scorecard(assessment=factories.import_worked(name), by=None, wakes=False)
        for name in ("Aurora", "Borealis", "Dune")
    ]
    Scorecard.objects.update(woken_at=None)
    told = []
    builder.sweep(told.append)
    assert told == [row.public_id for row in rows[:2]]
    builder.sweep(told.append)
    assert told == [row.public_id for row in rows]
