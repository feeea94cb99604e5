"""The evidence register: what is stored, refused, linked, replaced, removed, drawn and recorded."""

import hashlib
import io
import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from scorecards.management.commands import sweep
from tests.corpus import ITEMS, catalogue_with, jpeg, pages, pdf_of, plain_pdf, png
from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors import filestore, previews
from vendors import pages as drawing
from vendors.models import (
    AnswerEvidence,
    AuditEvent,
    Certification,
    Evidence,
    EvidenceFile,
    PageState,
)
from vendors.permissions import Role
from vendors.queries.answer_states import answer_state
from vendors.queries.evidence import evidence_register, links_of, register_counts, register_lines
from vendors.services import answer_evidence, evidence_files
from vendors.services import evidence as services
from vendors.services.evidence import (
    add_evidence,
    edit_evidence,
    link_evidence,
    receive_evidence,
    remove_evidence,
    replace_evidence,
    unlink_evidence,
)
from vendors.services.evidence_files import FileRefused
from vendors.services.evidence_pages import redraw_pages
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def vendor(officer):
    return make_vendor(by=officer)


@pytest.fixture
def assessment(vendor, officer):
    return make_assessment(vendor=vendor, owner=officer, framework=small_framework())


def upload(content=None, name="policy.pdf"):
    return SimpleUploadedFile(name, plain_pdf() if content is None else content)


def add(vendor, by, content=None, name="policy.pdf", **details):
    details.setdefault("title", "")
    return add_evidence(vendor=vendor, upload=upload(content, name), by=by, **details)


def link(assessment, code, evidence, by, **options):
    answer = assessment.answers.get(code=code)
    options.setdefault("version", answer.version)
    return link_evidence(assessment=assessment, answer=answer, evidence=evidence, by=by, **options)


def stored_files():
    return sorted(path.name for path in filestore.folder_of(filestore.FOLDER).iterdir())


def last_event(action):
    return AuditEvent.objects.filter(action=action).latest("pk")


# --- adding -------------------------------------------------------------------------------


def test_a_document_is_stored_whole_under_a_random_name(vendor, officer):
    evidence = add(vendor, officer, title=" Privacy  policy ", issuer="Sample Audit")
    file = evidence.files.get()
    assert (evidence.label, evidence.title) == ("E-1", "Privacy policy")
    assert file.sha256 == hashlib.sha256(plain_pdf()).hexdigest()
    assert (file.kind, file.size, file.version, file.is_current) == (
        "pdf",
        len(plain_pdf()),
        1,
        True,
    )
    assert "policy" not in file.stored_name
    assert filestore.path_of(file.stored_name).read_bytes() == plain_pdf()
    assert filestore.path_of(file.stored_name).stat().st_mode & 0o777 == 0o600
    assert file.page_state == PageState.QUEUED
    event = last_event("evidence.add")
    assert event.vendor_id == vendor.pk and event.subject == "E-1"
    assert event.after["sha256"] == file.sha256 and event.after["title"] == "Privacy policy"


def test_without_a_title_it_is_named_after_its_file(vendor, officer):
    assert add(vendor, officer, name="Plan 2026.pdf").title == "Plan 2026.pdf"


def test_documents_are_numbered_by_vendor(vendor, officer):
    numbers = [add(vendor, officer, b"text %d\n" % n, "a.txt").number for n in range(3)]
    other = add(make_vendor(by=officer), officer)
    assert (numbers, other.number) == ([1, 2, 3], 1)


@pytest.mark.parametrize(
    "item",
    [i for i in ITEMS if not i.is_accepted and i.expected != "too-large"],
    ids=lambda i: i.title,
)
def test_what_is_refused_is_recorded_with_its_reason_and_not_kept(item, vendor, officer):
    content = item.make()
    file = SimpleUploadedFile("x", content)
    file.raw_name = item.name
    with pytest.raises(FileRefused) as refusal:
        add_evidence(vendor=vendor, upload=file, title="", by=officer)
    assert refusal.value.why == item.expected
    assert str(refusal.value.message)
    assert not Evidence.objects.exists() and stored_files() == []
    event = last_event("evidence.refuse")
    assert event.after["why"] == item.expected
    assert event.after["sha256"] == hashlib.sha256(content).hexdigest()
    assert event.after["size"] == len(content)
    assert event.reason == str(refusal.value.message)


