"""Corrections and withdrawals: who may, what changes, what never does."""

import hashlib
import json
import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from scorecards.comparison.document import COMPARISON_FORMAT
from scorecards.models import BuildState, Kind, NumberCounter, Scorecard
from scorecards.paper.kinds import PAPERS
from scorecards.queries.register import Searched, counts_of, register
from scorecards.queries.standing import standing_of
from scorecards.services.documents import request_document
from scorecards.services.issues import StaleIssue, correct, foresee, withdraw
from scorecards.services.scorecards import (
    NoScorecard,
    last_issue,
    request_scorecard,
    retry_scorecard,
)
from tests.factories import approved, make_user
from tests.scorecards.deciding import rejected, waiting
from vendors.models import AuditEvent, Vendor
from vendors.permissions import Role
from vendors.services.refusals import Refused
from vendors.trail import moment_text

pytestmark = pytest.mark.django_db
REASON = "The name was misspelt."


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, name="Adriana Ferreira")


@pytest.fixture
def assessment():
    return approved(waiting()).assessment


@pytest.fixture
def first(assessment, manager):
    return settled(request_scorecard(assessment=assessment, by=manager, wakes=False))


def settled(scorecard):
    """The scorecard with a file, which nothing had to draw."""
    Scorecard.objects.filter(pk=scorecard.pk).update(
        state=BuildState.READY, file="scorecards/x.pdf", file_sha256="ab" * 32, file_size=1,
        pages=1, ready_at=timezone.now(),
    )  # fmt: skip
    return Scorecard.objects.get(pk=scorecard.pk)


def rename(scorecard, name="Aurora Business Support"):
    Vendor.objects.filter(pk=scorecard.assessment.vendor_id).update(name=name, name_key=name)
    return Scorecard.objects.get(pk=scorecard.pk)


def url(name, scorecard):
    return reverse(f"scorecards:scorecard-{name}", args=[scorecard.public_id])


def standing(scorecard, user):
    row = register(user).get(pk=scorecard.pk)
    return standing_of(row, timezone.localdate())


def seen_in(response):
    return re.search(r'name="seen" value="([0-9a-f]+)"', response.content.decode())[1]


def test_a_correction_is_a_new_issue_and_the_first_stays(first, manager):
    old_name, old_text = first.assessment.vendor.name, first.content
    made = correct(scorecard=rename(first), reason=f" {REASON} ", by=manager)
    assert (made.issue, made.replaces, made.reason) == (2, first, REASON)
    assert made.number != first.number
    assert last_issue(first.assessment) == made
    record = json.loads(made.content)
    assert record["summary"]["vendor"] == "Aurora Business Support"
    assert record["corrections"][0]["before"] == old_name
    first.refresh_from_db()
    assert (first.content, first.state) == (old_text, BuildState.READY)
    event = AuditEvent.objects.get(action="scorecard.correct")
    assert (event.reason, event.subject) == (REASON, made.title)


def test_no_figure_changes(first, manager):
    before = json.loads(first.content)
    after = json.loads(correct(scorecard=rename(first), reason=REASON, by=manager).content)
    for part in ("snapshot", "framework", "engine_version", "valid_until", "snapshot_sha256"):
        assert before[part] == after[part]
    figures = ("overall", "band", "gate", "state", "as_of", "valid_until", "waivers")
    assert [before["summary"][key] for key in figures] == [after["summary"][key] for key in figures]


def test_where_nothing_differs_nothing_is_issued(first, manager):
    assert not foresee(first, by=manager).is_open
    with pytest.raises(Refused, match="would say the same"):
        correct(scorecard=first, reason=REASON, by=manager)
    assert Scorecard.objects.count() == 1


