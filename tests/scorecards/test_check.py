"""The public check: every answer that it can give, by number, by hash and by both."""

import hashlib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.models import BuildState, CheckWindow, Kind, Scorecard, SigningCertificate
from scorecards.queries.checked import candidates, checked
from scorecards.queries.disclosed import disclosed
from scorecards.queries.given import Given
from scorecards.queries.register import register
from scorecards.queries.standing import Standing, standing_of, with_standing
from scorecards.queries.verdicts import words_of
from scorecards.services.checks import count_check, forget_windows
from scorecards.services.documents import request_document
from scorecards.services.scorecards import new_issue, request_scorecard
from tests import factories
from tests.scorecards import deciding, printing
from tests.scorecards.checking import issued, made
from vendors.models import Assessment
from vendors.permissions import Role

URL = "/check/"
EVERYTHING = ["vendor", "band", "score", "must-haves", "dates", "framework", "issuer", "reason"]
OTHER_FILE = "ab" * 32
pytestmark = pytest.mark.django_db


def drafted(name="Borealis"):
    factories.small_framework()
    assessment = factories.import_worked(name)
    return made(request_scorecard(assessment=assessment, by=None, wakes=False))


def corrected(scorecard, reason="A figure was wrong."):
    return made(
        new_issue(assessment=scorecard.assessment, replaces=scorecard, reason=reason, by=None,
                  wakes=False)
    )  # fmt: skip


def withdraw(scorecard, reason="Evidence E-7 was false."):
    Scorecard.objects.filter(pk=scorecard.pk).update(
        withdrawn_at=timezone.now(),
        withdrawn_by=factories.make_user(Role.MANAGER),
        withdrawal=reason,
    )
    scorecard.refresh_from_db()
    return scorecard


def ask(client, q="", file="", **more):
    return client.get(URL, {"q": q, "file": file, **more})


def text_of(response):
    return " ".join(response.content.decode().split())


def verdict(response):
    return response.context["found"].verdict


@pytest.fixture
def scorecard():
    return issued()


# ---------- the answers ----------


def test_the_form_alone_asks_nothing_and_is_not_counted(client):
    response = ask(client)
    assert response.status_code == 200
    assert "verdict" not in text_of(response)
    assert client.head(f"{URL}?q=VET-2026-0001").status_code == 200
    assert not CheckWindow.objects.exists()


def test_a_genuine_file_in_force(client, scorecard):
    response = ask(client, scorecard.number, scorecard.file_sha256)
    text = text_of(response)
    assert verdict(response) == "in_force"
    assert "Genuine and in force" in text
    assert "The SHA-256 of your file equals the one in the register." in text
    assert f'{scorecard.file_sha256} <span class="chip chip--ok' in text
    assert "Aurora" in text
    assert "first issue" in text
    assert "Sign in" in text
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_a_number_alone_proves_no_file(client, scorecard):
    text = text_of(ask(client, scorecard.number))
    assert "Issued here and in force" in text
    assert "Genuine" not in text
    assert "The file was not compared" in text


@pytest.mark.parametrize(
    ("column", "title", "basis"),
    [
        ("file_sha256", "Genuine and in force", "your file equals the one in the register"),
        ("unsigned_sha256", "Issued here and in force", "has lost its signature"),
        ("digest", "Issued here and in force", "equals that of its record"),
    ],
)
@pytest.mark.parametrize("field", ["q", "file"])
def test_each_hash_of_a_document_finds_it(client, scorecard, column, title, basis, field):
    text = text_of(ask(client, **{field: getattr(scorecard, column).upper()}))
    assert title in text
    assert basis in text
    assert scorecard.number in text
    assert text.count("equals yours") == 1


def test_a_changed_file(client, scorecard):
    for query in (
        {"q": scorecard.number, "file": OTHER_FILE},
        {"q": f"{scorecard.number} {OTHER_FILE}"},
        {"q": scorecard.digest, "file": OTHER_FILE},
    ):
        response = ask(client, **query)
        assert verdict(response) == "changed"
        assert "The file was changed" in text_of(response)
        assert "Aurora" not in text_of(response)


def test_what_is_not_in_the_register(client, scorecard):
    assert "No scorecard has the number VET-2026-9999" in text_of(ask(client, "VET-2026-9999"))
    assert "No document has this SHA-256" in text_of(ask(client, OTHER_FILE))
    text = text_of(ask(client, "VET-2026-9999", OTHER_FILE))
    assert "No document has this SHA-256" in text
    assert "No scorecard has the number VET-2026-9999" in text
    assert "type the number" in text_of(ask(client, file=OTHER_FILE))