def test_an_oversize_file_is_refused_without_being_written(vendor, officer):
    file = upload(b"x" * (filestore.MAX_SIZE + 1), "big.txt")
    with pytest.raises(FileRefused, match="25 MB"):
        add_evidence(vendor=vendor, upload=file, title="", by=officer)
    assert stored_files() == []


def test_the_same_file_again_gives_the_document_that_is_there(vendor, officer):
    first = add(vendor, officer)
    again, is_new = receive_evidence(
        vendor=vendor, upload=upload(name="b.pdf"), title="", by=officer
    )
    assert (again, is_new) == (first, False)
    assert EvidenceFile.objects.count() == len(stored_files()) == 1


def test_another_vendor_has_a_document_of_its_own(vendor, officer):
    first, other = add(vendor, officer), add(make_vendor(by=officer), officer)
    assert first.pk != other.pk
    assert len(stored_files()) == 2


def test_a_removed_document_does_not_stand_for_the_same_file(vendor, officer):
    remove_evidence(evidence=add(vendor, officer), reason="Wrong vendor.", by=officer)
    assert add(vendor, officer).number == 2


def test_an_end_before_the_issue_is_refused_before_the_file_is_received(vendor, officer):
    with pytest.raises(FaultyInput) as fault:
        add(vendor, officer, issued_on=date(2026, 5, 1), expires_on=date(2026, 4, 30))
    assert fault.value.faults[0].path == "expires_on"
    assert stored_files() == []


def test_a_certificate_of_another_vendor_is_refused(vendor, officer):
    entry = Certification.objects.create(vendor=make_vendor(by=officer), standard="ISO 9001")
    with pytest.raises(FaultyInput, match="another vendor"):
        add(vendor, officer, certification=entry)
    assert stored_files() == []


def test_the_files_of_a_vendor_have_a_quota(vendor, officer, monkeypatch):
    monkeypatch.setattr(services, "VENDOR_QUOTA", 10)
    add(vendor, officer, b"12345\n", "a.txt")
    with pytest.raises(FileRefused, match="500 MB") as refusal:
        add(vendor, officer, b"67890\n", "b.txt")
    assert refusal.value.why == "quota"
    assert len(stored_files()) == 1


def test_a_full_disk_is_said_and_leaves_nothing(vendor, officer, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileRefused, match="No space left on device"):
        add(vendor, officer)
    monkeypatch.undo()
    assert not Evidence.objects.exists()


def test_a_row_that_cannot_be_made_leaves_no_file(vendor, officer, monkeypatch):
    def fails(**_options):
        raise RuntimeError("no row")

    monkeypatch.setattr(services, "record_event", fails)
    with pytest.raises(RuntimeError):
        add(vendor, officer)
    assert not Evidence.objects.exists() and stored_files() == []


def test_files_without_a_row_are_removed_once_nobody_can_be_at_them(vendor, officer):
    kept = add(vendor, officer).files.get().stored_name
    folder = filestore.folder_of(filestore.FOLDER)
    long_ago = time.time() - filestore.ORPHAN_AFTER.total_seconds() - 60
    for name in ["orphan", ".half.part", "fresh"]:
        (folder / name).write_bytes(b"x")
        if name != "fresh":
            os.utime(folder / name, (long_ago, long_ago))
    os.utime(folder / kept, (long_ago, long_ago))
    drawing.sweep(lambda _id: None)
    assert stored_files() == sorted([kept, "fresh"])


def test_the_database_holds_one_current_file(vendor, officer):
    file = add(vendor, officer).files.get()
    file.pk, file.version, file.stored_name = None, 2, "x"
    with pytest.raises(IntegrityError), transaction.atomic():
        file.save()


# --- editing, replacing, removing -----------------------------------------------------------


def test_details_are_edited_with_before_and_after(vendor, officer):
    evidence = add(vendor, officer, title="Old")
    edit_evidence(evidence=evidence, title="New", expires_on=date(2027, 1, 1), by=officer)
    event = last_event("evidence.edit")
    assert (event.before["title"], event.after["title"]) == ("Old", "New")
    assert event.after["expires_on"] == "2027-01-01"
    edit_evidence(evidence=evidence, title="New", expires_on=date(2027, 1, 1), by=officer)
    assert AuditEvent.objects.filter(action="evidence.edit").count() == 1