def test_a_second_correction_is_measured_against_the_one_before(first, manager):
    second = settled(correct(scorecard=rename(first, "B Ltd"), reason=REASON, by=manager))
    assert not foresee(second, by=manager).is_open
    changes = foresee(rename(second, "C Ltd"), by=manager).changes
    assert [(row["before"], row["after"]) for row in changes] == [("B Ltd", "C Ltd")]
    # back to what the first issue said
    original = json.loads(first.content)["summary"]["vendor"]
    changes = foresee(rename(second, original), by=manager).changes
    assert [(row["before"], row["after"]) for row in changes] == [("B Ltd", original)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"withdrawn_at": timezone.now(), "withdrawal": "False."}, "was withdrawn"),
        ({"template_version": "0"}, "earlier version"),
        ({"state": BuildState.FAILED}, "never built"),
    ],
)
def test_what_may_be_drawn_again_with_the_same_words(first, manager, change, words):
    Scorecard.objects.update(**change)
    first.refresh_from_db()
    assert words in foresee(first, by=manager).grounds
    made = correct(scorecard=first, reason=REASON, by=manager)
    assert made.template_version == PAPERS[Kind.VENDOR].version
    assert json.loads(made.content)["corrections"] == []


def test_what_is_not_the_last_issue_or_waits_or_is_a_draft_is_not_corrected(first, manager):
    second = correct(scorecard=rename(first), reason=REASON, by=manager)
    with pytest.raises(StaleIssue, match=second.number):
        correct(scorecard=first, reason=REASON, by=manager)
    with pytest.raises(Refused, match="still being built"):
        correct(scorecard=second, reason=REASON, by=manager)
    draft = request_scorecard(assessment=waiting(), by=manager, wakes=False)
    with pytest.raises(Refused, match="draft"):
        correct(scorecard=draft, reason=REASON, by=manager)
    with pytest.raises(Refused, match="what was wrong"):
        correct(scorecard=first, reason="  ", by=manager)


def test_documents_of_other_kinds_are_withdrawn_but_not_corrected(manager):
    document = {"format": COMPARISON_FORMAT, "on": "2026-11-01", "vendors": []}
    made = settled(request_document(kind=Kind.PORTFOLIO, document=document, by=manager))
    with pytest.raises(Refused, match="once its figures change"):
        correct(scorecard=made, reason=REASON, by=manager)
    withdraw(scorecard=made, reason="Wrong weights.", by=manager)
    assert standing(made, manager).standing == "withdrawn"


def test_a_superseded_assessment_may_still_be_corrected(first, manager):
    type(first.assessment).objects.filter(pk=first.assessment_id).update(
        state="superseded", superseded_at=timezone.now()
    )
    made = settled(correct(scorecard=rename(first), reason=REASON, by=manager))
    assert standing(made, manager).standing == "superseded"


def test_the_form_shows_what_would_change_before_it_asks(client, first, manager):
    client.force_login(manager)
    assert "there is nothing to issue" in client.get(url("correct", first)).content.decode()
    old = first.assessment.vendor.name
    rename(first)
    page = client.get(url("correct", first))
    text = page.content.decode()
    assert "Aurora Business Support" in text
    assert old in text
    assert Scorecard.objects.count() == 1
    response = client.post(url("correct", first), {"reason": REASON, "seen": seen_in(page)})
    made = Scorecard.objects.get(issue=2)
    assert response.url == made.get_absolute_url()
    assert "is issued in place of" in str(next(iter(get_messages(response.wsgi_request))))
    # the way back to the form says who came first
    late = client.post(url("correct", first), {"reason": "Typed", "seen": seen_in(page)})
    assert late.status_code == 409
    assert made.number in late.content.decode()


def test_what_changed_since_the_form_was_drawn_is_shown_first(client, first, manager):
    client.force_login(manager)
    rename(first, "B Ltd")
    seen = seen_in(client.get(url("correct", first)))
    rename(first, "C Ltd")
    response = client.post(url("correct", first), {"reason": "Typed by hand", "seen": seen})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Typed by hand" in text
    assert "C Ltd" in text
    assert Scorecard.objects.count() == 1
    again = {"reason": "Typed by hand", "seen": seen_in(response)}
    assert client.post(url("correct", first), again).status_code == 302