def test_a_genuine_file_under_another_number(client, scorecard):
    for number in ("VET-2026-9999", issued("Borealis").number):
        response = ask(client, number, scorecard.file_sha256)
        assert verdict(response) == "in_force"
        assert f"Your file is {scorecard.number}, not the document" in text_of(response)


def test_replaced_by_a_correction(client, scorecard):
    later = corrected(scorecard)
    response = ask(client, scorecard.number, scorecard.file_sha256)
    text = text_of(response)
    assert verdict(response) == "replaced"
    assert "Genuine, but replaced" in text
    assert f": {later.number}." in text
    assert f'href="/check/?q={later.number}"' in text
    assert "A figure was wrong" not in text
    assert "issue 2" in text_of(ask(client, later.number))
    assert verdict(ask(client, later.number)) == "in_force"


def test_a_correction_that_is_not_there_yet_is_not_named(client, scorecard):
    later = corrected(scorecard)
    Scorecard.objects.filter(pk=later.pk).update(
        state="failed", ready_at=None, file="", file_sha256="", unsigned_sha256=""
    )
    text = text_of(ask(client, scorecard.number))
    assert f"A correction of {scorecard.number} is on its way." in text
    assert later.number not in text
    assert verdict(ask(client, later.number)) == "unknown"
    assert verdict(ask(client, later.digest)) == "unknown"


def superseded(scorecard):
    """A later decision on the same vendor, with its scorecard."""
    old = scorecard.assessment
    Assessment.objects.filter(pk=old.pk).update(
        state="superseded", superseded_at=timezone.now() - timedelta(minutes=1)
    )
    new = factories.make_assessment(vendor=old.vendor, framework=factories.small_framework())
    factories.answer_all(new)
    factories.approved(factories.reviewed(factories.submitted(new)))
    new.refresh_from_db()
    return made(request_scorecard(assessment=new, by=None, wakes=False))


def test_superseded_by_a_later_decision(client, scorecard):
    later = superseded(scorecard)
    response = ask(client, scorecard.number)
    assert verdict(response) == "replaced"
    assert f": {later.number}." in text_of(response)
    Scorecard.objects.filter(pk=later.pk).update(ready_at=None, state="failed")
    response = ask(client, scorecard.number)
    assert verdict(response) == "replaced"
    assert later.number not in text_of(response)


def test_no_longer_valid_from_the_day_after_its_last(client, scorecard):
    until = scorecard.assessment.result.valid_until
    with time_machine.travel(f"{until}T12:00:00Z", tick=False):
        assert verdict(ask(client, scorecard.number)) == "in_force"
    with time_machine.travel(f"{until + timedelta(days=1)}T00:00:01Z", tick=False):
        response = ask(client, scorecard.number, scorecard.file_sha256)
    assert verdict(response) == "expired"
    assert "Genuine, no longer valid" in text_of(response)
    assert f"was valid to {until.day} " in text_of(response)


def test_closed(client, scorecard):
    Assessment.objects.filter(pk=scorecard.assessment_id).update(
        state="closed",
        closed_at=timezone.now(),
        closed_by=factories.make_user(Role.MANAGER),
        close_reason="Secret quarrel",
    )
    response = ask(client, scorecard.number, scorecard.file_sha256)
    assert verdict(response) == "closed"
    assert "no longer valid" in text_of(response)
    assert "Secret quarrel" not in text_of(response)


def test_withdrawn_and_its_reason_only_where_the_settings_say_so(client, scorecard, settings):
    withdraw(scorecard)
    text = text_of(ask(client, scorecard.number, scorecard.file_sha256))
    assert "was withdrawn on" in text
    assert "E-7" not in text
    assert "Aurora" not in text
    settings.CHECK_DISCLOSES = [*settings.CHECK_DISCLOSES, "reason"]
    assert "<dt>Reason given</dt><dd>Evidence E-7 was false.</dd>" in text_of(
        ask(client, scorecard.number)
    )
    later = corrected(scorecard)
    text = text_of(ask(client, scorecard.number))
    assert f"{later.number} was issued in its place" in text
    assert verdict(ask(client, scorecard.number)) == "withdrawn"