def test_a_document_needs_a_title(vendor, officer):
    with pytest.raises(FaultyInput):
        edit_evidence(evidence=add(vendor, officer), title="  ", by=officer)


def test_a_replaced_file_is_a_new_version_and_the_old_one_stays(vendor, officer):
    evidence = add(vendor, officer)
    file = replace_evidence(
        evidence=evidence, upload=upload(plain_pdf(2), "v2.pdf"), reason="Renewed.", by=officer
    )
    old = evidence.files.get(version=1)
    assert (file.version, file.is_current, old.is_current) == (2, True, False)
    assert filestore.checked_content(old.stored_name, old.sha256) == plain_pdf()
    event = last_event("evidence.replace")
    assert event.before["sha256"] == old.sha256 and event.after["sha256"] == file.sha256
    assert event.reason == file.replace_reason == "Renewed."


@pytest.mark.parametrize(
    ("content", "reason", "message"),
    [
        (None, "Again.", "that is there already"),
        (b"text\n", " ", "Say why"),
        (b"", "Empty.", "empty"),
    ],
)
def test_a_replacement_is_refused(vendor, officer, content, reason, message):
    evidence = add(vendor, officer)
    name = "a.pdf" if content is None else "a.txt"
    with pytest.raises(Refused, match=message):
        replace_evidence(evidence=evidence, upload=upload(content, name), reason=reason, by=officer)
    assert evidence.files.count() == len(stored_files()) == 1


def test_removal_keeps_record_file_and_links(assessment, vendor, officer):
    evidence = add(vendor, officer)
    link(assessment, "L1", evidence, officer)
    remove_evidence(evidence=evidence, reason="Wrong site.", by=officer)
    evidence.refresh_from_db()
    assert evidence.removed_by == officer and evidence.remove_reason == "Wrong site."
    assert len(stored_files()) == 1
    (shown,) = links_of([assessment.answers.get(code="L1")])["L1"]
    assert shown.is_removed
    assert last_event("evidence.remove").reason == "Wrong site."
    for change in [
        lambda: remove_evidence(evidence=evidence, reason="Again.", by=officer),
        lambda: edit_evidence(evidence=evidence, title="x", by=officer),
        lambda: replace_evidence(
            evidence=evidence, upload=upload(b"x\n", "a.txt"), reason="r", by=officer
        ),
        lambda: link(assessment, "L2", evidence, officer),
    ]:
        with pytest.raises(Refused, match="removed"):
            change()


def test_removal_needs_a_reason(vendor, officer):
    evidence = add(vendor, officer)
    with pytest.raises(Refused, match="Say why"):
        remove_evidence(evidence=evidence, reason="  ", by=officer)
    evidence.refresh_from_db()
    assert evidence.removed_at is None


# --- at answers ---------------------------------------------------------------------------


def test_a_link_is_a_change_of_the_answer_with_its_whole_state(assessment, vendor, officer):
    evidence = add(vendor, officer)
    answer = link(assessment, "L1", evidence, officer, page="4 to 6")
    row = assessment.answers.get(code="L1")
    assert row.version == answer.version == 1
    event = last_event("answer.evidence")
    assert event.assessment_id == assessment.pk and event.subject == "L1"
    assert event.before == {}
    assert event.after == answer_state(row)
    assert event.after["evidence"] == {str(evidence.public_id): "4 to 6"}
    again = link(assessment, "L1", evidence, officer, page="7")
    assert again.version == 2 and AnswerEvidence.objects.get().page == "7"
    assert last_event("answer.evidence").after == answer_state(assessment.answers.get(code="L1"))


def test_the_same_link_again_is_no_event(assessment, vendor, officer):
    evidence = add(vendor, officer)
    link(assessment, "L1", evidence, officer, page="4")
    link(assessment, "L1", evidence, officer, page=" 4 ")
    assert AuditEvent.objects.filter(action="answer.evidence").count() == 1


def test_a_stale_link_changes_nothing(assessment, vendor, officer):
    evidence = add(vendor, officer)
    with pytest.raises(StaleAnswer):
        link(assessment, "L1", evidence, officer, version=7)
    assert not AnswerEvidence.objects.exists()
    assert assessment.answers.get(code="L1").version == 0


