"""What is accepted by content: the whole corpus, one expected outcome each, and names."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpus import ITEMS, jpeg, outcome_of, pages, pdf_of, plain_pdf, png, stream
from vendors.filetypes import ENDINGS, Kind, NotAcceptedError, Why, plain_name, recognise

#: Seconds that looking at a bomb may take on a busy machine.
PATIENCE = 10
_SMALL = [
    ("a.pdf", plain_pdf(2)),
    ("a.png", png()),
    ("a.jpg", jpeg()),
    *[
        (item.name, item.make())
        for item in ITEMS
        if item.title in {"DOCX", "XLSX", "E-mail", "E-mail with a PDF", "TXT, UTF-16"}
    ],
]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.title)
def test_each_file_of_the_corpus_has_its_outcome(item):
    data = item.make()
    began = time.monotonic()
    assert outcome_of(data, item.name) == item.expected
    assert time.monotonic() - began < PATIENCE


def test_the_corpus_is_large_and_names_each_reason():
    assert len(ITEMS) >= 60
    reasons = {item.expected for item in ITEMS if not item.is_accepted}
    assert reasons == set(Why)
    assert {item.expected for item in ITEMS if item.is_accepted} == set(Kind)


def test_titles_are_not_given_twice():
    titles = [item.title for item in ITEMS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.pdf", "planfdp.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1", "_com1"),
        ("console.pdf", "console.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("  two   blanks .pdf ", "two blanks .pdf"),
        ("...", "file"),
        ("", "file"),
        ("\ud800.pdf", "_.pdf"),
        ("n" * 300 + ".pdf", "n" * 196 + ".pdf"),
        ("ü" * 300 + ".pdf", "ü" * 98 + ".pdf"),
    ],
)
def test_a_name_is_shown_plain(name, shown):
    assert plain_name(name) == shown


@given(st.text(max_size=400))
@settings(max_examples=500)
def test_any_name_becomes_a_safe_one(name):
    shown = plain_name(name)
    assert shown and len(shown.encode()) <= 201
    assert not set(shown) & set('/\\<>:"|?*\x00\r\n')
    assert shown not in {".", ".."}
    assert plain_name(shown) == shown


@given(st.binary(max_size=3000), st.sampled_from(sorted(e for es in ENDINGS.values() for e in es)))
@settings(max_examples=500)
def test_any_bytes_are_accepted_or_refused_with_a_reason(data, ending):
    assert outcome_of(data, f"a.{ending}") in {*map(str, Kind), *map(str, Why)}


@given(st.data())
@settings(max_examples=400)
def test_any_damage_is_accepted_or_refused_with_a_reason(data):
    name, whole = data.draw(st.sampled_from(_SMALL))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    assert outcome_of(bytes(damaged[:cut]), name) in {*map(str, Kind), *map(str, Why)}


def test_a_name_in_a_stream_is_no_action():
    written = stream(b"BT (/JavaScript /JS /Launch) Tj ET")
    assert recognise(pdf_of(*pages(1), written), "a.pdf") == Kind.PDF


def test_a_pdf_whose_first_bytes_are_not_its_own_is_refused():
    with pytest.raises(NotAcceptedError) as refusal:
        recognise(b"\n" + plain_pdf(), "a.pdf")
    assert refusal.value.why in {Why.TWO_KINDS, Why.UNKNOWN}