def test_a_draft_says_nothing_of_the_vendor(client):
    draft = drafted()
    for digest in (draft.file_sha256, draft.digest):
        response = ask(client, digest)
        assert verdict(response) == "draft"
        assert "decides nothing" in text_of(response)
        assert "Borealis" not in text_of(response)
        assert "Signed" not in text_of(response)


def test_a_rejection_is_said_to_be_one(client, settings):
    settings.CHECK_DISCLOSES = []
    assessment = deciding.rejected()
    scorecard = made(request_scorecard(assessment=assessment, by=None, wakes=False))
    text = text_of(ask(client, scorecard.number, scorecard.file_sha256))
    assert "Genuine and in force, as a rejection" in text
    assert "not approved" in text


def test_a_record_that_was_tampered_with_is_not_confirmed(client, scorecard):
    changed = scorecard.content.replace("Aurora", "Aurorb")
    Scorecard.objects.filter(pk=scorecard.pk).update(content=changed)
    response = ask(client, scorecard.number, scorecard.file_sha256)
    assert verdict(response) == "damaged"
    assert "Auror" not in text_of(response)
    Scorecard.objects.filter(pk=scorecard.pk).update(content="{")
    assert verdict(ask(client, scorecard.number)) == "damaged"


def test_what_was_there_once_stays_known_while_it_is_built_again(client, scorecard):
    Scorecard.objects.filter(pk=scorecard.pk).update(state=BuildState.QUEUED)
    assert verdict(ask(client, scorecard.number, scorecard.file_sha256)) == "in_force"


def test_comparisons_tell_their_number_and_day_alone(client, worked, settings):
    settings.CHECK_DISCLOSES = EVERYTHING
    officer = factories.make_user(Role.PROCUREMENT)
    saved = printing.kept(worked.values(), officer)
    document = printing.document_of(worked.values(), purpose=printing.PURPOSE)
    row = made(request_document(kind=Kind.COMPARISON, document=document, comparison=saved,
                                by=officer, wakes=False))  # fmt: skip
    text = text_of(ask(client, row.number, row.file_sha256))
    assert "Genuine and in force" in text
    assert "Comparison" in text
    assert not [name for name in [*worked, printing.PURPOSE] if name in text]


def test_who_signed_is_said(client, scorecard):
    certificate = SigningCertificate.objects.create(
        fingerprint="ff" * 32,
        subject="CN=Example Procurement",
        not_before=timezone.now(),
        not_after=timezone.now() + timedelta(days=1),
        pem="-",
        is_self_made=True,
    )
    Scorecard.objects.filter(pk=scorecard.pk).update(certificate=certificate)
    text = text_of(ask(client, scorecard.number))
    assert "CN=Example Procurement" in text
    assert "proves no identity" in text


def test_staff_see_it_in_their_frame(client, scorecard):
    client.force_login(factories.make_user(Role.AUDITOR))
    text = text_of(ask(client, scorecard.number))
    assert 'aria-label="Main"' in text
    assert "Issued here and in force" in text


# ---------- what is told ----------

#: What each word of the setting lets out, of a scorecard issued in the fixture.
TOLD = {
    "vendor": ["Aurora"],
    "band": ["Approved"],
    "score": [],
    "must-haves": ["must-haves met"],
    "dates": ["Valid to", "As of"],
    "framework": ["Framework"],
    "issuer": ["Issued by", "Adriana Ferreira"],
}


@pytest.mark.parametrize("word", [*TOLD, "reason", "none"])
def test_each_word_of_the_setting_lets_out_its_own(client, scorecard, settings, word):
    settings.CHECK_DISCLOSES = [] if word == "none" else [word]
    text = text_of(ask(client, scorecard.number, scorecard.file_sha256))
    body = text[text.index('class="verdict__b"') :].split("</section>")[0]
    assert scorecard.number in body
    for other, signs in TOLD.items():
        for sign in signs:
            assert (sign in body) == (other == word), (word, sign)
    overall = f"<b>{response_score(scorecard)}</b>"
    assert (overall in body) == (word == "score")
    assert ("bandtag" in body) == (word == "band")


def response_score(scorecard):
    row = register(factories.make_user(Role.AUDITOR)).get(pk=scorecard.pk)
    return row.summary["overall"]


