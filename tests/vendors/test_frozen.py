"""What was decided is read as it was frozen: neither engine nor rows move it afterwards."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from scorecards.services.records import record_text
from tests.factories import (
    LOW_RISK,
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
    worked_example,
)
from tests.proved import tamper
from tests.scorecards.deciding import rejected, waived
from vendors import scoring
from vendors.models import Assessment, AuditEvent
from vendors.permissions import Role
from vendors.queries.assessments import answers_of
from vendors.queries.documents import exported_assessment, snapshot_of
from vendors.queries.frozen import frozen_of
from vendors.queries.scores import score_now
from vendors.queries.standings import standing_of
from vendors.scoring import engine
from vendors.services.approvals import reject_assessment
from vendors.services.assessments import start_assessment
from vendors.services.closings import Leaving, close_assessment
from vendors.services.refusals import FaultyInput

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"')
NAMES = list(worked_example()["assessments"])


@pytest.fixture
def small():
    return small_framework()


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def auditor():
    return make_user(Role.AUDITOR)


def again(assessment):
    """The assessment as a page reads it."""
    found = Assessment.objects.select_related("framework", "vendor", "result")
    return found.get(pk=assessment.pk)


def decided(name, manager):
    """A worked example, decided: rejected where it cannot be approved."""
    try:
        assessment = import_worked(name, owner=make_user(), approve_as=manager)
    except FaultyInput:
        assessment = import_worked(name, owner=make_user())
        assessment.answers.filter(not_applicable=True).update(consented=True)
        reviewed(assessment)
        reject_assessment(assessment=assessment, reason="Not like this.", by=manager)
    return again(assessment)


def address(assessment, verb="detail"):
    return reverse(f"vendors:assessment-{verb}", args=[assessment.public_id])


def said_of(client, reader, assessment, other):
    """Everything that is said of a decided assessment, by where it is said."""
    vendor = assessment.vendor
    compared = f"?v={vendor.public_id}&v={other.vendor.public_id}"
    pages = {
        "assessment": address(assessment),
        "vendor": vendor.get_absolute_url(),
        "comparison": reverse("scorecards:comparison") + compared,
    }
    client.force_login(reader)
    said = {}
    for name, page in pages.items():
        answer = client.get(page)
        assert answer.status_code == 200, name
        # a token is another one each time
        said[name] = TOKEN.sub("", answer.content.decode())
    found = again(assessment)
    said["export"] = scoring.canonical_json(exported_assessment(found))
    said["scorecard"] = record_text(found, number="", issue=None)
    return said


def another_engine(monkeypatch):
    """An engine that gives every answer half its score, band E, and holds every gate."""
    monkeypatch.setattr(engine, "_coefficient", lambda *_args: Fraction(1, 2))
    monkeypatch.setattr(engine, "band_of", lambda *_args, **_more: "E")
    monkeypatch.setattr(engine, "gate_of", lambda _results: scoring.PENDING)
    monkeypatch.setattr(scoring, "ENGINE_VERSION", "999")


def edit_answers(assessment):
    """Change every answer behind the app's back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vendors_answer SET is_answered = %s, value = NULL, rating = NULL,"
            " level = '', comment = 'Edited' WHERE assessment_id = %s AND not not_applicable",
            [False, assessment.pk],
        )


def assert_nothing_moves(client, auditor, assessment, change):
    """Everything that is said of it is the same after the change, which does change the answer."""
    other = make_assessment(framework=assessment.framework)
    approved(other, make_user(Role.MANAGER))
    before = said_of(client, auditor, assessment, other)
    change()
    moved = score_now(assessment, assessment.answers.all(), as_of=assessment.result.as_of)
    assert moved.overall != frozen_of(assessment).result.overall
    after = said_of(client, auditor, assessment, other)
    for place, text in before.items():
        assert after[place] == text, place


