"""Names and purposes that are code elsewhere: on pages, in files and in documents they stay text."""

from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from scorecards.models import Scorecard
from tests.factories import make_user
from tests.scorecards.test_saved_comparisons import kept, rated
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
EVIL = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://example.org","x")',
    "%(score)s %s {0} {{ 7|add:1 }}",
    "\u2028<!--\u202e _x0041_ \ufffe \x0b",
]


class Elements(HTMLParser):
    """Tags and attributes that no page of ours has."""

    def __init__(self, text):
        super().__init__()
        self.odd = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        if tag == "img" or any(name.startswith("on") for name in names):
            self.odd.append((tag, attrs))
        if tag == "script" and not names & {"src", "type"}:
            self.odd.append((tag, attrs))


def test_it_stays_text(client):
    manager = make_user(Role.MANAGER, name="<b onclick=x>Eve</b>")
    client.force_login(manager)
    vendors = [
        rated(name, level)
        for name, level in zip(EVIL, ["verified", "documented"] * 3, strict=False)
    ]
    saved = kept(*vendors, by=manager, purpose=EVIL[0], note=EVIL[1])
    query = {"v": [str(vendor.public_id) for vendor in vendors], "find": "a", "open": "all"}
    pages = [
        client.get(reverse(f"scorecards:{name}"), query)
        for name in (
            "comparison",
            "comparison-live",
            "comparison-save",
            "comparison-list",
            "portfolio",
            "scorecard-list",
        )
    ]
    pages += [
        client.get(saved.get_absolute_url()),
        client.get(reverse("scorecards:comparison-choose", args=[saved.public_id])),
    ]
    client.post(reverse("scorecards:comparison-issue", args=[saved.public_id]))
    client.post(reverse("scorecards:comparison-pdf"), query_params=query)
    assert Scorecard.objects.count() == 2
    pages += [client.get(row.get_absolute_url()) for row in Scorecard.objects.all()]
    pages += [
        client.get(reverse("vendors:vendor-list")),
        client.get(reverse("scorecards:comparison-find"), {"find": "img"}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert Elements(page.content.decode()).odd == []
        assert b"<script>alert" not in page.content
    for name in ("comparison-csv", "portfolio-csv"):
        answer = client.post(reverse(f"scorecards:{name}"), query_params=query)
        assert "no-store" in answer["Cache-Control"]
        assert '"=HYPER' not in answer.content.decode()
        assert "\"'=HYPER" in answer.content.decode()
    answer = client.post(reverse("scorecards:comparison-xlsx"), query_params=query)
    assert "no-store" in answer["Cache-Control"]
    book = openpyxl.load_workbook(BytesIO(answer.content))
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert EVIL[2] in {cell.value for cell in cells}
    assert "_x0041_" in " ".join(str(cell.value) for cell in cells)
