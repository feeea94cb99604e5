"""The portfolio as a document: exact JSON, and a PDF that prints all of it."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal

import pytest

from scorecards.paper.typeset import document_html, draw_scorecard
from scorecards.portfolio import portfolio_now
from scorecards.portfolio.document import FORMAT, portfolio_document
from scorecards.portfolio.scatter import MOST_POINTS
from tests.conftest import require
from tests.factories import make_framework, make_user, make_vendor
from tests.portfolios import fill
from tests.scorecards.test_paper import KNOWN, findings
from vendors import scoring
from vendors.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def document(user, profile: str = "") -> tuple[str, dict]:
    """The text of a document, and what is read back from it."""
    portfolio = portfolio_now(user, profile)
    assert portfolio is not None
    text = scoring.canonical_json(portfolio_document(portfolio))
    return text, json.loads(text, parse_float=Decimal)


def printed(content: dict) -> str:
    html = document_html("portfolio", content, digest="0" * 64, number="VET-2026-0001")
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_says_everything_and_the_same_each_time(manager) -> None:
    fill(30, make_framework(), owner=make_user(), approver=manager, seed=8)
    text, content = document(manager)
    assert document(manager)[0] == text
    assert content["format"] == FORMAT
    assert content["profile"] is None
    portfolio = portfolio_now(manager)
    assert portfolio is not None
    assert content["headline"]["rated"] == portfolio.headline.rated
    assert len(content["scatter"]["points"]) == portfolio.headline.rated
    assert [one["name"] for one in content["categories"]] == [
        line.name for line in portfolio.categories
    ]
    words = printed(content)
    for part in ("concerns", "categories"):
        assert content[part]
        assert all(one["name"] in words for one in content[part])
    assert all(one["name"] in words for one in content["countries"]["lines"])
    assert all(one["name"] in words for one in content["scatter"]["points"])
    assert "fictional" in words
    assert "VET-2026-0001" in words


def test_a_profile_is_named_with_its_weights(manager) -> None:
    fill(12, make_framework(), owner=make_user(), approver=manager, seed=8)
    _text, content = document(manager, "Data first")
    assert content["profile"]["name"] == "Data first"
    assert sum(Decimal(one["weight"]) for one in content["profile"]["weights"]) == 100
    words = printed(content)
    assert "under the weights of Data first" in words
    assert "Information security 22%" in words


@pytest.mark.parametrize("count", [0, 25])
def test_it_is_drawn_with_few_vendors_and_with_none_rated(manager, count) -> None:
    framework = make_framework()
    make_vendor(by=make_user(), name="Not Rated Yet")
    if count:
        fill(count, framework, owner=make_user(), approver=manager, seed=8)
    text, _content = document(manager)
    drawn = draw_scorecard(
        text, digest=scoring.digest(text), number="VET-2026-0001", kind="portfolio"
    )
    assert drawn.pages >= 2
    assert drawn.data.startswith(b"%PDF-")


def test_the_checkers_find_nothing_new(manager, tmp_path) -> None:
    require(shutil.which("qpdf"), "no qpdf: apt-get install qpdf")
    fill(12, make_framework(), owner=make_user(), approver=manager, seed=8)
    text, _content = document(manager)
    drawn = draw_scorecard(
        text, digest=scoring.digest(text), number="VET-2026-0001", kind="portfolio"
    )
    # TBL-004: the checker counts a cell that spans the rows of the matrix in its first row alone
    assert set(findings(drawn.data, tmp_path)) <= {*KNOWN, "TBL-004"}


def test_many_vendors_are_counted_in_fields(manager) -> None:
    vendors = fill(
        MOST_POINTS + 20, make_framework(), owner=make_user(), approver=manager, seed=8, rated=1
    )
    _text, content = document(manager)
    assert content["scatter"]["points"] == []
    assert sum(cell["count"] for cell in content["scatter"]["cells"]) == len(vendors)
    assert "Each field counts the vendors" in printed(content)
