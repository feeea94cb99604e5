"""Saving one answer: every type there and back, bad input refused, nobody's work lost."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from tests.factories import answer_all, make_assessment, make_user, submitted
from vendors.forms.answer_changes import change_of, token_of
from vendors.models import Answer, AuditEvent, Certification, State
from vendors.permissions import Role
from vendors.queries.answer_states import answer_state
from vendors.queries.assessments import assessment_for
from vendors.services import answers as service

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def assessment():
    return make_assessment()


@pytest.fixture
def iso(assessment):
    return Certification.objects.create(
        vendor=assessment.vendor,
        standard="ISO/IEC 27001:2022",
        issuer="TÜV",
        number="C-1",
        expires_on=date(2028, 3, 31),
    )


@pytest.fixture
def save(client, assessment):
    """A function that posts one answer as the owner's page does, on the version it was shown."""
    client.force_login(assessment.owner)

    def post(code, *, version=None, as_user=None, **fields):
        if as_user:
            client.force_login(as_user)
        row = assessment.answers.get(code=code)
        data = {f"{code}-{name}": value for name, value in fields.items()}
        data[f"{code}-version"] = row.version if version is None else version
        url = reverse("vendors:answer-save", args=[assessment.public_id, code])
        return client.post(url, data, **HTMX)

    return post


def stored(assessment, code):
    return Answer.objects.get(assessment=assessment, code=code)


TYPES = [
    ("LAB-04", {"value": "yes"}, "yes"),
    ("LAB-01", {"value": "partial"}, "partial"),
    ("EMP-07", {"value": "0"}, "0"),
    ("LAB-05", {"value": "96.50"}, "96.5"),
    ("LAB-05", {"value": "96,5"}, "96.5"),
    ("LAB-06", {"value": "44"}, "44"),
    ("ENV-02", {"value": "-12.5"}, "-12.5"),
    ("LAB-09", {"value": "2026-05-04"}, "2026-05-04"),
    ("LAB-09", {"never": "on"}, None),
    ("SEC-02", {"value": "in_progress"}, "in_progress"),
    ("SEC-02", {"value": "certified_full", "valid_to": "2028-01-31"}, "certified_full"),
    ("LEG-06", {"value": "  One\r\ntwo  "}, "One\ntwo"),
]


@pytest.mark.parametrize(("code", "fields", "value"), TYPES)
def test_each_type_is_saved_and_read_back(save, client, assessment, code, fields, value):
    reply = save(code, **fields)
    row = stored(assessment, code)
    assert reply.status_code == 200
    assert (row.is_answered, row.value, row.version) == (True, value, 1)
    assert row.answered_by == assessment.owner
    category = assessment.framework.rules.category_of(code).code
    page = client.get(reverse("vendors:questionnaire", args=[assessment.public_id, category]))
    (form,) = [form for form in page.context["forms"] if form.prefix == code]
    assert (form["value"].value() or None) == value
    assert form["version"].value() == 1


def test_level_date_and_comment_are_saved(save, assessment):
    save(
        "LAB-01", value="yes", evidence="documented", evidence_valid_to="2027-01-31", comment="p. 4"
    )
    row = stored(assessment, "LAB-01")
    assert (row.proposed_level, row.level_valid_to) == ("documented", date(2027, 1, 31))
    assert (row.comment, row.level) == ("p. 4", "")


def test_an_answer_can_be_taken_back(save, assessment):
    save("LAB-06", value="44")
    save("LAB-06", value="")
    row = stored(assessment, "LAB-06")
    assert (row.is_answered, row.value, row.version) == (False, None, 2)


