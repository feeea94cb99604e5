"""One exact form of JSON."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.scoring.cases import steady
from vendors.scoring import canonical_json, digest, number_text, readable_json
from vendors.scoring.strict_json import read_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("85.0"), "85"),
        (Decimal("1.20"), "1.2"),
        (Decimal("-0.00"), "0"),
        (Decimal("1E+3"), "1000"),
        (Decimal(100), "100"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(-1, 40), "-0.025"),
        (Fraction(40), "40"),
        (7, "7"),
    ],
)
def test_numbers_are_as_short_as_they_can_be(value, text):
    assert number_text(value) == text
    assert canonical_json(value) == text


@pytest.mark.parametrize("value", [Fraction(1, 3), Decimal("NaN"), Decimal("Infinity")])
def test_numbers_without_an_exact_form_are_refused(value):
    with pytest.raises(ValueError, match=r"number|decimal"):
        canonical_json(value)


def test_a_number_of_absurd_length_is_refused():
    with pytest.raises(ValueError, match="written out"):
        canonical_json(Decimal("1E+999999"))


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"a": {1, 2}}, b"bytes", object()])
def test_floats_and_strange_things_are_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ValueError, match="surrogate"):
        canonical_json({"name": "\ud800"})


def test_keys_are_sorted_by_utf_16_and_text_stays_as_it_is():
    value = {"\u20ac": 1, "\ufb33": 2, "\U0001f600": 3, "a": [True, None, "\u00e9\n\u001f"]}
    expected = '{"a":[true,null,"é\\n\\u001f"],"€":1,"😀":3,"\ufb33":2}'
    assert canonical_json(value) == expected


def test_the_readable_form_keeps_the_order_and_the_numbers():
    value = {"b": Decimal("1.70"), "a": [], "c": [{"x": 1}], "d": {}}
    expected = (
        '{\n  "b": 1.7,\n  "a": [],\n  "c": [\n    {\n      "x": 1\n    }\n  ],\n  "d": {}\n}\n'
    )
    assert readable_json(value) == expected


def test_a_digest_is_sha_256_of_utf_8():
    assert digest("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.decimals(-(10**9), 10**9, places=6)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc\u00e9", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@steady
@given(values)
def test_what_is_written_reads_back_and_writes_the_same(value):
    text = canonical_json(value)
    assert canonical_json(read_json(text)) == text
    assert canonical_json(read_json(readable_json(value))) == text
    assert json.loads(text, parse_float=Decimal) == value
