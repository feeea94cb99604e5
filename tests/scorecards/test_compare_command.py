"""`manage.py compare`: the worked ranking to the last digit, and what it refuses."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import (
    import_worked,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    worked_example,
)
from vendors.models import Vendor
from vendors.permissions import Role

pytestmark = pytest.mark.django_db

NAMES = ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"]


@pytest.fixture
def worked():
    small_framework()
    for name in NAMES:
        import_worked(name)


def compare(*arguments):
    out = StringIO()
    call_command("compare", *arguments, stdout=out)
    return out.getvalue()


def compared(*arguments):
    return json.loads(compare(*arguments, "--json"))


@pytest.mark.usefixtures("worked")
def test_the_worked_ranking_with_exact_scores():
    example = worked_example()
    found = compared("--profile", "Balanced", *NAMES)
    assert list(found)[:5] == ["ranking", "pending", "failed", "basis", "waived"]
    assert [item["vendor"] for item in found["ranking"]] == example["ranking"]["ranked"]
    assert [item["rank"] for item in found["ranking"]] == [1, 2, 3, 4]
    assert [item["vendor"] for item in found["pending"]] == example["ranking"]["pending"]
    assert [item["vendor"] for item in found["failed"]] == example["ranking"]["knocked_out"]
    for item in (*found["ranking"], *found["pending"], *found["failed"]):
        assert item["score"] == example["expected"][item["vendor"]]["overall"]
    expected = example["expected"]
    for kind, outcome in (("pending", "pending"), ("failed", "fail")):
        for item in found[kind]:
            must_haves = expected[item["vendor"]]["must_haves"]
            assert item["criteria"] == [c for c, result in must_haves.items() if result == outcome]
            assert item["criteria"]
    assert found["basis"] == {
        "profile": "Balanced",
        "categories": [
            {"code": "LAB", "weight": {"exact": "40/1", "value": 40}},
            {"code": "SEC", "weight": {"exact": "35/1", "value": 35}},
            {"code": "ENV", "weight": {"exact": "25/1", "value": 25}},
        ],
        "left_out": [],
        "order_changes": False,
    }


def test_approved_assessments_rank_the_same():
    small_framework()
    manager = make_user(Role.MANAGER)
    for name in ["Aurora", "Borealis", "Dune", "Fjord"]:
        import_worked(name, approve_as=manager)
    found = compared("Fjord", "Dune", "Borealis", "Aurora")
    assert [item["vendor"] for item in found["ranking"]] == worked_example()["ranking"]["ranked"]
    for item in found["ranking"]:
        assert item["score"] == worked_example()["expected"][item["vendor"]]["overall"]


@pytest.mark.usefixtures("worked")
def test_vendors_by_id_and_by_name_in_any_case_each_once():
    aurora = Vendor.objects.get(name="Aurora")
    found = compared(str(aurora.public_id), "  bOREALIS ", "Aurora")
    assert [item["vendor"] for item in found["ranking"]] == ["Borealis", "Aurora"]


@pytest.mark.usefixtures("worked")
def test_the_table():
    lines = compare(*NAMES).splitlines()
    assert lines[0].split() == ["1", "Borealis", "83.1"]
    assert lines[3].split() == ["4", "Dune", "33.3"]
    assert lines[4].split()[:3] == ["-", "Ember", "78.1"]
    assert "pending:" in lines[4]
    assert "failed:" in lines[5]
    assert lines[7] == "Weights Balanced: LAB 40.0%, SEC 35.0%, ENV 25.0%"


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Aurora", "Nobody", "No one"], "There is no vendor Nobody.\nThere is no vendor No one."),
        (
            ["Aurora", "--profile", "Rich first"],
            "no weight profile Rich first. There are: Balanced.",
        ),
    ],
)
def test_what_is_unknown_is_named_and_nothing_printed(arguments, message):
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("compare", *arguments, stdout=out)
    assert message in str(refused.value)
    assert not out.getvalue()


@pytest.mark.usefixtures("worked")
def test_who_cannot_be_taken_in_is_named_and_the_others_are_printed():
    make_vendor(name="Fresh")
    make_assessment(vendor=make_vendor(name="Other"), framework=make_framework())
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("compare", "Other", "Aurora", "Fresh", "Dune", "--json", stdout=out)
    assert "Fresh has no assessment." in str(refused.value)
    assert "Other is assessed on" in str(refused.value)
    assert [item["vendor"] for item in json.loads(out.getvalue())["ranking"]] == ["Aurora", "Dune"]


def test_profiles_of_the_shipped_framework_in_any_case():
    make_framework()
    vendor = make_assessment().vendor
    found = compared(vendor.name, "--profile", "people FIRST")
    assert found["basis"]["profile"] == "People first"
    weights = {item["code"]: item["weight"]["value"] for item in found["basis"]["categories"]}
    assert weights["LAB"] == 22
    assert sum(weights.values()) == 100


@pytest.mark.usefixtures("worked")
def test_what_would_turn_the_worked_ranking_to_the_last_digit():
    wanted = worked_example()["sensitivity"]
    found = compared(*NAMES)["sensitivity"]
    assert [(pair["first"], pair["second"]) for pair in found] == [
        ("Borealis", "Aurora"),
        ("Aurora", "Fjord"),
        ("Fjord", "Dune"),
    ]
    pair = found[0]
    assert [pair["first"], pair["second"]] == wanted["pair"]
    assert pair["d"] == wanted["d"]
    assert pair["lead"] == wanted["D"]
    assert list(pair["single_weight"]) == list(wanted["single_weight"])
    for code, flip in wanted["single_weight"].items():
        assert pair["single_weight"][code] == flip
    assert pair["smallest_single"] == wanted["smallest_single"]
    transfer = wanted["smallest_transfer"]
    assert pair["smallest_transfer"] == {
        "to": transfer["to"],
        "from": [
            {"category": donor["category"], "points": donor["points"]}
            for donor in transfer["from_"]
        ],
        "total_points": transfer["total_points"],
    }
    assert pair["robust"] is False


@pytest.mark.usefixtures("worked")
def test_the_share_of_all_weightings_of_each_pair_to_the_last_digit():
    wanted = worked_example()["pairwise_win_uniform"]["values"]
    found = compared(*NAMES)["pairwise_win_uniform"]
    assert {f"{item['first']}>{item['second']}": item["share"] for item in found} == wanted


@pytest.mark.usefixtures("worked")
def test_how_often_each_place_is_that_of_the_worked_example():
    wanted = worked_example()["smaa"]
    found = compared(*NAMES)["acceptability"]
    assert (found["samples"], found["seed"]) == (10_000, wanted["seed"])
    for kind in ("uniform", "centred"):
        rows = wanted[kind]["rank_acceptability"]
        assert list(found[kind]) == list(rows)
        for name, row in rows.items():
            assert found[kind][name] == pytest.approx(row, abs=wanted["tolerance"])


@pytest.mark.usefixtures("worked")
def test_the_text_says_what_would_turn_it():
    text = compare(*NAMES)
    assert (
        "Borealis before Aurora by 3.33, in 69.8% of all weightings; turned by moving "
        "3.5 points from ENV to LAB, or by LAB going from 40.0% to 44.7%." in text
    )


@pytest.mark.usefixtures("worked")
def test_other_weights_are_tried_out_and_odd_ones_refused():
    found = compared("--weight", "LAB=50", "--weight", "SEC=30", "--weight", "ENV=20", *NAMES)
    assert found["ranking"][0]["vendor"] == "Aurora"
    assert [item["weight"]["value"] for item in found["basis"]["categories"]] == [50, 30, 20]
    for odd, sentence in (
        ("LAB=-1", "LAB: A weight cannot be below 0."),
        ("LAB=x", "LAB: Enter a weight from 0 to 100. “x” is no number."),
        ("LAB", "Give a weight as CODE=POINTS; LAB is none."),
        ("ZZ=4", "The address gives weight to categories that are not there: ZZ."),
    ):
        with pytest.raises(CommandError, match=re.escape(sentence)):
            compare("--weight", odd, *NAMES)
