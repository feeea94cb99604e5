"""What must never break a document, be fetched by it, or leak into it."""

import io
import time
import unicodedata
from html.parser import HTMLParser

import pypdf
import pytest

from scorecards import record
from scorecards.content import scorecard_content
from scorecards.content.words import LONGEST, breakable
from scorecards.paper import pdf, typeset
from tests.benchmarks.scorecard import full_record
from tests.conftest import require
from vendors import scoring

HTTP = "http://127.0.0.1:9/x"
PAYLOADS = [
    f'<img src="{HTTP}.png">',
    '<img src="file:///etc/hostname">',
    f'"><img src="{HTTP}.png" onerror="x">',
    "'><img src=file:///etc/passwd>",
    f'<link rel="stylesheet" href="{HTTP}.css">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<a rel="attachment" href="file:///etc/hostname">x</a>',
    f"<style>@import url({HTTP}.css);</style>",
    f'</td><p style="background:url({HTTP}.png)">x</p>',
    f'<svg width="9" height="9"><image href="{HTTP}.png"/></svg>',
    '</title><svg><image href="file:///etc/hostname"/></svg>',
    '<object data="file:///etc/hostname"></object>',
    '<embed src="file:///etc/hostname">',
    f'<iframe src="{HTTP}.html"></iframe>',
    f'<script src="{HTTP}.js"></script>',
    f'<base href="{HTTP}/">',
    f'<meta http-equiv="refresh" content="0;url={HTTP}">',
    f'<ul style="list-style-image:url({HTTP}.png)"><li>x</ul>',
    f'<p style="content:url({HTTP}.png)">x',
    "{{ 7|add:7 }}{% include '/etc/hostname' %}",
    "&lt;img src=x&gt;]]><!-- -->\u202e",
]
#: Keys whose values choose a branch or are numbers: nobody types them.
FIXED = {"exact", "band", "level", "result", "verb", "step", "value", "severity", "at", "anchor"}
FIXED |= {"as_of", "language", "format", "state", "gate", "weight", "min", "max", "floor_below"}
FIXED |= {"floor_cap_band", "min_score", "code", "issued_at"}


@pytest.fixture(scope="module", autouse=True)
def _can_draw():
    require(not pdf.unavailable(), pdf.unavailable())


@pytest.fixture(scope="module")
def content():
    return scorecard_content(full_record())


def poisoned(value, payload, key=""):
    """The same with the payload in each text that somebody can type."""
    if isinstance(value, dict):
        return {name: poisoned(item, payload, name) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, payload, key) for item in value]
    return payload if isinstance(value, str) and key not in FIXED and key != "shown" else value


class Tags(HTMLParser):
    """The elements of a page with the names of their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.add((tag, tuple(name for name, _ in attrs)))


def html_of(content):
    return typeset.scorecard_html(content, digest="0" * 64, number="VET-2026-0001")


def drawn(made):
    text = record.written(made)
    return typeset.draw_scorecard(text, digest=scoring.digest(text), number=made["number"])


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_every_text_stays_text(content, payload):
    words = ("plain", "plain " * 20)  # a long name is set smaller
    allowed = set().union(*(Tags(html_of(poisoned(content, word))).found for word in words))
    assert Tags(html_of(poisoned(content, payload))).found <= allowed


def test_nothing_is_fetched_and_nothing_leaks():
    made = full_record()
    evil = " ".join(PAYLOADS)
    made["snapshot"]["document"]["vendor"]["name"] = evil
    made["snapshot"]["document"]["vendor"]["legal_name"] = evil
    made["snapshot"]["assessment"]["sites"] = PAYLOADS
    made["snapshot"]["decision"]["note"] = evil
    made["snapshot"]["evidence"][0]["title"] = evil
    made["site"]["url"] = "file:///etc/hostname#"
    made["site"]["name"] = evil
    data = drawn(made).data  # refused, if anything at all had been asked for
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert list(reader.attachments) == [pdf.ATTACHMENT_NAME]
    assert "/Image" not in str([page["/Resources"].get("/XObject") for page in reader.pages])
    shown = "".join(reader.pages[0].extract_text().split())
    assert "file:///etc/hostname" in shown
    assert "{{7|add:7}}" in shown


def test_a_text_of_a_hundred_thousand_letters_is_printed_whole():
    made = full_record()
    code = next(iter(made["snapshot"]["document"]["answers"]))
    made["snapshot"]["document"]["answers"][code]["comment"] = "wort " * 20_000 + "the-end"
    document = drawn(made)
    last = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document.data)).pages]
    assert document.pages < 60
    assert any("the-end" in text for text in last)


def test_a_question_of_a_hundred_thousand_letters_is_printed_whole(content):
    row = content["criteria"][0]["rows"][0]
    group = {**content["criteria"][0], "rows": [{**row, "question": "word " * 20_000 + "the-end"}]}
    html = html_of({**content, "criteria": [group]})
    made = pdf.draw(
        html, identifier=bytes(16), attachment="{}", moment=typeset.issue_moment(content)
    )
    assert "the-end" in "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages
    )


def test_an_endless_word_is_printed_in_part_and_says_so(content):
    made = full_record()
    code = next(iter(made["snapshot"]["document"]["answers"]))
    word = "w" * 100_000
    made["snapshot"]["document"]["answers"][code]["comment"] = word
    row = content["criteria"][0]["rows"][0]
    group = {**content["criteria"][0], "rows": [{**row, "question": word}]}
    html = html_of({**scorecard_content(made), "criteria": [group]})
    started = time.process_time()
    data = pdf.draw(
        html, identifier=bytes(16), attachment="{}", moment=typeset.issue_moment(content)
    ).data
    assert time.process_time() - started < 20  # minutes, where the word is set whole
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert text.count("95,000 more letters in the attached record") == 2


def test_words_break_without_a_change_and_never_before_a_mark():
    for word in ("w" * LONGEST, "නි" * 2_000, "नि" * 2_000, "x " * 4_000):
        shown = breakable({"text": [word]})["text"][0]
        assert shown.replace("\u200b", "") == word
        assert (shown == word) == (" " in word)
        assert not any(
            unicodedata.category(part[0])[0] == "M" for part in shown.split("\u200b") if part
        )
    assert breakable("x" * 999) == "x" * 999


def test_five_hundred_criteria(content):
    rows = [
        {**row, "code": f"{row['code']}-{turn}"}
        for turn in range(7)
        for group in content["criteria"]
        for row in group["rows"]
    ][:500]
    html = html_of({**content, "criteria": [{**content["criteria"][0], "rows": rows}]})
    made = pdf.draw(
        html, identifier=bytes(16), attachment="{}", moment=typeset.issue_moment(content)
    )
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages)
    assert rows[-1]["code"] in text
    assert 25 < made.pages < 60