def test_a_link_is_taken_off_and_the_document_stays(assessment, vendor, officer):
    evidence = add(vendor, officer)
    answer = link(assessment, "L1", evidence, officer)
    unlink_evidence(
        assessment=assessment, answer=answer, evidence=evidence, version=answer.version, by=officer
    )
    assert links_of([answer]) == {}
    assert last_event("answer.evidence").after == answer_state(assessment.answers.get(code="L1"))
    assert vendor.evidence.kept().count() == 1


def test_a_new_document_voids_what_was_decided(assessment, vendor, officer):
    answer_all(assessment)
    row = assessment.answers.get(code="L1")
    row.decided_by = make_user(Role.MANAGER)
    row.save()
    link(assessment, "L1", add(vendor, officer), officer)
    row.refresh_from_db()
    assert (row.level, row.decided_at, row.decided_by) == ("", None, None)
    assert row.is_answered


def test_a_returned_answer_counts_as_corrected(assessment, vendor, officer):
    row = assessment.answers.get(code="L1")
    row.returned_at, row.return_remark = timezone.now(), "Which sites?"
    row.returned_by = make_user(Role.MANAGER)
    row.save()
    assessment.state, assessment.submitted_at = "clarification", timezone.now()
    assessment.save()
    link(assessment, "L1", add(vendor, officer), officer)
    row.refresh_from_db()
    assert row.corrected_at is not None
    assert last_event("answer.evidence").after == answer_state(row)
    with pytest.raises(Refused, match="locked"):
        link(assessment, "L2", Evidence.objects.get(), officer)


def test_locked_answers_keep_their_evidence(assessment, vendor, officer):
    evidence = add(vendor, officer)
    answer = link(assessment, "L1", evidence, officer)
    answer_all(assessment)
    submitted(assessment)
    with pytest.raises(Refused, match="locked"):
        unlink_evidence(
            assessment=assessment, answer=answer, evidence=evidence, version=1, by=officer
        )
    assert AnswerEvidence.objects.count() == 1


def test_another_vendors_document_cannot_be_cited(assessment, officer):
    with pytest.raises(Refused, match="another vendor"):
        link(assessment, "L1", add(make_vendor(by=officer), officer), officer)


def test_an_assessment_has_a_quota_of_documents(assessment, vendor, officer, monkeypatch):
    monkeypatch.setattr(answer_evidence, "ASSESSMENT_QUOTA", 1)
    first = add(vendor, officer)
    link(assessment, "L1", first, officer)
    link(assessment, "L2", first, officer)
    with pytest.raises(Refused, match="200 documents"):
        link(assessment, "L2", add(vendor, officer, b"x\n", "x.txt"), officer)


def test_one_document_backs_many_answers_and_assessments(assessment, vendor, officer):
    evidence = add(vendor, officer)
    link(assessment, "L1", evidence, officer, page="1")
    link(assessment, "L2", evidence, officer, page="2")
    approved(assessment)
    later = make_assessment(vendor=vendor, owner=officer, framework=assessment.framework)
    link(later, "L1", evidence, officer, page="3")
    (line,) = register_lines(vendor)
    assert [(c.answer.assessment_id, c.page) for c in line.citations] == [
        (later.pk, "3"),
        (assessment.pk, "1"),
        (assessment.pk, "2"),
    ]


def test_a_decided_assessment_keeps_showing_the_version_it_had(assessment, vendor, officer):
    evidence = add(vendor, officer)
    link(assessment, "L1", evidence, officer)
    approved(assessment)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        replace_evidence(
            evidence=evidence, upload=upload(plain_pdf(3), "new.pdf"), reason="Renewed.", by=officer
        )
        later = make_assessment(vendor=vendor, owner=officer, framework=assessment.framework)
        link(later, "L1", evidence, officer)
        (old,) = links_of([assessment.answers.get(code="L1")])["L1"]
        (new,) = links_of([later.answers.get(code="L1")])["L1"]
    assert (old.file.version, new.file.version) == (1, 2)
    assert evidence_register(assessment)[0]["sha256"] == old.file.sha256


