"""The category page: what it shows, the form without a script, who reads and who writes."""

import re
from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.forms.answer_changes import change_of, token_of
from vendors.models import Answer, Assessment, AuditEvent, Certification, Standing
from vendors.permissions import Role
from vendors.queries.drafts import SECONDS, first_step, minutes_left, next_step
from vendors.queries.questionnaire import (
    earliest_end,
    months_later,
    share_of_whole,
    stands_for,
    value_words,
)
from vendors.queries.scores import progress_of
from vendors.scoring import AnswerType
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.certifications import add_certification, change_standing
from vendors.services.refusals import FaultyInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment():
    return make_assessment()


def address(assessment, category="LAB"):
    return reverse("vendors:questionnaire", args=[assessment.public_id, category])


def answer(assessment, code, value=None, by=None, **fields):
    row = assessment.answers.get(code=code)
    change = AnswerChange(value=value, is_answered=value is not None, **fields)
    return save_answer(
        assessment=assessment,
        answer=row,
        change=change,
        version=row.version,
        by=by or assessment.owner,
    )


def as_posted(page):
    """The fields of the page as a browser without a script posts them back."""
    data = {}
    for form in page.context["forms"]:
        for name in form.fields:
            value = form[name].value()
            if value in (None, "", False, []):
                continue
            data[form.add_prefix(name)] = "on" if value is True else value
        data[f"{form.prefix}-version"] = form["version"].value()
    return {name: str(v) if not isinstance(v, list) else v for name, v in data.items()}


@pytest.fixture
def page(client, assessment):
    client.force_login(assessment.owner)
    return client.get(address(assessment))


# --- what it shows ------------------------------------------------------------------------


def test_it_asks_each_question_of_the_category(page):
    text = page.content.decode()
    codes = [form.prefix for form in page.context["forms"]]
    assert codes == [f"LAB-0{number}" for number in range(1, 10)]
    assert text.count("<h1") == 1
    assert "Anything other than a full Yes stops approval." in text
    assert "Payroll sample (anonymised, 3 months)" in text
    assert "ILO C029 and its 2014 Protocol (P029)" in text
    assert "<b>0 of 75</b>" in text
    assert "0 of 15 must-haves answered" in text
    assert "75 answers are open, 15 of them must-haves. Answer those first." in text


def test_nothing_inline_in_it(page):
    text = page.content.decode()
    assert " style=" not in text
    assert "<script>" not in text
    assert " onclick=" not in text


def test_only_the_criteria_of_the_tier(client):
    assessment = make_assessment(tier=3)
    client.force_login(assessment.owner)
    page = client.get(address(assessment))
    assert [form.prefix for form in page.context["forms"]] == [
        "LAB-01",
        "LAB-02",
        "LAB-03",
        "LAB-04",
        "LAB-06",
        "LAB-08",
        "LAB-09",
    ]
    assert "<b>0 of 31</b>" in page.content.decode()


@pytest.mark.parametrize("category", ["XXX", "lab", "LAB-01"])
def test_unknown_categories_are_not_found(client, assessment, category):
    client.force_login(assessment.owner)
    assert client.get(address(assessment, category)).status_code == 404


def test_the_reason_of_a_return_stands_on_top(client, assessment):
    manager = make_user(Role.MANAGER, name="Tomas Lindqvist")
    Assessment.objects.filter(pk=assessment.pk).update(
        returned_at=assessment.created_at, returned_by=manager, return_reason="Add the audit."
    )
    client.force_login(assessment.owner)
    text = client.get(address(assessment)).content.decode()
    assert "Tomas Lindqvist returned this assessment" in text
    assert "Add the audit." in text


