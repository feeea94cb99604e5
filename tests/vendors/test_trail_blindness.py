"""The trail while two reviewers work blind: neither reads there what the other one decided."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests.factories import answer_all, make_assessment, make_user, small_framework, submitted
from tests.proved import save
from vendors.models import AuditEvent, Source
from vendors.permissions import Role
from vendors.services.findings import raise_finding
from vendors.services.marks import Decision, decide_answer
from vendors.services.returns import return_answer, send_returns
from vendors.services.reviews import (
    ask_second_review,
    drop_second_review,
    finish_review,
    take_review,
)
from vendors.services.verifications import verify_chains

pytestmark = pytest.mark.django_db
LIST = "/trail/"
MARKED, SENT = "CANARY-MARK-51c0", "CANARY-RETURN-9e2b"


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, name="Adriana Ferreira")


@pytest.fixture
def reviewer():
    return make_user(Role.PROCUREMENT, name="Maya Okafor")


@pytest.fixture
def two(manager, reviewer):
    """Two reviewers on one assessment; nothing is decided."""
    found = make_assessment(owner=make_user(), framework=small_framework())
    answer_all(found)
    found.answers.update(level="", rating=None, decided_at=None)
    submitted(found)
    ask_second_review(assessment=found, by=manager)
    take_review(assessment=found, by=reviewer)
    take_review(assessment=found, by=manager)
    return found


def mark(assessment, by, remark, codes=None):
    """Decide on answers with a remark that can be told again."""
    rules = assessment.framework.rules
    rows = assessment.answers.all() if codes is None else assessment.answers.filter(code__in=codes)
    for row in rows:
        criterion = rules.criterion(row.code)
        if assessment.tier in criterion.tiers:
            rating = 4 if criterion.answer_type == "text" else None
            decision = Decision(level="verified", rating=rating, remark=remark)
            decide_answer(
                assessment=assessment, answer=row, decision=decision, version=row.version, by=by
            )


def give_back(assessment, by, code="L2"):
    row = assessment.answers.get(code=code)
    return_answer(assessment=assessment, answer=row, remark=SENT, version=row.version, by=by)


def page(client, user, **query):
    client.force_login(user)
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return answer


def table(client, user, query=""):
    client.force_login(user)
    answer = client.post(reverse("vendors:event-export") + query)
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def numbers(text):
    rows = list(csv.reader(io.StringIO(text)))
    return {int(row[0]) for row in rows[1:]}


def test_a_blind_reviewer_reads_no_mark_of_the_other(client, two, reviewer, manager):
    mark(two, reviewer, MARKED)
    kept = AuditEvent.objects.filter(action="review.mark")
    shown = page(client, manager)
    assert MARKED not in shown.content.decode()
    assert f"{kept.count()} events are withheld until both reviews are done." in (
        shown.content.decode()
    )
    assert not {line.event.pk for line in shown.context["lines"]} & set(
        kept.values_list("pk", flat=True)
    )
    text = table(client, manager)
    assert MARKED not in text
    assert numbers(text) == set(
        AuditEvent.objects.exclude(action__in=["review.mark", "trail.export"]).values_list(
            "pk", flat=True
        )
    )
    told = AuditEvent.objects.get(action="trail.export").after
    assert told["events"] == len(numbers(text))


def test_nor_a_return_nor_the_remark_in_the_corrected_answer(client, two, reviewer, manager):
    give_back(two, reviewer)
    assert SENT not in page(client, manager).content.decode()
    assert SENT not in table(client, manager)
    send_returns(assessment=two, by=reviewer)
    two.refresh_from_db()
    save(two, "L2", "55", two.owner)
    corrected = AuditEvent.objects.get(action="answer.save", subject="L2")
    assert SENT in str(corrected.before)
    shown = page(client, manager)
    assert SENT not in shown.content.decode()
    assert corrected.pk not in {line.event.pk for line in shown.context["lines"]}
    assert SENT not in table(client, manager)
    assert SENT in table(client, make_user(Role.AUDITOR))


def test_nor_what_went_off_the_answers_when_they_asked_themselves(client, reviewer, manager):
    found = make_assessment(owner=make_user(), framework=small_framework())
    answer_all(found)
    found.answers.update(level="", rating=None, decided_at=None)
    submitted(found)
    take_review(assessment=found, by=reviewer)
    mark(found, reviewer, MARKED, ["L1"])
    assert MARKED in table(client, manager)
    ask_second_review(assessment=found, by=manager)
    assert MARKED in str(AuditEvent.objects.get(action="answer.withdraw", actor=manager).before)
    assert MARKED not in table(client, manager)
    drop_second_review(assessment=found, by=manager)
    assert MARKED in str(AuditEvent.objects.get(action="answer.restore", actor=manager).after)
    assert MARKED in table(client, manager)
    ask_second_review(assessment=found, by=manager)
    take_review(assessment=found, by=manager)
    assert MARKED not in table(client, manager)
    shown = page(client, manager)
    assert MARKED not in shown.content.decode()
    assert shown.context["withheld"] == 4  # the decision, put aside, put back, put aside again
    assert MARKED in table(client, make_user(Role.AUDITOR))


@pytest.mark.parametrize("query", [{"q": MARKED}, {"q": "verified"}, {"kind": "decisions"}])
def test_no_filter_tells_what_is_withheld(client, two, reviewer, manager, query):
    before = page(client, manager, **query)
    mark(two, reviewer, MARKED, ["L1"])
    after = page(client, manager, **query)
    assert after.context["page_obj"].paginator.count == before.context["page_obj"].paginator.count
    assert after.context["withheld"] == 1
    mark(two, reviewer, "Another remark.", ["L2"])
    assert page(client, manager, **query).context["withheld"] == 2


def test_their_own_marks_are_shown(client, two, manager):
    mark(two, manager, MARKED)
    shown = page(client, manager)
    assert MARKED in shown.content.decode()
    assert shown.context["withheld"] == 0
    assert "withheld" not in shown.content.decode()
    assert MARKED in table(client, manager)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_never_reviews_reads_all(client, two, reviewer, role):
    mark(two, reviewer, MARKED)
    shown = page(client, make_user(role))
    assert MARKED in shown.content.decode()
    assert shown.context["withheld"] == 0


def test_another_manager_reads_no_mark_either(client, two, reviewer):
    mark(two, reviewer, MARKED)
    assert MARKED not in page(client, make_user(Role.MANAGER)).content.decode()


def test_once_both_are_done_everything_is_there(client, two, reviewer, manager):
    mark(two, reviewer, MARKED)
    finish_review(assessment=two, by=reviewer)
    assert MARKED not in page(client, manager).content.decode()
    mark(two, manager, "Seen on site.")
    two.refresh_from_db()
    finish_review(assessment=two, by=manager)
    shown = page(client, manager)
    assert shown.context["withheld"] == 0
    assert escape(MARKED) in table(client, manager)


def test_what_is_withheld_is_still_verified(two, reviewer, manager):
    mark(two, reviewer, MARKED)
    outcome = verify_chains(by=manager)
    assert outcome.holds
    assert outcome.events >= AuditEvent.objects.filter(action="review.mark").count()


def test_it_takes_few_queries(client, two, reviewer, manager, django_assert_max_num_queries):
    mark(two, reviewer, MARKED)
    client.force_login(manager)
    with django_assert_max_num_queries(14):
        client.get(LIST)


def test_a_finding_of_one_reviewer_is_kept_from_the_other(client, two, reviewer, manager):
    finding = raise_finding(
        vendor=two.vendor,
        assessment=two,
        title="CANARY-FINDING-77aa",
        code="L1",
        severity="major",
        source=Source.REVIEW,
        owner=reviewer,
        by=reviewer,
    )
    addresses = [
        reverse("vendors:finding-list"),
        two.get_absolute_url(),
        two.vendor.get_absolute_url(),
        LIST,
    ]
    client.force_login(manager)
    for address in addresses:
        assert finding.title not in client.get(address).content.decode(), address
    assert client.get(finding.get_absolute_url()).status_code == 404
    assert finding.title not in table(client, manager)
    for person in (reviewer, make_user(Role.AUDITOR)):
        client.force_login(person)
        assert finding.title in client.get(finding.get_absolute_url()).content.decode()
        assert finding.title in client.get(two.get_absolute_url()).content.decode()
    for by in (reviewer, manager):
        mark(two, by, "Seen.")
        two.refresh_from_db()
        finish_review(assessment=two, by=by)
    client.force_login(manager)
    for address in addresses:
        assert finding.title in client.get(address).content.decode(), address
