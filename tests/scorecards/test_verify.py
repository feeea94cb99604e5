"""`manage.py verify`: silent on what holds; names what was changed and exits 1."""
# ruff: noqa: S608

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from scorecards import builder, storage
from scorecards.paper import typeset
from scorecards.services.scorecards import request_scorecard
from tests.factories import import_worked, make_user
from tests.proved import lifted, proved_site, save, tamper
from tests.tiny import draw_tiny
from vendors import triggers
from vendors.models import Answer, AssessmentResult, AuditEvent, ChainHead, EvidenceFile
from vendors.permissions import Role
from vendors.services.heads import export_heads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(typeset, "draw_scorecard", draw_tiny)
    return proved_site()


def run(*arguments):
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("verify", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def broken(*parts):
    """The lines of a run that fails, of which one has all the parts."""
    text, code = run()
    assert code == 1, text
    lines = text.splitlines()
    assert any(all(part in line for part in parts) for line in lines), text
    return lines


def title(assessment):
    return f"{assessment.vendor.name}, {assessment.title}"


def test_a_whole_site_verifies(site):
    text, code = run()
    assert code == 0, text
    assert "All of it holds." in text
    for part in ("16 answers", "1 snapshots", "1 evidence files", "1 scorecards"):
        assert part in text


def test_an_empty_site_verifies():
    assert run()[1] == 0


# --- events -------------------------------------------------------------------------------

EVENT_COLUMNS = {
    "at": ("'2026-01-01 00:00:00'", "'2026-01-01 00:00:00+00'"),
    "actor_id": "NULL",
    "actor_label": "'Somebody else'",
    "actor_role": "'auditor'",
    "origin": "'10.0.0.1'",
    "action": "'answer.carry'",
    "vendor_id": "NULL",
    "assessment_id": "NULL",
    "subject": "'L3'",
    "before": '\'{"level":"claimed"}\'',
    "after": "replace(after, '\":', '\" :')",
    "reason": "'because'",
    "digest": "replace(digest, substr(digest, 1, 1), 'x')",
    "previous": "replace(previous, substr(previous, 1, 1), 'x')",
}


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_a_changed_event_is_named(site, column):
    event = AuditEvent.objects.filter(action="answer.save").last()
    value = EVENT_COLUMNS[column]
    if isinstance(value, tuple):
        value = value[connection.vendor != "sqlite"]
    tamper(f"UPDATE vendors_auditevent SET {column} = {value} WHERE id = {event.pk}")
    lines = broken(f"event {event.sequence} of chain {event.chain} ({title(site.open)})")
    assert sum(line.startswith("event:") for line in lines) == 1


def test_a_moment_written_another_way_is_named(site):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps moments, not their text")
    event = AuditEvent.objects.last()
    tamper(f"UPDATE vendors_auditevent SET at = replace(at, ' ', 'T') WHERE id = {event.pk}")
    broken(f"event {event.sequence} of chain {event.chain}")


def test_text_that_is_no_utf8_is_named(site):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes valid UTF-8 alone")
    event = AuditEvent.objects.filter(action="answer.save").last()
    tamper(f"UPDATE vendors_auditevent SET after = CAST(x'7bff7d' AS TEXT) WHERE id = {event.pk}")
    broken(f"event {event.sequence} of chain {event.chain}")


def test_a_removed_event_is_named_and_so_is_one_that_took_its_number(site):
    event = AuditEvent.objects.filter(action="answer.save").first()
    tamper(f"DELETE FROM vendors_auditevent WHERE id = {event.pk}")
    broken(f"event {event.sequence} of chain {event.chain}", "missing")
    later = AuditEvent.objects.filter(chain=event.chain, sequence__gt=event.sequence)
    tamper(
        *(
            f"UPDATE vendors_auditevent SET sequence = {row.sequence - 1} WHERE id = {row.pk}"
            for row in later.order_by("sequence")
        ),
        f"UPDATE vendors_chainhead SET sequence = sequence - 1 WHERE chain = '{event.chain}'",
    )
    broken(f"event {event.sequence} of chain {event.chain}", "does not give its hash")


def test_two_events_in_each_others_place_are_named(site):
    one, other = AuditEvent.objects.filter(action="answer.save").order_by("pk")
    number = f"UPDATE vendors_auditevent SET sequence = %d WHERE id = {one.pk}"
    tamper(
        number % 9999,
        f"UPDATE vendors_auditevent SET sequence = {one.sequence} WHERE id = {other.pk}",
        number % other.sequence,
    )
    broken(f"event {one.sequence} of chain {one.chain}")


def test_an_event_put_in_is_named(site):
    last = AuditEvent.objects.filter(chain="site").latest("sequence")
    columns = ", ".join(
        field.column for field in AuditEvent._meta.fields if field.column not in {"id", "sequence"}
    )
    tamper(
        f"INSERT INTO vendors_auditevent (sequence, {columns})"
        f" SELECT sequence + 1, {columns} FROM vendors_auditevent WHERE id = {last.pk}"
    )
    broken(f"event {last.sequence + 1} of chain site")


def test_a_cut_end_shows_against_the_head(site):
    last = AuditEvent.objects.filter(assessment=site.open).latest("sequence")
    tamper(f"DELETE FROM vendors_auditevent WHERE id = {last.pk}")
    broken(f"chain {last.chain}", f"ends at event {last.sequence - 1}")


def test_a_cut_end_with_its_head_shows_against_the_exported_head(site):
    path = export_heads()
    last = AuditEvent.objects.filter(chain="site").latest("sequence")
    before = AuditEvent.objects.get(chain="site", sequence=last.sequence - 1)
    tamper(
        f"DELETE FROM vendors_auditevent WHERE id = {last.pk}",
        f"UPDATE vendors_chainhead SET sequence = {before.sequence}, digest = '{before.digest}'"
        f" WHERE chain = 'site'",
    )
    lines = broken(path.name, f"names event {last.sequence}", f"ends at {before.sequence}")
    assert len([line for line in lines if line.startswith("chain:")]) == 1


def test_a_chain_written_anew_shows_against_the_head_in_the_snapshot(site, settings):
    """Even with the key: the frozen snapshot holds the head as it was."""
    snapshot = json.loads(AssessmentResult.objects.get().snapshot)
    assert snapshot["head"]["sequence"] > 1
    chain = snapshot["head"]["chain"]
    tamper(
        f"DELETE FROM vendors_auditevent WHERE chain = '{chain}' AND sequence >= 3",
        f"UPDATE vendors_chainhead SET sequence = 2, digest = (SELECT digest FROM"
        f" vendors_auditevent WHERE chain = '{chain}' AND sequence = 2) WHERE chain = '{chain}'",
    )
    broken(f"chain {chain}", "the snapshot of", f"names event {snapshot['head']['sequence']}")


def test_a_changed_file_of_heads_is_named(site):
    path = export_heads()
    assert run()[1] == 0
    data = bytearray(path.read_bytes())
    data[-1] = ord(" ")
    path.write_bytes(data)
    broken("heads: heads/", path.name)


def test_a_renamed_file_of_heads_is_named(site):
    path = export_heads()
    path.rename(path.with_name("2020-01-01.json"))
    broken("heads: heads/2020-01-01.json")


def test_another_key_is_said_once(site, settings):
    settings.TRAIL_KEY = "another" * 10
    text, code = run()
    assert code == 1
    assert "TRAIL_KEY is not the one" in text
    assert "event 1 of chain" not in text


def test_a_missing_trigger_is_named(site):
    if connection.vendor != "sqlite":
        connection.check_constraints()
    triggers.drop(connection, ["vendors_auditevent"])
    broken("trigger: vendors_auditevent_no_update")


# --- answers and states -------------------------------------------------------------------

ANSWER_COLUMNS = {
    "version": "version + 1",
    "value": "'41'",
    "comment": "'x'",
    "proposed_level": "'documented'",
    "answered_by_id": "NULL",
    "is_carried": "true",
    "valid_to": "'2027-01-01'",
    "remark": "'x'",
    "answered_at": ("'2026-01-01 00:00:00'", "'2026-01-01 00:00:00+00'"),
}


@pytest.mark.parametrize("column", ANSWER_COLUMNS)
def test_a_changed_answer_is_named(site, column):
    value = ANSWER_COLUMNS[column]
    if isinstance(value, tuple):
        value = value[connection.vendor != "sqlite"]
    row = site.open.answers.get(code="L2")
    tamper(f"UPDATE vendors_answer SET {column} = {value} WHERE id = {row.pk}")
    lines = broken(f"answer: {title(site.open)}, L2", column)
    assert len(lines) == 2


def test_an_answer_that_nobody_gave_is_named(site):
    row = site.open.answers.get(code="S2")
    tamper(f"UPDATE vendors_answer SET is_answered = true, value = '90' WHERE id = {row.pk}")
    broken(f"answer: {title(site.open)}, S2", "is_answered", "value")


def test_a_link_that_was_taken_away_is_named(site):
    tamper("DELETE FROM vendors_answerevidence")
    broken(f"answer: {title(site.open)}, L1", "evidence")


def test_an_answer_under_another_code_is_named(site):
    row = site.open.answers.get(code="S2")
    tamper(f"UPDATE vendors_answer SET code = 'S9' WHERE id = {row.pk}")
    broken(f"answer: {title(site.open)}, S9", "another criterion")


def test_an_answer_whose_row_is_gone_is_named(site):
    row = site.open.answers.get(code="S2")
    tamper(f"DELETE FROM vendors_answer WHERE id = {row.pk}")
    broken(f"answer: {title(site.open)}, S2", "gone")


def test_a_state_that_no_move_led_to_is_named(site):
    tamper(
        "UPDATE vendors_assessment SET state = 'submitted', submitted_at = created_at"
        f" WHERE id = {site.open.pk}"
    )
    broken(f"assessment: {title(site.open)}", "submitted")


def test_answers_saved_again_still_verify(site):
    save(site.open, "L2", "55", site.owner)
    assert run()[1] == 0


# --- frozen results and frameworks --------------------------------------------------------


def test_a_changed_snapshot_is_named(site):
    tamper("UPDATE vendors_assessmentresult SET snapshot = replace(snapshot, 'Aurora', 'Aurorb')")
    broken(f"snapshot: {title(site.approved)}", "SHA-256")


def test_a_snapshot_with_a_fresh_hash_is_named(site):
    frozen = AssessmentResult.objects.get()
    text = frozen.snapshot.replace("Aurora", "Aurorb")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with lifted():
        AssessmentResult.objects.update(snapshot=text, digest=digest)
    broken(f"snapshot: {title(site.approved)}", "no event names")


@pytest.mark.parametrize(
    ("column", "value"),
    [("overall", "overall + 1"), ("band", "'A+'"), ("weakest_score", "0"), ("must_haves_met", "0")],
)
def test_a_changed_figure_is_named(site, column, value):
    tamper(f"UPDATE vendors_assessmentresult SET {column} = {value}")
    broken(f"snapshot: {title(site.approved)}", column)


def test_a_changed_category_is_named(site):
    tamper("UPDATE vendors_categoryscore SET score = '1/2' WHERE code = 'LAB'")
    broken(f"snapshot: {title(site.approved)}", "category LAB")


def test_a_changed_framework_is_named(site):
    tamper("UPDATE vendors_framework SET document = replace(document, 'a', 'b')")
    broken("framework: ", "fingerprint")


def test_a_moved_criterion_is_named(site):
    tamper("UPDATE vendors_criterion SET category_code = 'XXX' WHERE code = 'L1'")
    broken("framework: ", "criteria")


# --- files --------------------------------------------------------------------------------


def path_of(site):
    file = EvidenceFile.objects.get()
    return Path(storage.path_of("evidence")) / file.stored_name


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def test_a_changed_evidence_file_is_named(site):
    flip(path_of(site))
    broken(f"evidence: {site.open.vendor.name}, E-1 audit.txt", path_of(site).name)


def test_a_missing_evidence_file_is_named(site):
    path_of(site).unlink()
    broken(f"evidence: {site.open.vendor.name}, E-1 audit.txt", "No such file")


def test_a_replaced_file_whose_row_was_mended_is_named(site):
    path_of(site).write_bytes(b"other")
    digest = hashlib.sha256(b"other").hexdigest()
    tamper(f"UPDATE vendors_evidencefile SET sha256 = '{digest}', size = 5")
    broken("evidence: ", "its event names another SHA-256")


def test_a_file_that_nobody_knows_is_named(site):
    stranger = path_of(site).with_name("stranger")
    stranger.write_bytes(b"x")
    old = (timezone.now() - timedelta(hours=1)).timestamp()
    os.utime(stranger, (old, old))
    broken("evidence: evidence/stranger", "no row")


def test_a_changed_scorecard_is_named(site):
    flip(storage.path_of(site.scorecard.file))
    broken("scorecard: ", title(site.approved), site.scorecard.number)


def test_a_scorecard_swapped_with_its_row_is_named(site):
    digest = hashlib.sha256(b"other").hexdigest()
    storage.path_of(f"scorecards/{digest}.pdf").write_bytes(b"other")
    tamper(
        f"UPDATE scorecards_scorecard SET file = 'scorecards/{digest}.pdf',"
        f" file_sha256 = '{digest}', file_size = 5"
    )
    broken("scorecard: ", "no event names the SHA-256 of its file")


def test_a_changed_content_is_named(site):
    tamper("UPDATE scorecards_scorecard SET content = replace(content, 'Aurora', 'Aurorb')")
    broken("scorecard: ", "its content does not give its SHA-256")


# --- output -------------------------------------------------------------------------------


def test_json_for_programs(site):
    text, code = run("--json")
    assert code == 0
    assert json.loads(text)["holds"] is True
    event = AuditEvent.objects.filter(action="answer.save").last()
    tamper(f"UPDATE vendors_auditevent SET reason = 'x' WHERE id = {event.pk}")
    text, code = run("--json")
    document = json.loads(text)
    assert (code, document["holds"]) == (1, False)
    (fault,) = document["faults"]
    assert (fault["kind"], fault["chain"], fault["number"]) == (
        "event",
        event.chain,
        event.sequence,
    )


def test_it_changes_nothing(site):
    before = (AuditEvent.objects.count(), list(ChainHead.objects.values()))
    run()
    assert (AuditEvent.objects.count(), list(ChainHead.objects.values())) == before


def test_nothing_is_asked_per_row(site, django_assert_max_num_queries):
    # one for each pass over a table, and on PostgreSQL those that open and close the view
    with django_assert_max_num_queries(37) as alone:
        run()
    assert Answer.objects.count() == 16
    for name in ("Aurora", "Borealis"):
        found = import_worked(name, approve_as=make_user(Role.MANAGER))
        row = request_scorecard(assessment=found, by=None, wakes=False)
        builder.build(row.public_id)
    with django_assert_max_num_queries(len(alone)):
        run()


def test_lines_say_what_kind_of_thing_it_is(site):
    event = AuditEvent.objects.filter(action="answer.save").last()
    tamper(f"UPDATE vendors_auditevent SET reason = 'x' WHERE id = {event.pk}")
    line = run()[0].splitlines()[0]
    assert re.match(r"event: event \d+ of chain assessment:[0-9a-f-]{36} \(", line)


# --- whatever stands there, the check goes on ---------------------------------------------


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        ("UPDATE vendors_vendor SET name = CAST(x'ff41' AS TEXT)", []),
        ("UPDATE vendors_assessment SET created_at = 'never'", []),
        ("UPDATE vendors_assessmentresult SET snapshot = '{', digest = '{digest}'", ["snapshot"]),
        ("UPDATE vendors_assessmentresult SET overall = 'x'", ["overall"]),
        ("UPDATE vendors_framework SET document = '[]', fingerprint = '{list}'", ["framework"]),
        ("UPDATE vendors_evidencefile SET size = 'x', stored_name = 'a/../b'", ["evidence"]),
        (
            "UPDATE vendors_auditevent SET sequence = sequence || 'x' WHERE chain = 'site'",
            ["chain site"],
        ),
        ('UPDATE vendors_auditevent SET after = \'{"answers":{"L1":1}}\'', ["TRAIL_KEY"]),
        ("UPDATE scorecards_scorecard SET content = x'ff', file_size = 'x'", ["scorecard"]),
    ],
)
def test_nonsense_is_named_and_stops_nothing(site, statement, parts):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps to the types of its columns")
    for name, text in (("{digest}", "{"), ("{list}", "[]")):
        statement = statement.replace(name, hashlib.sha256(text.encode()).hexdigest())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            tamper(statement)
            text, code = run()
        finally:
            # the connection outlives the test
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert code == (1 if parts else code)
    assert all(part in text for part in parts), text
    assert "Checked" in text
