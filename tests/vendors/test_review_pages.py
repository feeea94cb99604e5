"""Going through submitted answers: decisions, filters, approval and return."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    answer_all,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.models import Answer, Assessment, AuditEvent, Certification
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def page(client, manager):
    client.force_login(manager)
    return client


def waiting(officer, framework, level="documented"):
    """Submitted, everything answered at its best, nothing decided."""
    assessment = make_assessment(owner=officer, framework=framework)
    answer_all(assessment, level)
    assessment.answers.update(level="", rating=None, decided_at=None)
    return submitted(assessment)


@pytest.fixture
def assessment(officer):
    return waiting(officer, small_framework())


@pytest.fixture
def full(officer):
    return waiting(officer, make_framework())


def review(assessment, query=""):
    return reverse("vendors:assessment-review", args=[assessment.public_id]) + query


def verb(assessment, name):
    return reverse(f"vendors:{name}", args=[assessment.public_id])


def decide(client, assessment, code, *, headers=HTMX, **fields):
    fields.setdefault("version", assessment.answers.get(code=code).version)
    address = reverse("vendors:answer-decide", args=[assessment.public_id, code])
    return client.post(address, fields, headers=headers)


def words(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(text).split())


def row(answer, code):
    """The markup of one row."""
    found = re.search(
        rf'<article class="[^"]*" id="row-{code}".*?</article>', answer.content.decode(), re.DOTALL
    )
    return found.group() if found else ""


def test_all_asked_answers_stand_on_one_page_by_category(page, full):
    answer = page.get(review(full))
    shown = answer.content.decode()
    assert shown.count("<article ") == 75
    assert "0 of 75 decided" in words(answer)
    places = [shown.index(f'id="cat-{c.code}"') for c in full.framework.rules.categories]
    assert places == sorted(places)
    assert "Yes, at every site in scope" in row(answer, "LAB-01")
    assert "Must-have pending" in row(answer, "LAB-01")


def test_levels_above_the_proposed_one_are_not_offered(page, assessment):
    shown = row(page.get(review(assessment)), "L1")
    assert re.findall(r'name="level" value="(\w+)"', shown) == ["claimed", "documented", "rejected"]
    assert "Evidence contradicts the answer" in html.unescape(shown)


def test_an_answer_shows_comment_dates_and_register_entries(page, assessment):
    entry = Certification.objects.create(
        vendor=assessment.vendor, standard="ISO/IEC 27001", number="IS 118204"
    )
    answer = assessment.answers.get(code="S1")
    answer.certifications.add(entry)
    today = timezone.localdate()
    Answer.objects.filter(pk=answer.pk).update(
        comment="See page 4", level_valid_to=today.replace(year=2020)
    )
    shown = row(page.get(review(assessment)), "S1")
    assert "See page 4" in shown
    assert "IS 118204" in shown
    assert "Ended, counts as claimed" in shown


def test_a_decision_by_script_gives_back_the_row_and_what_moved(page, manager, assessment):
    answer = decide(page, assessment, "L1", level="documented")
    stored = assessment.answers.get(code="L1")
    assert answer.status_code == 200
    assert (stored.level, stored.decided_by, stored.version) == ("documented", manager, 2)
    assert "Decided by" in row(answer, "L1")
    assert "1 of 8 decided" in words(answer)
    for part in ("progress", "accept", "accept-text", "rail", "score", "ready"):
        assert f'id="rv-{part}" hx-swap-oob="true"' in answer.content.decode()
    assert answer.content.decode().count("<article ") == 1


def test_a_decision_without_a_script_goes_back_to_the_row(page, assessment):
    answer = decide(page, assessment, "L1", headers={}, level="claimed")
    assert answer.url == review(assessment, "#row-L1")
    answer = decide(page, assessment, "L2", headers={}, level="claimed", show="open")
    following = page.get(review(assessment)).context["review"].rows
    codes = [entry.code for entry in following]
    assert answer.url == review(assessment, f"?show=open#row-{codes[codes.index('L2') + 1]}")


def test_a_lowered_level_moves_the_score_and_the_gate(page, assessment):
    before = page.get(review(assessment)).context["review"].result
    answer = decide(page, assessment, "L1", level="rejected")
    after = answer.context["review"].result
    assert after.gate == "fail"
    assert after.overall < before.overall
    assert "Not eligible" in words(answer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"level": "verified"}, "A level is confirmed or lowered, not raised."),
        ({}, "Choose an evidence level."),
        ({"level": "certain"}, "A level is confirmed or lowered, not raised."),
        ({"level": "claimed", "version": "x"}, "The page is incomplete. Load it again."),
    ],
)
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_what_may_not_be_decided_is_said_at_the_row(page, assessment, fields, said, headers):
    answer = decide(page, assessment, "L1", headers=headers, **fields)
    assert answer.status_code == 422
    assert said in html.unescape(row(answer, "L1"))
    stored = assessment.answers.get(code="L1")
    assert (stored.level, stored.version, stored.decided_at) == ("", 1, None)


def test_a_text_is_rated_by_its_rubric(page, full):
    shown = row(page.get(review(full)), "LEG-06")
    assert "0 no answer; 1 generic list" in shown
    assert decide(page, full, "LEG-06", level="documented").status_code == 422
    assert decide(page, full, "LEG-06", level="documented", rating="6").status_code == 422
    assert decide(page, full, "LEG-06", level="documented", rating="4").status_code == 200
    assert full.answers.get(code="LEG-06").rating == 4
    assert 'name="rating"' not in row(page.get(review(full)), "LAB-01")


def test_not_applicable_takes_consent_and_gives_it_back(page, assessment):
    assessment.answers.filter(code="S3").update(
        is_answered=False, value=None, not_applicable=True, reason="No card data", proposed_level=""
    )
    shown = row(page.get(review(assessment)), "S3")
    assert "No card data" in shown
    assert 'name="level"' not in shown
    assert decide(page, assessment, "S3", consented="on").status_code == 200
    assert assessment.answers.get(code="S3").consented
    assert decide(page, assessment, "S3").status_code == 200
    assert not assessment.answers.get(code="S3").consented
    assert "To decide" in row(page.get(review(assessment)), "S3")


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_decision_that_comes_too_late_shows_both(page, assessment, headers):
    other = make_user(Role.MANAGER, name="Lindiwe Khumalo")
    assessment.answers.filter(code="L1").update(
        level="documented", decided_by=other, decided_at=timezone.now(), version=2
    )
    answer = decide(page, assessment, "L1", headers=headers, level="claimed", version=1)
    shown = row(answer, "L1")
    assert answer.status_code == 409
    assert "Lindiwe Khumalo decided this at" in shown
    assert "Stored: Documented." in " ".join(shown.split())
    assert re.search(r'value="claimed"[^>]* checked', shown)
    assert 'name="version" value="2"' in shown
    assert "Store my choice" in shown
    assert assessment.answers.get(code="L1").level == "documented"


def test_an_own_answer_is_for_another_manager(page, manager, assessment):
    other = make_user(Role.MANAGER, name="Lindiwe Khumalo")
    assessment.answers.filter(code="L1").update(answered_by=manager)
    answer = page.get(review(assessment))
    assert f"another manager decides: {other}" in row(answer, "L1")
    assert "<form" not in row(answer, "L1")
    refused = decide(page, assessment, "L1", level="claimed")
    assert refused.status_code == 403
    assert assessment.answers.get(code="L1").decided_at is None
    assert page.post(verb(assessment, "assessment-approve")).status_code == 403
    page.post(verb(assessment, "proposals-accept"))
    assert list(assessment.answers.filter(decided_at=None).values_list("code", flat=True)) == ["L1"]


def test_filters_narrow_the_rows_and_count_them(page, assessment):
    assessment.answers.filter(code="S3").update(
        is_answered=False, value=None, not_applicable=True, reason="No card data"
    )
    decide(page, assessment, "L1", level="documented")
    everything = {item.code for item in assessment.framework.rules.criteria}
    for show, codes in {"all": everything, "open": everything - {"L1"}, "na": {"S3"}}.items():
        answer = page.get(review(assessment, f"?show={show}"))
        assert set(re.findall(r'id="row-(\w+)"', answer.content.decode())) == codes
        assert [link.value for link in answer.context["review"].filters if link.is_active] == [show]
    musts = page.get(review(assessment, "?show=must")).context["review"]
    assert musts.shown == len(assessment.framework.rules.must_haves)
    assert page.get(review(assessment, "?show=nonsense")).context["review"].show == "all"


def test_an_empty_filter_says_so(page, assessment):
    assert "There is none of this kind." in words(page.get(review(assessment, "?show=na")))
    page.post(verb(assessment, "proposals-accept"))
    answer = page.get(review(assessment, "?show=open"))
    assert "Nothing is left to decide" in words(answer)


def test_accepting_all_says_how_many(page, full):
    shown = words(page.get(review(full)))
    assert "Accept 75 proposed levels?" in shown
    assert "1 text still needs your rating." in shown
    answer = page.post(verb(full, "proposals-accept"), follow=True)
    assert "75 proposals are accepted." in words(answer)
    assert "74 of 75 decided" in words(answer)
    assert AuditEvent.objects.latest("pk").action == "answer.accept_proposals"
    assert "Accept all" not in words(answer).replace("Accept all proposed", "", 1)


def test_approval_is_off_with_its_reasons_until_all_is_met(page, assessment):
    answer = page.get(review(assessment))
    assert re.search(r'type="submit" disabled[^>]*>Approve<', answer.content.decode())
    refused = page.post(verb(assessment, "assessment-approve"), {"note": "Go ahead"})
    assert refused.status_code == 422
    assert "A must-have is not met yet" in words(refused)
    assert "Go ahead</textarea>" in refused.content.decode()
    assert Assessment.objects.get().is_submitted


def test_approving_freezes_and_shows_the_result(page, manager, assessment):
    page.post(verb(assessment, "proposals-accept"))
    answer = page.post(verb(assessment, "assessment-approve"), {"note": "Go ahead"}, follow=True)
    stored = Assessment.objects.get()
    assert (stored.approved_by, stored.approval_note) == (manager, "Go ahead")
    assert "Approved. The result is frozen." in words(answer)
    assert stored.result.digest in answer.content.decode()


def test_returning_needs_a_reason_and_keeps_what_was_typed(page, assessment):
    refused = page.post(verb(assessment, "assessment-return"), {"reason": " "})
    assert refused.status_code == 422
    assert "Say why it goes back, so that it can be mended." in words(refused)
    long = page.post(verb(assessment, "assessment-return"), {"reason": "y" * 2001})
    assert "y" * 2001 in long.content.decode()
    done = page.post(verb(assessment, "assessment-return"), {"reason": "Which sites?"}, follow=True)
    assert "Which sites?" in words(done)
    assert Assessment.objects.get().is_in_progress


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.AUDITOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize(
    "name", ["proposals-accept", "assessment-return", "assessment-approve", "assessment-review"]
)
def test_only_managers_review(client, assessment, role, name):
    client.force_login(make_user(role))
    address = verb(assessment, name)
    ask = client.get if name == "assessment-review" else client.post
    answer = ask(address)
    assert answer.status_code == 403
    assert "Managers go through submitted answers." in words(answer)
    assert Assessment.objects.get().is_submitted


def test_a_review_is_between_submission_and_approval(page, officer):
    assessment = make_assessment(owner=officer, framework=small_framework())
    answer = page.get(review(assessment))
    assert answer.status_code == 403
    assert "between submission and approval. This one: Questionnaire open." in words(answer)


def test_an_answer_that_is_not_asked_is_not_found(page, assessment):
    address = reverse("vendors:answer-decide", args=[assessment.public_id, "X-99"])
    assert page.post(address, {"level": "claimed", "version": 1}).status_code == 404


def test_the_page_asks_the_same_number_of_questions_whatever_the_rows(
    page, officer, django_assert_num_queries
):
    counts = []
    for framework in (small_framework(), make_framework()):
        assessment = waiting(officer, framework)
        for answer in assessment.answers.all()[: 2 if counts else 1]:
            vendor = make_vendor(by=officer)
            answer.certifications.add(Certification.objects.create(vendor=vendor, standard="SOC 2"))
        with django_assert_num_queries(6) as asked:
            page.get(review(assessment))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_decision_costs_few_questions(page, full, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        decide(page, full, "LAB-01", version=1, level="documented")