def test_everything_at_once(client, scorecard, settings):
    settings.CHECK_DISCLOSES = EVERYTHING
    text = text_of(ask(client, scorecard.number, scorecard.file_sha256))
    for signs in TOLD.values():
        assert not [sign for sign in signs if sign not in text and sign != "Issued by"]
    assert " by " in text


# ---------- standing ----------


def test_standing_of_25_rows_asks_once(django_assert_num_queries, scorecard):
    corrected(scorecard)
    superseded(corrected(corrected_of(scorecard)))
    drafted("Borealis")
    with django_assert_num_queries(1):
        rows = with_standing(Scorecard.objects.all())
        found = [standing_of(row, timezone.localdate()) for row in rows]
    assert {item.standing for item in found} == {
        Standing.IN_FORCE,
        Standing.SUPERSEDED,
        Standing.DRAFT,
    }
    assert all(item.by and item.by.get_absolute_url() for item in found
               if item.standing is Standing.SUPERSEDED)  # fmt: skip


def corrected_of(scorecard):
    return Scorecard.objects.get(replaces=scorecard)


def test_standing_before_the_file_is_there(scorecard):
    Scorecard.objects.filter(pk=scorecard.pk).update(state="failed", ready_at=None)
    row = with_standing(Scorecard.objects.all()).get(pk=scorecard.pk)
    assert standing_of(row, timezone.localdate()).standing is Standing.NOT_READY


# ---------- the same work for every answer ----------


def test_every_answer_asks_the_same_of_the_database(client, scorecard):
    first, second = issued("Borealis"), issued("Dune")
    later, draft = corrected(first), drafted("Ember")
    withdraw(second)
    asked = {
        "in_force": {"q": scorecard.number, "file": scorecard.file_sha256},
        "number": {"q": scorecard.number},
        "hash": {"q": scorecard.digest},
        "replaced": {"q": first.number},
        "correction": {"q": later.number},
        "withdrawn": {"q": second.number},
        "draft": {"q": draft.digest},
        "changed": {"q": scorecard.number, "file": OTHER_FILE},
        "unknown number": {"q": "VET-2026-9999"},
        "unknown hash": {"file": OTHER_FILE},
    }
    ask(client, "VET-2026-9998")  # the first of a minute clears old windows away
    seen = {}
    for name, query in asked.items():
        with CaptureQueriesContext(connection) as queries:
            response = ask(client, **query)
        assert response.status_code == 200
        seen[name] = [query["sql"].partition("WHERE")[0] for query in queries]
        assert text_of(response).count("verdict__") == 2, name  # head and body, always
    assert len({tuple(sql) for sql in seen.values()}) == 1, {k: len(v) for k, v in seen.items()}
    assert len(seen["draft"]) == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what tables hold")
def test_no_check_reads_every_record():
    plan = candidates(Given.from_query({"q": "VET-2026-1", "file": OTHER_FILE})).explain()
    assert "SCAN" not in plan
    assert plan.count("SEARCH scorecards_scorecard USING INDEX") == 4


# ---------- how often ----------


def test_too_many_checks(client, scorecard, settings):
    settings.CHECKS_A_MINUTE = 3
    with time_machine.travel("2026-11-21T14:41:20Z", tick=False):
        for _time in range(3):
            assert ask(client, scorecard.number).status_code == 200
        response = ask(client, scorecard.number)
        assert ask(client).status_code == 200
        assert ask(client, "nonsense").status_code == 422
        other = Client(REMOTE_ADDR="192.0.2.7").get(URL, {"q": scorecard.number})
        assert other.status_code == 200
    text = text_of(response)
    assert response.status_code == 429
    assert response["Retry-After"] == "40"
    assert "checked 3 times in a minute. Try again at 14:42 UTC." in text
    assert text.count("verdict__") == 2
    assert "Aurora" not in text
    with time_machine.travel("2026-11-21T14:42:00Z", tick=False):
        assert ask(client, scorecard.number).status_code == 200


def test_an_ipv6_network_counts_as_one_address():
    with time_machine.travel("2026-11-21T14:41:20Z", tick=False):
        assert count_check("2001:db8::1").count == 1
        assert count_check("2001:db8::ffff:1").count == 2
        assert count_check("2001:db8:0:1::1").count == 1
        assert count_check("192.0.2.1").count == 1
        assert count_check("::ffff:192.0.2.1").count == 2
        assert count_check("192.0.2.1:50001").count == 3
        assert count_check("[2001:db8::2]:50001").count == 3
        assert count_check("not an address").count == 1
    assert not CheckWindow.objects.filter(who__contains="192.0").exists()


