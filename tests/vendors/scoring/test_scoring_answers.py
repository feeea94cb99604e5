"""What makes an answer unfit, and how typed text becomes a value and back."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.scoring.cases import AS_OF, answer_to, shipped, steady
from vendors.scoring import (
    Answer,
    AnswerError,
    check_answer,
    effective_level,
    raw_score,
    read_value,
    write_value,
)

LEVELS = ("claimed", "documented", "verified", "rejected")


def faults(code, **fields):
    found = check_answer(shipped().criterion(code), Answer(**fields), AS_OF, LEVELS)
    return [(fault.field, fault.message) for fault in found]


@pytest.mark.parametrize(
    ("code", "fields", "field", "message"),
    [
        (
            "LAB-05",
            {"value": Fraction(310)},
            "value",
            "Enter a number from 0 to 300 (percent). You typed 310.",
        ),
        (
            "ENV-02",
            {"value": Fraction("-100.5")},
            "value",
            "Enter a number from -100 to 500 (percent change). You typed -100.5.",
        ),
        ("LAB-05", {"value": "12"}, "value", "Enter a number."),
        ("LAB-05", {"value": None}, "value", "Enter a number."),
        ("LAB-01", {"value": "maybe"}, "value", "Choose one of the answers. You typed maybe."),
        ("LAB-01", {"value": None}, "value", "Choose one of the answers."),
        (
            "LAB-09",
            {"value": AS_OF + timedelta(1)},
            "value",
            "Enter a date up to 1 Nov 2026. You typed 2 Nov 2026.",
        ),
        ("LAB-09", {"value": "soon"}, "value", "Enter a date, or say never."),
        ("LEG-06", {"value": Fraction(1)}, "value", "Enter a text."),
        (
            "SEC-02",
            {"value": "certified_full"},
            "valid_to",
            "Enter the date until which it is valid.",
        ),
        (
            "LAB-01",
            {"value": "yes", "valid_to": AS_OF},
            "valid_to",
            "Only a certification has a valid-to date.",
        ),
        ("LAB-01", {"value": "yes", "level": "sure"}, "evidence", "Unknown evidence level sure."),
        ("LAB-01", {"value": "yes", "rating": 3}, "rating", "Only a text answer is rated."),
        ("LEG-06", {"value": "x", "rating": 6}, "rating", "Rate from 0 to 5. You typed 6."),
        ("LEG-06", {"value": "x", "rating": -1}, "rating", "Rate from 0 to 5. You typed -1."),
        (
            "LAB-01",
            {"not_applicable": True, "reason": "none"},
            "not_applicable",
            "This question applies to every vendor. Answer it.",
        ),
        (
            "PRI-03",
            {"not_applicable": True, "reason": "  "},
            "reason",
            "Say why the question does not apply.",
        ),
        (
            "LEG-06",
            {"value": "x" * 10_001},
            "value",
            "This text has 10,001 characters. The limit is 10,000.",
        ),
        (
            "LAB-01",
            {"value": "yes", "comment": "x" * 10_001},
            "comment",
            "This text has 10,001 characters. The limit is 10,000.",
        ),
        (
            "PRI-03",
            {"not_applicable": True, "reason": "x" * 10_001},
            "reason",
            "This text has 10,001 characters. The limit is 10,000.",
        ),
        (
            "LAB-01",
            {"value": "yes", "comment": "\x00"},
            "comment",
            "This text holds control characters.",
        ),
        (
            "LAB-01",
            {"value": "yes", "comment": "\ud800"},
            "comment",
            "This text holds half of a character (a lone surrogate).",
        ),
    ],
)
def test_bad_input(code, fields, field, message):
    assert faults(code, **fields) == [(field, message)]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("LAB-05", {"value": Fraction(300)}),
        ("LAB-05", {"value": Fraction(0)}),
        ("ENV-02", {"value": Fraction(-100)}),
        ("LAB-09", {"value": AS_OF}),
        ("LAB-09", {"value": None}),
        ("SEC-02", {"value": "in_progress"}),
        ("SEC-02", {"value": "certified_full", "valid_to": date(2020, 1, 1)}),
        ("LEG-06", {"value": "x" * 10_000, "rating": 0}),
        ("LAB-01", {"is_answered": False, "comment": "later"}),
        ("LAB-01", {"value": "yes", "comment": "two\nlines\tand more"}),
        ("PRI-03", {"is_answered": False, "not_applicable": True, "reason": "no such data"}),
    ],
)
def test_good_input(code, fields):
    assert faults(code, **fields) == []


def test_several_faults_are_named_together():
    fields = {"value": "gold", "level": "sure", "rating": 2}
    assert [field for field, _ in faults("SEC-02", **fields)] == ["evidence", "rating", "value"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("96", Fraction(96)),
        (" 1.7 ", Fraction(17, 10)),
        ("1,7", Fraction(17, 10)),
        ("12,50", Fraction(25, 2)),
        ("0,125", Fraction(1, 8)),
        ("-5", Fraction(-5)),
        ("\u22125", Fraction(-5)),
        ("+3", Fraction(3)),
        ("1.234", Fraction(1234, 1000)),
        ("1234,567", Fraction(1234567, 1000)),
    ],
)
def test_numbers_that_are_read(text, value):
    assert read_value(shipped().criterion("ENV-02"), text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,234",
        "12,345",
        "1.234.567",
        "1,234.5",
        "1 234",
        "1'234",
        "1_234",
        "NaN",
        "Infinity",
        "1e3",
        "1E999999999",
        "0x1F",
        "9" * 16,
        "0." + "1" * 11,
        "\u0661\u0662",
        "1/3",
        "--1",
        "5%",
        ".5",
        "5.",
    ],
)
def test_numbers_that_are_refused(text):
    with pytest.raises(AnswerError) as caught:
        read_value(shipped().criterion("ENV-02"), text)
    assert caught.value.field == "value"


def test_messages_of_numbers():
    def message(text):
        with pytest.raises(AnswerError) as caught:
            read_value(shipped().criterion("LAB-05"), text)
        return caught.value.message

    assert message("1,234") == "Write 1234 or 1.234: 1,234 can be read both ways."
    assert message("1 234") == "Enter a number without thousands separators. You typed 1 234."
    assert message("") == "Enter a number without thousands separators. It is empty."
    assert message("9" * 16) == "Use at most 15 digits and 10 decimals."


@pytest.mark.parametrize(
    ("code", "text"),
    [("LAB-09", "1 Nov 2026"), ("LAB-09", "2026-02-30"), ("LAB-09", "20261101"), ("LAB-01", "YES")],
)
def test_other_values_that_are_refused(code, text):
    with pytest.raises(AnswerError):
        read_value(shipped().criterion(code), text)


def test_nothing_stays_nothing():
    assert read_value(shipped().criterion("LAB-09"), None) is None
    assert write_value(None) is None


@steady
@given(st.data())
def test_what_is_written_reads_back(data):
    criterion = data.draw(st.sampled_from(shipped().criteria))
    answer = data.draw(answer_to(criterion))
    assert read_value(criterion, write_value(answer.value)) == answer.value


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("LAB-05", {"value": Fraction(301)}),
        ("LAB-01", {"value": "maybe"}),
        ("LAB-09", {"value": AS_OF + timedelta(1)}),
        ("SEC-02", {"value": "certified_full"}),
        ("LEG-06", {"value": "x", "rating": 9}),
    ],
)
def test_unfit_answers_are_never_scored(code, fields):
    with pytest.raises(AnswerError, match=code):
        raw_score(shipped().criterion(code), Answer(**fields), AS_OF)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("LAB-01", {"is_answered": False}),
        ("LEG-06", {"value": "long text"}),
        ("PRI-03", {"is_answered": False, "not_applicable": True, "reason": "none"}),
    ],
)
def test_answers_without_a_score(code, fields):
    assert raw_score(shipped().criterion(code), Answer(**fields), AS_OF) is None


@pytest.mark.parametrize(("late", "raw"), [(0, 100), (90, 100), (91, 20)])
def test_days_of_grace(late, raw):
    answer = Answer("type2_multi", valid_to=AS_OF - timedelta(late))
    assert raw_score(shipped().criterion("SEC-03"), answer, AS_OF) == raw


@pytest.mark.parametrize(
    ("day", "score"),
    [
        (date(2026, 11, 1), 100),
        (date(2025, 10, 2), 100),
        (date(2025, 10, 1), Fraction(290, 3)),
        (date(2023, 11, 2), Fraction(5)),
        (date(2023, 11, 1), 0),
        (date(1990, 1, 1), 0),
    ],
)
def test_age_is_counted_in_whole_months(day, score):
    assert raw_score(shipped().criterion("LAB-09"), Answer(day), AS_OF) == score


@pytest.mark.parametrize(
    ("level", "until", "counted"),
    [
        (None, None, "claimed"),
        ("verified", None, "verified"),
        ("verified", AS_OF, "verified"),
        ("verified", AS_OF - timedelta(1), "claimed"),
        ("documented", AS_OF - timedelta(1), "claimed"),
        ("rejected", AS_OF - timedelta(1), "rejected"),
    ],
)
def test_the_evidence_level_that_counts(level, until, counted):
    answer = Answer("yes", level=level, level_valid_to=until)
    assert effective_level(answer, AS_OF) == counted
