import hashlib
import io
import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from django.core.checks import run_checks
from django.template.loader import render_to_string

from scorecards import checks, record
from scorecards.paper import pdf, typeset
from tests.benchmarks.scorecard import MOMENT, full_content, full_record
from tests.conftest import require
from vendors import scoring

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = '<img src="http://127.0.0.1:9/x.png"><script>1</script>"\'&{{ 7|add:7 }}'


@pytest.fixture(scope="module", autouse=True)
def _can_draw():
    require(not pdf.unavailable(), pdf.unavailable())


@pytest.fixture(scope="module")
def content():
    return full_content()


def drawn(content, number="VET-2026-0001"):
    text = record.written(full_record())
    html = typeset.scorecard_html(content, digest=scoring.digest(text), number=number)
    return pdf.draw(html, identifier=bytes(16), attachment=text, moment=MOMENT), text


@pytest.fixture(scope="module")
def full():
    text = record.written(full_record())
    digest = scoring.digest(text)
    return typeset.draw_scorecard(text, digest=digest, number="VET-2026-0001"), text


@pytest.fixture(scope="module")
def pages(full):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(full[0].data)).pages]


def test_same_bytes_in_another_process(full, tmp_path):
    code = (
        "import django; django.setup()\n"
        "import hashlib, pathlib\n"
        "from scorecards.paper import typeset\n"
        "from vendors import scoring\n"
        f"text = pathlib.Path({str(tmp_path / 'content.json')!r}).read_text('utf-8')\n"
        "data = typeset.draw_scorecard(text, digest=scoring.digest(text), number='VET-2026-0001').data\n"
        "print(hashlib.sha256(data).hexdigest())\n"
    )
    (tmp_path / "content.json").write_text(full[1], encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "vetting.settings",
            "VETTING_DATA_DIR": str(tmp_path),
            "TIME_ZONE": "Asia/Manila",
        },
    )
    assert answer.stdout.strip() == hashlib.sha256(full[0].data).hexdigest()


def test_every_page_has_number_hash_and_page(full, pages):
    digest = scoring.digest(full[1])
    for place, text in enumerate(pages, 1):
        assert digest in text
        assert f"Page {place} of {len(pages)}" in text
        assert "VET-2026-0001" in text
        assert "DRAFT" not in text


def test_text_holds_what_the_content_says(content, pages):
    text = " ".join(" ".join(pages).split())
    assert content["vendor"]["legal_name"] in text
    for group in content["criteria"]:
        for row in group["rows"]:
            assert row["code"] in text
    for must in content["must_haves"]:
        assert must["rule"].split(".")[0] in text
    for name in ("Must-haves", "Criteria", "Not applicable", "Method", "Sign-off", "Verification"):
        assert name in text
    assert "Maya Okafor" in text
    assert "20 November 2026, 09:30 UTC" in text


def test_tagged_archival_and_its_content_attached(full):
    reader = pypdf.PdfReader(io.BytesIO(full[0].data))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"part\W{1,12}3\b", metadata)
    assert re.search(r"conformance\W{1,12}A\b", metadata)
    assert reader.metadata.title == "Vetting scorecard VET-2026-0001, Tamarind Contact Services"
    assert reader.metadata.creation_date == MOMENT
    attached = reader.attachments[pdf.ATTACHMENT_NAME]
    assert attached == [full[1].encode()]
    assert reader.outline[0]["/Title"].startswith("Tamarind")


def structure(item):
    """All elements below one of the structure tree."""
    item = item.get_object()
    if isinstance(item, pypdf.generic.DictionaryObject):
        yield item
        kids = item.get("/K", pypdf.generic.ArrayObject())  # the mark of a link has none
        kids = kids if isinstance(kids, pypdf.generic.ArrayObject) else [kids]
        for kid in kids:
            if not isinstance(kid.get_object(), int):
                yield from structure(kid)


def test_tables_figures_and_their_texts_are_tagged(full):
    root = pypdf.PdfReader(io.BytesIO(full[0].data)).trailer["/Root"]["/StructTreeRoot"]
    elements = list(structure(root))
    figures = [item for item in elements if item.get("/S") == "/Figure"]
    assert len(figures) == 15
    assert all(item.get("/Alt") for item in figures)
    kinds = {item.get("/S") for item in elements}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P"} <= kinds


def test_qpdf_finds_nothing(full, tmp_path):
    require(shutil.which("qpdf"), "no qpdf: apt-get install qpdf")
    path = tmp_path / "card.pdf"
    path.write_bytes(full[0].data)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_draft_says_so_on_each_page(content):
    draft = {**content, "is_draft": True, "issue": None, "check_url": None}
    made, _ = drawn(draft, number="")
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages]
    assert all("DRAFT" in text for text in texts)
    assert all("VET-" not in text for text in texts)
    assert "Nobody yet" in " ".join(texts)


