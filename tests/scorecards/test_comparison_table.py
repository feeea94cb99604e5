"""The rows of the side-by-side table: answers in words, marks, spreads, and what it costs."""

import re
from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import pytest

from scorecards.comparison.answers import LONG, SHORT, Phrases, answer_cell, value_words
from scorecards.comparison.entries import CriterionFigure
from scorecards.comparison.table import spread_of
from tests.factories import answer_all, approved, make_assessment, make_framework, make_vendor
from tests.scorecards.comparing import words
from vendors import scoring

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules():
    return make_framework().rules


def cell(criterion, figure, **entry):
    about = SimpleNamespace(**({"values": {}, "reasons": {}, "measure": None} | entry))
    return answer_cell(criterion, figure, about, Phrases.now())


def answered(level="verified", score="73.5"):
    return CriterionFigure(scoring.ANSWERED, raw=Fraction(90), level=level, score=Fraction(score))


def of_type(rules, kind):
    return next(item for item in rules.criteria if item.answer_type == kind)


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("EMP-01", "92.5", "92.5%"),
        ("LAB-06", 54, "54 hours per week"),
        ("ENV-02", Fraction(-5), "\N{MINUS SIGN}5% change"),
        ("LAB-09", "2025-05-02", "2 May 2025"),
        ("LAB-09", date(2025, 5, 2), "2 May 2025"),
        ("LAB-09", None, "Never"),
        ("LEG-06", "Two audits a year.", "Two audits a year."),
        ("LEG-06", None, ""),
    ],
)
def test_an_answer_in_words(rules, code, value, text):
    value = Fraction(value) if code == "EMP-01" else value
    assert value_words(rules.criterion(code), value) == text


@pytest.mark.parametrize("kind", ["yes_no", "yes_partial_no", "maturity", "certification"])
def test_a_choice_is_named_by_its_label(rules, kind):
    criterion = next((c for c in rules.criteria if c.answer_type == kind), None)
    assert criterion is not None
    for choice in criterion.choices:
        assert value_words(criterion, choice.value) == choice.label


@pytest.mark.parametrize(
    ("level", "mark", "word"),
    [
        ("verified", "V", "Verified"),
        ("documented", "D", "Documented"),
        ("claimed", "C", "Claimed"),
        ("rejected", "", "Contradicted"),
    ],
)
def test_a_score_carries_its_level(rules, level, mark, word):
    criterion = rules.criterion("LAB-06")
    found = cell(criterion, answered(level), values={"LAB-06": 54})
    assert (found.state, found.score, found.mark, found.level) == ("", "74", mark, word)
    assert found.text == "54 hours per week"


def test_what_has_no_score_says_why(rules):
    criterion = rules.criterion("LAB-06")
    assert cell(criterion, None).state == "Not asked"
    assert cell(criterion, CriterionFigure(scoring.UNANSWERED)).state == "Not answered"
    found = cell(
        criterion,
        CriterionFigure(scoring.NOT_APPLICABLE),
        reasons={"LAB-06": "no shifts are worked"},
    )
    assert (found.state, found.text, found.score) == ("n/a", "no shifts are worked", "")


def test_a_long_answer_is_cut_and_the_whole_is_folded(rules):
    criterion = of_type(rules, "text")
    text = "audited " * 400
    found = cell(criterion, answered(), values={criterion.code: text.strip()})
    assert len(found.text) <= SHORT + 2
    assert found.text.endswith("audited \N{HORIZONTAL ELLIPSIS}")
    assert SHORT < len(found.more) <= LONG + 2
    short = cell(criterion, answered(), values={criterion.code: "a" * SHORT})
    assert (len(short.text), short.more) == (SHORT, "")


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ((50, 60), 10),
        (("49.5", "59.4"), 9),
        ((50, None), 100),
        ((None, None), 0),
        ((), 0),
        ((70, 70, 70), 0),
    ],
)
def test_spreads_are_taken_from_the_figures_shown(values, spread):
    assert spread_of([None if value is None else Fraction(value) for value in values]) == spread


def a_vendor(name, framework, level="documented", *, approve=True):
    assessment = make_assessment(vendor=make_vendor(name=name), framework=framework)
    answer_all(assessment, level)
    if approve:
        approved(assessment)
    return assessment


def test_frozen_and_open_answers_read_alike(comparison_page):
    framework = make_framework()
    frozen = a_vendor("Frozen", framework)
    current = a_vendor("Open", framework, approve=False)
    rows = comparison_page(frozen.vendor, current.vendor).context["table"].categories
    items = [item for row in rows for item in row.criteria]
    assert len(items) == len(framework.rules.criteria)
    for item in items:
        first, second = item.answers
        assert (first.score, first.level, first.text) == (second.score, second.level, second.text)
        assert first.text


def test_reason_and_long_text_reach_the_page_as_text(comparison_page):
    framework = make_framework()
    first = a_vendor("First", framework, approve=False)
    second = a_vendor("Second", framework, approve=False)
    code = next(c.code for c in framework.rules.criteria if c.not_applicable_allowed)
    first.answers.filter(code=code).update(
        is_answered=False,
        value=None,
        not_applicable=True,
        reason="<b>nobody</b> works at night",
        rating=None,
        valid_to=None,
    )
    long = "We publish <i>every</i> audit. " * 20
    written = of_type(framework.rules, "text").code
    second.answers.filter(code=written).update(value=long)
    response = comparison_page(first.vendor, second.vendor, open="all")
    content, text = response.content.decode(), words(response)
    assert "n/a <b>nobody</b> works at night" in text
    assert "<b>nobody" not in content
    assert "<i>every" not in content
    assert re.search(r"<summary>.*?All of it</summary>", content)


def test_ten_vendors_stand_side_by_side(comparison_page):
    framework = make_framework()
    vendors = [
        a_vendor(f"Vendor {number}", framework, approve=False).vendor for number in range(10)
    ]
    response = comparison_page(*vendors)
    content = response.content.decode()
    assert 'class="dt cmp cmp-10"' in content
    assert "cmpwrap--most" in content
    assert len(re.findall(r'<th scope="col" data-v=', content)) == 10
    assert re.search(r'class="scroll-x cmpwrap[^"]*" role="region"[^>]* tabindex="0"', content)
