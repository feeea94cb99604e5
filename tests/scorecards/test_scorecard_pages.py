import hashlib
import uuid

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from scorecards import builder, storage
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.paper import pdf
from scorecards.services import scorecards as services
from scorecards.services.documents import request_document
from tests import factories
from tests.conftest import require
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def aurora():
    factories.small_framework()
    return factories.import_worked("Aurora")


@pytest.fixture
def auditor(client):
    user = factories.make_user(Role.AUDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def scorecard(aurora, auditor):
    return services.request_scorecard(assessment=aurora, by=auditor, wakes=False)


@pytest.fixture
def ready(scorecard):
    require(not pdf.unavailable(), pdf.unavailable())
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    return scorecard


def url(name, thing):
    return reverse(f"scorecards:{name}", args=[thing.public_id])


def test_an_auditor_asks_and_is_led_to_its_page(client, aurora, auditor):
    response = client.post(url("scorecard-request", aurora))
    made = Scorecard.objects.get()
    assert response.status_code == 302
    assert response.url == made.get_absolute_url()
    assert made.requested_by == auditor
    client.post(url("scorecard-request", aurora))
    assert Scorecard.objects.count() == 1


def test_asking_by_get_changes_nothing(client, aurora, auditor):
    assert client.get(url("scorecard-request", aurora)).status_code == 405
    assert not Scorecard.objects.exists()


def test_a_cancelled_assessment_says_why_not(client, aurora, auditor):
    aurora.__class__.objects.filter(pk=aurora.pk).update(
        state="cancelled", cancelled_at=aurora.created_at, cancelled_by=auditor, cancel_reason="x"
    )
    response = client.post(url("scorecard-request", aurora))
    assert response.url == aurora.get_absolute_url()
    assert "cancelled" in str(next(iter(get_messages(response.wsgi_request))))


def test_waiting_page_works_with_and_without_htmx(client, scorecard):
    page = client.get(scorecard.get_absolute_url())
    text = page.content.decode()
    assert "You can leave this page. The bell says when it is ready." in text
    assert 'hx-trigger="every 2s"' in text
    assert "<noscript>" in text
    assert "no-store" in page["Cache-Control"]
    part = client.get(scorecard.get_absolute_url(), headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part
    assert "scorecard-facts" not in part


@pytest.mark.parametrize(
    ("step", "words", "share"),
    [
        ("checking", "step 1 of 4", "12%"),
        ("drawing", "step 2 of 4", "37%"),
        ("signing", "step 3 of 4", "62%"),
        ("storing", "step 4 of 4", "87%"),
    ],
)
def test_steps_are_shown(client, scorecard, step, words, share):
    Scorecard.objects.update(state=BuildState.BUILDING, step=step)
    text = client.get(scorecard.get_absolute_url(), headers=HTMX).content.decode()
    assert words in text
    assert f'width="{share[:2]}' in text


def test_ready_page_offers_the_file(client, ready):
    text = client.get(ready.get_absolute_url()).content.decode()
    assert "The draft is ready" in text
    assert url("scorecard-download", ready) in text
    assert ready.file_sha256 in text
    assert "79.8" in text
    part = client.get(ready.get_absolute_url(), headers=HTMX).content.decode()
    assert "every 2s" not in part
    assert 'hx-swap-oob="true"' in part


def test_download_has_the_headers_of_a_stranger_file(client, ready):
    response = client.get(url("scorecard-download", ready))
    assert response.status_code == 200
    assert response.content == storage.stored_file(ready)
    assert response["Content-Type"] == "application/pdf"
    name = f"scorecard-draft-{ready.digest[:12]}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_a_changed_file_is_not_handed_out(client, ready):
    path = storage.path_of(ready.file)
    path.write_bytes(path.read_bytes() + b"x")
    response = client.get(url("scorecard-download", ready))
    assert response.status_code == 302
    text = client.get(response.url).content.decode()
    assert "was changed since it was built" in text
    assert "Build again" in text
    client.post(url("scorecard-retry", ready))
    ready.refresh_from_db()
    assert ready.state == BuildState.QUEUED


def test_failed_page_says_why_and_can_be_tried_again(client, scorecard):
    Scorecard.objects.update(state=BuildState.FAILED, error="The disk is full.", attempts=5)
    text = client.get(scorecard.get_absolute_url()).content.decode()
    assert "The disk is full." in text
    assert "Build again" in text
    response = client.post(url("scorecard-retry", scorecard))
    assert response.url == scorecard.get_absolute_url()
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.attempts, scorecard.error) == ("queued", 0, "")


def test_what_is_ready_is_not_built_again(client, ready):
    response = client.post(url("scorecard-retry", ready))
    assert "nothing to build again" in str(next(iter(get_messages(response.wsgi_request))))
    ready.refresh_from_db()
    assert ready.state == BuildState.READY


def test_nothing_to_download_before_it_is_ready(client, scorecard):
    assert client.get(url("scorecard-download", scorecard)).status_code == 404


@pytest.mark.parametrize("name", ["scorecard-detail", "scorecard-download"])
def test_access_is_asked_each_time(client, ready, auditor, name):
    auditor.groups.clear()
    assert client.get(url(name, ready)).status_code == 403
    client.logout()
    assert client.get(url(name, ready)).status_code == 302


def test_no_file_is_built_for_somebody_who_lost_the_role(client, scorecard, auditor):
    auditor.groups.clear()
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    assert (scorecard.state, scorecard.file) == (BuildState.FAILED, "")
    assert "may no longer have it" in scorecard.error
    client.force_login(factories.make_user(Role.PROCUREMENT))
    client.post(url("scorecard-retry", scorecard))
    scorecard.refresh_from_db()
    assert scorecard.state == BuildState.QUEUED


@pytest.mark.parametrize("name", ["scorecard-detail", "scorecard-download"])
def test_a_manager_who_became_procurement_has_no_portfolio_file(client, name):
    manager = factories.make_user(Role.MANAGER)
    client.force_login(manager)
    document = {"format": "vetting-portfolio/1", "on": "2026-11-01"}
    made = request_document(kind=Kind.PORTFOLIO, document=document, by=manager, wakes=False)
    data = b"%PDF-1.7"
    path = storage.path_of("scorecards/x.pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    Scorecard.objects.update(
        state=BuildState.READY, file="scorecards/x.pdf", file_size=8, pages=1,
        file_sha256=hashlib.sha256(data).hexdigest(), ready_at=timezone.now(),
    )  # fmt: skip
    assert client.get(url(name, made)).status_code == 200
    manager.groups.set([Group.objects.get_or_create(name=Role.PROCUREMENT)[0]])
    assert client.get(url(name, made)).status_code == 404
    listing = client.get(reverse("scorecards:scorecard-list")).content.decode()
    assert made.number not in listing


@pytest.mark.parametrize("name", ["scorecard-detail", "scorecard-download"])
def test_what_is_not_there_is_404(client, auditor, name):
    assert client.get(reverse(f"scorecards:{name}", args=[uuid.uuid4()])).status_code == 404


def test_register_lists_and_finds(client, ready):
    listing = reverse("scorecards:scorecard-list")
    text = client.get(listing).content.decode()
    assert "Aurora" in text
    assert "Not approved" in text
    for query in ("auro", ready.digest[:10], ready.file_sha256[:10]):
        assert "1 document<" in client.get(listing, {"q": query}).content.decode()
    assert "No scorecard matches" in client.get(listing, {"q": "Boreal"}).content.decode()
    assert "1 document<" in client.get(listing, {"kind": "drafts"}).content.decode()
    assert "0 documents<" in client.get(listing, {"kind": "in_force"}).content.decode()
    assert (
        "No document stands like this"
        in client.get(listing, {"kind": "withdrawn"}).content.decode()
    )
    assert "1 document<" in client.get(listing, {"kind": "nonsense"}).content.decode()


def test_the_register_leads_to_many_with_its_filter(client, auditor):
    page = client.get(reverse("scorecards:scorecard-list"), {"q": "auro", "page": "2"})
    assert f'href="{reverse("scorecards:bundle-ask")}?q=auro"' in page.content.decode()


def test_empty_register(client, auditor):
    text = client.get(reverse("scorecards:scorecard-list")).content.decode()
    assert "No scorecards yet" in text


def test_register_has_pages_of_25(client, scorecard):
    rows = [
        Scorecard(
            assessment=scorecard.assessment,
            is_draft=True,
            content=scorecard.content,
            digest=f"{count:064x}",
            template_version="1",
        )
        for count in range(30)
    ]
    Scorecard.objects.bulk_create(rows)
    first = client.get(reverse("scorecards:scorecard-list"))
    assert len(first.context["page_obj"].object_list) == 25
    second = client.get(reverse("scorecards:scorecard-list"), {"page": 2})
    assert len(second.context["page_obj"].object_list) == 6


@pytest.mark.parametrize("count", [1, 3])
def test_register_sends_the_same_queries_for_any_number(
    client, scorecard, count, django_assert_num_queries
):
    for extra in range(count - 1):
        Scorecard.objects.create(
            assessment=scorecard.assessment,
            is_draft=True,
            content=scorecard.content,
            digest=f"{extra:064x}",
            template_version="1",
        )
    listing = reverse("scorecards:scorecard-list")
    client.get(listing)
    # Session, user, role, count, rows, waivers.
    with django_assert_num_queries(6):
        client.get(listing)


def test_names_are_escaped(client, aurora, auditor):
    hostile = "<script>1</script>"
    aurora.vendor.__class__.objects.filter(pk=aurora.vendor_id).update(name=hostile)
    aurora.vendor.refresh_from_db()
    made = services.request_scorecard(assessment=aurora, by=auditor, wakes=False)
    for address in (made.get_absolute_url(), reverse("scorecards:scorecard-list")):
        assert hostile not in client.get(address).content.decode()


def test_without_pango_the_pages_say_what_to_run(client, scorecard, monkeypatch):
    monkeypatch.setattr(pdf, "LIBRARIES", ("libno-such-thing.so.9",))
    for address in (scorecard.get_absolute_url(), reverse("scorecards:scorecard-list")):
        assert pdf.INSTALL_LINE in client.get(address).content.decode()