def test_not_applicable_with_a_reason(save, assessment):
    save("HRT-03", value="80")
    assert save("HRT-03", value="80", not_applicable="on", reason="No agencies").status_code == 200
    row = stored(assessment, "HRT-03")
    assert (row.not_applicable, row.reason) == (True, "No agencies")
    assert (row.is_answered, row.value) == (False, None)


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
BAD = [
    ("LAB-05", {"value": "301"}, "value", "from 0 to 300"),
    ("LAB-05", {"value": "-1"}, "value", "You typed -1"),
    ("LAB-05", {"value": "1,234"}, "value", "can be read both ways"),
    ("LAB-06", {"value": "forty"}, "value", "You typed forty"),
    ("LAB-01", {"value": "perhaps"}, "value", "Choose one of the answers"),
    ("EMP-07", {"value": "6"}, "value", "Choose one of the answers"),
    ("LAB-09", {"value": TOMORROW}, "value", "Enter a date up to"),
    ("LAB-09", {"value": "31.02.2026"}, "value", "Enter a date"),
    ("LAB-09", {"value": "2026-05-04", "never": "on"}, "value", "not both"),
    ("SEC-02", {"value": "certified_full"}, "valid_to", "Enter the date until which it is valid"),
    ("SEC-02", {"value": "none", "valid_to": "0002-01-01"}, "valid_to", "Check the year"),
    ("SEC-02", {"value": "none", "valid_to": "soon"}, "valid_to", "Enter a date such as"),
    ("SEC-02", {"value": "none", "certifications": "x"}, "certifications", "register"),
    ("HRT-03", {"not_applicable": "on", "reason": " "}, "reason", "Say why"),
    ("LAB-01", {"not_applicable": "on", "reason": "No"}, "not_applicable", "applies to every"),
    ("LEG-06", {"value": "x" * 10_001}, "value", "10,001 characters"),
    ("LAB-01", {"value": "yes", "comment": "x" * 10_001}, "comment", "10,001 characters"),
    ("LAB-01", {"value": "yes", "evidence": "rejected"}, "evidence", "evidence levels"),
    ("LAB-01", {"value": "yes", "evidence_valid_to": "x"}, "evidence_valid_to", "such as"),
    ("LAB-01", {"value": "yes", "comment": "a\x00b"}, "comment", "Null characters"),
]


@pytest.mark.parametrize(("code", "fields", "field", "words"), BAD)
def test_bad_input_is_refused_at_its_field(save, assessment, code, fields, field, words):
    reply = save(code, **fields)
    form = reply.context["form"]
    assert reply.status_code == 422
    assert words in " ".join(form.errors[field])
    place = f'<div class="q__err" id="{code}-{field}-e"'
    assert words in reply.content.decode().split(place)[1].split("</div>")[0].replace("&#x27;", "'")
    assert form["value"].value() == fields.get("value")
    assert stored(assessment, code).version == 0
    assert not AuditEvent.objects.filter(action="answer.save").exists()


def test_a_refused_save_names_the_answer_that_stands(save, assessment):
    save("LAB-05", value="91")
    reply = save("LAB-05", value="999")
    assert "The last saved answer was 91%." in reply.content.decode()
    assert stored(assessment, "LAB-05").value == "91"


def test_a_save_without_its_version_is_refused(save, assessment):
    assert save("LAB-06", value="44", version="").status_code == 422
    assert stored(assessment, "LAB-06").version == 0


def test_the_register_fills_in_the_earliest_end(save, assessment, iso):
    other = Certification.objects.create(
        vendor=assessment.vendor, standard="ISO/IEC 27001", expires_on=date(2027, 6, 30)
    )
    both = [str(iso.public_id), str(other.public_id)]
    assert save("SEC-02", value="certified_full", certifications=both).status_code == 200
    row = stored(assessment, "SEC-02")
    assert row.valid_to == date(2027, 6, 30)
    assert set(row.certifications.all()) == {iso, other}


def test_a_later_change_in_the_register_changes_no_answer(save, client, assessment, iso):
    save("SEC-02", value="certified_full", certifications=[str(iso.public_id)])
    Certification.objects.filter(pk=iso.pk).update(expires_on=date(2027, 1, 1))
    url = reverse("vendors:questionnaire", args=[assessment.public_id, "SEC"])
    assert "The register has changed" in client.get(url).content.decode()
    reply = save(
        "SEC-02",
        value="certified_full",
        certifications=[str(iso.public_id)],
        valid_to="2028-03-31",
        comment="seen",
    )
    assert reply.status_code == 200
    assert stored(assessment, "SEC-02").valid_to == date(2028, 3, 31)


def test_an_entry_without_an_end_leaves_the_date_to_people(save, assessment, iso):
    Certification.objects.filter(pk=iso.pk).update(expires_on=None)
    chosen = [str(iso.public_id)]
    assert save("SEC-02", value="certified_full", certifications=chosen).status_code == 422
    fields = {"value": "certified_full", "certifications": chosen, "valid_to": "2027-02-28"}
    assert save("SEC-02", **fields).status_code == 200
    assert stored(assessment, "SEC-02").valid_to == date(2027, 2, 28)


