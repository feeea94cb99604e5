"""Vendors on different versions of a framework: compared on what all of them ask alike."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scorecards.comparison import Asked, compare
from scorecards.comparison.entries import CriterionFigure, Entry
from scorecards.comparison.shared import asked_alike, measured_by, part_of, taken_in
from tests.factories import (
    ROOT,
    SHIPPED,
    WORKED,
    answer_all,
    approved,
    best_answer,
    make_assessment,
    make_framework,
    make_vendor,
)
from tests.scorecards.comparing import words
from vendors import scoring
from vendors.models import Assessment, Framework, Vendor
from vendors.queries.scores import engine_answers
from vendors.services.frameworks import publish_framework

pytestmark = pytest.mark.django_db
PAGE = ROOT / "docs/scoring.md"
SMALL = WORKED / "worked-example-framework.yaml"


def altered(number, changes, source):
    """The text of a framework file under another version, after some changes."""
    document = yaml.safe_load(source.read_text(encoding="utf-8"))
    document["framework"]["version"] = number
    for change in changes:
        change({c["code"]: c for part in document["categories"] for c in part["criteria"]})
    return yaml.safe_dump(document, sort_keys=False)


def version(number, *changes, source=SMALL):
    """A version of a framework file, published."""
    return publish_framework(text=altered(number, changes, source), by=None).framework


def rescored(*codes):
    """A change: these criteria are scored otherwise."""

    def change(criteria):
        for code in codes:
            item = criteria[code]
            if "choices" in item:
                worst = min(item["choices"], key=lambda choice: choice["score"])
                worst["score"] += 5
            elif "missing_score" in item["scale"]:
                item["scale"]["missing_score"] = 1
            else:
                point = item["scale"]["points"][0]
                point[1] = 99 if point[1] == 100 else point[1] + 1

    return change


def reworded(criteria):
    for item in criteria.values():
        item["question"] += ", in other words"


def weighed(**weights):
    """A change: other weights inside a category; give all of its criteria."""
    return lambda criteria: [criteria[c].update(weight=w) for c, w in weights.items()]


def on(framework, name, levels="verified", *, approve=True, na=(), skip=()):
    """A vendor assessed on a version; `levels` is one, or a level by criterion code."""
    assessment = make_assessment(vendor=make_vendor(name=name), framework=framework)
    answer_all(assessment, levels if isinstance(levels, str) else "verified", skip=skip)
    for row in assessment.answers.all():
        if isinstance(levels, dict) and row.code in levels:
            row.level = levels[row.code]
        if row.code in na:
            row.is_answered, row.value, row.valid_to, row.rating = False, None, None, None
            row.not_applicable, row.reason, row.consented = True, "not done here", True
        row.save()
    if approve:
        approved(assessment)
    return assessment.vendor


def shown(*vendors, **query):
    ids = [str(vendor.public_id) for vendor in vendors]
    wanted = {"v": ids, **{key: [text] for key, text in query.items()}}
    return compare(Vendor.objects.all(), Asked.from_query(wanted))


def texts(comparison):
    return [notice.text for notice in comparison.notices]


def only(rules, codes):
    """A version that asks these criteria and no others."""
    categories = (
        replace(c, criteria=tuple(item for item in c.criteria if item.code in codes))
        for c in rules.categories
    )
    return replace(rules, categories=tuple(categories))


def by_engine(vendor, rules, codes):
    """What the engine makes of a vendor's answers under a version that asks these criteria alone."""
    assessment = vendor.assessments.get()
    answers = engine_answers(assessment.framework.rules, assessment.answers.all())
    kept = {code: answer for code, answer in answers.items() if code in codes}
    return scoring.score(only(rules, codes), kept, assessment.tier, assessment.scored_on)


def figures(categories):
    return {
        code: (item.score, item.claimed, item.confidence, item.high)
        for code, item in categories.items()
    }


def test_everybody_is_recomputed_on_what_both_versions_ask_alike(comparison_page):
    first = version("1.0.0")
    second = version("1.1.0", rescored("L2"), weighed(S1=30, S2=40, S3=30), reworded)
    old = on(first, "Old", {"L3": "claimed", "S2": "documented", "L2": "documented"})
    new = on(second, "New", {"L3": "documented", "S3": "claimed", "E1": "documented"})
    other = on(second, "Other", {"L2": "claimed"})
    comparison = shown(old, new, other)
    line = comparison.table.line
    assert line.framework == second
    assert line.shared.codes == second.rules.codes - {"L2"}
    assert line.shared.percent == 100 - Fraction(40 * 35, 100)
    for vendor, entry in zip((old, new, other), line.entries, strict=True):
        expected = by_engine(vendor, second.rules, line.shared.codes)
        assert figures(entry.categories) == figures(expected.categories)
        assert "L2" not in entry.criteria
        for code, item in expected.categories.items():
            assert entry.categories[code].shares == {
                "verified": item.verified_share,
                "documented": item.documented_share,
                "claimed": item.claimed_share,
            }
    assert (
        "Old is assessed on version 1.0.0, the others on 1.1.0. All are compared on the 7 criteria "
        "that both versions ask alike, 86% of the weight; their scores here differ from their own "
        "results. Gate and must-haves are those of each vendor's own version."
    ) in words(comparison_page(old, new, other))


