"""Comparisons and portfolios go the way of scorecards: row, number, build, register, proof."""

import contextlib
import json
import sqlite3
from decimal import Decimal
from io import BytesIO, StringIO

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from scorecards import builder, storage
from scorecards.models import BuildState, Kind, SavedComparison, Scorecard
from scorecards.paper import kinds, pdf, typeset
from scorecards.queries.register import later_than
from scorecards.services import scorecards as services
from scorecards.services.documents import request_document
from tests.conftest import require
from tests.factories import import_worked, make_user, small_framework
from tests.proved import tamper
from tests.scorecards.printing import PURPOSE, asked, chosen, document_of, kept, texts
from tests.site import wait_for
from tests.tiny import tiny_pdf
from vendors import scoring
from vendors.models import AuditEvent
from vendors.permissions import Role

pytestmark = pytest.mark.django_db

PORTFOLIO = {"format": "vetting-portfolio/1", "on": "2026-11-20", "vendors": []}
REGISTER = reverse("scorecards:scorecard-list")


@pytest.fixture
def manager(client):
    user = make_user(Role.MANAGER)
    client.force_login(user)
    return user


@pytest.fixture
def vendors(manager):
    small_framework()
    return [
        import_worked(name, approve_as=manager).vendor for name in ("Aurora", "Borealis", "Dune")
    ]


@pytest.fixture
def saved(vendors, manager):
    return kept(vendors, manager)


@pytest.fixture
def drawing(monkeypatch):
    """Building without the renderer; what it was asked to draw is noted."""
    calls = []

    def draw(text, **more):
        calls.append(more)
        return pdf.Drawn(tiny_pdf(text, more["kind"]), 3)

    monkeypatch.setattr(typeset, "draw_scorecard", draw)
    return calls


def issue(saved, by):
    document = json.loads(saved.document, parse_float=Decimal)
    return request_document(
        kind=Kind.COMPARISON, document=document, comparison=saved, by=by, wakes=False
    )


def portfolio_of(by):
    return request_document(kind=Kind.PORTFOLIO, document=PORTFOLIO, by=by, wakes=False)


def built(row):
    builder.build(row.public_id)
    row.refresh_from_db()
    assert row.state == BuildState.READY, row.error
    return row


def address(name, thing):
    return reverse(f"scorecards:{name}", args=[thing.public_id])


def live(vendors):
    query = "&".join(f"v={vendor.public_id}" for vendor in vendors)
    return f"{reverse('scorecards:comparison-pdf')}?{query}"


# --- asking ---------------------------------------------------------------------------------


def test_a_kept_comparison_is_numbered_and_prints_what_was_kept(client, saved, vendors, manager):
    response = client.post(address("comparison-issue", saved))
    row = Scorecard.objects.get()
    assert response.url == row.get_absolute_url()
    assert (row.kind, row.comparison, row.assessment) == (Kind.COMPARISON, saved, None)
    assert row.number.startswith("VET-")
    assert not row.is_draft
    content = json.loads(row.content)
    assert content["saved"]["digest"] == saved.digest
    assert content["saved"]["saved_by"] == str(manager)
    assert content["saved"]["choice"] is None
    assert content["purpose"] == PURPOSE
    client.post(address("comparison-issue", saved))
    assert Scorecard.objects.count() == 1


def test_a_choice_makes_another_document_with_the_next_number(client, saved, vendors, manager):
    first = issue(saved, manager)
    choice = chosen(saved, vendors[1], manager, "Closest to our sites.")
    second = issue(saved, manager)
    told = json.loads(second.content)["saved"]["choice"]
    assert told["vendor"] == vendors[1].name
    assert told["place"] == choice.place
    assert told["reason"] == "Closest to our sites."
    assert told["decided_by"] == str(manager)
    assert [int(row.number[-4:]) for row in (first, second)] == [1, 2]