def test_entries_of_other_standards_or_vendors_cannot_back_it(save, assessment):
    wrong = Certification.objects.create(vendor=assessment.vendor, standard="ISO 9001")
    reply = save("SEC-02", value="none", certifications=[str(wrong.public_id)])
    assert reply.status_code == 422


# --- versions -----------------------------------------------------------------------------


def test_a_stale_save_shows_both_values_and_changes_nothing(save, assessment):
    helper = make_user(name="Lindiwe Khumalo")
    assessment.helpers.add(helper)
    save("LAB-01", value="yes", version=0, as_user=helper)
    reply = save("LAB-01", value="no", comment="mine", version=0, as_user=assessment.owner)
    text = reply.content.decode()
    assert reply.status_code == 409
    assert "Lindiwe Khumalo changed this answer" in text
    assert "Yes, at every site in scope" in text
    assert 'data-keep="1"' in text
    shown = {(d.label, d.theirs, d.mine) for d in reply.context["form"].conflict.differences}
    assert ("Answer", "Yes, at every site in scope", "No") in shown
    assert ("Comment", "Nothing", "mine") in shown
    assert stored(assessment, "LAB-01").value == "yes"
    assert AuditEvent.objects.filter(action="answer.save").count() == 1


def test_keep_mine_posts_again_on_the_new_version(save, assessment):
    save("LAB-01", value="yes")
    assert save("LAB-01", value="no", version=0).status_code == 409
    assert save("LAB-01", value="no", version=1).status_code == 200
    row = stored(assessment, "LAB-01")
    assert (row.value, row.version) == ("no", 2)


def test_a_newer_version_of_the_same_content_is_no_conflict(save, assessment):
    save("LAB-06", value="44")
    shown = token_of(change_of(stored(assessment, "LAB-06"), ()))
    Answer.objects.filter(assessment=assessment, code="LAB-06").update(version=2)
    reply = save("LAB-06", version=1, value="46", shown="another")
    assert reply.status_code == 409
    reply = save("LAB-06", version=1, value="46", shown=shown)
    assert reply.status_code == 200
    row = stored(assessment, "LAB-06")
    assert (row.value, row.version) == ("46", 3)
    event = AuditEvent.objects.filter(action="answer.save").last()
    assert (event.before["value"], event.after["value"]) == ("44", "46")


def test_carried_answers_are_not_asked_again(save, assessment):
    Answer.objects.filter(assessment=assessment, code="LAB-06").update(is_carried=True)
    reply = save("LAB-06", value="44")
    assert reply.status_code == 403
    assert "carried over from the last assessment" in reply.content.decode()
    assert stored(assessment, "LAB-06").value is None


def test_the_same_content_again_is_no_conflict(save, assessment):
    """The reply to a save may get lost; sending it again must not read as a quarrel."""
    save("LAB-01", value="yes")
    reply = save("LAB-01", value="yes", version=0)
    assert reply.status_code == 200
    assert 'name="LAB-01-version" value="1"' in reply.content.decode()
    assert stored(assessment, "LAB-01").version == 1


def test_an_unchanged_save_makes_no_event(save, assessment):
    save("LAB-05", value="96.5")
    assert save("LAB-05", value="96,50").status_code == 200
    assert stored(assessment, "LAB-05").version == 1
    assert AuditEvent.objects.filter(action="answer.save").count() == 1


def test_the_event_says_what_changed(save, assessment):
    save("LAB-06", value="44")
    save("LAB-06", value="46")
    event = AuditEvent.objects.filter(action="answer.save").last()
    assert (event.subject, event.actor) == ("LAB-06", assessment.owner)
    assert (event.before["value"], event.after["value"]) == ("44", "46")
    assert (event.before["version"], event.after["version"]) == (1, 2)
    assert event.after == answer_state(stored(assessment, "LAB-06"))


def test_no_event_no_save(save, assessment, monkeypatch):
    """The event is part of the transaction: where it cannot be written, nothing is."""

    def fails(**_event):
        raise IntegrityError("no room")

    monkeypatch.setattr(service, "record_event", fails)
    with pytest.raises(IntegrityError):
        save("LAB-06", value="44")
    assert stored(assessment, "LAB-06").version == 0


def test_the_reply_says_where_everything_stands(save):
    text = save("LAB-01", value="yes").content.decode()
    for part in ("LAB-01-save", "LAB-01-kept", "LAB-01-level", "page-save", "q-progress"):
        assert f'id="{part}"' in text
    assert "<b>1 of 75</b>" in text
    assert 'id="rail-LAB"' in text
    assert 'data-next="LAB-02"' in text
    assert "14 answers" not in text
    assert 'name="LAB-01-value"' not in text, "the control itself is never swapped"