def test_the_register_is_filtered_by_standard(client, assessment):
    for standard in ("ISO/IEC 27001:2022", "ISO 9001"):
        Certification.objects.create(vendor=assessment.vendor, standard=standard, number=standard)
    client.force_login(assessment.owner)
    page = client.get(address(assessment, "SEC"))
    (form,) = [form for form in page.context["forms"] if form.prefix == "SEC-02"]
    assert [entry.standard for entry, *_rest in form.register] == ["ISO/IEC 27001:2022"]
    assert "it may back" in page.content.decode()


def test_who_else_answers(client, assessment):
    assessment.helpers.add(make_user(name="Lindiwe Khumalo"))
    client.force_login(assessment.owner)
    text = client.get(address(assessment)).content.decode()
    assert "Also answering" in text
    assert "Lindiwe Khumalo" in text


def test_the_draft_is_a_range_with_its_reasons(client):
    small_framework()
    assessment = import_worked("Aurora")
    owner = make_user()
    Assessment.objects.filter(pk=assessment.pk).update(owner=owner, state="in_progress")
    client.force_login(owner)
    draft = client.get(address(assessment)).context["draft"]
    assert draft.result.range_low <= draft.proposed.overall <= 100
    assert [gap.points for gap in draft.gaps] == sorted(
        (gap.points for gap in draft.gaps), reverse=True
    )
    assert len(draft.gaps) <= 3


def test_lost_and_open_points_of_a_category_are_its_part(client, assessment):
    answer(assessment, "LAB-01", "partial")
    client.force_login(assessment.owner)
    draft = client.get(address(assessment)).context["draft"]
    results = [item for item in draft.result.criteria.values() if item.category == "LAB"]
    assert draft.lost == results[0].lost
    assert draft.lost + draft.open_points + results[0].earned == Fraction(15)


# --- what comes next ----------------------------------------------------------------------


def test_next_goes_on_across_categories_then_must_haves_first(assessment):
    rules = assessment.framework.rules
    answer_all(assessment, skip=("LAB-09", "LAB-02", "PRI-01", "GOV-06"))

    def following(category):
        progress = progress_of(assessment, list(assessment.answers.all()))
        return next_step(rules, progress, category)

    assert following("LAB").code == "LAB-02"
    assert following("EMP").code == "PRI-01"
    assert following("GOV").code == "GOV-06"
    answer(assessment, "GOV-06", "yes")
    assert following("GOV").code == "LAB-02"
    for code in ("LAB-02", "PRI-01"):
        answer(assessment, code, "yes")
    assert following("GOV").code == "LAB-09"
    answer(assessment, "LAB-09", "2026-05-01")
    assert following("GOV") is None


def test_it_is_taken_up_at_the_first_open_question(client, assessment):
    client.force_login(assessment.owner)
    url = reverse("vendors:questionnaire-resume", args=[assessment.public_id])
    answer(assessment, "LAB-01", "yes")
    assert client.get(url)["Location"] == f"{address(assessment)}#LAB-02"
    answer_all(assessment)
    assert client.get(url)["Location"] == address(assessment)
    assert first_step(assessment, assessment.answers.all()).category == "LAB"


def test_minutes_left_are_rounded_to_five(assessment):
    criteria = assessment.framework.rules.criteria
    assert minutes_left([]) == 0
    assert minutes_left(criteria[:1]) == 5
    assert minutes_left(criteria) % 5 == 0
    assert set(SECONDS) == set(AnswerType)


# --- without a script ---------------------------------------------------------------------


def test_a_category_is_saved_as_one_form(client, assessment, page):
    data = as_posted(page) | {
        "LAB-01-value": "yes",
        "LAB-05-value": "96,5",
        "LAB-09-never": "on",
        "save": "category",
    }
    reply = client.post(address(assessment), data, follow=True)
    assert reply.redirect_chain == [(address(assessment), 302)]
    assert "3 answers are saved." in reply.content.decode()
    saved = assessment.answers.filter(is_answered=True)
    assert {row.code: row.value for row in saved} == {
        "LAB-01": "yes",
        "LAB-05": "96.5",
        "LAB-09": None,
    }
    assert AuditEvent.objects.filter(action="answer.save").count() == 3


