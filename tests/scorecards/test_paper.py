"""The scorecard as a thing on paper: faces, parts, marks, links, checkers, the same bytes."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import outloud
import pdfua
import pypdf
import pytest

from scorecards import record
from scorecards.content import scorecard_content
from scorecards.paper import faces, kinds, pdf, typeset
from scorecards.paper.charts import qr_code
from tests.benchmarks.scorecard import MOMENT, full_record
from tests.conftest import require
from vendors import scoring

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = {
    "Vietnamese": "Thành phố Hồ Chí Minh, Đà Nẵng",
    "Polish": "Łódź-Śródmieście, Gdańsk",
    "Greek": "Αθήνα, Θεσσαλονίκη",
    "Cyrillic": "Львів, Київ, София",
    "Arabic": "القاهرة الجديدة",
    "Hebrew": "תל אביב",
    "Devanagari": "नई दिल्ली",
    "Bengali": "ঢাকা, চট্টগ্রাম",
    "Tamil": "சென்னை",
    "Telugu": "హైదరాబాద్",
    "Kannada": "ಬೆಂಗಳೂರು",
    "Malayalam": "തിരുവനന്തപുരം",
    "Gujarati": "અમદાવાદ",
    "Gurmukhi": "ਚੰਡੀਗੜ੍ਹ",
    "Sinhala": "කොළඹ",
    "Thai": "กรุงเทพมหานคร",
    "Khmer": "ភ្នំពេញ",
    "Lao": "ວຽງຈັນ",
    "Myanmar": "ရန်ကုန်",
    "Georgian": "თბილისი",
    "Armenian": "Երևան",
    "Ethiopic": "አዲስ አበባ",
    "Han": "大连市高新技术产业园区 臺北",
    "Kana": "さいたま カタカナ",
    "Hangul": "서울특별시",
}
#: What the checkers say that is known, each with its reason. Anything else fails.
KNOWN = {
    "UA-28-004": "the file says PDF/A-3a; the library cannot claim PDF/UA in the same file",
    "DOC-012": "the same, as the other checker says it",
    "TBL-010": "a table of one row has more heads than cells, and heads of rows are wanted",
}


@pytest.fixture(scope="module", autouse=True)
def _can_draw():
    require(not pdf.unavailable(), pdf.unavailable())


def drawn(made):
    """The document of a record."""
    text = record.written(made)
    return typeset.draw_scorecard(text, digest=scoring.digest(text), number=made["number"])


def plain(body):
    """A page with this body."""
    html = f'<!doctype html><html lang="en"><title>x</title><body>{body}'
    return pdf.draw(html, identifier=bytes(16), attachment="{}", moment=MOMENT).data


def texts(data):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(data).pages]


def faces_of(data):
    """The embedded faces, and those that lack a glyph that the text asked for."""
    found, lacking = set(), set()
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():
            face = font.get_object()
            name = str(face["/BaseFont"]).split("+")[-1]
            descriptor = face["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor, f"{name} is not embedded"
            found.add(name)
            if face["/Encoding"] != "/Identity-H":  # written only where a glyph is missing
                lacking.add(name)
    return found, lacking


# Faces


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_has_its_glyphs_in_a_shipped_face(script):
    found, lacking = faces_of(plain(f"<p>{SCRIPTS[script]} <b>{SCRIPTS[script]}</b>"))
    assert not lacking
    allowed = {path.stem.replace("-Regular", "") for path in faces.shipped()}
    assert {re.sub(r"-|(Semi-)?Bold$", "", name) for name in found} <= allowed


def test_a_letter_that_no_face_has_is_seen_by_the_test_above():
    assert faces_of(plain("<p>\U0001f98a"))[1]


def test_a_face_of_the_machine_is_never_used():
    shown = plain("<table><tr><td><tt>abc</tt></table><svg><text font-family=Arial>x</text></svg>")
    assert faces_of(shown)[0] <= {"Inter", "Inter-Semi-Bold"}
    assert os.environ["FONTCONFIG_FILE"].endswith("static/fonts/pdf/fonts.conf")


def test_figures_of_a_column_have_one_width(tmp_path):
    file = tmp_path / "columns.pdf"
    cells = "".join(f"<tr><td class=r>{n}<td>{n}" for n in ("111.1", "888.8"))
    file.write_bytes(plain(f"<table>{cells}</table>"))
    tool = require(shutil.which("pdftotext"), "no pdftotext: apt-get install poppler-utils")
    done = subprocess.run([tool, "-bbox", file, "-"], check=True, capture_output=True, text=True)
    found = re.findall(r'xMin="([\d.]+)".*xMax="([\d.]+)".*>(111\.1|888\.8)<', done.stdout)
    widths = [round(float(right) - float(left), 3) for left, right, _number in found]
    assert widths[0] == widths[2]
    assert widths[1] < widths[3]


def test_no_style_asks_for_a_feature_of_a_face():
    """The renderer never frees what it makes for one, which grew a worker by 49 MB in 300 files."""
    for address in {url for paper in kinds.PAPERS.values() for url in paper.styles}:
        text = pdf.static_file(address).read_text(encoding="utf-8")
        assert not re.search("font-(variant|feature|kerning)", text), address


def test_a_missing_or_changed_face_ends_in_a_sentence(tmp_path, monkeypatch):
    assert faces.damaged() == []
    static = tmp_path / "static"
    (static / "vendor").mkdir(parents=True)
    shutil.copy(ROOT / "static/vendor/VENDOR.json", static / "vendor")
    shutil.copytree(ROOT / "static/fonts", static / "fonts")
    (static / "fonts/pdf/Inter-Bold.ttf").unlink()
    thai = static / "fonts/pdf/fallback/NotoSansThai-Regular.ttf"
    thai.write_bytes(thai.read_bytes()[:-1] + b"x")
    assert faces.damaged(static) == ["Inter-Bold.ttf", "NotoSansThai-Regular.ttf"]
    monkeypatch.setattr(faces, "damaged", lambda: ["Inter-Bold.ttf"])
    pdf._renderer.cache_clear()
    pdf._style.cache_clear()
    pdf._styles.cache_clear()
    with pytest.raises(pdf.RendererUnavailable, match=r"Inter-Bold\.ttf.*static/fonts"):
        plain("<p>x")
    monkeypatch.undo()


# The same bytes

PROGRAM = """
import sys, time_machine, django
django.setup()
from pathlib import Path
from scorecards.paper import typeset
from vendors import scoring
text = Path(sys.argv[1]).read_text("utf-8")
with time_machine.travel(float(sys.argv[2])):
    made = typeset.draw_scorecard(text, digest=scoring.digest(text), number="VET-2026-0001")
