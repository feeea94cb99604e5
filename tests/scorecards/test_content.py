import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from scorecards import record
from scorecards.content import ContentError, scorecard_content
from scorecards.content.words import answer_words, long_day, long_moment, place
from scorecards.paper import charts
from tests import factories
from tests.benchmarks.scorecard import full_content
from tests.scorecards.recording import content_of, record_of, text_of
from vendors import scoring
from vendors.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def aurora():
    factories.small_framework()
    return factories.import_worked("Aurora")


def test_worked_example_to_the_last_digit(aurora):
    content = content_of(aurora)
    expected = factories.worked_example()["expected"]["Aurora"]
    assert content["is_draft"] is True
    assert content["summary"]["overall"] == "79.8"
    assert content["summary"]["band"] == "B"
    assert content["figures"]["overall"]["exact"] == expected["overall"]["exact"]
    assert content["figures"]["confidence"]["exact"] == expected["confidence"]["exact"]
    scores = {entry["code"]: entry["score"]["exact"] for entry in content["categories"]}
    assert scores == {"LAB": "295/3", "SEC": "337/4", "ENV": "219/5"}
    # A difference is taken from the two figures shown: 79.8 - 84.0.
    assert content["figures"]["lost_by_evidence"]["shown"] == "\N{MINUS SIGN}4.2"


def test_lost_points_are_what_is_missing_to_100(aurora):
    content = content_of(aurora)
    rows = [row for group in content["criteria"] for row in group["rows"]]
    lost = sum(Fraction(row["lost"]["exact"]) for row in rows if row["lost"])
    share = sum(Fraction(row["share"]["exact"]) for row in rows if row["share"])
    assert lost == 100 - Fraction(content["figures"]["overall"]["exact"])
    assert share == 100


def test_gaps_and_strengths_are_sorted(aurora):
    content = content_of(aurora)
    for part in ("gaps", "strengths"):
        points = [Fraction(entry["points"]["exact"]) for entry in content[part]]
        assert points == sorted(points, reverse=True)
        assert points[0] > 0
    assert content["gaps"][0]["code"] == "E1"


def test_not_applicable_is_in_its_register_and_counts_nowhere(aurora):
    content = content_of(aurora)
    assert content["not_applicable"] == [
        {"code": "S3", "question": "S3", "reason": "no cardholder data", "consented_by": ""}
    ]
    row = next(r for g in content["criteria"] for r in g["rows"] if r["code"] == "S3")
    assert row["answer"] == "Not applicable"
    assert row["share"] is None


def test_no_float_and_the_same_text_each_time(aurora):
    text = text_of(aurora)
    assert text == text_of(aurora)
    content = scorecard_content(record.read(text))
    assert content == scorecard_content(record.read_strictly(text))
    assert "." not in json.dumps(_numbers(content), default=str)


def _numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, int | Decimal) and not isinstance(value, bool) else []


def test_contacts_stay_at_home():
    assessment = factories.make_assessment(framework=factories.small_framework())
    assessment.vendor.contacts.create(name="Rosa Diaz", email="rosa@aurora.example")
    assert "rosa@aurora.example" not in text_of(assessment)
    factories.approved(assessment)
    assert "rosa@aurora.example" in assessment.result.snapshot
    assert "rosa@aurora.example" not in text_of(assessment)


def test_approved_content_does_not_move():
    assessment = factories.make_assessment(
        factories.make_vendor(), framework=factories.make_framework()
    )
    factories.approved(assessment)
    text = text_of(assessment)
    vendor = assessment.vendor
    vendor.legal_name = "Renamed since"
    vendor.save()
    assert text_of(assessment) == text
    content = content_of(assessment)
    assert content["summary"]["valid_until"] == assessment.result.valid_until.isoformat()
    assert content["summary"]["residual_risk"] == "low"
    steps = ["prepared", "submitted", "reviewed", "approved"]
    assert [entry["step"] for entry in content["people"]] == steps
    assert content["people"][-1]["person"]["role"] == "Manager"
    assert content["gate"] == {
        "result": "pass",
        "total": 15,
        "met": 15,
        "failed": [],
        "pending": [],
        "band_uncapped": "A",
        "capped_by": [],
    }


def test_an_empty_assessment_says_so():
    assessment = factories.make_assessment(framework=factories.make_framework())
    content = content_of(assessment)
    assert content["figures"]["answered"] == 0
    assert content["gate"]["result"] == "pending"
    assert len(content["gate"]["pending"]) == 15
    row = content["criteria"][0]["rows"][0]
    assert row["answer"] == "Not answered"
    assert row["score"] is None
    assert row["lost"] == row["share"]