def test_posting_what_was_shown_saves_nothing(client, assessment):
    entry = Certification.objects.create(
        vendor=assessment.vendor, standard="ISO 45001", expires_on=date(2028, 1, 31)
    )
    answer(
        assessment,
        "LAB-08",
        "iso45001_full",
        valid_to=date(2028, 1, 31),
        certifications=(entry,),
        proposed_level="verified",
        comment="a\nb",
    )
    answer(assessment, "LAB-05", "96.5")
    Certification.objects.filter(pk=entry.pk).update(expires_on=date(2027, 1, 31))
    client.force_login(assessment.owner)
    page = client.get(address(assessment))
    count = AuditEvent.objects.count()
    reply = client.post(address(assessment), as_posted(page), follow=True)
    assert "Nothing was changed" in reply.content.decode()
    assert AuditEvent.objects.count() == count


def test_faults_are_listed_and_the_rest_is_saved(client, assessment, page):
    data = as_posted(page) | {"LAB-01-value": "yes", "LAB-05-value": "999", "LAB-06-value": "ten"}
    reply = client.post(address(assessment), data)
    text = reply.content.decode()
    assert reply.status_code == 422
    assert "2 answers need correcting." in text
    assert '<a class="d-block" href="#LAB-05">' in text
    assert 'value="999"' in text
    assert 'value="ten"' in text
    assert 'aria-invalid="true"' in text
    rows = {row.code: row.value for row in assessment.answers.filter(is_answered=True)}
    assert rows == {"LAB-01": "yes"}
    assert "<b>1 of 75</b>" in text


def test_a_stale_one_shows_both_and_waits_for_a_decision(client, assessment, page):
    helper = make_user(name="Lindiwe Khumalo")
    data = as_posted(page) | {"LAB-01-value": "no", "LAB-06-value": "44"}
    answer(assessment, "LAB-01", "yes", by=helper)
    answer(assessment, "LAB-02", "yes", by=helper)
    reply = client.post(address(assessment), data)
    text = reply.content.decode()
    assert reply.status_code == 409
    assert "Lindiwe Khumalo changed this answer" in text
    assert 'name="keep" value="LAB-01:1"' in text
    assert text.count("data-keep") == 1, "LAB-02 was not touched here, so it is no conflict"
    rows = {row.code: row.value for row in assessment.answers.filter(is_answered=True)}
    assert rows == {"LAB-01": "yes", "LAB-02": "yes", "LAB-06": "44"}

    again = as_posted(reply)
    kept = client.post(address(assessment), again | {"keep": "LAB-01:1"})
    assert kept.status_code == 302
    assert assessment.answers.get(code="LAB-01").value == "no"


def test_theirs_can_be_taken(client, assessment, page):
    data = as_posted(page) | {"LAB-01-value": "no"}
    answer(assessment, "LAB-01", "yes", by=make_user())
    reply = client.post(address(assessment), data)
    taken = client.post(address(assessment), as_posted(reply) | {"take": "LAB-01"})
    assert taken.status_code == 302
    assert assessment.answers.get(code="LAB-01").value == "yes"


# --- who ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_read_the_answers_as_text(client, assessment, role):
    answer(assessment, "LAB-01", "partial", comment="Seen on site")
    client.force_login(make_user(role))
    text = client.get(address(assessment)).content.decode()
    assert "Partly (some sites, or only some of the elements)" in text
    assert "Seen on site" in text
    assert 'name="LAB-01-value"' not in text
    assert "Submit for approval" not in text
    assert "Save category" not in text
    assert assessment.owner.name in text
    assert client.post(address(assessment), {}).status_code == 403