def test_each_column_keeps_the_overall_score_of_its_own_result():
    first, second = version("1.0.0"), version("1.1.0", rescored("L2"))
    old = on(first, "Old", {"L2": "claimed", "S2": "documented"})
    new = on(second, "New", {"L2": "documented"})
    columns = {column.name: column for column in shown(old, new).table.columns}
    for vendor in (old, new):
        vendor.refresh_from_db()
        column = columns[vendor.name]
        assert abs(column.own - Fraction(vendor.latest_result.overall)) < Fraction(1, 10**7)
        assert column.own != column.overall
    assert columns["New"].overall == 100
    assert columns["Old"].overall == 100 - Fraction(35 * 35, 100) / 5


def test_words_alone_change_no_score():
    first, second = version("1.0.0"), version("1.1.0", reworded)
    old, new = on(first, "Old", "documented"), on(second, "New")
    comparison = shown(old, new)
    assert comparison.table.line.shared.percent == 100
    (text,) = texts(comparison)
    assert text == (
        "Old is assessed on version 1.0.0, New on 1.1.0. All are compared on the 8 criteria that "
        "both versions ask alike, 100% of the weight; their category scores stay those of their "
        "own results. Gate and must-haves are those of each vendor's own version."
    )


def test_a_version_that_shares_less_than_half_is_left_out(comparison_page):
    first = version("1.0.0")
    second = version("2.0.0", rescored("L1", "L2", "S1", "S2"))
    old = on(first, "Old")
    vendors = [on(second, "New"), on(second, "Newer")]
    comparison = shown(old, *vendors)
    assert [entry.vendor.name for entry in comparison.table.line.entries] == ["New", "Newer"]
    assert [entry.vendor for entry in comparison.table.line.odd] == [old]
    assert comparison.table.line.shared is None
    assert (
        "Old is assessed on Worked example 1.0.0, the others on Worked example 2.0.0. The two "
        "share only 42% of the weight. Less than half cannot be compared, so it is left out."
    ) in words(comparison_page(old, *vendors))


def test_just_under_half_never_reads_as_half():
    # L2 is 14 and S1, S2 are 28 percent of the whole; E1 is a hair over 8
    first = version("1.0.0")
    second = version("2.0.0", rescored("L2", "S1", "S2", "E1"), weighed(E1=32.08, E2=67.92))
    comparison = shown(on(first, "Old"), on(second, "New"))
    assert comparison.table.line.odd[0].vendor.name == "Old"
    assert "The two share only 49.9% of the weight." in texts(comparison)[0]


def test_exactly_half_is_compared():
    first = version("1.0.0")
    second = version("2.0.0", rescored("L2", "S1", "S2", "E1"), weighed(E1=32, E2=68))
    comparison = shown(on(first, "Old"), on(second, "New"))
    assert comparison.table.line.shared.percent == 50


def test_versions_with_most_vendors_are_taken_in_first():
    first = version("1.0.0", rescored("L1", "L2"))  # 30 percent
    second = version("1.1.0", rescored("S1", "S2"))  # 28 percent
    third = version("1.2.0")
    vendors = [
        on(first, "One"),
        on(second, "Two"),
        on(second, "Twice"),
        *(on(third, f"Three {number}") for number in range(3)),
    ]
    comparison = shown(*vendors)
    line = comparison.table.line
    assert [entry.vendor.name for entry in line.odd] == ["One"]
    assert line.shared.percent == 72
    assert line.shared.others == (second,)
    assert texts(comparison)[0].startswith(
        "Two and Twice are assessed on version 1.1.0, the others on 1.2.0."
    )
    assert (
        "With it, only 42% of the weight would be asked alike of all. Less than half cannot be "
        "compared, so it is left out."
    ) in texts(comparison)[1]


def test_three_versions_stand_on_what_all_three_ask():
    first, second = version("1.0.0", rescored("L3")), version("1.1.0", rescored("S3"))
    third = version("1.2.0")
    vendors = [on(first, "One"), on(second, "Two"), on(third, "Three"), on(third, "Four")]
    comparison = shown(*vendors)
    line = comparison.table.line
    assert line.shared.codes == third.rules.codes - {"L3", "S3"}
    assert line.shared.percent == 83
    assert texts(comparison)[0].startswith(
        "Two is assessed on version 1.1.0, One on 1.0.0, the others on 1.2.0. All are compared on "
        "the 6 criteria that these versions ask alike, 83% of the weight"
    )