def test_a_later_choice_replaces_the_one_that_was_printed(saved, vendors, manager):
    chosen(saved, vendors[1], manager, "First thought.")
    chosen(saved, vendors[0], manager, "Second thought.")
    told = json.loads(issue(saved, manager).content)["saved"]["choice"]
    assert (told["vendor"], told["reason"]) == (vendors[0].name, "Second thought.")


def test_the_page_as_it_is_gives_a_draft_without_a_number(client, vendors, manager):
    response = client.post(live(vendors))
    row = Scorecard.objects.get()
    assert response.url == row.get_absolute_url()
    assert (row.kind, row.number, row.is_draft) == (Kind.COMPARISON, "", True)
    assert row.comparison is None
    content = json.loads(row.content)
    assert content["saved"] is None
    assert [vendor["name"] for vendor in content["vendors"]] == [
        vendor["name"] for vendor in document_of(vendors)["vendors"]
    ]
    client.post(live(vendors))
    assert Scorecard.objects.count() == 1
    client.post(live(vendors) + "&w_LAB=60")
    assert Scorecard.objects.count() == 2


def test_a_comparison_of_nobody_says_so_and_makes_nothing(client, manager):
    page = client.post(reverse("scorecards:comparison-pdf"), follow=True)
    assert "Nothing to print" in page.content.decode()
    assert not Scorecard.objects.exists()