@pytest.mark.parametrize("state", ["submitted", "approved", "cancelled"])
def test_locked_answers_are_text_for_all(client, assessment, state):
    answer_all(assessment)
    if state == "submitted":
        submitted(assessment)
    elif state == "approved":
        approved(assessment)
    else:
        Assessment.objects.filter(pk=assessment.pk).update(
            state="cancelled",
            cancelled_at=assessment.created_at,
            cancelled_by=assessment.owner,
            cancel_reason="No need",
        )
    client.force_login(assessment.owner)
    page = client.get(address(assessment))
    assert page.status_code == 200
    assert 'name="LAB-01-value"' not in page.content.decode()
    assert "The answers are locked" in page.content.decode()
    assert client.post(address(assessment), {}).status_code == 403


def test_strangers_sign_in_first(client, assessment):
    assert client.get(address(assessment)).status_code == 302


# --- queries ------------------------------------------------------------------------------

BUDGET = 15


@pytest.mark.parametrize("category", ["LAB", "SEC", "LEG"])
@pytest.mark.parametrize("entries", [1, 3])
def test_the_page_stays_within_its_queries(
    client, assessment, django_assert_num_queries, category, entries
):
    for _entry in range(entries):
        assessment.helpers.add(make_user())
        Certification.objects.create(vendor=assessment.vendor, standard="ISO/IEC 27001")
    answer_all(assessment)
    client.force_login(assessment.owner)
    client.get(address(assessment, category))
    with django_assert_num_queries(8, exact=True):
        client.get(address(assessment, category))
    assert BUDGET >= 8


# --- small things -------------------------------------------------------------------------


def test_values_in_words(assessment):
    rules = assessment.framework.rules
    words = {
        ("LAB-01", "partial"): "Partly (some sites, or only some of the elements)",
        ("LAB-05", "96.5"): "96.5%",
        ("LAB-06", "44"): "44 hours per week",
        ("ENV-02", "-12"): "\N{MINUS SIGN}12 percent change",
        ("LAB-09", "2026-05-04"): "4 May 2026",
        ("LAB-09", None): "Never",
        ("LEG-06", "Laws - all"): "Laws - all",
    }
    for (code, text), shown in words.items():
        assert value_words(rules.criterion(code), text, is_answered=True) == shown
    assert not value_words(rules.criterion("LAB-09"), None, is_answered=False)


def test_shares_of_the_whole_sum_to_100(assessment):
    rules = assessment.framework.rules
    for tier in (1, 2, 3):
        shares = [share_of_whole(rules, criterion, tier) for criterion in rules.asked(tier)]
        assert sum(shares) == 100


@pytest.mark.parametrize(
    ("standard", "matches"),
    [
        ("ISO/IEC 27001", True),
        ("iso/iec  27001:2022", True),
        ("ISO/IEC 270012", False),
        ("ISO/IEC 27701", False),
        ("", False),
    ],
)
def test_standards_are_told_apart(standard, matches):
    assert stands_for(Certification(standard=standard), ["ISO/IEC 27001"]) is matches


def test_the_earliest_end_counts():
    days = [None, date(2028, 1, 1), date(2027, 1, 1)]
    assert earliest_end(Certification(expires_on=day) for day in days) == date(2027, 1, 1)
    assert earliest_end([Certification()]) is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 21), 2, date(2027, 1, 21)),
    ],
)
def test_months_later(day, months, then):
    assert months_later(day, months) == then


def test_a_token_names_the_content_alone():
    row = Answer(value="yes", is_answered=True, version=3)
    same = Answer(value="yes", is_answered=True, version=9)
    other = Answer(value="yes", is_answered=True, comment="x")
    assert token_of(change_of(row, [])) == token_of(change_of(same, []))
    assert token_of(change_of(row, [])) != token_of(change_of(other, []))


def test_other_frameworks_work_too(client):
    owner = make_user()
    assessment = make_assessment(
        vendor=make_vendor(by=owner), owner=owner, framework=small_framework()
    )
    client.force_login(owner)
    for category in ("LAB", "SEC", "ENV"):
        assert client.get(address(assessment, category)).status_code == 200