def test_what_people_typed_stays_text(content):
    hostile = {
        **content,
        "vendor": {**content["vendor"], "name": HOSTILE, "legal_name": HOSTILE},
        "summary": {**content["summary"], "note": HOSTILE, "tier_reason": HOSTILE},
        "decision": {**content["decision"], "note": HOSTILE, "reviewers": [HOSTILE]},
        "findings": [dict.fromkeys(content["findings"][0], HOSTILE)],
        "evidence": [dict.fromkeys(content["evidence"][0], HOSTILE)],
        "not_applicable": [{"code": "X-1", "question": HOSTILE, "reason": HOSTILE}],
        "texts": [{"code": "X-1", "answer": HOSTILE, "comment": HOSTILE, "remark": HOSTILE}],
        "trail": [{"at_shown": "", "who": HOSTILE, "action": HOSTILE, "reason": HOSTILE}],
    }
    html = typeset.scorecard_html(hostile, digest="0" * 64, number="VET-2026-0001")
    assert "<img" not in html
    assert "<script" not in html
    made, _ = drawn(hostile)
    reader = pypdf.PdfReader(io.BytesIO(made.data))
    assert reader.metadata.title.endswith(HOSTILE)
    assert "{{ 7|add:7 }}" in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="file:///etc/hostname">',
        '<img src="app:/../manage.py">',
        '<img src="app:/%2e%2e/manage.py">',
        '<img src="app://host/css/scorecard.css">',
        '<img src="data:image/svg+xml,<svg/>">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<p style="background:url(http://127.0.0.1:9/x.png)">x</p>',
        '<svg width="9" height="9"><image href="http://127.0.0.1:9/x.png"/></svg>',
        '<object data="file:///etc/hostname"></object>',
        "<style>@import url(http://127.0.0.1:9/x.css);</style>",
    ],
)
def test_nothing_outside_the_app_is_opened(html):
    with pytest.raises(pdf.DocumentRefused, match="outside the app"):
        pdf.draw(
            f'<!doctype html><html lang="en"><title>x</title><body>{html}<p>x</p>',
            identifier=bytes(16),
            attachment="{}",
            moment=MOMENT,
        )


@pytest.mark.parametrize(
    ("url", "is_there"),
    [
        ("app:/css/scorecard.css", True),
        ("app:/fonts/pdf/Inter-Regular.ttf", True),
        ("app:/img/draft.svg", True),
        ("app:/css", False),
        ("app:/css/missing.css", False),
        ("app:/js/app.js", False),
        ("app:/css/\0.css", False),
        ("http://127.0.0.1/css/scorecard.css", False),
    ],
)
def test_static_files(url, is_there):
    assert (pdf.static_file(url) is not None) is is_there


def test_templates_have_no_style_attribute(content):
    html = typeset.scorecard_html(content, digest="0" * 64, number="VET-2026-0001")
    assert " style=" not in html
    assert "<style" not in html


def test_headers_of_tables_have_a_scope(content):
    html = typeset.scorecard_html(content, digest="0" * 64, number="VET-2026-0001")
    heads = re.findall(r"<th\b[^>]*>", html)
    assert len(heads) > 100
    assert all("scope=" in head for head in heads)


def test_without_pango_one_line_says_what_to_run(monkeypatch):
    assert pdf.missing_libraries() == []
    monkeypatch.setattr(pdf, "LIBRARIES", ("libno-such-thing.so.9",))
    assert pdf.missing_libraries() == ["libno-such-thing.so.9"]
    assert pdf.INSTALL_LINE in pdf.unavailable()
    (warning,) = checks.renderer_check()
    assert warning.id == "scorecards.W001"
    assert pdf.INSTALL_LINE in warning.msg
    assert "scorecards.W001" in {message.id for message in run_checks()}


def test_criteria_fragment_has_seven_columns(content):
    html = render_to_string(
        "scorecards/pdf/_criteria.html",
        typeset.scorecard_context(content, digest="0" * 64, number=""),
    )
    assert html.count("<tr") == 1 + 75 + 12
    row = html.split("<tr")[3]
    assert row.count("<td") + row.count("<th") == 7


@pytest.mark.parametrize(
    "html",
    ['<img alt="x" src="app:/css/app.css">', '<svg width="9" height="9"></svg>'],
)
def test_what_the_renderer_leaves_out_with_a_word_in_its_log_is_no_document(html, monkeypatch):
    def no_memory(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr("weasyprint.svg.SVG.draw_node", no_memory)
    # a log that somebody silenced is heard all the same
    monkeypatch.setattr(logging.getLogger("weasyprint"), "disabled", True)
    with pytest.raises(pdf.NotWhole, match="Failed to"):
        pdf.draw(
            f'<!doctype html><html lang="en"><title>x</title>{html}',
            identifier=bytes(16),
            attachment="{}",
            moment=MOMENT,
        )