@pytest.mark.parametrize("name", NAMES)
def test_another_engine_moves_nothing_that_is_said_of_it(
    client, small, manager, auditor, monkeypatch, name
):
    # on the day of the worked examples: nothing has ended since
    with time_machine.travel("2026-11-01T12:00:00Z"):
        assessment = decided(name, manager)
        assert_nothing_moves(client, auditor, assessment, lambda: another_engine(monkeypatch))


@pytest.mark.parametrize("name", NAMES)
def test_edited_answers_move_nothing_that_is_said_of_it(client, small, manager, auditor, name):
    assessment = decided(name, manager)
    assert_nothing_moves(client, auditor, assessment, lambda: edit_answers(assessment))


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_figures_that_a_fresh_computation_gave(small, manager, name):
    assessment = decided(name, manager)
    rows = answers_of(assessment)
    fresh = score_now(assessment, rows, as_of=assessment.result.as_of)
    standing = standing_of(assessment, rows)
    read = {
        code: item if item.raw is not None else replace(item, level=None)
        for code, item in fresh.criteria.items()
    }
    assert standing.result == replace(fresh, criteria=read)
    assert standing.why == scoring.explain(fresh)
    for lines, ranking in (
        (standing.gaps, scoring.gaps),
        (standing.gains, scoring.evidence_gains),
        (standing.strengths, scoring.strengths),
    ):
        assert [(line.criterion.code, line.points) for line in lines] == [
            (item.code, item.points) for item in ranking(fresh, 5)
        ]
    head = standing.headline
    assert (head.overall, head.claimed, head.confidence) == (
        fresh.overall,
        fresh.claimed,
        fresh.confidence,
    )
    assert (head.verified_share, head.documented_share, head.claimed_share) == (
        fresh.verified_share,
        fresh.documented_share,
        fresh.claimed_share,
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_read_back_are_those_of_the_rows(small, manager, name):
    assessment = decided(name, manager)
    frozen = frozen_of(assessment)
    rows = {row.code: row for row in answers_of(assessment)}
    assert set(frozen.rows) == set(rows)
    for code, row in rows.items():
        for column in (
            "is_answered",
            "value",
            "valid_to",
            "not_applicable",
            "reason",
            "comment",
            "level",
            "level_valid_to",
            "rating",
        ):
            assert getattr(frozen.rows[code], column) == getattr(row, column), (code, column)


def superseded(small, manager):
    first = make_assessment(framework=small)
    approved(first, manager)
    approved(make_assessment(vendor=first.vendor, framework=small), manager)
    return first


def closed(small, manager):
    assessment = make_assessment(framework=small)
    approved(assessment, manager)
    leaving = Leaving(data="Deleted", access="Ended", people="Moved on")
    close_assessment(assessment=again(assessment), leaving=leaving, by=manager)
    return assessment


def in_force(small, manager):
    assessment = make_assessment(framework=small)
    approved(assessment, manager)
    return assessment


DECIDED = {
    "approved": in_force,
    "approved_with_conditions": lambda small, _manager: waived(framework=small),
    "rejected": lambda small, _manager: rejected(framework=small),
    "superseded": superseded,
    "closed": closed,
}


@pytest.mark.parametrize("state", list(DECIDED))
def test_every_decided_state_reads_what_was_frozen(
    client, small, manager, monkeypatch, django_assert_num_queries, state
):
    assessment = again(DECIDED[state](small, manager))
    assert assessment.state == state
    figures = snapshot_of(assessment.result)["result"]
    another_engine(monkeypatch)
    edit_answers(assessment)
    with django_assert_num_queries(0):
        standing = standing_of(assessment, [])
    assert standing.result.document()["overall"] == figures["overall"]
    assert {line.criterion.code: line.result for line in standing.must_haves} == figures[
        "must_haves"
    ]
    assert all(line.progress.is_complete for line in standing.categories)
    assert (standing.headline.band.value, standing.headline.gate) == (
        figures["band"],
        figures["gate"],
    )
    client.force_login(manager)
    page = client.get(address(assessment)).content.decode()
    assert f"{figures['overall_display']}<small>of 100" in page
    assert "As of today it would be" not in page


def test_time_alone_is_still_told_beside_it(client, small, manager, monkeypatch):
    assessment = make_assessment(framework=small)
    answer_all(assessment)
    assessment.answers.update(level_valid_to=timezone.localdate() + timedelta(days=10))
    approved(assessment, manager)
    edit_answers(assessment)
    told = "As of today it would be"

    def page_in(days):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            client.force_login(manager)
            return client.get(address(assessment)).content.decode()

    assert told not in page_in(5)
    assert told in page_in(11)
    # what another engine would make of it is no matter of time
    another_engine(monkeypatch)
    assert told not in page_in(11)
    assert told not in page_in(5)


def test_what_was_rejected_for_a_must_have_has_no_residual_risk(client, small, manager):
    assessment = again(rejected(framework=small))
    assert assessment.result.gate == scoring.FAIL
    assert assessment.result.band
    assert assessment.result.residual_risk == ""
    client.force_login(manager)
    page = client.get(address(assessment)).content.decode()
    assert "There is none to state while a must-have fails" in page
    assert "Not stated" in page


def test_a_waiver_leaves_the_residual_risk_of_the_band(small, manager):
    result = again(waived(framework=small)).result
    assert result.gate == scoring.FAIL
    assert result.residual_risk == scoring.residual_risk(result.tier, result.band)


def test_an_ended_waiver_and_an_approval_lead_to_asking_again(client, small, auditor):
    assessment = again(waived(framework=small))
    code = small.rules.must_haves[0].code
    start = reverse("vendors:reassessment-start", args=[assessment.public_id])
    procurement = make_user()

    def page_for(person):
        client.force_login(person)
        return client.get(address(assessment)).content.decode()

    assert f'href="{start}"' in page_for(procurement)
    assert f"{start}?codes={code}" not in page_for(procurement)
    assessment.waivers.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert f'href="{start}?codes={code}">Ask {code} again' in page_for(procurement)
    form = client.get(f"{start}?codes={code}").content.decode()
    assert re.search(rf'value="{code}"[^>]* checked', form)
    assert start not in page_for(auditor)
    reject = again(rejected(framework=small))
    client.force_login(procurement)
    assert "reassess" not in client.get(address(reject)).content.decode()


def test_the_way_from_100_adds_up_as_it_is_shown(small, manager):
    for name in NAMES:
        standing = standing_of(decided(name, manager), [])
        shown = scoring.rounded(standing.result.overall)
        assert 100 - standing.lost_by_answers - standing.lost_by_evidence == shown


def verified():
    """What `verify` prints, and whether all of it holds."""
    out = StringIO()
    try:
        call_command("verify", stdout=out)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


def test_verification_knows_which_residual_risk_there_is_to_state(small, manager):
    assessment = decided("Cinder", manager)
    assert assessment.result.residual_risk == ""
    assert verified()[1]
    tamper(
        "UPDATE vendors_assessmentresult SET residual_risk = 'low'"  # noqa: S608 - a number of ours
        f" WHERE assessment_id = {assessment.pk}"
    )
    text, holds = verified()
    assert not holds
    assert "residual_risk" in text


@pytest.mark.parametrize(("is_draft", "state"), [(True, "intake"), (False, "in_progress")])
def test_where_an_assessment_began_is_recorded_and_demanded(small, is_draft, state):
    owner = make_user()
    assessment = start_assessment(
        vendor=make_vendor(by=owner),
        framework=small,
        intake={} if is_draft else dict(LOW_RISK),
        owner=owner,
        is_draft=is_draft,
        by=owner,
    )
    assert assessment.state == state
    event = AuditEvent.objects.get(assessment=assessment, action="assessment.start")
    assert event.after["state"] == state
    assert verified()[1]
    other = "in_progress" if is_draft else "intake"
    tamper(f"UPDATE vendors_assessment SET state = '{other}' WHERE id = {assessment.pk}")  # noqa: S608
    text, holds = verified()
    assert not holds
    assert f"it stands at {other}, its last move led to {state}" in text