def test_windows_are_forgotten():
    with time_machine.travel("2026-11-21T14:41:20Z", tick=False):
        count_check("192.0.2.1")
        count_check("192.0.2.2")
        assert forget_windows() == 0
    with time_machine.travel("2026-11-21T14:53:00Z", tick=False):
        count_check("192.0.2.1")
    assert CheckWindow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_checks_at_once_are_all_counted():
    """Four threads with connections of their own: no two see the same count."""
    counts, faults = [], []

    def run():
        try:
            counts.extend(count_check("192.0.2.1").count for _time in range(10))
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)
        finally:
            connection.close()

    with time_machine.travel("2026-11-21T14:41:20Z", tick=False):
        threads = [threading.Thread(target=run) for _thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not faults
    assert sorted(counts) == list(range(1, 41))


# ---------- what people type ----------


@pytest.mark.parametrize(
    "typed",
    [
        "VET-2026-0147",
        "vet-2026-147",
        " vet 2026 0147 ",
        "VET\u20112026\u20130147",
        "vet20260147",
        "2026-147",
        "scorecard-VET-2026-0147.pdf",
        "https://vetting.example.org/check/?q=VET-2026-0147",
        "\uff36\uff25\uff34-2026-0147",
        "VET-2026-\u200b0147",
    ],
)
def test_a_number_is_read_however_it_is_spelled(typed):
    assert Given.from_query({"q": typed}).number == "VET-2026-0147"


def test_a_hash_is_read_however_it_is_copied():
    sha256 = hashlib.sha256(b"x").hexdigest()
    for typed in (
        sha256.upper(),
        f"{sha256[:32]}\n{sha256[32:]}",
        f"{sha256}  scorecard.pdf",
        f"SHA-256 {sha256}",
    ):
        assert Given.from_query({"q": typed}).digest == sha256
    both = Given.from_query({"q": f"VET-2026-1 {sha256}"})
    assert (both.number, both.digest) == ("VET-2026-0001", sha256)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "hello"}, "neither a number nor a SHA-256"),
        ({"q": "ab" * 31 + "a"}, "has 64 characters, this one 63"),
        ({"q": "\u0667" * 4 + "-0147"}, "neither a number"),
        ({"q": "x" * 10_240}, "neither a number"),
        ({"q": "VET-2026-0001' OR '1'='1", "file": "zz"}, "Choose it again"),
        ({"q": "\x00\x00VET"}, "neither a number"),
        ({"q": "<script>alert(1)</script>"}, "neither a number"),
        ({"file": "\x00"}, "Choose it again"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_kept(client, query, said):
    response = ask(client, **query)
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert 'aria-invalid="true"' in text
    assert "<script>alert" not in text
    assert not CheckWindow.objects.exists()


def test_what_was_typed_is_kept(client):
    assert 'value="hello there"' in ask(client, "hello there").content.decode()
    assert 'value="vet-2026-9"' in ask(client, "vet-2026-9").content.decode()


WHATEVER = {
    "q": st.one_of(
        st.text(max_size=300),
        st.from_regex(r"(?i)vet[- _]*[0-9]{0,9}[- ]*\w{0,9}"),
        st.from_regex(r"[0-9a-fA-F \n-]{0,140}\Z"),
    ),
    "file": st.one_of(st.just(""), st.text(max_size=80), st.from_regex(r"[0-9a-f]{64}\Z")),
}


@settings(max_examples=300)
@given(**WHATEVER)
def test_whatever_is_given_has_an_answer_or_a_fault(q, file):
    asked = Given.from_query({"q": q, "file": file})
    if asked.fault:
        assert not (asked.number or asked.digest or asked.file)
        return
    found = checked(asked, timezone.localdate())
    assert asked.is_empty or words_of(found, disclosed(found)).title == "Not in the register"


@settings(max_examples=30)
@given(**WHATEVER)
def test_whatever_is_given_the_page_stands(q, file):
    with override_settings(CHECKS_A_MINUTE=10_000):
        response = Client().get(URL, {"q": q, "file": file})
    assert response.status_code in {200, 422}


def test_links_lead_to_it(client):
    text = client.get(reverse("sign-in")).content.decode()
    assert text.count('href="/check/"') == 2