def test_a_failed_must_have_is_named():
    assessment = factories.make_assessment(framework=factories.make_framework())
    factories.answer_all(assessment, best=False)
    content = content_of(assessment)
    assert content["gate"]["result"] == "fail"
    assert "LAB-01" in content["gate"]["failed"]
    assert content["must_haves"][0]["result"] == "fail"


def test_tier_3_shows_only_what_it_asks():
    assessment = factories.make_assessment(framework=factories.make_framework(), tier=3)
    content = content_of(assessment)
    assert sum(len(group["rows"]) for group in content["criteria"]) == 31


def test_another_framework_is_refused(aurora):
    other = factories.make_framework().rules
    changed = {**record_of(aurora), "framework": json.loads(other.document, parse_float=Decimal)}
    with pytest.raises(ContentError, match="another framework"):
        scorecard_content(changed)


def test_a_framework_with_one_weight_changed_is_refused(aurora):
    changed = record_of(aurora)
    changed["framework"]["scoring"]["category_floor"]["below"] = 41
    with pytest.raises(ContentError, match="another framework"):
        scorecard_content(changed)
    changed["framework"]["scoring"]["category_floor"]["below"] = "41"
    with pytest.raises(ContentError, match="damaged"):
        scorecard_content(changed)


def test_figures_that_do_not_add_up_are_refused(aurora):
    changed = record_of(aurora)
    changed["snapshot"]["result"]["overall"]["exact"] = "80/1"
    with pytest.raises(ContentError, match="do not add up"):
        scorecard_content(changed)


def test_long_answers_are_cut_in_the_table_and_whole_below():
    assessment = factories.make_assessment(framework=factories.make_framework())
    factories.answer_all(assessment)
    code = next(c.code for c in assessment.framework.rules.criteria if c.answer_type == "text")
    assessment.answers.filter(code=code).update(value="word " * 2000, comment="<b>Seen</b>")
    content = content_of(assessment)
    row = next(r for g in content["criteria"] for r in g["rows"] if r["code"] == code)
    assert len(row["answer"]) < 200
    assert row["has_more"] is True
    text = next(entry for entry in content["texts"] if entry["code"] == code)
    assert len(text["answer"]) > 9_000
    assert text["comment"] == "<b>Seen</b>"


@pytest.mark.parametrize(
    ("code", "entry", "words"),
    [
        ("LAB-01", {"value": "yes"}, "Yes, at every site in scope"),
        ("LAB-05", {"value": Decimal(110)}, "110%"),
        ("LAB-06", {"value": Decimal("47.5")}, "47.5 hours per week"),
        ("ENV-02", {"value": Decimal("-3.5")}, "\N{MINUS SIGN}3.5% change"),
        ("LAB-09", {"value": "2026-11-01"}, "1 Nov 2026"),
        ("LAB-09", {"value": None}, "Never"),
        ("LAB-09", {"not_applicable": True, "reason": "new"}, "Not applicable"),
        ("LAB-09", {"comment": "later"}, "Not answered"),
        ("LAB-09", None, "Not answered"),
        (
            "SEC-02",
            {"value": "certified_full", "valid_to": "2027-05-31"},
            "Certified, all sites in scope, to 31 May 2027",
        ),
    ],
)
def test_answers_in_words(code, entry, words):
    rules = scoring.parse_framework(factories.SHIPPED.read_text(encoding="utf-8"))
    assert answer_words(rules.criterion(code), entry) == words


def test_days_and_places():
    assert long_day("2026-11-09") == "9 November 2026"
    assert long_day(None) == ""
    assert long_moment("2026-11-09T14:05:00Z") == "9 November 2026, 14:05 UTC"
    assert place("Cebu, PH") == "Cebu, Philippines"
    assert place({"city": "", "country": "PH"}) == "Philippines"


def test_band_scale():
    bands = full_content()["method"]["bands"]
    scale = charts.band_scale(bands, "765/10")
    assert [part.letter for part in scale.parts] == ["E", "D", "C", "B", "A"]
    assert scale.marker == "76.5%"
    assert scale.parts[-1].x == "85.0%"
    assert scale.parts[-1].width == "15.0%"
    assert charts.band_scale(bands, None).marker == ""
    assert charts.band_scale(bands, "100").anchor == "end"
    assert charts.bar("295/3", "A").width == "98.3%"
    assert charts.bar(None, None).width == "0.0%"


def test_manager_name_is_frozen(aurora):
    manager = factories.make_user(Role.MANAGER, name="Adriana Ferreira")
    assessment = factories.make_assessment(framework=factories.make_framework())
    factories.approved(assessment, by=manager)
    manager.name = "Somebody else"
    manager.save()
    assert "Adriana Ferreira" in text_of(assessment)
    assert assessment.result.as_of <= date(2099, 1, 1)
