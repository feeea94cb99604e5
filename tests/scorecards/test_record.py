"""The form of a record: exactly RFC 8785, with every number whole."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scorecards import record
from tests.benchmarks.scorecard import full_record
from vendors import scoring

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = (
    st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=False, allow_infinity=False, places=9)
    | st.decimals(-1, 1, places=25)
    | st.integers(-(10**9), 10**9).map(lambda number: Fraction(number, 2**20))
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def around(value):
    """A record's outermost form around any value."""
    return {"format": "vetting-scorecard/3", "value": value}


def is_rfc8785(text):
    return rfc8785.dumps(json.loads(text)) == text.encode()


@given(VALUES)
def test_whatever_is_written_is_rfc_8785_and_comes_back(value):
    text = record.written(around(value))
    assert is_rfc8785(text)
    back = record.read_strictly(text)
    assert scoring.canonical_json(back) == scoring.canonical_json(around(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_kept_where_rfc_8785_writes_its_digits(value):
    digits = Decimal(repr(value))
    # the package refuses what lies past 2^53; 1e21 and more has an exponent
    written = rfc8785.dumps(value).decode()
    is_plain = "e" not in written and abs(digits) <= 2**53 - 1
    assert record.is_exact(digits) is is_plain
    if is_plain:
        assert written == scoring.number_text(digits)


@pytest.mark.parametrize(
    ("number", "is_exact"),
    [
        ("0.1", True),
        ("47.5", True),
        ("0.000001", True),
        ("0.0000001", False),
        ("0.1000000000000000055511151231257827", False),
        ("33.333333333333333333", False),
        ("9007199254740991", True),
        ("9007199254740992", False),
        ("9007199254740993.0", False),
        ("-0", True),
    ],
)
def test_which_numbers_stay_numbers(number, is_exact):
    text = record.written(around({"a/b": [Decimal(number)]}))
    value = json.loads(text, parse_float=Decimal)
    if is_exact:
        assert value["numbers_as_text"] == []
    else:
        assert value["numbers_as_text"] == ["/value/a~1b/0"]
        assert value["value"]["a/b"] == [scoring.number_text(Decimal(number))]
    assert record.read(text)["value"]["a/b"] == [Decimal(number)]


def test_a_full_record_is_rfc_8785_and_comes_back():
    text = record.written(full_record())
    assert is_rfc8785(text)
    assert record.read_strictly(text) == full_record()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"format":NaN}', "not JSON"),
        ("[1]", "no record"),
        ("{}", "no record"),
        ('{"format":"vetting-scorecard/2"}', "vetting-scorecard/2, not vetting-scorecard/3"),
        ('{"format":"vetting-scorecard/3"}', "no numbers_as_text"),
        (
            '{"format":"vetting-scorecard/3","numbers_as_text":["/x"]}',
            "a place that holds no number",
        ),
        (
            '{"format":"vetting-scorecard/3","numbers_as_text":["/x/y"],"x":["1"]}',
            "a place that holds no number",
        ),
        ('{"format":"vetting-scorecard/3","numbers_as_text":[""]}', "a place that holds no number"),
        ('{"numbers_as_text":[],"format":"vetting-scorecard/3"}', "RFC 8785"),
        ('{"format":"vetting-scorecard/3","numbers_as_text":[],"x":1.0}', "RFC 8785"),
        ('{"format":"vetting-scorecard/3","numbers_as_text":[],"x":1,"x":2}', "RFC 8785"),
        ('{"format":"vetting-scorecard/3","numbers_as_text":[],"x":"\\ud800"}', "no record holds"),
        ('{"format":"vetting-scorecard/3","numbers_as_text":[],"x":1e999}', "too many digits"),
    ],
)
def test_what_is_no_record_is_refused_in_a_line(text, words):
    with pytest.raises(record.RecordError, match=words):
        record.read_strictly(text)


@pytest.mark.parametrize("number", ["1e1000000", "1e999999999", "-1e-999999999", "1E+401"])
@pytest.mark.parametrize("form", ['"{}"', "{}"])
def test_a_number_that_would_fill_the_memory_is_refused(number, form):
    text = '{"format":"vetting-scorecard/3","numbers_as_text":["/x"],"x":%s}'
    with pytest.raises(record.RecordError):
        record.read_strictly(text % form.format(number))