Path(sys.argv[3]).write_bytes(made.data)
"""


def test_same_bytes_in_another_place_language_year_and_with_other_fonts(tmp_path):
    made = full_record()
    made["snapshot"]["assessment"]["sites"] = list(SCRIPTS.values())
    text = record.written(made)
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    (tmp_path / "elsewhere.conf").write_text(
        '<?xml version="1.0"?><fontconfig><dir>/nowhere</dir></fontconfig>', encoding="utf-8"
    )
    here = hashlib.sha256(drawn(made).data).hexdigest()
    out = tmp_path / "out.pdf"
    subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "record.json", "2200000000", out],
        check=True,
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "4711",
            "DJANGO_SETTINGS_MODULE": "vetting.settings",
            "VETTING_DATA_DIR": str(tmp_path),
            "SITE_NAME": "Another name",
            "HOME": str(tmp_path),
            "TZ": "Pacific/Kiritimati",
            "TIME_ZONE": "Asia/Manila",
            "LANG": "ja_JP.UTF-8",
            "LC_ALL": "C",
            "FC_LANG": "ko",
            "FONTCONFIG_FILE": str(tmp_path / "elsewhere.conf"),
            "FONTCONFIG_PATH": str(tmp_path),
        },
    )
    assert hashlib.sha256(out.read_bytes()).hexdigest() == here


# What it says


def test_the_record_is_named_once_in_the_catalogue(full):
    assert len(pypdf.PdfReader(io.BytesIO(full)).trailer["/Root"]["/AF"]) == 1


@pytest.fixture(scope="module")
def full():
    return drawn(full_record()).data


def test_twelve_parts_in_their_order_each_with_a_bookmark(full):
    root, parts = pypdf.PdfReader(io.BytesIO(full)).outline
    assert root["/Title"].startswith("Tamarind")
    assert [part["/Title"] for part in parts] == [
        "1. Decision",
        "2. Must-haves",
        "3. Categories",
        "4. Strengths and gaps",
        "5. Corrective actions",
        "6. Criteria",
        "7. Evidence register",
        "8. Not applicable, waivers and conflicts of interest",
        "9. Comparisons",
        "10. Method",
        "11. Trail of the assessment",
        "12. Verification",
    ]


def test_each_page_is_marked(full):
    made = full_record()
    digest = scoring.digest(record.written(made))
    pages = texts(io.BytesIO(full))
    for place, text in enumerate(pages, 1):
        for mark in (made["number"], "20 November 2026", "Confidential", digest, "Tamarind"):
            assert mark in text, (place, mark)
        assert f"Page {place} of {len(pages)}" in text
        assert "DRAFT" not in text


def test_the_first_page_decides(full):
    first = texts(io.BytesIO(full))[0]
    assert "https://vetting.example/check/?q=VET-2026-0001" in first.replace(" ", "")
    for words in (
        "First issue, 20 November 2026, 09:30 UTC",
        "Approved with conditions by Adriana Ferreira",
        "No waivers.",
        "no earlier assessment has a scorecard",
        "Must-haves, 12 of 15 met",
        "Is every form of forced",
        "Maya Okafor",
        "20 November 2026, 09:30 UTC",
    ):
        assert words in first, words


def test_evidence_and_criteria_lead_to_each_other(full):
    reader = pypdf.PdfReader(io.BytesIO(full))
    names = set(reader.named_destinations)
    assert {"ev-E-1", "ev-E-12", "c-LAB-01"} <= names
    led = Counter()
    for page in reader.pages:
        for link in page.get("/Annots", []):
            target = link.get_object().get("/Dest")
            led[str(target)] += target is not None
    assert led["ev-E-1"] >= 2  # from the must-haves and from the criteria
    assert led["c-LAB-01"] == 1
    assert set(led) - {"None"} <= names


def test_a_code_reads_back_as_the_address():
    code = qr_code("https://vetting.example/check/?q=VET-2026-0001")
    runs = re.findall(r"M(\d+) (\d+)\.5h(\d+)", code.path)
    assert runs[0] == ("4", "4", "7")  # the corner mark, four units in
    assert max(int(x) + int(width) for x, _, width in runs) == code.size - 4


def test_a_correction_says_what_it_replaces_and_what_was_corrected():
    made = full_record()
    made["issue"] = {
        **made["issue"],
        "ordinal": 2,
        "replaces": "VET-2026-0000",
        "reason": "The legal name was wrong.",
    }
    made["corrections"] = [
        {
            "field": "legal_name",
            "what": "Legal name",
            "before": "Tamarind Inc.",
            "after": "Tamarind Contact Services, Inc.",
        }
    ]
    html = typeset.scorecard_html(scorecard_content(made), digest="0" * 64, number="VET-2026-0001")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "Second issue. It replaces VET-2026-0000, which is no longer in force." in text
    assert "Reason: “The legal name was wrong.”" in text
    assert "Corrected: Legal name. Before: “Tamarind Inc.”. Now: “Tamarind Contact" in text
    assert "Second issue, replaces VET-2026-0000" in text


def test_parts_that_do_not_apply_say_so_in_a_line():
    content = scorecard_content(full_record())
    content |= {"evidence": [], "findings": [], "not_applicable": [], "conflicts": []}
    content |= {"trail": [], "texts": [], "strengths": [], "gaps": [], "must_haves": []}
    html = typeset.scorecard_html(content, digest="0" * 64, number="VET-2026-0001")
    for words in (
        "no must-haves",
        "No strengths yet",
        "No gaps",
        "None: no finding was recorded",
        "no long answers",
        "Empty: no answer cites",
        "no criterion was left out",
        "no must-have is waived",
        "nobody has reviewed it",
        "Not part of a saved comparison.",
        "No change of state",
    ):
        assert words in html, words


def draft():
    made = full_record()
    snapshot = {key: made["snapshot"][key] for key in made["snapshot"] if key != "decision"}
    snapshot["people"] = [one for one in snapshot["people"] if one["step"] != "approved"]
    snapshot["head"] = None
    return {**made, "number": "", "issue": None, "valid_until": None, "snapshot": snapshot}


def test_a_draft_has_its_mark_across_each_page_and_no_code():
    data = drawn(draft()).data
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert all("DRAFT" in text for text in texts(io.BytesIO(data)))
    assert all("VET-2026" not in text for text in texts(io.BytesIO(data)))
    assert "/check/" not in texts(io.BytesIO(data))[0]
    assert reader.metadata.title.startswith("Vetting scorecard, draft")


def rejected():
    made = full_record()
    decision = {**made["snapshot"]["decision"], "verb": "reject", "conditions": []}
    return {**made, "snapshot": {**made["snapshot"], "decision": decision}}


def test_a_rejection_is_no_draft():
    pages = texts(io.BytesIO(drawn(rejected()).data))
    assert "Rejected by Adriana Ferreira" in pages[0]
    assert not any("DRAFT" in text for text in pages)


# Checkers


def findings(data, folder):
    """What the two checkers call an error or do not expect, by rule."""
    path = folder / "card.pdf"
    path.write_bytes(data)
    told = Counter(item.rule_id for item in pdfua.validate(str(path)).findings)
    told.update(item.rule for item in outloud.check(str(path)).findings if item.severity == "error")
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return told


@pytest.mark.parametrize("make", [full_record, draft, rejected])
def test_the_checkers_find_nothing_new(make, tmp_path):
    require(shutil.which("qpdf"), "no qpdf: apt-get install qpdf")
    assert set(findings(drawn(make()).data, tmp_path)) <= set(KNOWN)