def test_the_register_of_a_snapshot_is_plain_and_ordered(assessment, vendor, officer):
    first = add(vendor, officer, title="First", issuer="Sample", issued_on=date(2026, 1, 2))
    second = add(vendor, officer, b"x\n", "x.txt")
    link(assessment, "L2", second, officer)
    link(assessment, "L2", first, officer, page="9")
    link(assessment, "L1", second, officer, page="3")
    entries = evidence_register(assessment)
    assert [entry["label"] for entry in entries] == ["E-1", "E-2"]
    assert entries[0] | {"size": 0, "sha256": ""} == {
        "label": "E-1",
        "title": "First",
        "issuer": "Sample",
        "issued_on": "2026-01-02",
        "expires_on": None,
        "name": "policy.pdf",
        "kind": "pdf",
        "size": 0,
        "sha256": "",
        "version": 1,
        "answers": [{"code": "L2", "page": "9"}],
        "checked_by": "",
        "checked_at": None,
    }
    assert entries[1]["answers"] == [{"code": "L1", "page": "3"}, {"code": "L2", "page": ""}]


def test_the_filters_of_the_register(vendor, officer):
    today = timezone.localdate()
    add(vendor, officer, b"a\n", "a.txt", expires_on=today)
    add(vendor, officer, b"b\n", "b.txt", expires_on=today - timedelta(days=1))
    gone = add(vendor, officer, b"c\n", "c.txt")
    remove_evidence(evidence=gone, reason="Wrong.", by=officer)
    shown = {name: [line.evidence.label for line in register_lines(vendor, name)] for name in
             ["current", "ended", "removed", "all"]}  # fmt: skip
    assert shown == {
        "current": ["E-1"],
        "ended": ["E-2"],
        "removed": ["E-3"],
        "all": ["E-1", "E-2", "E-3"],
    }
    assert register_counts(vendor) == {"current": 1, "ended": 1, "removed": 1, "all": 3}


@pytest.mark.parametrize("count", [1, 4])
def test_the_register_costs_three_queries(
    count, assessment, vendor, officer, django_assert_max_num_queries
):
    for number in range(count):
        link(assessment, "L1", add(vendor, officer, b"%d\n" % number, "a.txt"), officer)
    with django_assert_max_num_queries(3):
        register_lines(vendor)
    answers = list(assessment.answers.all())
    with django_assert_max_num_queries(3):
        links_of(answers)


# --- page images ----------------------------------------------------------------------------


def drawn(vendor, officer, content, name):
    file = add(vendor, officer, content, name).files.get()
    drawing.draw(file.public_id)
    file.refresh_from_db()
    return file


def test_the_pages_of_a_pdf_are_drawn(vendor, officer):
    file = drawn(vendor, officer, plain_pdf(3), "a.pdf")
    assert (file.page_state, file.page_count, file.page_total) == (PageState.READY, 3, 3)
    with Image.open(filestore.page_path(file.stored_name, 1)) as image:
        assert image.format == "PNG" and max(image.size) == 1600
        assert image.convert("RGB").getpixel((300, 1200)) == (51, 102, 204)
    drawing.draw(file.public_id)
    file.refresh_from_db()
    assert file.attempts == 1


def test_no_more_than_fifty_pages_are_drawn(vendor, officer):
    file = drawn(vendor, officer, plain_pdf(60), "a.pdf")
    assert (file.page_count, file.page_total) == (50, 60)


@pytest.mark.parametrize(("content", "name"), [(png(), "a.png"), (jpeg(), "a.jpg")])
def test_a_picture_is_one_page(content, name, vendor, officer):
    file = drawn(vendor, officer, content, name)
    assert (file.page_state, file.page_count) == (PageState.READY, 1)


def test_a_picture_loses_what_its_camera_wrote(vendor, officer):
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Sample camera", 6
    Image.new("RGB", (40, 20), "red").save(held, "JPEG", exif=exif)
    file = drawn(vendor, officer, held.getvalue(), "a.jpg")
    with Image.open(filestore.page_path(file.stored_name, 1)) as image:
        assert image.size == (20, 40)
        assert not image.getexif() and not image.info


def test_text_has_no_pages(vendor, officer):
    file = drawn(vendor, officer, b"a\n", "a.txt")
    assert (file.page_state, file.attempts) == (PageState.NONE, 0)


@pytest.mark.parametrize(
    "content",
    [
        pdf_of(b"<</Type/Catalog>>"),
        pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        catalogue_with(b"/Pages 99 0 R"),
    ],
)
def test_what_cannot_be_drawn_fails_visibly_and_can_be_downloaded(content, vendor, officer):
    file = drawn(vendor, officer, content, "a.pdf")
    assert file.page_state in {PageState.FAILED, PageState.READY}
    if file.page_state == PageState.FAILED:
        assert "downloaded" in file.page_error
        redraw_pages(file=file, by=officer)
        file.refresh_from_db()
        assert (file.page_state, file.attempts) == (PageState.QUEUED, 0)
    assert filestore.checked_content(file.stored_name, file.sha256) == content


