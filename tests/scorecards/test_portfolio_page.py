"""The portfolio: who opens it, what it counts, where its figures lead, and its budget."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scorecards.portfolio import Portfolio, portfolio_now
from scorecards.portfolio.scatter import MOST_POINTS
from tests.factories import make_framework, make_user, make_vendor, small_framework
from tests.portfolios import fill
from vendors.models import AuditEvent, CategoryScore, Vendor
from vendors.permissions import Role
from vendors.services.vendors import archive_vendor

pytestmark = pytest.mark.django_db

ADDRESS = "/portfolio/"
#: Session, user, role; framework, profiles, vendors, sites, categories (two), certifications, names.
BUDGET = 12


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def framework():
    return make_framework()


@pytest.fixture
def vendors(framework, manager):
    """Forty vendors, most of them rated twice."""
    return fill(40, framework, owner=make_user(), approver=manager, seed=3)


def shown(client: Client, **asked: str) -> Portfolio:
    answer = client.get(ADDRESS, asked)
    assert answer.status_code == 200
    return answer.context["portfolio"]


def listed(client: Client, url: str) -> int:
    """How many vendors the list behind a figure holds."""
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.context["page_obj"].paginator.count


@pytest.mark.parametrize("role", [Role.PROCUREMENT, Role.ADMINISTRATOR])
def test_others_are_told_who_can_open_it(role) -> None:
    answer = signed_in(make_user(role)).get(ADDRESS)
    assert answer.status_code == 403
    assert "Managers and auditors can open the portfolio." in answer.content.decode()
    assert signed_in(make_user(role)).post(f"{ADDRESS}portfolio.csv").status_code == 403


def test_managers_find_it_in_the_navigation_and_auditors_in_their_menu(manager) -> None:
    page = signed_in(manager).get("/").content.decode()
    bar = page[page.index("<nav") : page.index("</nav>")]
    assert re.findall(r'<a href="([^"]+)"', bar) == [
        "/", "/portfolio/", "/vendors/", "/findings/", "/compare/", "/scorecards/", "/frameworks/",
    ]  # fmt: skip
    menu = page[page.index('class="pop__id"') : page.index("sign-out")]
    assert 'href="/reviews/"' in menu
    assert 'href="/trail/"' in menu or reverse("vendors:event-list") in menu
    page = signed_in(make_user(Role.AUDITOR)).get("/").content.decode()
    bar = page[page.index("<nav") : page.index("</nav>")]
    assert bar.count("<a ") == 7
    assert "/portfolio/" not in bar
    assert "/portfolio/" in page[page.index('class="pop__id"') : page.index("sign-out")]


def test_without_a_framework_or_a_vendor_it_says_what_comes_first(manager) -> None:
    client = signed_in(manager)
    text = client.get(ADDRESS).content.decode()
    assert "No framework yet" in text
    assert "portfolio.csv" not in text
    small_framework()
    assert "No vendors yet" in client.get(ADDRESS).content.decode()
    vendor = make_vendor(by=make_user())
    text = client.get(ADDRESS).content.decode()
    assert "One vendor, 0 rated" in text
    assert "Nobody is rated yet." in text
    assert "Median score" not in text
    archive_vendor(vendor=vendor, by=manager)
    assert "No vendors yet" in client.get(ADDRESS).content.decode()


def test_the_matrix_holds_every_vendor_once(vendors, manager) -> None:
    portfolio = shown(signed_in(manager))
    counted = sum(cell.count for line in portfolio.matrix.lines for cell in line.cells)
    assert counted + portfolio.matrix.unrated.count == len(vendors)
    assert portfolio.headline.rated == Vendor.objects.exclude(latest_result=None).count()
    assert counted == portfolio.headline.rated
    assert portfolio.matrix.unrated.count > 0
    risks = {risk.code: risk.count for risk in portfolio.matrix.risks}
    stored = Vendor.objects.filter(latest_result__gate="pass")
    for code, count in risks.items():
        assert count == stored.filter(latest_result__residual_risk=code).count()


@pytest.mark.parametrize("profile", ["", "People first"])
def test_every_figure_is_what_its_list_shows(vendors, manager, profile) -> None:
    client = signed_in(manager)
    portfolio = shown(client, profile=profile)
    top, matrix = portfolio.headline, portfolio.matrix
    figures = [
        (top.vendors, top.all_url),
        (top.rated, top.rated_url),
        (top.critical, top.critical_url),
        (top.high, top.high_url),
        (top.ineligible, top.ineligible_url),
        (top.due, top.due_url),
        (matrix.unrated.count, matrix.unrated.url),
        (portfolio.movement.up.count, portfolio.movement.up.url),
        (portfolio.movement.down.count, portfolio.movement.down.url),
        (portfolio.movement.still.count, portfolio.movement.still.url),
    ]
    figures += [(cell.count, cell.url) for line in matrix.lines for cell in line.cells]
    figures += [(risk.count, risk.url) for risk in matrix.risks]
    figures += [(line.weakest_at, line.url) for line in portfolio.categories]
    figures += [(term.vendors, term.url) for term in portfolio.terms]
    for groups in (portfolio.countries, portfolio.services):
        for line in (*groups.lines, *groups.others):
            figures.append((line.vendors, line.url))
            figures += [(entry.count, entry.url) for entry in line.slices]
    assert top.rated > 20
    assert portfolio.movement.compared == top.rated
    for count, url in figures:
        assert listed(client, url) == count, url


def test_every_link_of_the_page_opens(vendors, manager) -> None:
    client = signed_in(manager)
    text = client.get(ADDRESS).content.decode()
    main = text[text.index('<main id="main"') : text.index("</main>")]
    links = {unescape(url) for url in re.findall(r'href="(/[^"]*)"', main)}
    lists = {url for url in links if url.startswith("/vendors/?")}
    assert len(lists) > 60
    for url in lists:
        assert client.get(url).status_code == 200, url
    # what these vendors' documents hold is not told here, so their pages are only looked up
    pages = {str(vendor.get_absolute_url()) for vendor in vendors}
    assert links - lists <= pages | {"/vendors/", ADDRESS, f"{ADDRESS}portfolio.csv"}
    assert len(links & pages) > 20


def test_a_profile_weighs_scores_and_bands_anew(vendors, manager, framework) -> None:
    stored = shown(signed_in(manager))
    weighed = shown(signed_in(manager), profile="people FIRST")
    assert weighed.basis.profile.name == "People first"
    weights = {code: float(text) for code, text in weighed.basis.profile.weights.items()}
    rows = CategoryScore.objects.filter(result__in=Vendor.objects.values("latest_result"))
    sums: dict[int, list[float]] = {}
    for result, code, value in rows.values_list("result", "code", "score_value"):
        points = sums.setdefault(result, [0.0, 0.0])
        points[0] += weights[code] * float(value)
        points[1] += weights[code]
    of_vendor = dict(Vendor.objects.values_list("pk", "latest_result"))
    assert weighed.scatter.marks
    for mark in weighed.scatter.marks:
        weighted, total = sums[of_vendor[mark.vendor.key]]
        assert mark.score == pytest.approx(weighted / total, abs=1e-6)
    assert weighed.headline.median != stored.headline.median
    assert weighed.headline.confidence == stored.headline.confidence


@pytest.mark.parametrize("name", ["Nobody's", "<b>", "x" * 5_000, "\x00", "%F0"])
def test_an_unknown_profile_is_said_and_nothing_else_changes(vendors, manager, name) -> None:
    answer = signed_in(manager).get(ADDRESS, {"profile": name})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "No weight profile is called" in text
    assert "<b>." not in text
    assert answer.context["portfolio"].basis.weights is None


def test_medians_and_ranges_of_categories_are_those_of_the_rows(vendors, manager) -> None:
    portfolio = shown(signed_in(manager))
    rows = CategoryScore.objects.filter(result__in=Vendor.objects.values("latest_result"))
    values: dict[str, list[float]] = {}
    for code, value in rows.values_list("code", "score_value"):
        values.setdefault(code, []).append(float(value))
    assert portfolio.categories
    for line in portfolio.categories:
        found = sorted(values[line.code])
        median = (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
        assert line.spread.vendors == len(found)
        assert (line.spread.lowest, line.spread.highest) == (found[0], found[-1])
        assert int(line.spread.median + 0.5) == int(median + 0.5)
    medians = [line.spread.median for line in portfolio.categories]
    assert medians == sorted(medians)


def test_many_vendors_are_counted_in_fields_that_lead_to_them(framework, manager) -> None:
    fill(MOST_POINTS + 60, framework, owner=make_user(), approver=manager, seed=4, rated=1)
    client = signed_in(manager)
    portfolio = shown(client)
    groups = portfolio.scatter.groups
    assert not portfolio.scatter.marks
    assert sum(group.cell.count for group in groups) == portfolio.headline.rated
    for group in groups[:12]:
        assert listed(client, group.url) == group.cell.count


def test_it_is_read_aloud_and_holds_no_style(vendors, manager) -> None:
    text = signed_in(manager).get(ADDRESS).content.decode()
    main = text[text.index('<main id="main"') : text.index("</main>")]
    for drawing in re.findall(r"<svg[^>]*>", main):
        assert 'aria-hidden="true"' in drawing or 'role="' in drawing or 'class="ov"' in drawing
    assert main.count("<caption") >= 7
    assert "style=" not in main


def test_csv_holds_every_vendor_and_the_export_is_in_the_trail(vendors, manager) -> None:
    answer = signed_in(manager).post(f"{ADDRESS}portfolio.csv", {"profile": "Data first"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["vendor"] for row in rows] == sorted(
        (vendor.name for vendor in vendors), key=str.casefold
    )
    assert {row["weights"] for row in rows} == {"Data first"}
    assert {row["as_of"] for row in rows} == {timezone.localdate().isoformat()}
    rated = [row for row in rows if row["gate"] != "not rated"]
    assert len(rated) == Vendor.objects.exclude(latest_result=None).count()
    assert all(re.fullmatch(r"\d+\.\d", row["score"]) for row in rated)
    event = AuditEvent.objects.get(action="portfolio.export")
    assert event.after == {"rows": len(vendors)}
    assert event.actor == manager


@pytest.mark.parametrize("profile", ["", "People first"])
@pytest.mark.parametrize("count", [3, 30])
def test_the_page_stays_within_its_budget(framework, manager, count, profile) -> None:
    fill(count, framework, owner=make_user(), approver=manager, seed=6, rated=1)
    client = signed_in(manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS, {"profile": profile})
        asked = list(queries.captured_queries)
    assert 0 < len(asked) <= BUDGET, [query["sql"][:120] for query in asked]


def test_a_vendor_that_is_archived_counts_nowhere(vendors, manager) -> None:
    before = portfolio_now(manager)
    archive_vendor(vendor=Vendor.objects.exclude(latest_result=None)[0], by=manager)
    after = portfolio_now(manager)
    assert before is not None
    assert after is not None
    assert after.headline.vendors == before.headline.vendors - 1
    assert after.headline.rated == before.headline.rated - 1