def test_the_version_that_most_are_on_leads_and_of_equals_the_last_published():
    first, second = version("1.0.0"), version("1.1.0", reworded)
    one, two = on(first, "One"), on(second, "Two")
    assert shown(one, two).table.line.framework == second
    assert shown(two, one).table.line.framework == second
    assert shown(one, two, on(first, "Three")).table.line.framework == first


def test_versions_of_one_framework_count_together_against_another():
    first, second, shipped = version("1.0.0"), version("1.1.0", reworded), make_framework()
    alone = [on(shipped, "Elsewhere"), on(shipped, "There")]
    together = [on(first, "One"), on(second, "Two"), on(first, "Three")]
    comparison = shown(*alone, *together)
    assert [entry.vendor for entry in comparison.table.line.entries] == together
    assert "Scores of different frameworks cannot stand side by side" in texts(comparison)[1]


def test_a_category_without_common_criteria_leaves_the_basis():
    first, second = version("1.0.0"), version("1.1.0", rescored("E1", "E2"))
    comparison = shown(on(first, "Old", "documented"), on(second, "New"))
    table = comparison.table
    assert table.line.ranking.basis.left_out == ("ENV",)
    assert all(entry.scores["ENV"] is None for entry in table.line.entries)
    assert sum(table.line.ranking.basis.weights.values()) == 100
    assert not next(row for row in table.categories if row.category.code == "ENV").criteria


def test_too_little_of_the_common_weight_that_applies_is_not_rated():
    first, second = version("1.0.0"), version("1.1.0", rescored("L2"))
    # of the common 65 percent 25 remain, less than half; of all of it 60 remain
    old, new = on(first, "Old", na=("L1",), approve=False), on(second, "New")
    line = shown(old, new).table.line
    entry = next(entry for entry in line.entries if entry.vendor == old)
    assert entry.scores["LAB"] is None
    assert entry.own is not None
    expected = by_engine(old, second.rules, line.shared.codes)
    assert figures(entry.categories) == figures(expected.categories)


def test_an_open_assessment_keeps_its_range():
    first, second = version("1.0.0"), version("1.1.0", rescored("L2"))
    old = on(first, "Old", approve=False, skip=("L2", "L3", "S1"))
    line = shown(old, on(second, "New")).table.line
    entry = next(entry for entry in line.entries if entry.vendor == old)
    assert entry.categories["LAB"].high == 100
    assert entry.categories["LAB"].score == Fraction(100 * 40, 65)
    expected = by_engine(old, second.rules, line.shared.codes)
    assert figures(entry.categories) == figures(expected.categories)


def test_evidence_counts_as_the_leading_version_says():
    def exempt(criteria):
        criteria["L3"]["evidence"]["required"] = False

    first, second = version("1.0.0", exempt), version("1.1.0")
    old = on(first, "Old", {"L3": "claimed"})
    line = shown(old, on(second, "New"), on(second, "Newer")).table.line
    entry = line.entries[0]
    assert line.shared.percent == 100
    assert (entry.own, entry.scores["LAB"]) == (100, 100 - Fraction(25, 2))
    assert entry.criteria["L3"].score == 50


def test_gate_and_must_haves_stay_those_of_the_own_version():
    def demanding(criteria):
        criteria["L3"]["must_have"] = {"min_score": 100, "min_evidence": "verified", "text": ""}

    first, second = version("1.0.0"), version("1.1.0", demanding)
    old = on(first, "Old", {"L3": "claimed"})
    columns = shown(old, on(second, "New"), on(second, "Newer")).table.columns
    column = next(column for column in columns if column.name == "Old")
    assert (column.entry.gate, column.must_have_total, column.rank) == ("pass", 1, 3)
    assert [column.must_have_total for column in columns] == [2, 2, 1]


def test_answers_that_are_not_compared_are_not_shown_as_missing(comparison_page):
    first = version("1.0.0", source=SHIPPED)
    second = version("1.1.0", rescored("EMP-01"), source=SHIPPED)
    vendors = [on(first, "Old", "documented"), on(second, "New")]
    response = comparison_page(*vendors)
    assert [row.criterion.code for row in response.context["table"].model] == ["EMP-02"]
    assert "91.2%" not in words(response)
    assert response.context["table"].line.shared.percent < 100