# --- after a return -----------------------------------------------------------------------


@pytest.fixture
def returned():
    """In clarification: LAB-01 and SEC-01 are returned, all others are answered."""
    assessment = make_assessment()
    answer_all(assessment)
    submitted(assessment)
    reviewer = make_user(name="Tomas Lindqvist")
    assessment.answers.filter(code__in=["LAB-01", "SEC-01"]).update(
        returned_at=timezone.now(),
        returned_by=reviewer,
        return_remark="The policy is of 2024. Add the latest one.",
        level="",
        decided_at=None,
    )
    Assessment.objects.filter(pk=assessment.pk).update(state="clarification", reviewer=reviewer)
    assessment.refresh_from_db()
    return assessment


def test_only_returned_answers_open_with_the_remark_beside_them(client, returned):
    client.force_login(returned.owner)
    page = client.get(address(returned))
    text = page.content.decode()
    assert [form.prefix for form in page.context["forms"] if form.question.is_open] == ["LAB-01"]
    assert 'name="LAB-01-value"' in text
    assert 'name="LAB-02-value"' not in text
    assert "Tomas Lindqvist" in text
    assert "The policy is of 2024. Add the latest one." in text
    assert "2 answers were returned." in text
    assert "<b>0 of 2</b>" in text
    assert "Next returned" in text
    assert "1 returned" in text
    assert "2 returned answers are not saved again yet." in text
    assert re.search(r'id="q-submit"[^>]* disabled', text)


def test_other_answers_stay_as_they_are(client, returned):
    client.force_login(returned.owner)
    before = returned.answers.get(code="LAB-02")
    save = reverse("vendors:answer-save", args=[returned.public_id, "LAB-02"])
    reply = client.post(save, {"LAB-02-version": before.version, "LAB-02-value": "no"})
    assert reply.status_code == 403
    assert "This one was not returned." in reply.content.decode()
    client.post(address(returned), {"LAB-02-version": before.version, "LAB-02-value": "no"})
    after = returned.answers.get(code="LAB-02")
    assert (after.version, after.value) == (before.version, before.value)


def test_a_corrected_answer_says_so_and_the_next_one_follows(client, returned):
    client.force_login(returned.owner)
    row = returned.answers.get(code="LAB-01")
    save = reverse("vendors:answer-save", args=[returned.public_id, "LAB-01"])
    data = {"LAB-01-version": row.version, "LAB-01-value": "partial"}
    text = client.post(save, data).content.decode()
    assert "Corrected" in text
    assert "<b>1 of 2</b>" in text
    assert "1 corrected" in text
    assert 'data-next="SEC-01"' in text
    assert 'data-done="1"' in text
    row.refresh_from_db()
    assert row.corrected_at is not None
    assert row.return_remark
    page = client.get(address(returned))
    assert "1 returned answer is not saved again yet." in page.content.decode()


def test_an_answer_may_stand_with_a_comment_saying_why(client, returned):
    client.force_login(returned.owner)
    for code, category in (("LAB-01", "LAB"), ("SEC-01", "SEC")):
        data = as_posted(client.get(address(returned, category)))
        kept = {name: value for name, value in data.items() if name.startswith(f"{code}-")}
        client.post(address(returned, category), kept)
        assert returned.answers.get(code=code).corrected_at is None
        client.post(address(returned, category), kept | {f"{code}-comment": "It is the latest."})
        row = returned.answers.get(code=code)
        assert (row.corrected_at is None, row.comment) == (False, "It is the latest.")
    text = client.get(address(returned)).content.decode()
    assert "<b>2 of 2</b>" in text
    assert "All corrected: to the assessment" in text
    assert "Send back for review" in text
    assert not re.search(r'id="q-submit"[^>]* disabled', text)
    client.post(reverse("vendors:assessment-submit", args=[returned.public_id]), {"attested": "on"})
    returned.refresh_from_db()
    assert returned.is_in_review