def test_a_damaged_picture_cannot_be_drawn(vendor, officer):
    damaged = png(rows=b"\x00")
    assert drawn(vendor, officer, damaged, "a.png").page_state == PageState.FAILED


def test_a_page_of_unusual_size_is_drawn_small(vendor, officer):
    wide = [part.replace(b"595 842", b"14400 20") for part in pages(1)]
    file = drawn(vendor, officer, pdf_of(*wide), "a.pdf")
    with Image.open(filestore.page_path(file.stored_name, 1)) as image:
        assert max(image.size) <= 1601


def test_a_drawing_that_takes_too_long_is_ended(vendor, officer, monkeypatch):
    monkeypatch.setattr(previews, "PATIENCE", 0.01)
    assert drawn(vendor, officer, plain_pdf(50), "a.pdf").page_state == PageState.FAILED


def test_a_drawing_that_takes_too_much_memory_is_ended(tmp_path, monkeypatch):
    program = tmp_path / "draw.py"
    text = previews.PROGRAM.read_text(encoding="utf-8")
    program.write_text(
        text.replace("    draw = draw_pdf", "    bytearray(2 * MEMORY)\n    draw = draw_pdf")
    )
    monkeypatch.setattr(previews, "PROGRAM", program)
    source = tmp_path / "a.pdf"
    source.write_bytes(plain_pdf())
    with pytest.raises(previews.CannotDrawError, match="MemoryError"):
        previews.draw_pages("pdf", source, tmp_path)


def test_who_lost_the_lease_writes_nothing(vendor, officer, monkeypatch):
    file = add(vendor, officer).files.get()
    draw_pages = previews.draw_pages

    def overtaken(*arguments):
        EvidenceFile.objects.update(token=99, page_state=PageState.BUILDING)
        return draw_pages(*arguments)

    monkeypatch.setattr(previews, "draw_pages", overtaken)
    drawing.draw(file.public_id)
    file.refresh_from_db()
    assert (file.page_state, file.page_count) == (PageState.BUILDING, 0)
    assert not filestore.page_path(file.stored_name, 1).exists()
    assert not list(Path(filestore.folder_of(filestore.PAGES_FOLDER)).iterdir())


def test_a_dead_workers_row_is_woken_and_drawn_by_another(vendor, officer):
    file = add(vendor, officer).files.get()
    EvidenceFile.objects.update(
        page_state=PageState.BUILDING, attempts=1, lease_until=timezone.now() - timedelta(seconds=1)
    )
    woken = []
    assert drawing.sweep(woken.append) == 1
    assert woken == [file.public_id]
    assert drawing.sweep(woken.append) == 0
    drawing.draw(file.public_id)
    file.refresh_from_db()
    assert (file.page_state, file.attempts) == (PageState.READY, 2)


def test_the_command_sweeps_evidence_too(vendor, officer, monkeypatch, capsys):
    file = add(vendor, officer).files.get()
    EvidenceFile.objects.update(page_state=PageState.QUEUED, woken_at=None)
    woken = []
    monkeypatch.setattr(sweep, "wake", woken.append)
    call_command("sweep")
    assert woken == [file.public_id]
    assert capsys.readouterr().out == "Re-queued: scorecards 0, bundles 0, evidence files 1\n"


def test_after_five_attempts_it_fails_visibly(vendor, officer):
    file = add(vendor, officer).files.get()
    EvidenceFile.objects.update(
        page_state=PageState.BUILDING, attempts=5, lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert drawing.sweep(lambda _id: None) == 0
    file.refresh_from_db()
    assert file.page_state == PageState.FAILED and "5 times" in file.page_error


def test_a_disk_that_is_full_leaves_it_to_the_sweep(vendor, officer, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filestore, "replace_pages", full)
    file = drawn(vendor, officer, plain_pdf(), "a.pdf")
    assert file.page_state == PageState.QUEUED and "No space left" in file.page_error


def test_each_reason_has_words():
    assert set(evidence_files.WORDS) == set(evidence_files.Why)