@pytest.mark.parametrize("name", ["correct", "withdraw"])
def test_without_a_reason_the_form_comes_back(client, first, manager, name):
    client.force_login(manager)
    rename(first)
    response = client.post(url(name, first), {"reason": " ", "seen": ""})
    assert response.status_code == 422
    assert "id_reason_error" in response.content.decode() or "Say w" in response.content.decode()
    assert not Scorecard.objects.exclude(pk=first.pk).exists()
    assert not Scorecard.objects.filter(withdrawn_at__isnull=False).exists()


@pytest.mark.parametrize("name", ["correct", "withdraw"])
@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_are_told_who_may(client, first, name, role):
    client.force_login(make_user(role))
    assert url(name, first) not in client.get(first.get_absolute_url()).content.decode()
    for response in (client.get(url(name, first)), client.post(url(name, first), {"reason": "x"})):
        assert response.status_code == 403
        assert "Managers" in response.content.decode()
    assert not AuditEvent.objects.filter(action="scorecard.withdraw").exists()


def test_withdrawing_says_so_once_and_keeps_the_file(client, first, manager):
    client.force_login(manager)
    response = client.post(url("withdraw", first), {"reason": "Evidence E-1 was false."})
    assert response.url == first.get_absolute_url()
    row = Scorecard.objects.get()
    assert (row.withdrawn_by, row.withdrawal) == (manager, "Evidence E-1 was false.")
    assert (row.file, row.state) == (first.file, BuildState.READY)
    event = AuditEvent.objects.get(action="scorecard.withdraw")
    assert event.after == {
        "number": first.number,
        "digest": first.digest,
        "withdrawn_at": moment_text(row.withdrawn_at),
    }
    assert (event.reason, event.subject) == ("Evidence E-1 was false.", first.title)
    page = client.get(first.get_absolute_url()).content.decode()
    assert "Evidence E-1 was false." in page
    assert url("withdraw", first) not in page
    assert url("correct", first) in page
    second = client.post(url("withdraw", first), {"reason": "Again"})
    assert second.status_code == 409
    assert "withdrew it already" in second.content.decode()
    assert Scorecard.objects.get().withdrawal == "Evidence E-1 was false."


def test_drafts_and_what_was_never_built_are_not_withdrawn(client, manager, assessment):
    client.force_login(manager)
    unbuilt = request_scorecard(assessment=assessment, by=manager, wakes=False)
    with pytest.raises(Refused, match="never built"):
        withdraw(scorecard=unbuilt, reason="x", by=manager)
    draft = settled(request_scorecard(assessment=waiting(), by=manager, wakes=False))
    response = client.post(url("withdraw", draft), {"reason": "x"})
    assert response.status_code == 422
    assert "A draft has no number" in response.content.decode()


def test_asking_for_what_was_withdrawn_says_who_helps_then_gives_the_correction(first, manager):
    withdraw(scorecard=first, reason="False.", by=manager)
    with pytest.raises(NoScorecard, match="A manager may issue a correction"):
        request_scorecard(assessment=first.assessment, by=manager, wakes=False)
    made = correct(scorecard=first, reason=REASON, by=manager)
    assert request_scorecard(assessment=first.assessment, by=manager, wakes=False) == made
    assert standing(first, manager).by.number == made.number


def test_pages_tell_the_standing_of_each_issue(client, first, manager):
    client.force_login(manager)
    assert "In force." in client.get(first.get_absolute_url()).content.decode()
    second = settled(correct(scorecard=rename(first), reason=REASON, by=manager))
    text = client.get(first.get_absolute_url()).content.decode()
    assert f"Superseded by {second.number}" in text
    assert second.get_absolute_url() in text
    assert REASON in text
    assert "Second issue" in text
    assert f"/check/?q={first.number}" in text
    listing = reverse("scorecards:scorecard-list")
    for kind, found in (("in_force", second), ("superseded", first)):
        page = client.get(listing, {"kind": kind})
        assert [row for row, _ in page.context["rows"]] == [found]


