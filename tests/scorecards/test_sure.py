"""How sure the order is, as the page says it: the worked figures, doubts, drafts and empty states."""

import random
from fractions import Fraction

import pytest
from django.urls import reverse

from scorecards.comparison import Asked, compare
from scorecards.comparison.phrases import phrases
from scorecards.comparison.sure.changes import changes_of
from scorecards.comparison.sure.chart import chart_of
from scorecards.comparison.sure.draws import draws_of
from scorecards.comparison.sure.sentences import doubts_of
from scorecards.comparison.sure.tables import pairs_of, profiles_of, without_of
from scorecards.comparison.weighting import Profile
from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_vendor,
    worked_example,
)
from tests.scorecards.comparing import words
from tests.scorecards.surely import certain, line_of, random_line
from vendors import scoring
from vendors.models import Vendor

THREE = (40, 35, 25)


def sure_about(worked, **query):
    ids = [str(vendor.public_id) for vendor in worked.values()]
    asked = Asked.from_query({"v": ids, **{key: [text] for key, text in query.items()}})
    return compare(Vendor.objects.all(), asked).table.sure


# ---- the worked example


@pytest.mark.django_db
def test_the_worked_sentences(worked):
    assert sure_about(worked).sentences == (
        "Aurora overtakes Borealis if Labour rises from 40% to 44.7%.",
        "Moving 3.5 points from Environment to Labour puts Aurora first.",
        "Over all possible weightings Borealis beats Aurora in 69.8%.",
        "With its open answers Dune can still reach 43.3; it stays 4th.",
    )


@pytest.mark.django_db
def test_the_worked_flips_by_category(worked):
    single = worked_example()["sensitivity"]["single_weight"]
    rows = sure_about(worked).changes
    assert [row.code for row in rows] == ["LAB", "ENV", "SEC"]
    for row in rows:
        at = Fraction(single[row.code]["flip_weight_percent"]["exact"])
        change = Fraction(single[row.code]["change_points"]["exact"])
        assert row.at == f"{scoring.shown(at)}%"
        assert row.points.lstrip("+") == f"{scoring.shown(change)} points"
        assert row.at_x == f"{scoring.shown(at, 2)}%"
        assert row.first == "Aurora"
    assert [row.relative for row in rows] == ["+12%", "\N{MINUS SIGN}19%", "\N{MINUS SIGN}58%"]


@pytest.mark.django_db
def test_the_worked_shares_of_any_two(worked):
    shares = worked_example()["pairwise_win_uniform"]["values"]
    table = sure_about(worked).pairs
    assert table.names == ("Borealis", "Aurora", "Fjord", "Dune")
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row.cells):
            if i < j:
                exact = 100 * Fraction(shares[f"{row.name}>{table.names[j]}"]["exact"])
                assert cell.text == ("100%" if exact == 100 else f"{scoring.shown(exact)}%")
                assert cell.is_half
            assert bool(cell.text) == (i != j)
    assert table.rows[1].cells[0].text == "30.2%"
    assert table.rows[3].cells[0].text == "0%"


@pytest.mark.django_db
def test_the_worked_draws_are_bars_that_fill_the_width(worked):
    draws = sure_about(worked).draws
    smaa = worked_example()["smaa"]
    assert [row.name for row in draws.rows] == ["Borealis", "Aurora", "Fjord", "Dune"]
    assert (draws.samples, draws.places) == ("10,000", ("1st", "2nd", "3rd", "4th"))
    for row in draws.rows:
        for bar, kind in ((row.centred, "centred"), (row.uniform, "uniform")):
            assert abs(sum(float(part.width.rstrip("%")) for part in bar.parts) - 100) < 0.2
            expected = smaa[kind]["rank_acceptability"][row.name][0]
            drawn = next((float(p.width.rstrip("%")) for p in bar.parts if p.shade == 1), 0)
            assert abs(drawn / 100 - expected) <= 0.015
    assert draws.rows[0].centred.text.startswith("1st 8")
    assert draws.first_key == draws.rows[0].key


@pytest.mark.django_db
def test_the_worked_page(comparison_page, worked):
    response = comparison_page(*worked.values())
    text = words(response)
    for sentence in response.context["table"].sure.sentences:
        assert sentence in text
    assert "First by the weight of Labour: Borealis up to 44.7%, then Aurora up to 86.9%" in text
    assert "10,000 weightings drawn at random around these weights" in text
    html = response.content.decode()
    assert html.count('role="img" aria-label="1st') >= 4
    assert "style=" not in html.partition("<main")[2]
    assert 'data-share="0.8' in html


@pytest.mark.django_db
def test_other_weights_and_another_line_come_from_the_address(worked):
    sure = sure_about(worked, w_LAB="60", w_SEC="20", w_ENV="20", line="SEC")
    assert sure.doubts.turn == "Borealis overtakes Aurora if Environment rises from 20% to 31.4%."
    assert sure.chart.code == "SEC"
    assert sure.profiles.is_tried_out
    assert [row.now.place for row in sure.profiles.rows] == ["1st", "2nd", "3rd", "4th"]
    assert [row.cells[0].place for row in sure.profiles.rows] == ["2nd", "3rd", "1st", "4th"]
    assert not sure.profiles.heads[0].is_now
    assert sure_about(worked, line="NOBODY").chart.code == "LAB"


