"""The review page by page: taking it, one answer at a time, the list, two who must not see."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.models import Answer, AuditEvent, Certification, Mark, Moderation, Review
from vendors.permissions import Role
from vendors.services.reviews import (
    Decision,
    ask_second_review,
    decide_answer,
    finish_review,
    return_answer,
    send_returns,
    take_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def reviewer():
    return make_user(Role.PROCUREMENT, name="Maya Okafor")


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def page(client, reviewer):
    client.force_login(reviewer)
    return client


def waiting(officer, framework=None, vendor=None, level="documented"):
    """Submitted, everything answered at its best, nothing decided."""
    assessment = make_assessment(
        vendor=vendor, owner=officer, framework=framework or small_framework()
    )
    answer_all(assessment, level)
    assessment.answers.update(level="", rating=None, decided_at=None)
    return submitted(assessment)


@pytest.fixture
def taken(officer, reviewer):
    assessment = waiting(officer)
    take_review(assessment=assessment, by=reviewer)
    return assessment


def at(assessment, name="assessment-review", code="", query=""):
    arguments = [assessment.public_id, code] if code else [assessment.public_id]
    return reverse(f"vendors:{name}", args=arguments) + query


def words(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(text).split())


def decide(client, assessment, code, *, name="answer-decide", **fields):
    fields.setdefault("version", assessment.answers.get(code=code).version)
    fields.setdefault("remark", "Read the report.")
    return client.post(at(assessment, name, code), fields)


def mark_all(assessment, by, level="documented", skip=(), remark="Seen."):
    rules = assessment.framework.rules
    for row in assessment.answers.all():
        criterion = rules.criterion(row.code)
        if row.code not in skip and assessment.tier in criterion.tiers:
            decide_answer(
                assessment=assessment,
                answer=row,
                decision=Decision(
                    level=level,
                    rating=4 if criterion.answer_type == "text" else None,
                    remark=remark,
                ),
                version=row.version,
                by=by,
            )


def test_a_submitted_one_is_taken_with_the_declaration(page, reviewer, officer):
    assessment = waiting(officer)
    shown = page.get(at(assessment))
    assert "I declare no conflict of interest" in words(shown)
    refused = page.post(at(assessment, "review-take"))
    assert refused.status_code == 422
    assert "Declare that you have no conflict" in words(refused)
    assert not Review.objects.exists()
    done = page.post(at(assessment, "review-take"), {"declared": "on"}, follow=True)
    assert "You review this assessment now." in words(done)
    assert Review.objects.get().reviewer == reviewer


def test_who_filled_it_in_is_told_and_refused(client, officer):
    assessment = waiting(officer)
    client.force_login(officer)
    shown = client.get(at(assessment))
    assert "It waits for somebody else" in words(shown)
    assert "Take the review" not in words(shown)
    assert client.post(at(assessment, "review-take"), {"declared": "on"}).status_code == 403
    assert not Review.objects.exists()


def test_two_take_at_once_and_one_is_told(client, reviewer, officer, manager, monkeypatch):
    assessment = waiting(officer)
    client.force_login(manager)
    monkeypatch.setattr("vendors.views.review_steps.can_take_review", lambda *_: True)
    take_review(assessment=assessment, by=reviewer)
    told = client.post(at(assessment, "review-take"), {"declared": "on"}, follow=True)
    assert "Somebody took this review meanwhile" in words(told)
    assert Review.objects.get().reviewer == reviewer


def test_an_open_questionnaire_has_no_review(page, officer):
    assessment = make_assessment(owner=officer, framework=small_framework())
    answer = page.get(at(assessment))
    assert answer.status_code == 403
    assert "not submitted yet" in words(answer)


def test_one_answer_is_open_beside_the_list(page, taken):
    shown = page.get(at(taken))
    text = words(shown)
    assert re.search("8 of 8 answered ?, 0 of 8 decided", text)
    assert "8 to decide" in text
    assert shown.context["page"].code == "L1"
    assert text.count("Evidence level") == 1
    assert "Finish review" in text
    assert 'disabled title="8 answers are undecided"' in shown.content.decode()
    levels = re.findall(r'name="level" value="(\w+)"', shown.content.decode())
    assert levels == ["claimed", "documented", "verified", "rejected"]
    other = page.get(at(taken, query="?code=S2"))
    assert other.context["page"].code == "S2"


def test_a_page_of_75_answers_asks_little(
    page, officer, reviewer, manager, django_assert_max_num_queries
):
    framework = make_framework()
    earlier = make_assessment(owner=officer, framework=framework)
    answer_all(earlier)
    approved(earlier, manager)
    assessment = waiting(officer, framework, earlier.vendor)
    take_review(assessment=assessment, by=reviewer)
    with django_assert_max_num_queries(20):
        shown = page.get(at(assessment))
    assert len(shown.context["page"].lines) == 75


def test_a_decision_leads_to_the_next_that_is_left(page, reviewer, taken):
    answer = decide(page, taken, "L1", level="documented")
    assert answer.url == at(taken, query="?show=open&code=L2")
    stored = taken.answers.get(code="L1")
    assert (stored.level, stored.decided_by, stored.remark) == (
        "documented",
        reviewer,
        "Read the report.",
    )
    shown = page.get(answer.url)
    assert "1 of 8 decided" in words(shown)
    assert "L1" not in [line.code for line in shown.context["page"].shown]
    assert "L1" in words(page.get(at(taken, query="?show=all&code=L1")))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose an evidence level."),
        ({"level": "certain"}, "This evidence level is not in the framework."),
        ({"level": "verified", "remark": ""}, "Verified needs a line on how you checked."),
        ({"level": "rejected", "remark": ""}, "Say what the evidence contradicts."),
        ({"level": "documented", "remark": ""}, "say where you saw the proof"),
        ({"level": "claimed", "remark": "x" * 10_001}, "Use at most 10,000 characters."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(page, taken, fields, said):
    answer = decide(page, taken, "L1", **fields)
    assert answer.status_code == 422
    assert words(answer).count(said) >= 2  # at the field and in the summary
    assert taken.answers.get(code="L1").decided_at is None
    assert not Mark.objects.exists()


def test_what_was_typed_is_kept(page, taken):
    answer = decide(page, taken, "L1", remark="A long remark about the audit")
    assert "A long remark about the audit" in answer.content.decode()


def test_a_text_is_rated_by_its_rubric(page, officer, reviewer):
    assessment = waiting(officer, make_framework())
    take_review(assessment=assessment, by=reviewer)
    shown = page.get(at(assessment, query="?code=LEG-06"))
    assert assessment.framework.rules.criterion("LEG-06").scale.rubric in words(shown)
    assert "Rate the text to see what accepting it does" in words(shown)
    refused = decide(page, assessment, "LEG-06", level="claimed")
    assert refused.status_code == 422
    assert "Rate the text from 0 to 5." in words(refused)
    decide(page, assessment, "LEG-06", level="claimed", rating="3")
    assert assessment.answers.get(code="LEG-06").rating == 3


def test_somebody_else_was_first_shows_both(page, reviewer, taken):
    answer = taken.answers.get(code="L1")
    decide_answer(
        assessment=taken,
        answer=answer,
        decision=Decision(level="rejected", remark="Wages differ by site"),
        version=answer.version,
        by=reviewer,
    )
    told = decide(page, taken, "L1", level="documented", version=answer.version)
    assert told.status_code == 409
    text = words(told)
    assert "Stored: Contradicted." in text
    assert "Wages differ by site" in text
    assert "Read the report." in told.content.decode()
    assert taken.answers.get(code="L1").level == "rejected"
    version = re.search(r'name="version" value="(\d+)"', told.content.decode()).group(1)
    again = decide(page, taken, "L1", level="documented", version=version)
    assert again.status_code == 302
    assert taken.answers.get(code="L1").level == "documented"


def test_the_effect_is_that_of_the_engine(page, taken):
    shown = page.get(at(taken))
    text = words(shown)
    assert re.search(
        "Accepting moves L1 from 50 to 80 ?, .* from .* and the overall score from", text
    )
    fragment = page.get(
        at(taken, "answer-effect", "L1", "?level=rejected"), headers={"HX-Request": "true"}
    )
    said = words(fragment)
    assert "L1 from 50 to 0" in said
    assert "The must-have fails then, and with it the gate." in said
    assert "Say what the evidence contradicts." in said
    before = shown.context["page"].result
    effect = fragment.context["effect"]
    decide(page, taken, "L1", level="rejected")
    after = page.get(at(taken)).context["page"].result
    assert effect.steps[2].before == before.overall
    assert effect.steps[2].after == after.overall
    assert effect.band_after.value == after.band


@pytest.mark.parametrize("query", ["?level=certain", "?level=verified&rating=9", ""])
def test_a_wrong_choice_has_no_effect_and_no_fault(page, taken, query):
    assert page.get(at(taken, "answer-effect", "L1", query)).status_code == 200


def test_a_return_goes_back_with_its_remark_and_opens_that_one(page, reviewer, taken):
    answer = decide(page, taken, "L1", name="answer-return", remark="Which sites?")
    assert answer.status_code == 302
    shown = page.get(at(taken, query="?code=L1&show=returned"))
    text = words(shown)
    assert "Which sites?" in text
    assert "Take the return back" in text
    assert "Send 1 answer back" in text
    assert "Finish review" not in text
    sent = page.post(at(taken, "returns-send"), follow=True)
    assert "1 answer is sent back." in words(sent)
    taken.refresh_from_db()
    assert taken.is_in_clarification
    assert decide(page, taken, "L2", level="claimed").status_code == 403


def test_a_return_without_a_remark_is_told(page, taken):
    answer = decide(page, taken, "L1", name="answer-return", remark=" ", level="verified")
    assert answer.status_code == 422
    assert "Say what is missing, so that it can be mended." in words(answer)
    assert 'value="verified" id="id_level_2" checked' in re.sub(
        r"\s+", " ", answer.content.decode()
    ) or re.search(r'value="verified"[^>]*checked', answer.content.decode())
    assert not taken.answers.filter(returned_at__isnull=False).exists()


def test_a_return_is_taken_back(page, taken):
    decide(page, taken, "L1", name="answer-return", remark="Which sites?")
    page.post(at(taken, "answer-return-undo", "L1"))
    assert taken.answers.get(code="L1").returned_at is None


def test_not_applicable_asks_for_consent_or_goes_back(page, taken):
    Answer.objects.filter(assessment=taken, code="S3").update(
        not_applicable=True, is_answered=False, value=None, valid_to=None, reason="No card data"
    )
    shown = page.get(at(taken, query="?code=S3"))
    text = words(shown)
    assert "No card data" in text
    assert "I agree that it does not apply" in text
    assert "Refuse and return" in text
    assert 'name="level"' not in shown.content.decode()
    refused = decide(page, taken, "S3")
    assert refused.status_code == 422
    assert "Tick your consent, or return the answer." in words(refused)
    decide(page, taken, "S3", consented="on")
    assert taken.answers.get(code="S3").consented


def compared(officer, manager, reviewer, **changes):
    """In review, after an approved one; `changes` are columns by code."""
    earlier = make_assessment(owner=officer, framework=small_framework())
    answer_all(earlier, "documented")
    approved(earlier, manager)
    now = waiting(officer, vendor=earlier.vendor)
    for code, columns in changes.items():
        Answer.objects.filter(assessment=now, code=code).update(**columns)
    take_review(assessment=now, by=reviewer)
    return now


def test_then_and_now_stand_side_by_side(page, officer, manager, reviewer):
    now = compared(officer, manager, reviewer, L2={"value": "92"})
    shown = page.get(at(now))
    first = shown.context["page"]
    assert [group.name for group in first.groups] == ["Changed since last time", "Unchanged"]
    assert first.code == "L2"
    body = shown.content.decode()
    assert "<del>" in body and "<ins>92%</ins>" in body
    assert f"compared with {first.last.assessment.title}" in words(shown)
    assert "scored 80" in words(shown)


def test_the_filters_count_what_they_show(page, officer, manager, reviewer):
    now = compared(officer, manager, reviewer, L2={"value": "92"})
    links = {link.value: link.count for link in page.get(at(now)).context["page"].filters}
    assert links["open"] == 8
    assert links["changed"] == 1
    assert links["all"] == 8
    assert "returned" not in links
    empty = page.get(at(now, query="?show=returned"))
    assert "No answer is of this kind." in words(empty)
    assert page.get(at(now, query="?show=nonsense&code=nope")).status_code == 200


def test_unchanged_answers_are_accepted_together(page, officer, manager, reviewer):
    now = compared(officer, manager, reviewer, L2={"value": "92"})
    shown = page.get(at(now))
    text = words(shown)
    assert "Accept 7 unchanged" in text
    assert re.search(r"\d are must-haves: [A-Z0-9, ]*L1", text) or "One is a must-have: L1" in text
    done = page.post(at(now, "proposals-accept"), follow=True)
    assert "7 answers are accepted." in words(done)
    assert done.context["page"].left == 1
    assert "Accept" not in re.findall(r"Accept \d+ unchanged", words(done))


def test_a_whole_review_ends_at_approval(page, taken, reviewer):
    mark_all(taken, reviewer)
    done = page.post(at(taken, "review-finish"), follow=True)
    assert "Review finished. It waits for approval." in words(done)
    taken.refresh_from_db()
    assert taken.is_pending_approval


def test_an_unfinished_review_says_what_is_missing(page, taken, reviewer):
    mark_all(taken, reviewer, skip=("L2",))
    told = page.post(at(taken, "review-finish"), follow=True)
    assert "1 answer is undecided: L2." in words(told)
    taken.refresh_from_db()
    assert taken.is_in_review


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_read_along_and_change_nothing(client, taken, role):
    client.force_login(make_user(role))
    shown = client.get(at(taken))
    assert shown.status_code == 200
    assert "Maya Okafor reviews this assessment." in words(shown)
    assert 'id="decide"' not in shown.content.decode()
    assert decide(client, taken, "L1", level="claimed").status_code == 403
    assert not AuditEvent.objects.filter(action="answer.decide").exists()


def test_carried_answers_are_shown_and_not_decided(page, taken):
    Answer.objects.filter(assessment=taken, code="L1").update(
        is_carried=True, level="documented", decided_at=taken.submitted_at
    )
    shown = page.get(at(taken, query="?code=L1&show=all"))
    assert "Carried over with its decision" in words(shown)
    assert 'id="decide"' not in shown.content.decode()
    assert decide(page, taken, "L1", level="claimed").status_code == 403


def test_an_unknown_criterion_is_not_found(page, taken):
    for name in ("answer-decide", "answer-return", "answer-return-undo"):
        assert page.post(at(taken, name, "X9"), {"version": "1"}).status_code == 404


def test_a_finding_starts_at_the_answer(page, taken):
    shown = page.get(at(taken, query="?code=L2")).content.decode()
    assert f"?assessment={taken.public_id}&amp;code=L2" in shown


def test_what_people_typed_is_no_markup(page, taken):
    Answer.objects.filter(assessment=taken, code="L1").update(comment="<script>alert(1)</script>")
    shown = page.get(at(taken, query="?code=L1")).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


# two reviewers

CANARY = "CANARY-7c1f"


@pytest.fixture
def two(officer, reviewer, manager):
    """Two reviewers, nothing decided."""
    assessment = waiting(officer)
    ask_second_review(assessment=assessment, by=manager)
    take_review(assessment=assessment, by=reviewer)
    take_review(assessment=assessment, by=manager)
    return assessment


@pytest.fixture
def both(two, reviewer):
    """Two reviewers; the first has decided everything, with a canary in each remark."""
    mark_all(two, reviewer, "rejected", remark=CANARY)
    return two


def every_page(assessment):
    yield at(assessment, "assessment-detail")
    yield at(assessment)
    for code in sorted(assessment.answers.values_list("code", flat=True)):
        yield at(assessment, query=f"?show=all&code={code}")
        yield at(assessment, "answer-effect", code, "?level=documented")
    for category in assessment.framework.rules.categories:
        yield at(assessment, "questionnaire", category.code)
    yield reverse("vendors:review-list")
    yield reverse("vendors:vendor-detail", args=[assessment.vendor.public_id])
    yield reverse("dashboard")


def test_the_second_reviewer_sees_nothing_of_the_first(client, two, reviewer, manager):
    client.force_login(manager)
    before = {address: words(client.get(address)) for address in every_page(two)}
    mark_all(two, reviewer, "rejected", remark=CANARY)
    for address, text in before.items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert CANARY not in answer.content.decode(), address
        assert words(answer) == text, address
    finish_review(assessment=two, by=reviewer)
    for address in before:
        assert CANARY not in client.get(address).content.decode(), address
    page = client.get(at(two)).context["page"]
    assert page.decided == 0
    assert page.result.gate != "fail"


def test_a_blind_return_keeps_its_remark_to_itself(client, both, reviewer, manager):
    answer = both.answers.get(code="L1")
    return_answer(
        assessment=both, answer=answer, remark=CANARY, version=answer.version, by=reviewer
    )
    client.force_login(manager)
    shown = client.get(at(both, query="?show=all&code=L1"))
    assert "Returned by the other reviewer." in words(shown)
    assert CANARY not in shown.content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PROCUREMENT, Role.AUDITOR])
def test_nobody_else_reads_a_blind_review(client, both, role):
    client.force_login(make_user(role))
    answer = client.get(at(both))
    assert answer.status_code == 403
    assert "Two people review it" in words(answer)


def test_each_reviewer_sees_their_own(client, both, reviewer):
    client.force_login(reviewer)
    shown = client.get(at(both, query="?show=all&code=L1"))
    assert CANARY in shown.content.decode()
    assert shown.context["page"].decided == 8


def test_differences_are_settled_on_the_page(client, both, reviewer, manager):
    mark_all(both, manager, "rejected", skip=("L1",))
    answer = both.answers.get(code="L1")
    decide_answer(
        assessment=both,
        answer=answer,
        decision=Decision(level="verified", remark="Visited in May."),
        version=answer.version,
        by=manager,
    )
    finish_review(assessment=both, by=reviewer)
    client.force_login(manager)
    told = client.post(at(both, "review-finish"), follow=True)
    assert "The two reviewers differ." in words(told)
    assert Moderation.objects.get().answer.code == "L1"
    assert decide(client, both, "L1", name="difference-settle", level="claimed").status_code == 403
    client.force_login(reviewer)
    shown = client.get(at(both))
    text = words(shown)
    assert "1 to settle" in text
    assert "They lie 100 points apart." in text
    assert "Visited in May." in text
    refused = decide(client, both, "L1", name="difference-settle", level="documented", remark=" ")
    assert refused.status_code == 422
    assert "Say why this level stands." in words(refused)
    done = client.post(
        at(both, "difference-settle", "L1"),
        {"version": answer.version, "level": "documented", "remark": "One site of two."},
        follow=True,
    )
    assert "Everything is settled." in words(done)
    both.refresh_from_db()
    assert both.is_pending_approval


def test_the_second_review_is_taken_from_the_page(client, page, taken, reviewer):
    page.post(at(taken, "second-review-ask"))
    taken.refresh_from_db()
    assert taken.needs_second_review
    other = make_user(Role.PROCUREMENT)
    client.force_login(other)
    assert "Take the second review" in words(client.get(at(taken)))
    client.post(at(taken, "review-take"), {"declared": "on"})
    taken.refresh_from_db()
    assert taken.second_reviewer == other


def test_a_manager_drops_the_second_review(client, taken, manager):
    ask_second_review(assessment=taken, by=manager)
    client.force_login(manager)
    done = client.post(at(taken, "second-review-drop"), follow=True)
    assert "One reviewer is enough now." in words(done)
    told = client.post(at(taken, "second-review-drop"), follow=True)
    assert "was taken meanwhile" in words(told)


# the list


def test_the_list_says_what_waits_for_whom(page, officer, reviewer, taken):
    to_take = waiting(officer)
    mine = make_assessment(
        owner=reviewer, vendor=make_vendor(by=reviewer), framework=small_framework()
    )
    answer_all(mine)
    submitted(mine)
    returned = waiting(officer)
    take_review(assessment=returned, by=reviewer)
    answer = returned.answers.get(code="L1")
    return_answer(
        assessment=returned, answer=answer, remark="Which?", version=answer.version, by=reviewer
    )
    send_returns(assessment=returned, by=reviewer)
    work = page.get(reverse("vendors:review-list")).context["work"]
    assert list(work.to_take) == [to_take]
    assert list(work.mine) == [taken]
    assert list(work.clarification) == [returned]
    assert list(work.others) == [mine]
    assert work.clarification[0].returned_count == 1


def test_the_list_is_empty_in_words(page):
    assert "Nothing is under review" in words(page.get(reverse("vendors:review-list")))


@pytest.mark.parametrize("many", [1, 4])
def test_the_list_asks_the_same_however_long(page, officer, many, django_assert_num_queries):
    for _number in range(many):
        waiting(officer)
    with django_assert_num_queries(6):
        page.get(reverse("vendors:review-list"))


@pytest.mark.parametrize(
    ("fields", "chip"),
    [
        ({"status": "suspended"}, "Suspended"),
        ({"status": "withdrawn"}, "Withdrawn"),
        ({}, "Removed"),
    ],
)
def test_an_entry_that_does_not_stand_says_so_at_the_answer(page, taken, manager, fields, chip):
    entry = Certification.objects.create(vendor=taken.vendor, standard="ISO 45001")
    taken.answers.get(code="L1").certifications.add(entry)
    address = at(taken, query="?show=all&code=L1")
    assert "ISO 45001" in words(page.get(address))
    assert f"</span>{chip}</span>" not in page.get(address).content.decode()
    at_once = timezone.now()
    if "status" in fields:
        fields |= {
            "status_on": timezone.localdate(),
            "status_at": at_once,
            "status_by": manager,
            "status_reason": "The issuer's register says so.",
        }
    else:
        fields = {"removed_at": at_once}
    Certification.objects.filter(pk=entry.pk).update(**fields)
    assert f"</span>{chip}</span>" in page.get(address).content.decode()