def test_asking_wakes_a_worker_after_the_commit(
    vendors, manager, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("scorecards.waking.wake_builder", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        row = request_document(kind=Kind.COMPARISON, document=document_of(vendors), by=manager)
        assert woken == []
    assert woken == [row.public_id]


def test_one_counter_numbers_all_kinds(saved, vendors, manager):
    card = services.request_scorecard(
        assessment=vendors[0].assessments.get(), by=manager, wakes=False
    )
    rows = [card, issue(saved, manager), portfolio_of(manager)]
    assert [int(row.number[-4:]) for row in rows] == [1, 2, 3]
    assert portfolio_of(manager).pk == rows[2].pk


def test_a_document_that_somebody_asks_for_in_this_moment_is_ours(saved, manager, monkeypatch):
    first = issue(saved, manager)
    found = Scorecard.objects.filter
    empty = iter([Scorecard.objects.none()])

    def late(*args, **more):
        """What a reader sees who looks just before the other one commits."""
        if "digest" in more and (nothing := next(empty, None)) is not None:
            rows = found(*args, **more)
            monkeypatch.setattr(rows, "first", nothing.first)
            return rows
        return found(*args, **more)

    monkeypatch.setattr(Scorecard.objects, "filter", late)
    with transaction.atomic():
        assert issue(saved, manager).pk == first.pk
    assert Scorecard.objects.count() == 1


def test_the_portfolio_is_numbered_and_the_same_figures_are_one_document(client, vendors, manager):
    response = client.post(reverse("scorecards:portfolio-pdf"))
    row = Scorecard.objects.get()
    assert response.url == row.get_absolute_url()
    assert (row.kind, row.assessment, row.comparison) == (Kind.PORTFOLIO, None, None)
    assert row.number.endswith("-0001")
    content = json.loads(row.content)
    assert content["headline"]["vendors"] == 3
    assert content["summary"]["as_of"] == content["on"]
    client.post(reverse("scorecards:portfolio-pdf"))
    assert Scorecard.objects.count() == 1
    client.force_login(make_user(Role.PROCUREMENT))
    assert client.post(reverse("scorecards:portfolio-pdf")).status_code == 403


def test_a_portfolio_before_any_framework_makes_nothing(client, manager):
    response = client.post(reverse("scorecards:portfolio-pdf"))
    assert response.url == reverse("scorecards:portfolio")
    assert not Scorecard.objects.exists()


def test_a_portfolio_is_drawn_by_the_renderer(client, vendors, manager):
    require(not pdf.unavailable(), pdf.unavailable())
    client.post(reverse("scorecards:portfolio-pdf"))
    row = built(Scorecard.objects.get())
    pages = texts(storage.stored_file(row))
    assert len(pages) == row.pages
    for place, text in enumerate(pages, 1):
        assert row.digest in text
        assert f"Page {place} of {row.pages}" in text
    assert row.number in " ".join(pages)
    made = typeset.draw_scorecard(row.content, digest=row.digest, number=row.number, kind=row.kind)
    assert made.data == storage.stored_file(row)


# --- building -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [issue, lambda _s, by: portfolio_of(by)])
def test_it_is_built_as_a_scorecard_is(saved, manager, drawing, make):
    row = built(make(saved, manager))
    assert drawing == [{"digest": row.digest, "number": row.number, "kind": row.kind}]
    assert row.pages == 3
    assert storage.stored_file(row).startswith(b"%PDF")
    event = AuditEvent.objects.get(action="scorecard.build")
    assert event.chain == "site"
    assert event.assessment is None
    assert event.subject == f"{Kind(row.kind).label}, {row.number}"
    assert event.after["file_sha256"] == row.file_sha256


def test_one_asked_for_under_an_earlier_template_is_not_drawn(saved, manager, drawing):
    row = issue(saved, manager)
    Scorecard.objects.update(template_version="0")
    builder.build(row.public_id)
    row.refresh_from_db()
    assert row.state == BuildState.FAILED
    assert "earlier version" in row.error
    assert drawing == []


def test_versions_of_kinds_are_their_own(saved, vendors, manager):
    card = services.request_scorecard(
        assessment=vendors[0].assessments.get(), by=manager, wakes=False
    )
    assert card.template_version == kinds.TEMPLATE_VERSION
    assert issue(saved, manager).template_version == kinds.PAPERS["comparison"].version


def test_a_template_of_a_kind_gets_the_marks_and_its_own_attachment(
    monkeypatch, settings, tmp_path
):
    require(not pdf.unavailable(), pdf.unavailable())
    page = tmp_path / "tiny.html"
    page.write_text(
        '<!doctype html><html lang="{{ language }}"><title>{{ site_name }}</title>'
        "<p>{{ number }} {{ digest }} {{ template_version }} {{ stamp }} {{ attachment_name }} "
        "{{ content.on }}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    paper = kinds.Paper("tiny.html", "7", "portfolio.json", kinds.PAPERS["vendor"].styles)
    monkeypatch.setitem(kinds.PAPERS, "portfolio", paper)
    pdf._styles.cache_clear()
    text = scoring.canonical_json(PORTFOLIO)
    made = typeset.draw_scorecard(
        text, digest=scoring.digest(text), number="VET-2026-0009", kind="portfolio"
    )
    pdf._styles.cache_clear()
    (said,) = texts(made.data)
    for words in ("VET-2026-0009", " 7 ", "2026-11-20T00:00:00Z", "portfolio.json"):
        assert words in said
    reader = pypdf.PdfReader(BytesIO(made.data))
    assert reader.attachments["portfolio.json"] == [text.encode()]


# --- the register and the page ----------------------------------------------------------------


def test_the_page_of_a_comparison(client, saved, manager, drawing):
    row = built(issue(saved, manager))
    page = client.get(row.get_absolute_url()).content.decode()
    assert f"Comparison {row.number}" in page
    assert PURPOSE in page
    assert saved.get_absolute_url() in page
    for name in ("Aurora", "Borealis", "Dune"):
        assert name in page
    file = client.get(address("scorecard-download", row))
    assert file["Content-Disposition"] == f'attachment; filename="comparison-{row.number}.pdf"'
    event = AuditEvent.objects.get(action="scorecard.download")
    assert (event.chain, event.assessment) == ("site", None)


def test_the_page_of_one_not_kept_and_of_a_portfolio(client, vendors, manager, drawing):
    draft = built(asked(vendors, manager))
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "Comparison, not saved" in page
    assert "Save the comparison to get a document with a number" in page
    file = client.get(address("scorecard-download", draft))
    assert f"comparison-draft-{draft.digest[:12]}.pdf" in file["Content-Disposition"]
    whole = built(portfolio_of(manager))
    assert f"Portfolio {whole.number}" in client.get(whole.get_absolute_url()).content.decode()
    file = client.get(address("scorecard-download", whole))
    assert f"portfolio-{whole.number}.pdf" in file["Content-Disposition"]


def found(client, **query):
    return [row.kind for row in client.get(REGISTER, query).context["page_obj"].object_list]


def test_the_register_shows_each_kind_and_finds_them(client, saved, vendors, manager):
    assessment = vendors[0].assessments.get()
    card = services.request_scorecard(assessment=assessment, by=manager, wakes=False)
    row, draft, whole = issue(saved, manager), asked(vendors[1:], manager), portfolio_of(manager)
    page = client.get(REGISTER).content.decode()
    for words in (card.number, row.number, whole.number, PURPOSE, "Not saved", "All vendors"):
        assert words in page
    assert found(client) == ["portfolio", "comparison", "comparison", "vendor"]
    assert found(client, about="comparison") == ["comparison", "comparison"]
    assert found(client, about="portfolio", kind="issued") == ["portfolio"]
    assert found(client, about="comparison", kind="drafts") == ["comparison"]
    assert found(client, about="nonsense") == found(client)
    assert found(client, q="in German") == ["comparison"]
    assert found(client, q="aurora") == ["comparison", "vendor"]
    assert found(client, q="dune") == ["comparison", "comparison"]
    assert found(client, q=row.number) == ["comparison"]
    assert found(client, q=draft.digest[:16]) == ["comparison"]
    assert found(client, q="0/1") == []
    assert "No document of this kind" in _without(client, Kind.PORTFOLIO)


def _without(client, kind):
    Scorecard.objects.filter(kind=kind).delete()
    return client.get(REGISTER, {"about": kind}).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_sends_the_same_queries_for_any_number(
    client, vendors, manager, count, django_assert_num_queries
):
    assessment = vendors[0].assessments.get()
    services.request_scorecard(assessment=assessment, by=manager, wakes=False)
    for number in range(count):
        issue(kept(vendors, manager, purpose=f"{PURPOSE} {number}"), manager)
    client.get(REGISTER)
    # Session, user, role, count, rows, waivers.
    with django_assert_num_queries(6):
        client.get(REGISTER, {"q": "aurora"})


def test_the_start_page_lists_them(client, saved, vendors, manager):
    row, draft, whole = issue(saved, manager), asked(vendors, manager), portfolio_of(manager)
    page = client.get(reverse("dashboard")).content.decode()
    for document in (row, draft, whole):
        assert document.get_absolute_url() in page
    assert f"{row.number}, {PURPOSE}" in page


@pytest.mark.parametrize(
    ("role", "is_shown"),
    [(Role.MANAGER, True), (Role.AUDITOR, True), (Role.PROCUREMENT, False)],
)
def test_the_portfolio_stays_with_those_who_read_it(client, manager, drawing, role, is_shown):
    row = built(portfolio_of(manager))
    client.force_login(make_user(role))
    assert client.get(row.get_absolute_url()).status_code == (200 if is_shown else 404)
    assert client.get(address("scorecard-download", row)).status_code == (200 if is_shown else 404)
    assert (row.number in client.get(REGISTER).content.decode()) is is_shown


def test_nothing_is_later_than_a_document_without_an_assessment():
    assert later_than(None) is None


def test_names_are_escaped(client, vendors, manager):
    hostile = "<script>1</script>"
    vendor = vendors[0]
    type(vendor).objects.filter(pk=vendor.pk).update(name=hostile)
    row = issue(kept(vendors, manager, purpose=hostile), manager)
    for url in (row.get_absolute_url(), REGISTER, reverse("dashboard")):
        assert hostile not in client.get(url).content.decode()


# --- proof ------------------------------------------------------------------------------------


@pytest.fixture
def proved(saved, vendors, manager, drawing, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    built(issue(saved, manager))
    built(asked(vendors, manager))
    built(portfolio_of(manager))
    return saved


def run():
    """What `manage.py verify` prints, and its exit code."""
    out = StringIO()
    try:
        call_command("verify", stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def test_what_was_made_verifies(proved):
    text, code = run()
    assert code == 0, text
    assert "1 comparisons, 3 scorecards" in text


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (
            "UPDATE scorecards_savedcomparison SET document = replace(document, 'Aurora', 'Zurora')",
            (PURPOSE, "its document does not give its SHA-256"),
        ),
        (
            "UPDATE scorecards_scorecard SET content = content || ' ' WHERE number <> ''",
            (f"comparison {PURPOSE}, VET-", "its content does not give its SHA-256"),
        ),
        (
            "UPDATE scorecards_scorecard SET file_sha256 = digest WHERE kind = 'portfolio'",
            ("portfolio, VET-", "no event names the SHA-256 of its file"),
        ),
    ],
)
def test_what_was_changed_is_named(proved, change, parts):
    tamper(change)
    text, code = run()
    assert code == 1
    assert any(all(part in line for part in parts) for line in text.splitlines()), text


def test_a_document_put_to_another_saved_comparison_is_named(proved, vendors, manager):
    other = kept(vendors, manager, purpose="Another one")
    Scorecard.objects.filter(comparison=proved).update(comparison=other)
    text, code = run()
    assert code == 1
    assert "does not print the saved comparison that it names" in text


def test_a_saved_comparison_rewritten_with_its_digest_is_named(proved):
    text = proved.document.replace("Aurora", "Zurora")
    SavedComparison.objects.update(document=text, digest=scoring.digest(text))
    printed, code = run()
    assert code == 1
    assert "no event names the SHA-256 of its document" in printed
    assert "does not print the saved comparison that it names" in printed


# --- a real worker ----------------------------------------------------------------------------

ASK = """
from tests import factories
from tests.scorecards.printing import asked, kept
from vendors.permissions import Role
from scorecards.services.documents import request_document
from scorecards.models import Kind
import json, decimal
factories.small_framework()
by = factories.make_user(Role.MANAGER)
vendors = [factories.import_worked(n, approve_as=by).vendor for n in ("Aurora", "Borealis", "Dune")]
saved = kept(vendors, by)
document = json.loads(saved.document, parse_float=decimal.Decimal)
request_document(kind=Kind.COMPARISON, document=document, comparison=saved, by=by)
"""


@pytest.fixture
def site(make_site):
    require(not pdf.unavailable(), pdf.unavailable())
    return make_site(ready=True, DJANGO_SETTINGS_MODULE="tests.scorecards.worker_settings")


@contextlib.contextmanager
def database(site):
    """A cursor past the ORM; what it changes is kept."""
    with contextlib.closing(sqlite3.connect(site.folder / "vetting.sqlite3")) as link:
        yield link.cursor()
        link.commit()


def row_of(site):
    with database(site) as cursor:
        cursor.execute("SELECT state, attempts, file, number FROM scorecards_scorecard")
        (row,) = cursor.fetchall()
        return row


@pytest.mark.services
def test_a_worker_killed_in_a_comparison_leaves_one_file(site):
    site.manage("shell", "-v", "0", "-c", ASK)
    worker = site.worker()
    wait_for(lambda: row_of(site)[0] == "building", 60, site.log)
    site.kill(worker)
    assert row_of(site)[0] == "building", "it was too quick to be killed in a build"
    with database(site) as cursor:
        cursor.execute("UPDATE scorecards_scorecard SET lease_until = '2020-01-01 00:00:00+00:00'")
    site.worker()
    site.manage("sweep")
    wait_for(lambda: row_of(site)[0] == "ready", 120, site.log)
    _state, attempts, file, number = row_of(site)
    assert attempts == 2
    assert number.endswith("-0001")
    folder = site.folder / "media" / "scorecards"
    assert [f"scorecards/{path.name}" for path in folder.iterdir()] == [file]
