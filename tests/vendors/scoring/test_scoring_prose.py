"""The tables of docs/scoring.md, run: the page and the engine say the same."""

import re
from fractions import Fraction

from tests.vendors.scoring.cases import AS_OF, ROOT, shipped, small, table, typed_answer
from vendors.scoring import (
    FACTORS,
    HARMFUL_CONTENT,
    REASSESS_MONTHS,
    Answer,
    AnswerType,
    band_of,
    inherent_risk,
    parse_assessment,
    propose_tier,
    raw_score,
    residual_risk,
    score,
)
from vendors.scoring.criterion_file import SCALE_KEYS, SCALE_TYPES

PAGE = ROOT / "docs/scoring.md"


def test_answers_become_the_raw_scores_of_the_page():
    rows = table(PAGE, "Criterion", "Answer")
    assert len(rows) == 20
    for row in rows:
        criterion = shipped().criterion(row["Criterion"])
        answer = typed_answer(criterion, row["Answer"], row["Valid to"], row["Rating"])
        assert raw_score(criterion, answer, AS_OF) == Fraction(row["Raw score"]), row


def test_the_page_names_every_answer_type_once():
    rows = table(PAGE, "Answer type", "What is answered")
    named = [kind for row in rows for kind in row["Answer type"].split(", ")]
    assert sorted(named) == sorted(AnswerType)


def test_coefficients_of_the_page_are_those_of_both_frameworks():
    rows = table(PAGE, "Level", "Coefficient")
    for framework in (shipped(), small()):
        levels = framework.scoring.evidence_levels
        found = [(level.value, level.coefficient) for level in levels]
        assert found == [(row["Level"], Fraction(row["Coefficient"])) for row in rows]


def test_renormalisation_of_the_page():
    rows = table(PAGE, "Criterion", "Weight", "s")
    answers = {
        "S1": Answer("certified_full", valid_to=AS_OF, level="verified"),
        "S2": Answer(Fraction(96), level="documented"),
        "S3": Answer(is_answered=False, not_applicable=True, reason="no cards"),
    }
    result = score(small(), answers, 1, AS_OF)
    for row in rows[:2]:
        item = result.criteria[row["Criterion"]]
        assert item.weight == int(row["Weight"])
        assert (item.raw, item.coefficient) == (int(row["s"]), Fraction(row["e"]))
        assert item.weight * item.score == int(row["Points w s e"])
    assert result.categories["SEC"].applicable_weight == int(rows[3]["Weight"])
    assert result.categories["SEC"].score == Fraction("84.25")
    assert rows[3]["Points w s e"].endswith("C = 6740 / 80 = 84.25")


def test_bands_of_the_page():
    for row in table(PAGE, "Score", "Band"):
        value = Fraction(row["Score"])
        assert band_of(shipped().scoring, value) == row["Band"], row
        capped = row["With a category below the floor"]
        assert band_of(shipped().scoring, value, below_floor=True) == capped, row


def test_the_nine_factors_of_the_page():
    rows = table(PAGE, "Factor", "Multiplier")
    assert [(row["Factor"], int(row["Multiplier"])) for row in rows] == [
        (factor.code, factor.multiplier) for factor in FACTORS
    ]
    for row, factor in zip(rows, FACTORS, strict=True):
        assert tuple(row[str(level)] for level in range(4)) == factor.options
    assert 3 * sum(factor.multiplier for factor in FACTORS) == 75


def test_tiers_of_the_page():
    rows = table(PAGE, "Factors, in the order above")
    assert len(rows) == 10
    for row in rows:
        levels = [int(level) for level in row["Factors, in the order above"].split()]
        intake = dict(zip([factor.code for factor in FACTORS], levels, strict=True))
        intake[HARMFUL_CONTENT] = row["Harmful content"] == "yes"
        assert inherent_risk(intake) == Fraction(row["Inherent risk"]), row
        assert propose_tier(intake).tier == int(row["Tier"]), row


def test_residual_risk_and_months_of_the_page():
    for row in table(PAGE, "Tier", "A"):
        for band in "ABCDE":
            assert residual_risk(int(row["Tier"]), band) == row[band]
    rows = table(PAGE, "Tier", "Months")
    assert {int(row["Tier"]): int(row["Months"]) for row in rows} == REASSESS_MONTHS


def test_scale_keys_of_the_page_are_those_of_the_loader():
    for row in table(PAGE, "Answer type", "Scale type"):
        kinds = [AnswerType(kind) for kind in row["Answer type"].split(", ")]
        assert {SCALE_TYPES[kind] for kind in kinds} == {row["Scale type"]}
        named = re.findall(r"`(\w+)`", row["Keys of the scale"])
        assert sorted(named) == sorted(SCALE_KEYS[row["Scale type"]])


def test_the_portable_example_of_the_page_can_be_read():
    text = re.search(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL).group(1)
    portable = parse_assessment(text)
    assert (portable.vendor.name, portable.tier, len(portable.answers)) == ("Aurora", 1, 5)


def test_what_perfect_papers_earn_stands_on_the_page():
    words = " ".join(PAGE.read_text().split())
    assert "with documents alone therefore make 81.08, with claims alone 52.70" in words


def test_every_criterion_of_the_coverage_page_exists():
    rows = table(ROOT / "docs/coverage.md", "#", "Section")
    assert len(rows) == 39 + 31
    named = {code for row in rows for code in row["Criteria"].split(", ")}
    assert named <= shipped().codes
    for row in rows:
        assert row["Criteria"], row["#"]