# --- who may ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_may_not_answer(save, assessment, role):
    reply = save("LAB-01", value="yes", as_user=make_user(role))
    assert reply.status_code == 403
    assert assessment.owner.name in reply.content.decode()
    assert stored(assessment, "LAB-01").version == 0


def test_helpers_may(save, assessment):
    helper = make_user()
    assessment.helpers.add(helper)
    assert save("LAB-01", value="yes", as_user=helper).status_code == 200
    assert stored(assessment, "LAB-01").answered_by == helper


def test_a_session_that_is_over_is_told_apart(client, assessment):
    url = reverse("vendors:answer-save", args=[assessment.public_id, "LAB-01"])
    assert client.post(url, {"LAB-01-value": "yes"}, **HTMX).status_code == 401


@pytest.mark.parametrize("code", ["LAB-99", "nothing"])
def test_unknown_questions_are_not_found(client, assessment, code):
    client.force_login(assessment.owner)
    url = reverse("vendors:answer-save", args=[assessment.public_id, code])
    assert client.post(url, {}, **HTMX).status_code == 404
    absent = reverse("vendors:answer-save", args=[uuid.uuid4(), "LAB-01"])
    assert client.post(absent, {}, **HTMX).status_code == 404


def test_questions_outside_the_tier_are_not_found(client):
    assessment = make_assessment(tier=3)
    client.force_login(assessment.owner)
    url = reverse("vendors:answer-save", args=[assessment.public_id, "LAB-05"])
    assert client.post(url, {"LAB-05-value": "100"}, **HTMX).status_code == 404


def test_only_posts_are_taken(client, assessment):
    client.force_login(assessment.owner)
    url = reverse("vendors:answer-save", args=[assessment.public_id, "LAB-01"])
    assert client.get(url).status_code == 405


def test_submitted_answers_are_locked(save, assessment):
    answer_all(assessment)
    submitted(assessment)
    reply = save("LAB-01", value="no")
    assert reply.status_code == 403
    assert "locked" in reply.content.decode()


def test_answers_locked_between_the_look_and_the_save(assessment):
    found = assessment_for(assessment.owner, assessment.public_id).get()
    type(found).objects.filter(pk=found.pk).update(
        state=State.SUBMITTED, submitted_at=timezone.now()
    )
    with pytest.raises(service.Refused):
        service.save_answer(
            assessment=found,
            answer=found.answers.get(code="LAB-01"),
            change=service.AnswerChange(value="yes", is_answered=True),
            version=0,
            by=assessment.owner,
        )


def test_evidence_that_has_ended_says_so_at_once(save):
    reply = save("LAB-01", value="yes", evidence="documented", evidence_valid_to="2020-01-01")
    assert reply.status_code == 200
    assert "Evidence ended 1 Jan 2020, counts as claimed" in reply.content.decode()
    reply = save("LAB-01", value="yes", evidence="documented", evidence_valid_to="2099-01-01")
    assert "Evidence ended" not in reply.content.decode()


# --- queries ------------------------------------------------------------------------------

#: Queries of a save, transaction statements not counted.
BUDGET = 12


def counted(captured):
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return [q["sql"] for q in captured if not q["sql"].startswith(words)]


@pytest.mark.parametrize(("code", "fields", "value"), TYPES)
def test_a_save_stays_within_its_queries(save, django_assert_max_num_queries, code, fields, value):
    with django_assert_max_num_queries(BUDGET + 4) as captured:
        save(code, **fields)
    assert len(counted(captured.captured_queries[1:])) <= BUDGET


def test_a_save_with_register_entries_stays_within_its_queries(
    save, assessment, django_assert_max_num_queries
):
    ids = [
        str(Certification.objects.create(vendor=assessment.vendor, standard=name).public_id)
        for name in ("ISO/IEC 27001", "ISO/IEC 27001:2013", "ISO/IEC 27001:2022")
    ]
    fields = {"value": "certified_full", "certifications": ids, "valid_to": "2027-01-01"}
    with django_assert_max_num_queries(BUDGET + 5) as captured:
        reply = save("SEC-02", **fields)
    assert reply.status_code == 200
    assert stored(assessment, "SEC-02").certifications.count() == 3
    assert len(counted(captured.captured_queries[1:])) <= BUDGET