@pytest.mark.django_db
def test_the_form_of_the_chart_keeps_the_address(comparison_page, worked):
    response = comparison_page(*worked.values(), w_LAB="60", lock="LAB", line="ENV")
    form = response.content.decode().partition('action="#h-line"')[2].partition("</form>")[0]
    assert form.count('name="v"') == 6
    assert '<input type="hidden" name="w_LAB" value="60">' in form
    assert '<input type="hidden" name="lock" value="LAB">' in form
    assert '<option value="ENV" selected>' in form
    assert form.count('name="line"') == 1


@pytest.mark.django_db
def test_the_live_part_is_the_panel_with_the_draws(client, comparison_page, worked):
    comparison_page(worked["Aurora"])  # signs in
    ids = [str(vendor.public_id) for vendor in worked.values()]
    address = reverse("scorecards:comparison-live")
    html = client.get(address, {"v": ids, "w_LAB": "90"}).content.decode()
    assert html.count('id="acceptability"') == 1
    assert f'data-first="{worked["Aurora"].public_id}"' in html


# ---- who is sure, and who is not


def said(line):
    return doubts_of(line, (), certain(line))


def test_nobody_can_overtake_who_leads_everywhere():
    doubts = said(line_of({"A": [90, 80, 70], "B": [60, 50, 70]}, THREE))
    assert doubts.live == (
        "No weighting of these categories puts anybody else first.",
        "Over all possible weightings A beats B in 100%.",
    )


def test_a_category_with_all_the_weight_gives_none_away_in_proportion():
    line = line_of({"A": [90, 0, 50], "B": [0, 30, 50]}, (100, 0, 0))
    rows = {row.code: row for row in changes_of(line, certain(line))}
    assert rows["LAB"].first == "the others weigh 0"
    assert rows["LAB"].at == ""


def test_several_donors_add_up_to_what_is_moved():
    line = line_of({"A": [90, 80, 0], "B": [0, 0, 10]}, (10, 10, 80))
    move = said(line).move
    assert move == "Moving 9.0 points from Labour to Environment puts B first."
    line = line_of({"A": [90, 80, 0], "B": [0, 0, 30]}, (20, 30, 50))
    assert (
        said(line).move
        == "Moving 22.7 points, 20 from Labour and 2.7 from Security, to Environment puts B first."
    )


def test_the_least_of_all_followers_is_named():
    line = line_of({"A": [80, 60, 60], "B": [75, 60, 58], "C": [0, 60, 82]}, THREE)
    doubts = said(line)
    assert line.ranking.placed[1].name == "B"
    assert "C overtakes A" in doubts.turn
    assert "puts C first" in doubts.move


def test_a_small_lead_is_too_close_to_call():
    small = line_of({"A": [Fraction("60.9"), 60, 60], "B": [60, 60, 60]}, THREE)
    enough = line_of({"A": [63, 60, 60], "B": [60, 60, 60]}, THREE)
    assert said(small).close == "Too close to call: the lead is under 1 point."
    assert said(enough).close == ""


def test_a_lead_that_hardly_survives_the_draws_is_too_close_to_call():
    line = line_of({"A": [100, 0, 50], "B": [0, 100, 50]}, (51, 48, 1))
    found = certain(line)
    share = found.first_share("A")
    assert line.ranking.lead == 3
    assert share < 0.7
    assert doubts_of(line, (), found).close == (
        f"Too close to call: A comes first in only {round(100 * share)}% of the weightings drawn"
        " about these weights."
    )


def test_both_measures_are_said_together():
    close = said(line_of({"A": [100, 0, 50], "B": [0, 100, 50]}, (50, "49.5", "0.5"))).close
    assert close.startswith("Too close to call: the lead is under 1 point, and A comes first in")


def test_who_is_the_same_everywhere_ties():
    line = line_of({"A": [50, 60, 70], "B": [50, 60, 70], "C": [1, 2, 3]}, THREE)
    found = certain(line)
    doubts = doubts_of(line, (), found)
    assert doubts.live == ("A and B score the same in every category: a tie under any weights.",)
    assert changes_of(line, found) == ()
    table = pairs_of(line.ranking, found)
    assert table.rows[0].cells[1].text == table.rows[1].cells[0].text == "tie"
    caption = chart_of(line, found, "").caption
    assert caption == "First whatever the weight of Labour: A and B."


def test_a_vendor_that_shrinks_the_basis_is_named_with_what_it_changes():
    scores = {"A": [80, 20, 100], "B": [60, 90, 10], "F": [10, 10, None]}
    doubts = said(line_of(scores, THREE))
    (sentence,) = doubts.basis
    assert sentence == (
        "Adding F takes Environment out of the basis, and that changes the order of the others:"
        " without it A leads."
    )
    scores["A"] = [80, 90, 100]
    assert said(line_of(scores, THREE)).basis == (
        "Adding F takes Environment out of the basis; the order of the others stays the same.",
    )


