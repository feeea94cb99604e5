"""The PDF of a comparison: what it prints, its tags, its bytes, and that it fetches nothing."""

import io
import json
import re
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction

import pypdf
import pytest

from scorecards.content.compared import percent
from scorecards.models import Kind
from scorecards.paper import pdf, typeset
from scorecards.paper.charts import places_bar
from scorecards.paper.printing import comparison_pages
from scorecards.services.documents import request_document
from tests.conftest import require
from tests.factories import import_worked, make_user, small_framework, worked_example
from tests.scorecards.printing import asked, chosen, document_of, kept, texts
from tests.scorecards.test_paper import KNOWN, findings
from vendors import scoring
from vendors.permissions import Role

pytestmark = pytest.mark.django_db

HOSTILE = '<img src="http://127.0.0.1:9/x.png"><script>1</script><a href="file:///etc/hostname">'
NAMES = ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"]


@pytest.fixture(autouse=True)
def _can_draw():
    require(not pdf.unavailable(), pdf.unavailable())


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def vendors(manager):
    """Six, of which those that pass the gate are approved."""
    small_framework()
    gates = {name: entry["gate"] for name, entry in worked_example()["expected"].items()}
    return [
        import_worked(name, **({"approve_as": manager} if gates[name] == "pass" else {})).vendor
        for name in NAMES
    ]


def issued(saved, by):
    return request_document(
        kind=Kind.COMPARISON, document=read(saved.document), comparison=saved, by=by, wakes=False
    )


def read(text):
    return json.loads(text, parse_float=Decimal)


def drawn(row):
    return typeset.draw_scorecard(row.content, digest=row.digest, number=row.number, kind=row.kind)


def html_of(row):
    content = read(row.content)
    return typeset.document_html(Kind.COMPARISON, content, digest=row.digest, number=row.number)


def test_a_kept_one_says_what_was_decided(vendors, manager):
    saved = kept(vendors, manager, purpose="Care in German", note="Voice and chat.")
    chosen(saved, vendors[0], manager, "Its evidence is verified.")
    row = issued(saved, manager)
    made = drawn(row)
    pages = texts(made.data)
    assert made.pages == len(pages)
    first = pages[0]
    document = read(saved.document)
    for words in (
        "Care in German",
        "Voice and chat.",
        row.number,
        document["sentences"]["lead"],
        "Chosen: Aurora",
        "Its evidence is verified.",
        f"Decided by {manager}",
        *document["sentences"]["sure"],
        "How sure the order is",
        "Not ranked, and why",
    ):
        assert words in first, words
    for vendor in document["vendors"]:
        assert vendor["name"] in first
    for place, text in enumerate(pages, 1):
        assert row.digest in text
        assert f"Page {place} of {len(pages)}" in text
        assert "Not saved" not in text
        assert "DRAFT" not in text
    whole = " ".join(pages)
    for words in (
        "Side by side",
        "What would turn it",
        "Where the lead comes from",
        "Borealis against Aurora: what matters most",
        "What Aurora would need",
        document["why"]["plans"][0]["text"],
        "Who beats whom",
        "Leaving a category out",
        "Assessments compared",
        document["framework"]["fingerprint"][:40],
        str(document["acceptability"]["seed"]),
        saved.digest,
    ):
        assert words in whole, words
    digests = [v["assessment"]["digest"] for v in document["vendors"] if v["rank"]]
    assert len(digests) > 2
    assert all(digest[:32] in whole for digest in digests)


def test_one_from_the_page_says_on_each_page_that_it_was_not_kept(vendors, manager):
    row = asked(vendors[:3], manager)
    day = comparison_pages(read(row.content))["on"]
    pages = texts(drawn(row).data)
    assert all(f"Not saved: figures as shown on {day}" in text for text in pages)
    assert all("VET-" not in text for text in pages)
    assert all("DRAFT" not in text for text in pages)


def test_the_same_content_gives_the_same_bytes(vendors, manager):
    row = asked(vendors, manager)
    assert drawn(row).data == drawn(row).data


def test_the_site_is_that_of_the_asking(vendors, manager, settings):
    row = asked(vendors[:2], manager)
    before = drawn(row).data
    settings.SITE_NAME = "Another name"
    assert drawn(row).data == before
    older = read(row.content)
    del older["site"]
    html = typeset.document_html(Kind.COMPARISON, older, digest=row.digest, number="")
    assert "Another name" in html


def test_more_than_five_vendors_turn_the_paper(vendors, manager):
    def shapes(some):
        reader = pypdf.PdfReader(io.BytesIO(drawn(asked(some, manager)).data))
        return [page.mediabox.width > page.mediabox.height for page in reader.pages]

    assert not any(shapes(vendors[:5]))
    wide = shapes(vendors)
    assert wide[1]
    assert not wide[0]
    assert not wide[-1]