@pytest.mark.parametrize(("days", "stand"), [(0, 2), (4000, 1)])
def test_lists_of_the_register_agree_with_the_standing(first, manager, days, stand):
    def decided(assessment):
        return settled(request_scorecard(assessment=assessment, by=manager, wakes=False))

    decided(rejected())
    settled(correct(scorecard=rename(first), reason=REASON, by=manager))
    withdraw(scorecard=decided(approved(waiting()).assessment), reason="x", by=manager)
    closed = decided(approved(waiting()).assessment).assessment
    type(closed).objects.filter(pk=closed.pk).update(
        state="closed", closed_at=timezone.now(), closed_by=manager, close_reason="Left."
    )
    decided(waiting())
    request_scorecard(assessment=approved(waiting()).assessment, by=manager, wakes=False)
    lists = {"expired": "ended", "closed": "ended", "draft": "drafts"}
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        counts, today = counts_of(manager, Searched()), timezone.localdate()
        for name in ("in_force", "superseded", "ended", "withdrawn", "drafts"):
            rows = list(register(manager, Searched(kind=name)))
            assert len(rows) == counts[name] > 0
            for row in rows:
                value = standing_of(row, today).standing.value
                assert lists.get(value, value) == name
        assert counts["all"] == Scorecard.objects.count() == 7
        assert (counts["in_force"], counts["ending"]) == (stand, 0)
    until = closed.result.valid_until
    with time_machine.travel(until - timedelta(days=1)):
        assert counts_of(manager, Searched())["ending"] == 1


def test_a_download_of_what_no_longer_stands_is_recorded_as_such(client, first, manager, settings):
    folder = settings.MEDIA_ROOT / "scorecards"
    folder.mkdir(parents=True)
    (folder / "x.pdf").write_bytes(b"%PDF")
    sha = hashlib.sha256(b"%PDF").hexdigest()
    Scorecard.objects.update(file_sha256=sha)
    withdraw(scorecard=first, reason="x", by=manager)
    client.force_login(make_user(Role.AUDITOR))
    assert client.get(url("download", first)).content == b"%PDF"
    event = AuditEvent.objects.get(action="scorecard.download")
    assert event.after == {"file_sha256": sha, "standing": "withdrawn"}


@pytest.mark.parametrize("state", [BuildState.FAILED, BuildState.CANCELLED])
def test_what_never_had_a_file_is_drawn_under_the_present_version(first, manager, state):
    Scorecard.objects.update(state=state, file="", template_version="0", ready_at=None)
    row = Scorecard.objects.get()
    retry_scorecard(scorecard=row, by=manager, wakes=False)
    row.refresh_from_db()
    assert (row.state, row.digest) == (BuildState.QUEUED, first.digest)
    assert row.template_version == PAPERS[Kind.VENDOR].version
    event = AuditEvent.objects.get(action="scorecard.retry")
    assert (event.before["template"], event.after) == ("0", {"template": row.template_version})


def test_what_the_present_version_cannot_draw_is_not_built_again(first, manager):
    Scorecard.objects.update(state=BuildState.FAILED, template_version="0")
    with pytest.raises(NoScorecard, match="from a backup"):
        retry_scorecard(scorecard=Scorecard.objects.get(), by=manager, wakes=False)
    Scorecard.objects.update(file="", ready_at=None, content='{"format": "vetting-scorecard/1"}')
    with pytest.raises(NoScorecard, match="Ask for it again"):
        retry_scorecard(scorecard=Scorecard.objects.get(), by=manager, wakes=False)
    assert Scorecard.objects.get().state == BuildState.FAILED


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_make_one_correction(first, manager):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    rename(first)
    other, start, outcomes = make_user(Role.MANAGER), threading.Barrier(2), []

    def run(by):
        try:
            start.wait()
            outcomes.append(correct(scorecard=first, reason=REASON, by=by).number)
        except Refused as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[by]) for by in (manager, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert StaleIssue in outcomes
    assert Scorecard.objects.filter(replaces=first).count() == 1
    # no number was lost to the one that came second
    assert NumberCounter.objects.get().last == 2
