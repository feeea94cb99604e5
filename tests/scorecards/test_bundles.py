"""Many scorecards asked for at once: the rows, the worker's turns, the ZIP, and what may go wrong."""

import hashlib
import io
import json
import re
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scorecards import builder, packing, storage
from scorecards.bundle_forms import offers_of
from scorecards.models import (
    LEASE,
    MAX_ATTEMPTS,
    STALLED_AFTER,
    BuildState,
    Bundle,
    BundleState,
    ItemState,
    Notice,
    Scorecard,
)
from scorecards.queries.bundles import in_force, progress_of, selection
from scorecards.queries.register import Searched, register
from scorecards.services import bundles as services
from scorecards.services import preparing
from scorecards.services.scorecards import request_scorecard
from tests import factories
from tests.proved import tamper
from tests.scorecards import deciding
from vendors.models import AuditEvent, Vendor
from vendors.permissions import Role
from vendors.services.assessments import cancel_assessment
from vendors.services.refusals import Refused

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What no handler catches, as kill -9 leaves none to run."""


@pytest.fixture
def told(monkeypatch):
    """The bundles that a worker was told of."""
    found = []
    monkeypatch.setattr(services, "wake_bundler", found.append)
    monkeypatch.setattr(preparing, "wake_bundler", found.append)
    return found


@pytest.fixture
def manager():
    return factories.make_user(Role.MANAGER)


@pytest.fixture
def three():
    """Open assessments of three vendors, by name."""
    factories.small_framework()
    return [factories.import_worked(name) for name in ("Aurora", "Borealis", "Ember")]


@pytest.fixture
def ask(told, manager, three):
    """A function that asks for the scorecards of some assessments, of the three unless told."""

    def bundle(assessments=None, by=None):
        return services.request_bundle(
            assessment_ids=[row.pk for row in assessments or three],
            title="Sample vendors",
            source="/bundles/ask/",
            by=by or manager,
            wakes=False,
        )

    return bundle


def draw(bundle):
    """Files for the documents of a bundle, quicker than workers would have them."""
    for row in Scorecard.objects.filter(items__bundle=bundle, state=BuildState.QUEUED):
        data = b"%PDF-1.7 of " + row.digest.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{storage.FOLDER}/{sha256}.pdf"
        storage.store_file(data, storage.path_of(name), draft=".part")
        row.state, row.ready_at, row.pages = BuildState.READY, timezone.now(), 1
        row.file, row.file_sha256, row.file_size = name, sha256, len(data)
        row.save()


def prepare(bundle):
    """Ask, build, pack."""
    preparing.advance(bundle.public_id)
    draw(bundle)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    return bundle


def archive(bundle):
    return zipfile.ZipFile(Path(django_settings.MEDIA_ROOT) / bundle.file)


def manifest(bundle):
    return json.loads(archive(bundle).read(packing.MANIFEST))


def states(bundle):
    return list(bundle.items.values_list("state", "scorecard__state", "error"))


def let_lease_end(bundle):
    Bundle.objects.filter(pk=bundle.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1), woken_at=None
    )


# Asking


def test_asking_inserts_rows_and_an_event_alone(ask, three, manager):
    bundle = ask()
    assert (bundle.state, bundle.items.count()) == (BundleState.PREPARING, 3)
    assert not Scorecard.objects.exists()
    event = AuditEvent.objects.get(action="bundle.request")
    assert event.actor == manager
    assert event.after == {"bundle": str(bundle.public_id), "scorecards": 3}


def test_a_double_click_gets_the_same_bundle(ask, three):
    first = ask()
    assert ask() == first
    assert ask(three[:2]) != first
    assert ask(by=factories.make_user(Role.AUDITOR)) != first
    with time_machine.travel(timezone.now() + 2 * services.A_MOMENT):
        assert ask() != first


def test_asking_for_fifty_is_quick_and_asks_little(ask, django_assert_max_num_queries):
    framework = factories.small_framework()
    rows = [factories.make_assessment(framework=framework) for _count in range(50)]
    began = time.perf_counter()
    with django_assert_max_num_queries(12):
        bundle = ask(rows)
    assert time.perf_counter() - began < 0.3
    assert bundle.items.count() == 50


def test_none_and_too_many_are_refused(ask, manager, told, monkeypatch):
    with pytest.raises(Refused, match="nothing to hand out"):
        services.request_bundle(assessment_ids=[], title="None", by=manager)
    monkeypatch.setattr(services, "MOST", 2)
    with pytest.raises(Refused, match="3 scorecards are more than one ZIP may hold"):
        ask()
    assert not Bundle.objects.exists()


def test_a_vendor_is_in_it_with_its_approval_else_with_its_draft(manager):
    framework = factories.small_framework()
    decided, opened = (factories.make_assessment(framework=framework) for _count in range(2))
    factories.approved(decided)
    factories.make_vendor()
    vendors = Vendor.objects.order_by("pk")
    found = selection(vendors)
    assert found.assessment_ids == (decided.pk, opened.pk)
    assert (found.drafts, found.to_build, found.without) == (1, 2, 1)
    assert selection(vendors, decided_only=True).assessment_ids == (decided.pk,)
    assert selection(in_force(manager)).assessment_ids == (decided.pk,)


def test_all_in_force_is_what_the_register_lists(manager, told):
    framework = factories.small_framework()
    approved, gone, over = (factories.make_assessment(framework=framework) for _ in range(3))
    for assessment in (approved, gone, over):
        factories.approved(assessment)
    rejected = deciding.rejected(framework=framework)
    rows = [
        request_scorecard(assessment=one, by=manager, wakes=False)
        for one in (approved, gone, over, rejected)
    ]
    Scorecard.objects.update(ready_at=timezone.now())
    Scorecard.objects.filter(pk=rows[1].pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=manager, withdrawal="Wrong."
    )
    tamper(
        "UPDATE vendors_assessmentresult SET valid_until = '2020-01-01' WHERE assessment_id IN"
        " (SELECT assessment_id FROM scorecards_scorecard WHERE number LIKE '%-0003')"
    )
    assert rows[2].number.endswith("-0003")
    listed = register(manager, Searched(kind="in_force")).values_list("assessment", flat=True)
    held = offers_of(manager, QueryDict())[0].selection
    assert set(held.assessment_ids) == set(listed) == {approved.pk, rejected.pk}
    assert (held.withdrawn, held.drafts, held.without) == (1, 0, 0)
    # what is asked for by name is not left out in silence: the bundle says why it is missing
    asked = selection(Vendor.objects.filter(assessments=gone))
    assert (asked.assessment_ids, asked.to_build, asked.withdrawn) == ((gone.pk,), 0, 1)


def test_an_open_assessment_comes_before_an_earlier_rejection(manager):
    framework = factories.small_framework()
    rejected = deciding.rejected(framework=framework)
    vendors = Vendor.objects.filter(pk=rejected.vendor_id)
    assert selection(vendors).assessment_ids == (rejected.pk,)
    anew = factories.make_assessment(framework=framework, vendor=rejected.vendor)
    assert selection(vendors).assessment_ids == (anew.pk,)
    assert selection(vendors, decided_only=True).assessment_ids == (rejected.pk,)


# Preparing


def test_the_zip_holds_the_documents_their_manifest_and_sums(ask, three, manager):
    approved = factories.make_assessment(framework=three[0].framework)
    factories.approved(approved)
    bundle = prepare(ask([*three, approved]))
    assert bundle.state == BundleState.READY, bundle.error
    whole = (Path(django_settings.MEDIA_ROOT) / bundle.file).read_bytes()
    assert bundle.file == f"bundles/{hashlib.sha256(whole).hexdigest()}.zip"
    assert bundle.file_size == len(whole)
    held = archive(bundle)
    for line in held.read(packing.SUMS).decode().splitlines():
        sha256, name = line.split("  ")
        assert hashlib.sha256(held.read(name)).hexdigest() == sha256
    said = manifest(bundle)
    assert (said["title"], said["asked_by"]) == ("Sample vendors", str(manager))
    assert said["failures"] == []
    assert [row["standing"] for row in said["documents"]] == ["draft"] * 3 + ["in_force"]
    row = Scorecard.objects.get(assessment=approved)
    assert said["documents"][3] == {
        "file": f"scorecard-{row.number}.pdf",
        "number": row.number,
        "vendor": approved.vendor.name,
        "standing": "in_force",
        "record_sha256": row.digest,
        "sha256": row.file_sha256,
        "bytes": row.file_size,
        "pages": row.pages,
    }
    names = {row["file"] for row in said["documents"]}
    assert set(held.namelist()) == {*names, packing.MANIFEST, packing.SUMS}
    assert [row.bundle for row in Notice.objects.all()] == [bundle]
    event = AuditEvent.objects.get(action="bundle.build")
    assert event.after["file_sha256"] == bundle.file_sha256


def test_packing_twice_gives_the_same_bytes(ask, manager):
    bundle = prepare(ask())
    first = bundle.file_sha256
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.file_sha256) == (BundleState.READY, first)


def test_the_last_document_wakes_the_bundle(ask, told, django_capture_on_commit_callbacks):
    bundle = ask()
    preparing.advance(bundle.public_id)
    for count, row in enumerate(Scorecard.objects.all(), start=1):
        with django_capture_on_commit_callbacks(execute=True):
            Scorecard.objects.filter(pk=row.pk).update(content="{}")
            builder.build(row.public_id)
        assert told == ([bundle.public_id] if count == 3 else [])


def test_one_that_has_none_and_one_that_fails_stop_no_other(ask, three, manager):
    cancel_assessment(assessment=three[0], reason="Not needed.", by=manager)
    bundle = ask()
    preparing.advance(bundle.public_id)
    poisoned = Scorecard.objects.filter(assessment=three[1])
    poisoned.update(content="{}")
    builder.build(poisoned.get().public_id)
    draw(bundle)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.READY
    failures = {row["vendor"]: row["reason"] for row in manifest(bundle)["failures"]}
    assert failures[three[0].vendor.name] == "The assessment was cancelled, so it has no scorecard."
    assert "does not match its SHA-256" in failures[three[1].vendor.name]
    assert len(manifest(bundle)["documents"]) == 1
    assert (progress_of(bundle).held, progress_of(bundle).failed) == (1, 2)


def test_an_error_in_one_item_stops_no_other(ask, three, monkeypatch, caplog):
    real = preparing.request_scorecard

    def broken(*, assessment, **options):
        if assessment.pk == three[0].pk:
            raise ZeroDivisionError
        return real(assessment=assessment, **options)

    monkeypatch.setattr(preparing, "request_scorecard", broken)
    bundle = prepare(ask())
    assert bundle.state == BundleState.READY
    assert [row["reason"] for row in manifest(bundle)["failures"]] == [
        "Asking for it failed. The worker's log says why."
    ]


def test_all_failed_is_a_failure_with_reasons(ask, three, manager):
    for row in three:
        cancel_assessment(assessment=row, reason="Not needed.", by=manager)
    bundle = prepare(ask())
    assert (bundle.state, bundle.file) == (BundleState.FAILED, "")
    assert bundle.error == "None of the 3 scorecards could be had. The list says why."
    assert Notice.objects.get().outcome == "failed"


def test_a_damaged_file_is_a_failure_and_no_wrong_file(ask, three, manager):
    bundle = ask()
    preparing.advance(bundle.public_id)
    draw(bundle)
    row = Scorecard.objects.get(assessment=three[1])
    storage.path_of(row.file).write_bytes(b"%PDF-1.7 swapped")
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert [row["reason"] for row in manifest(bundle)["failures"]] == [
        "The file was changed since it was built."
    ]
    assert row.file_name not in archive(bundle).namelist()
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    prepare(bundle)
    assert manifest(bundle)["failures"] == []
    assert archive(bundle).read(row.file_name) == storage.stored_file(row)


def test_one_that_is_asked_for_again_while_it_is_packed_is_waited_for(ask, three, monkeypatch):
    bundle = ask()
    preparing.advance(bundle.public_id)
    draw(bundle)
    row = Scorecard.objects.filter(items__bundle=bundle).first()
    Scorecard.objects.filter(pk=row.pk).update(state=BuildState.FAILED, ready_at=None, error="No.")
    settled = preparing.is_settled

    def and_then_somebody_retries(held):
        answer = settled(held)
        Scorecard.objects.filter(pk=row.pk, state=BuildState.FAILED).update(
            state=BuildState.QUEUED, error=""
        )
        return answer

    monkeypatch.setattr(preparing, "is_settled", and_then_somebody_retries)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.PREPARING
    draw(bundle)
    preparing.advance(bundle.public_id)
    assert len(manifest(Bundle.objects.get())["documents"]) == 3


def test_no_document_is_missing_without_a_reason(ask, three):
    bundle = ask()
    preparing.advance(bundle.public_id)
    draw(bundle)
    contents = preparing.Contents(bundle, storage.stored_file)
    row = Scorecard.objects.filter(items__bundle=bundle).first()
    Scorecard.objects.filter(pk=row.pk).update(state=BuildState.QUEUED)
    assert list(contents.entries())
    assert len(contents.documents) == 2
    (failure,) = contents.failures
    assert "asked for once more" in failure.reason


# Killed at any line


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (preparing, "_asked_for"),
        (preparing, "is_settled"),
        (preparing, "pack"),
        (preparing, "_finish"),
        (packing, "flush_folder"),
    ],
)
def test_killed_between_two_steps_it_goes_on_and_ends_once(ask, told, monkeypatch, where, name):
    bundle = ask()

    def kill(*_args, **_options):
        raise Killed

    if name in {"pack", "_finish", "flush_folder"}:
        preparing.advance(bundle.public_id)
        draw(bundle)
    with monkeypatch.context() as patched:
        patched.setattr(where, name, kill)
        with pytest.raises(Killed):
            preparing.advance(bundle.public_id)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.PREPARING, "the claim of the dead one still stands"
    let_lease_end(bundle)
    services.sweep_bundles(told.append)
    draw(bundle)
    if not told:
        services.sweep_bundles(told.append)
    assert told == [bundle.public_id]
    prepare(bundle)
    assert bundle.state == BundleState.READY
    assert Scorecard.objects.count() == 3
    assert Notice.objects.filter(bundle=bundle).count() == 1
    assert AuditEvent.objects.filter(action="bundle.build").count() == 1


def test_killed_in_the_middle_of_asking_it_asks_for_the_rest(ask, three, monkeypatch):
    real, bundle = preparing._asked_for, ask()

    def kill(item, *rest):
        if item.position == 3:
            raise Killed
        return real(item, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(preparing, "_asked_for", kill)
        with pytest.raises(Killed):
            preparing.advance(bundle.public_id)
    assert [row[0] for row in states(bundle)] == [ItemState.ASKED] * 2 + [ItemState.WAITING]
    let_lease_end(bundle)
    preparing.advance(bundle.public_id)
    assert [row[0] for row in states(bundle)] == [ItemState.ASKED] * 3
    assert Scorecard.objects.count() == 3


def test_one_that_kills_each_worker_fails_visibly(ask, told):
    bundle = ask()
    Bundle.objects.filter(pk=bundle.pk).update(attempts=MAX_ATTEMPTS)
    let_lease_end(bundle)
    services.sweep_bundles(told.append)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.FAILED
    assert bundle.error.startswith("Preparing it stopped in the middle 5 times")
    assert told == []


def test_a_full_disk_is_tried_again_then_fails_with_the_reason(ask, monkeypatch):
    bundle = ask()
    preparing.advance(bundle.public_id)
    draw(bundle)

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(preparing, "pack", full)
    for _turn in range(MAX_ATTEMPTS):
        bundle.refresh_from_db()
        assert bundle.state == BundleState.PREPARING
        preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.FAILED
    assert bundle.error == "The ZIP could not be stored: No space left on device."


def test_a_late_worker_writes_nothing(ask, manager, monkeypatch):
    bundle = ask()
    preparing.advance(bundle.public_id)
    draw(bundle)
    real = preparing.pack

    def cancelled_meanwhile(*args, **options):
        services.cancel_bundle(bundle=bundle, by=manager)
        return real(*args, **options)

    monkeypatch.setattr(preparing, "pack", cancelled_meanwhile)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.file) == (BundleState.CANCELLED, "")
    assert not AuditEvent.objects.filter(action="bundle.build").exists()


def test_a_worker_from_before_it_was_resumed_ends_nothing(ask, manager):
    bundle = ask()
    late = preparing._claim(bundle.public_id)
    Bundle.objects.update(attempts=MAX_ATTEMPTS, lease_until=timezone.now() - timedelta(seconds=1))
    services.sweep_bundles(lambda _id: True)
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    assert not late.write(error="late")
    with pytest.raises(preparing._ClaimLostError):
        late.hold()


def test_whatever_its_lease_one_without_attempts_left_ends(ask, told):
    bundle = ask()
    Bundle.objects.update(attempts=MAX_ATTEMPTS, lease_until=None)
    preparing.advance(bundle.public_id)
    services.sweep_bundles()
    bundle.refresh_from_db()
    assert bundle.state == BundleState.FAILED


def test_what_was_dropped_is_theirs_who_ask_for_it_under_todays_version(three, manager):
    decided = factories.make_assessment(framework=three[0].framework)
    factories.approved(decided)
    row = request_scorecard(assessment=decided, by=manager, wakes=False)
    Scorecard.objects.filter(pk=row.pk).update(state=BuildState.CANCELLED, template_version="0")
    other = factories.make_user()
    again = request_scorecard(assessment=decided, by=other, wakes=False)
    assert (again.pk, again.state, again.wanted_by) == (row.pk, BuildState.QUEUED, other)
    assert again.template_version == row.template_version
    assert AuditEvent.objects.get(action="scorecard.retry").actor == other


def test_a_long_list_is_asked_for_in_turns(ask, told, monkeypatch):
    monkeypatch.setattr(preparing, "A_TURN", -1)
    bundle = ask()
    preparing.advance(bundle.public_id)
    assert told == [bundle.public_id]
    bundle.refresh_from_db()
    assert (bundle.lease_until, bundle.attempts) == (None, 0)


# The sweeper


def test_the_sweeper_wakes_what_stalled_and_nothing_else(ask, told):
    bundle = ask()
    assert services.sweep_bundles(told.append) == []
    with time_machine.travel(timezone.now() + STALLED_AFTER * 2):
        assert services.sweep_bundles(told.append) == [bundle]
        assert services.sweep_bundles(told.append) == []
        preparing.advance(bundle.public_id)
    with time_machine.travel(timezone.now() + STALLED_AFTER * 4):
        assert services.sweep_bundles(told.append) == [], "its documents are being waited for"
        Scorecard.objects.update(state=BuildState.FAILED, error="No.")
        assert services.sweep_bundles(told.append) == [bundle]


def test_old_files_and_those_of_nobody_are_removed(ask, client, manager):
    bundle = prepare(ask())
    folder = storage.path_of(packing.FOLDER)
    (folder / ".left.part").write_bytes(b"half")
    (folder / f"{'0' * 64}.zip").write_bytes(b"nobody's")
    services.sweep_bundles(print)
    assert len(list(folder.iterdir())) == 3
    with time_machine.travel(timezone.now() + 2 * LEASE):
        services.sweep_bundles(print)
        assert [path.name for path in folder.iterdir()] == [f"{bundle.file_sha256}.zip"]
    with time_machine.travel(timezone.now() + services.KEPT_FOR + timedelta(hours=1)):
        services.sweep_bundles(print)
        assert list(folder.iterdir()) == []
    client.force_login(manager)
    assert b"The ZIP was removed since" in client.get(bundle.get_absolute_url()).content
    answer = client.get(reverse("scorecards:bundle-download", args=[bundle.public_id]), follow=True)
    assert b"Prepare it again" in answer.content
    first = bundle.file_sha256
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    assert prepare(bundle).file_sha256 == first


# Stopping and going on


def test_cancelling_drops_what_waits_for_it_alone(ask, three, manager):
    alone = request_scorecard(assessment=three[0], by=manager, wakes=False)
    bundle, other = ask(), ask(three[1:2], by=factories.make_user(Role.AUDITOR))
    for each in (bundle, other):
        preparing.advance(each.public_id)
    built = Scorecard.objects.get(assessment=three[2])
    assert services.cancel_bundle(bundle=bundle, by=manager) == 1
    alone.refresh_from_db()
    built.refresh_from_db()
    assert (alone.state, built.state) == (BuildState.QUEUED, BuildState.CANCELLED)
    assert Scorecard.objects.get(assessment=three[1]).state == BuildState.QUEUED
    assert services.cancel_bundle(bundle=other, by=other.requested_by) == 1
    assert Scorecard.objects.get(assessment=three[1]).state == BuildState.CANCELLED
    with pytest.raises(Refused, match="not being prepared"):
        services.cancel_bundle(bundle=bundle, by=manager)
    assert AuditEvent.objects.filter(action="bundle.cancel").count() == 2


def test_a_cancelled_one_goes_on(ask, manager):
    bundle = ask()
    preparing.advance(bundle.public_id)
    services.cancel_bundle(bundle=bundle, by=manager)
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.CANCELLED
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    assert prepare(bundle).state == BundleState.READY
    assert len(manifest(bundle)["documents"]) == Scorecard.objects.count() == 3
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    with pytest.raises(Refused, match="prepared already"):
        services.resume_bundle(bundle=bundle, by=manager)


def test_going_on_tries_the_failed_again(ask, three, manager):
    bundle = ask()
    preparing.advance(bundle.public_id)
    row = Scorecard.objects.get(assessment=three[0])
    Scorecard.objects.filter(pk=row.pk).update(state=BuildState.FAILED, error="The disk was full.")
    prepare(bundle)
    assert [row["reason"] for row in manifest(bundle)["failures"]] == ["The disk was full."]
    services.resume_bundle(bundle=bundle, by=manager, wakes=False)
    assert prepare(bundle).state == BundleState.READY
    assert manifest(bundle)["failures"] == []
    assert list(bundle.items.values_list("error", flat=True)) == [""] * 3
    event = AuditEvent.objects.get(action="bundle.resume")
    assert event.after["tried_again"] == 1


def test_a_document_of_a_bundle_is_told_of_once(ask):
    prepare(ask())
    assert Notice.objects.filter(scorecard__isnull=False).count() == 0
    assert Notice.objects.filter(bundle__isnull=False).count() == 1


def test_a_bundle_tells_of_a_document_that_waited_for_somebody_else_by_itself(ask, three, manager):
    auditor = factories.make_user(Role.AUDITOR)
    row = request_scorecard(assessment=three[0], by=auditor, wakes=False)
    bundle = ask()
    preparing.advance(bundle.public_id)
    Scorecard.objects.filter(pk=row.pk).update(content="{}")
    builder.build(row.public_id)
    assert list(Notice.objects.values_list("user", "scorecard")) == [(auditor.pk, row.pk)]
    prepare(bundle)
    assert Notice.objects.get(user=manager).bundle == bundle


# Who may


def test_without_a_role_no_file_is_made(ask, manager):
    bundle = ask()
    preparing.advance(bundle.public_id)
    manager.groups.clear()
    preparing.advance(bundle.public_id)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.file) == (BundleState.FAILED, "")
    assert "may no longer have it" in bundle.error
    assert set(Scorecard.objects.values_list("state", flat=True)) == {BuildState.CANCELLED}


def test_the_download_is_its_owners_whole_and_recorded(ask, client, manager):
    bundle = prepare(ask())
    url = reverse("scorecards:bundle-download", args=[bundle.public_id])
    client.force_login(factories.make_user(Role.MANAGER))
    assert client.get(url).status_code == 404
    client.force_login(manager)
    answer = client.get(url)
    data = b"".join(answer.streaming_content)
    assert hashlib.sha256(data).hexdigest() == bundle.file_sha256
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert re.fullmatch(
        r'attachment; filename="scorecards-\d{4}-\d\d-\d\d-[0-9a-f]{8}\.zip"',
        answer["Content-Disposition"],
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEvent.objects.get(action="bundle.download").after["file_sha256"]
    path = storage.path_of(bundle.file)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    answer = client.get(url, follow=True)
    assert b"was changed since it was packed" in answer.content
    manager.groups.clear()
    assert client.get(url).status_code in {403, 404}
    assert AuditEvent.objects.filter(action="bundle.download").count() == 1


# Pages


def test_the_page_asks_for_a_filter_and_for_vendors_compared(client, told, manager, three):
    client.force_login(manager)
    url = reverse("scorecards:bundle-ask")
    page = client.get(url, {"of": "vendors", "q": "Aurora"}).content.decode()
    assert "This filter" in page
    assert "All in force" in page
    typed = {"choice": "filter"}
    answer = client.post(f"{url}?of=vendors&q=Aurora", typed)
    bundle = Bundle.objects.get()
    assert answer["Location"] == bundle.get_absolute_url()
    assert [row.assessment for row in bundle.items.all()] == [three[0]]
    assert client.post(f"{url}?of=vendors&q=Aurora", typed)["Location"] == answer["Location"]
    ids = "&".join(f"v={row.vendor.public_id}" for row in three[:2])
    client.post(f"{url}?{ids}", {"choice": "compared"})
    assert Bundle.objects.first().items.count() == 2
    none = client.post(url, {"choice": "in_force"})
    assert none.status_code == 422
    assert b"nothing to hand out" in none.content
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"choice": "filter"}).status_code == 422


def test_the_page_says_how_far_it_is(ask, client, manager, three):
    bundle = ask()
    preparing.advance(bundle.public_id)
    first, second, _third = Scorecard.objects.order_by("pk")
    Scorecard.objects.filter(pk=first.pk).update(state=BuildState.FAILED, error="Sample reason.")
    Scorecard.objects.filter(pk=second.pk).update(state=BuildState.BUILDING)
    client.force_login(manager)
    page = client.get(bundle.get_absolute_url()).content.decode()
    assert f"1 of 3, now building {three[1].vendor.name}, 2 left" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Sample reason." in page
    part = client.get(f"{bundle.get_absolute_url()}?said=0", headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"30 percent are done" in part.content
    same = client.get(f"{bundle.get_absolute_url()}?said=30", headers={"HX-Request": "true"})
    assert b"percent are done" not in same.content
    services.cancel_bundle(bundle=bundle, by=manager)
    page = client.get(bundle.get_absolute_url()).content.decode()
    assert "every 2s" not in page
    assert "Go on" in page


def test_pages_ask_as_little_for_many_as_for_few(ask, client, manager, three):
    few, many = ask(three[:1]), ask()
    client.force_login(manager)
    counts = []
    for bundle in (few, many):
        with CaptureQueriesContext(connection) as asked:
            client.get(bundle.get_absolute_url())
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("scorecards:bundle-list"))
    assert len(asked) <= 8
    assert page.content.count(b"Sample vendors") == 2