def structure(item):
    """All elements below one of the structure tree."""
    item = item.get_object()
    if isinstance(item, pypdf.generic.DictionaryObject):
        yield item
        kids = item.get("/K", [])
        kids = kids if isinstance(kids, pypdf.generic.ArrayObject) else [kids]
        for kid in kids:
            if not isinstance(kid.get_object(), int):
                yield from structure(kid)


def test_archival_tagged_with_texts_bookmarks_and_its_content(vendors, manager):
    row = asked(vendors, manager)
    reader = pypdf.PdfReader(io.BytesIO(drawn(row).data))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"part\W{1,12}3\b", metadata)
    assert re.search(r"conformance\W{1,12}A\b", metadata)
    assert reader.attachments["comparison.json"] == [row.content.encode()]
    elements = list(structure(root["/StructTreeRoot"]))
    figures = [item for item in elements if item.get("/S") == "/Figure"]
    assert len(figures) > 6
    assert all(item.get("/Alt") for item in figures)
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= {item.get("/S") for item in elements}
    titles = str(reader.outline)
    for words in ("Side by side", "What would turn it", "Method"):
        assert words in titles


def test_qpdf_finds_nothing(vendors, manager, tmp_path):
    require(shutil.which("qpdf"), "no qpdf: apt-get install qpdf")
    path = tmp_path / "comparison.pdf"
    path.write_bytes(drawn(asked(vendors, manager)).data)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_checkers_find_nothing_new(vendors, manager, tmp_path):
    require(shutil.which("qpdf"), "no qpdf: apt-get install qpdf")
    assert set(findings(drawn(asked(vendors, manager)).data, tmp_path)) <= set(KNOWN)


def test_headers_have_a_scope_and_nothing_a_style(vendors, manager):
    html = html_of(asked(vendors, manager))
    heads = re.findall(r"<th\b[^>]*>", html)
    assert len(heads) > 60
    assert all("scope=" in head for head in heads)
    assert " style=" not in html
    assert "<style" not in html


def test_rows_have_as_many_cells_as_columns(vendors, manager):
    html = html_of(asked(vendors, manager))
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        columns = len(re.findall(r"<col\b", table))
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
            spans = re.findall(r'<t[hd]\b[^>]*?colspan="(\d+)"', row)
            cells = len(re.findall(r"<t[hd]\b", row)) - len(spans) + sum(map(int, spans))
            assert cells == columns, row


def test_what_people_typed_stays_text_and_nothing_is_fetched(vendors, manager):
    for vendor in vendors:
        type(vendor).objects.filter(pk=vendor.pk).update(name=f"{vendor.name} {HOSTILE}")
    saved = kept(vendors, manager, purpose=HOSTILE, note=HOSTILE)
    chosen(saved, vendors[0], manager, HOSTILE)
    row = issued(saved, manager)
    html = html_of(row)
    for tag in ("<img", "<script", "<a "):
        assert tag not in html
    whole = " ".join(texts(drawn(row).data)).replace(" ", "")
    assert "<script>1</script>" in whole
    assert "file:///etc/hostname" in whole


def test_one_vendor_alone_and_nobody_ranked_can_be_printed(manager):
    small_framework()
    open_ones = [import_worked(name).vendor for name in ("Dune", "Ember")]
    for some in (open_ones, open_ones[:1]):
        pages = texts(drawn(asked(some, manager)).data)
        assert "Assessments compared" in " ".join(pages)


def test_ten_long_names_and_a_long_purpose_stay_on_the_paper(manager):
    small_framework()
    ten = [import_worked(NAMES[count % 2], approve_as=manager).vendor for count in range(2)]
    for count, vendor in enumerate(ten):
        name = f"Donaudampfschifffahrtsgesellschaft {count} Kundenbetreuungsdienstleistungen"
        type(vendor).objects.filter(pk=vendor.pk).update(name=name)
    made = drawn(issued(kept(ten, manager, purpose="Purpose " * 24), manager))
    assert made.pages >= 3


def test_tried_weights_are_marked(vendors, manager):
    document = document_of(vendors[:2], w_LAB=["50"])
    assert document["tried_out"]
    row = request_document(kind=Kind.COMPARISON, document=document, by=manager, wakes=False)
    assert "Tried out, from Balanced" in texts(drawn(row).data)[0]


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Decimal(0), "0%"),
        (Decimal("0.0001"), "<1%"),
        (Fraction(1, 2), "50%"),
        (Decimal("0.9999"), ">99%"),
        (Decimal(1), "100%"),
    ],
)
def test_what_is_neither_none_nor_all_is_not_printed_as_such(share, shown):
    assert percent(share) == shown


def test_a_bar_of_places_is_as_wide_as_its_shares():
    parts = places_bar([Decimal("0.5"), Decimal(0), Decimal("0.47"), Decimal("0.03")])
    assert [part.x for part in parts] == ["0.0%", "50.0%", "97.0%"]
    assert [part.text for part in parts] == ["1", "3", ""]
    assert parts[-1].width == "3.0%"
    assert scoring.shown(Fraction(496, 10)) + "%" == parts[0].width