def test_figures_of_a_version_follow_from_the_codes_alone():
    first, second = version("1.0.0").rules, version("1.1.0", rescored("L2", "E2")).rules
    assert asked_alike(first, second) == second.codes - {"L2", "E2"}
    assert part_of(second, asked_alike(first, second)) == 76
    assert part_of(second, asked_alike(first, second)) == (
        scoring.changes_between(first, second).shared
    )
    assert part_of(second, second.codes) == 100


def unpublished(number, *changes):
    """A version that no database holds; its key is the order of publishing."""
    document = altered(f"1.{number}.0", changes, SMALL)
    rules = scoring.parse_framework(document)
    return Framework(
        pk=number, slug=rules.slug, document=rules.document, fingerprint=rules.fingerprint
    )


#: The four share, with the last one: 69, 41, 56 and 100 percent of the weight.
FOUR = [
    unpublished(1, rescored("L2", "S3", "E2")),
    unpublished(2, rescored("E1", "L3", "S1", "S2", "E2")),
    unpublished(3, rescored("S1", "S2", "L1")),
    unpublished(4),
]


def table_rows():
    """The table of docs/scoring.md, "Different versions"."""
    part = PAGE.read_text(encoding="utf-8").partition("### Different versions")[2]
    lines = [line for line in part.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def unasked(framework, number):
    """An entry without any answer."""
    result = scoring.score(framework.rules, {}, 1, date(2026, 11, 1))
    return Entry(
        vendor=Vendor(pk=number, name=f"Vendor {number}"),
        assessment=Assessment(state="in_progress"),
        framework=framework,
        gate=result.gate,
        must_haves={item.code: item.result for item in result.must_haves},
        criteria={code: CriterionFigure(item.state) for code, item in result.criteria.items()},
        categories={},
        values={},
    )


@pytest.mark.parametrize("row", table_rows(), ids=" / ".join)
def test_the_table_of_the_page(row):
    first, second, compared, weight = row
    versions = [
        unpublished(1, rescored(*first.split(", ")) if first else reworded),
        unpublished(2, rescored(*second.split(", ")) if second else reworded),
        unpublished(3),
    ]
    places = (0, 1, 1, 2, 2, 2)
    taken = taken_in([unasked(versions[place], n) for n, place in enumerate(places)])
    others = taken.shared.others if taken.shared else ()
    names = [f"1.{framework.pk - 1}.0" for framework in (taken.framework, *others)]
    assert ", ".join(names) == compared
    assert (taken.shared.percent if taken.shared else 100) == int(weight)


@given(places=st.lists(st.integers(0, 3), min_size=1, max_size=10))
def test_whatever_the_versions_half_of_the_leading_weight_is_common(places):
    entries = [unasked(FOUR[place], number) for number, place in enumerate(places)]
    taken = taken_in(entries)
    most = max(range(4), key=lambda place: (places.count(place), place))
    assert taken.framework is FOUR[most]
    assert len(taken.entries) + len(taken.odd) == len(entries)
    kept = {entry.framework.pk for entry in taken.entries}
    assert FOUR[most].pk in kept
    assert not kept & {odd.entry.framework.pk for odd in taken.odd}
    assert all(odd.percent < 50 for odd in taken.odd)
    if taken.shared is None:
        assert kept == {FOUR[most].pk}
        return
    assert kept == {FOUR[most].pk, *(version.pk for version in taken.shared.others)}
    assert taken.shared.percent == part_of(taken.framework.rules, taken.shared.codes) >= 50
    assert all(entry.criteria.keys() == taken.shared.codes for entry in taken.entries)


@given(
    codes=st.sets(st.sampled_from(sorted(FOUR[3].rules.codes))),
    states=st.lists(st.sampled_from(["answered", "unanswered", "na"]), min_size=8, max_size=8),
)
def test_common_criteria_are_weighed_as_the_engine_weighs_them(codes, states):
    rules = FOUR[3].rules
    answers = {
        criterion.code: scoring.Answer(not_applicable=True, is_answered=False, reason="none")
        if state == "na"
        else replace(best_answer(criterion, best=place % 2 == 0), level=scoring.LEVELS[place % 4])
        for place, (criterion, state) in enumerate(zip(rules.criteria, states, strict=True))
        if state != "unanswered"
    }
    day = date(2026, 11, 1)
    whole = scoring.score(rules, answers, 1, day)
    entry = replace(
        unasked(FOUR[3], 1),
        criteria={
            code: CriterionFigure(item.state, item.raw, item.level or "", item.score)
            for code, item in whole.criteria.items()
        },
    )
    kept = {code: answer for code, answer in answers.items() if code in codes}
    expected = scoring.score(only(rules, codes), kept, 1, day)
    measured = measured_by(rules, frozenset(codes), entry)
    assert figures(measured.categories) == figures(expected.categories)
    assert {code: item.score for code, item in measured.criteria.items()} == {
        code: item.score for code, item in expected.criteria.items()
    }