def test_what_leaving_out_a_category_changes():
    line = line_of({"A": [100, 50, 0], "B": [0, 50, 100]}, THREE)
    rows = {row.code: row for row in without_of(line, certain(line))}
    assert (rows["LAB"].first, rows["LAB"].order, rows["LAB"].changes_first) == (
        "B",
        "changes",
        True,
    )
    assert (rows["SEC"].first, rows["SEC"].order) == ("A", "same")
    assert not rows["ENV"].changes


def test_the_order_under_each_profile():
    weights = {"LAB": Fraction(10), "SEC": Fraction(35), "ENV": Fraction(55)}
    line = line_of({"A": [100, 50, 0], "B": [0, 50, 100]}, THREE)
    line.profiles = (line.profile, Profile("Planet", "", weights, 1))
    table = profiles_of(line)
    assert [(head.name, head.is_now) for head in table.heads] == [
        ("Balanced", True),
        ("Planet", False),
    ]
    assert [[(c.place, c.score) for c in row.cells] for row in table.rows] == [
        [("1st", "57.5"), ("2nd", "27.5")],
        [("2nd", "42.5"), ("1st", "72.5")],
    ]


def test_the_chart_agrees_with_the_flips():
    draw = random.Random(7)
    checked = 0
    for _ in range(60):
        line = random_line(draw)
        found = certain(line)
        names = {item.key: item.name for item in line.ranking.placed}
        for code, turn in found.turns.items():
            chart = chart_of(line, found, code)
            at = f"{scoring.shown(turn.flip.at, 2)}%"
            (mark,) = [item for item in chart.crossings if item.x == at]
            now = turn.flip.weight
            if turn.flip.at > now:
                assert names[turn.key] in mark.first
            checked += 1
        if found.pairs:
            heaviest = chart_of(line, found, "")
            assert heaviest.code in line.ranking.basis.weights
    assert checked > 60


# ---- nothing to be sure of


@pytest.mark.parametrize(
    "line",
    [
        line_of({}, THREE),
        line_of({"A": [1, 2, 3]}, THREE),
        line_of({"A": [1, 2, 3], "P": [1, 2, 3]}, THREE, gates={"P": "pending"}),
        line_of({"A": [None, None, None], "B": [None, None, None]}, THREE),
    ],
)
def test_without_two_ranked_vendors_nothing_is_claimed(line):
    found = certain(line)
    assert doubts_of(line, (), found).live == ()
    assert draws_of(line.ranking, found).rows == ()
    assert changes_of(line, found) == ()
    assert chart_of(line, found, "LAB") is None
    assert pairs_of(line.ranking, found).rows == ()
    assert without_of(line, found) == ()


def test_all_weight_on_one_category():
    line = line_of({"A": [90, 10, 10], "B": [80, 20, 20]}, (100, 0, 0))
    found = certain(line)
    chart = chart_of(line, found, "LAB")
    assert chart.note == phrases()["chart_alone"]
    rows = {row.code: row for row in changes_of(line, found)}
    assert rows["LAB"].first == "the others weigh 0"
    assert (rows["SEC"].at, rows["SEC"].relative) == ("50%", "")


@pytest.mark.django_db
def test_a_page_with_one_ranked_vendor_says_what_is_missing(comparison_page, worked):
    text = words(comparison_page(worked["Aurora"], worked["Cinder"]))
    assert "Nothing is drawn: that needs two ranked vendors." in text
    assert "That can be said once two vendors are ranked." in text
    assert "Any two alone" not in text


@pytest.mark.django_db
def test_two_vendors_need_no_table_of_pairs(comparison_page, worked):
    text = words(comparison_page(worked["Aurora"], worked["Borealis"]))
    assert "Over all possible weightings Borealis beats Aurora in 69.8%." in text
    assert "Any two alone" not in text


@pytest.mark.django_db
def test_a_draft_says_which_place_it_can_still_reach(comparison_page):
    framework = make_framework()
    done = make_assessment(vendor=make_vendor(name="Done"), framework=framework)
    answer_all(done, "documented")
    must = [item.code for item in framework.rules.criteria if item.must_have]
    done.answers.filter(code__in=must).update(level="verified", proposed_level="verified")
    approved(done)
    draft = make_assessment(vendor=make_vendor(name="Draft"), framework=framework)
    answer_all(draft)
    open_codes = [
        item.code
        for code in ("LAB", "SEC", "EMP")
        for item in framework.rules.category(code).criteria
        if not item.must_have
    ]
    draft.answers.filter(code__in=open_codes).update(is_answered=False, value=None, valid_to=None)
    text = words(comparison_page(done.vendor, draft.vendor))
    assert "With its open answers Draft can still reach 100.0 and come 1st." in text
    assert "Draft is not approved: its figures can still change." in text