def test_it_is_taken_up_at_the_first_returned_answer(client, returned):
    client.force_login(returned.owner)
    url = reverse("vendors:questionnaire-resume", args=[returned.public_id])
    assert client.get(url)["Location"] == f"{address(returned)}#LAB-01"


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.MANAGER, Role.AUDITOR])
def test_others_read_what_was_returned(client, returned, role):
    client.force_login(make_user(role))
    text = client.get(address(returned)).content.decode()
    assert "The policy is of 2024. Add the latest one." in text
    assert 'name="LAB-01-value"' not in text
    assert "Send back for review" not in text


def test_the_reviewers_remark_and_level_are_read_after_review(client, returned):
    reviewer = make_user(name="Lindiwe Khumalo")
    returned.answers.filter(code="LAB-02").update(
        remark="Seen on site.", level="verified", decided_at=timezone.now(), decided_by=reviewer
    )
    client.force_login(returned.owner)
    text = client.get(address(returned)).content.decode()
    assert "Remark by Lindiwe Khumalo" in text
    assert "Seen on site." in text


def test_a_second_review_stays_blind_to_others(client, returned):
    reviewer = make_user(name="Lindiwe Khumalo")
    returned.answers.filter(code="LAB-02").update(
        remark="Seen on site.", level="verified", decided_at=timezone.now(), decided_by=reviewer
    )
    Assessment.objects.filter(pk=returned.pk).update(needs_second_review=True)
    client.force_login(returned.owner)
    text = client.get(address(returned)).content.decode()
    assert "Seen on site." not in text
    assert "The policy is of 2024." in text


def test_a_reassessment_asks_its_targets_alone(client, assessment):
    answer_all(assessment)
    assessment.answers.exclude(code__in=["LAB-01", "SEC-01"]).update(is_carried=True)
    assessment.answers.filter(code__in=["LAB-01", "SEC-01"]).update(
        is_answered=False, value=None, level="", decided_at=None
    )
    Assessment.objects.filter(pk=assessment.pk).update(targets=["LAB-01", "SEC-01"])
    client.force_login(assessment.owner)
    page = client.get(address(assessment))
    text = page.content.decode()
    assert [form.prefix for form in page.context["forms"] if form.question.is_open] == ["LAB-01"]
    assert "This reassessment asks 2 questions again." in text
    assert "Carried over" in text
    assert "<b>0 of 2</b>" in text
    assert page.context["draft"].next_step.code == "LAB-01"


# --- certificates behind answers ----------------------------------------------------------


def test_a_withdrawn_certificate_is_not_offered_and_warns_where_it_backs(client, assessment):
    one, other = (
        add_certification(
            entry=Certification(vendor=assessment.vendor, standard="ISO 45001", number=number),
            by=assessment.owner,
        )
        for number in ("OH-1", "OH-2")
    )
    answer(
        assessment,
        "LAB-08",
        "iso45001_full",
        valid_to=date(2028, 1, 31),
        certifications=(one,),
    )
    for entry in (one, other):
        change_standing(
            entry=entry,
            standing=Standing.WITHDRAWN,
            on=timezone.localdate(),
            reason="The issuer's register says so.",
            version=0,
            by=assessment.owner,
        )
    client.force_login(assessment.owner)
    page = client.get(address(assessment))
    (form,) = [form for form in page.context["forms"] if form.prefix == "LAB-08"]
    assert [entry.number for entry, *_rest in form.register] == ["OH-1"]
    assert [warning.kind for warning in form.question.warnings] == ["withdrawn"]
    assert "was withdrawn on" in page.content.decode()
    with pytest.raises(FaultyInput, match="not in force"):
        answer(
            assessment,
            "LAB-08",
            "iso45001_full",
            valid_to=date(2028, 1, 31),
            certifications=(one, Certification.objects.get(pk=other.pk)),
        )
