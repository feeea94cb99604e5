"""The comparison's what-if in a real browser: its figures are the server's, by every way to move."""

import json
import random
import re
from fractions import Fraction
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from scorecards.comparison import Asked, compare
from scorecards.models import SavedComparison
from scorecards.ranking import (
    WeightError,
    differences,
    flips,
    is_robust,
    least_transfer,
    rank,
    score_lines,
    settled,
    turns,
    winning_share,
)
from tests.browser.varied import LEFT_OUT, NAMES, varied_vendors
from tests.conftest import NARROW
from tests.factories import PASSWORD, make_user
from vendors import scoring
from vendors.models import AuditEvent, Vendor, WeightProfile
from vendors.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEAR = 1e-9
WEIGHTINGS = 1000
#: What the page is asked for each weighting: everything that ranking.js computes.
COMPUTE = """asked => {
  const data = JSON.parse(document.getElementById('comparison-data').textContent);
  const R = VettingRanking;
  return asked.map(one => {
    const weights = R.settled(one.typed, one.locked, data.base);
    if (!weights) return null;
    const order = R.order(data, weights);
    const pairs = order.slice(1).map((second, i) => {
      const d = R.differences(data, order[i].key, second.key);
      return {
        flips: R.flips(weights, d), transfer: R.leastTransfer(weights, d),
        share: R.winningShare(d), robust: R.isRobust(d),
      };
    });
    return {
      weights, order, pairs, scores: R.scores(data, weights),
      turns: R.turns(data, weights), lines: R.lines(data, weights, one.line),
    };
  });
}"""
#: Everything on the page that weights move, as text.
SEEN = """() => {
  const plain = one => one.textContent.replace(/\\s+/g, ' ').trim();
  const all = (selector, read) => [...document.querySelectorAll(selector)].map(read);
  return {
    lead: plain(document.getElementById('sure-lead')),
    turn: plain(document.getElementById('sure-turn')),
    unranked: all('[data-unranked]', plain),
    draws: plain(document.getElementById('acceptability')),
    heads: all('.heads th[data-v]', one => [...one.querySelectorAll('.rank, a')].map(plain).join(' ')),
    figures: all('[data-figure]', row => [...row.cells].slice(1).map(plain)),
    bars: all('#cmp .bul', b => b.getAttribute('class') + b.querySelector('.v').getAttribute('width')),
    weights: all('.hand__p', plain),
    was: all('.hand__w', plain),
    locked: all('[name=lock]:checked', one => one.value),
    tried: !document.getElementById('whatif').hidden,
  };
}"""
SMALL = """() => [...document.querySelectorAll('.hand .keep, .hand .form-control, .hand .rng')]
  .filter(one => one.offsetParent).map(one => one.getBoundingClientRect())
  .filter(box => box.width < 24 || box.height < 24).length"""


@pytest.fixture
def vendors():
    for role in Role:  # a flush after an earlier test took them
        Group.objects.get_or_create(name=role)
    return varied_vendors()


@pytest.fixture
def address(vendors):
    return reverse("scorecards:comparison") + "?" + "&".join(f"v={v.public_id}" for v in vendors)


@pytest.fixture
def open_page(new_page, address):
    """A function that signs somebody in and opens the comparison."""

    def open_it(user=None, to="", **options):
        user, page = user or make_user(Role.AUDITOR), new_page(**options)
        page.goto(reverse("sign-in"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/$"))
        page.goto(to or address)
        return page

    return open_it


def compared(address):
    """What the server makes of an address."""
    query = parse_qs(urlsplit(address).query)
    return compare(Vendor.objects.all(), Asked.from_query(query)).table


def slider(page, code):
    return page.locator(f"[data-hand={code}] .rng")


def field(page, code):
    return page.locator(f"#w-{code}")


def lock(page, code):
    return page.locator(f"[data-hand={code}] .keep")


def after_the_last_move(page):
    """Wait until the page has told the server and drawn its parts."""
    page.wait_for_timeout(350)
    expect(page.locator("#acceptability")).not_to_have_attribute("aria-busy", "true")


def seen(page):
    """Everything on the page that weights move, as text."""
    return page.evaluate(SEEN)


def near(found, wanted):
    return abs(found - float(wanted)) <= NEAR


def weightings(codes):
    """Typed weights with zeros and locks among them; a few that no order can be made from."""
    drawn = random.Random(20261101)
    for number in range(WEIGHTINGS):
        typed = {
            code: "0" if drawn.random() < 0.15 else str(drawn.randrange(1, 50_000) / 1000)
            for code in codes
        }
        if number % 100 == 0:
            typed = dict.fromkeys(codes, "0") | ({drawn.choice(codes): "100"} if number else {})
        locked = [code for code in codes if drawn.random() < 0.12]
        yield typed, locked, drawn.choice(codes)


def test_page_and_server_agree_on_a_thousand_weightings(open_page, address):
    line = compared(address).line
    page = open_page()
    codes, base = list(line.weighting.base), line.weighting.base
    assert LEFT_OUT not in codes
    asked = list(weightings(codes))
    answers = page.evaluate(
        COMPUTE,
        [
            {
                "typed": {code: float(text) for code, text in typed.items()},
                "locked": locked,
                "line": moved,
            }
            for typed, locked, moved in asked
        ],
    )
    part = sum((line.profile.weights[code] for code in codes), Fraction(0))
    refused = 0
    for (typed, locked, moved), answer in zip(asked, answers, strict=True):
        try:
            counted = settled({c: Fraction(text) for c, text in typed.items()}, locked, base)
        except WeightError:
            assert answer is None
            refused += 1
            continue
        whole = dict(line.profile.weights) | {c: w * part / 100 for c, w in counted.items()}
        same_as_server(answer, line.candidates, counted, whole, moved)
    assert refused == 1


def same_as_server(answer, candidates, counted, whole, moved):
    """Hold everything that the page computed for one weighting to the exact figures."""
    ranking = rank(candidates, whole)
    by_key = {candidate.key: candidate for candidate in candidates}
    scores = {key: candidate.scores for key, candidate in by_key.items()}
    placed = ranking.placed
    assert len(placed) == len(NAMES)
    assert answer["weights"].keys() == counted.keys() == ranking.basis.weights.keys()
    assert all(near(answer["weights"][code], weight) for code, weight in counted.items())
    assert [(one["key"], one["rank"]) for one in answer["order"]] == [
        (standing.key, standing.rank) for standing in placed
    ]
    for standing in placed:
        assert near(answer["scores"][standing.key], standing.score)
    (failed,) = ranking.failed
    assert near(answer["scores"][failed.key], failed.score)
    for (first, second), pair in zip(pairwise(placed), answer["pairs"], strict=True):
        same_pair(pair, counted, differences(scores[first.key], scores[second.key], counted))
    found = turns(ranking, scores)
    assert answer["turns"].keys() == found.keys()
    for code, turn in found.items():
        assert answer["turns"][code]["key"] == turn.key
        assert near(answer["turns"][code]["flip"]["at"], turn.flip.at)
    lines = score_lines([by_key[standing.key] for standing in placed], counted, moved)
    for key, ends in lines.items():
        assert all(near(got, end) for got, end in zip(answer["lines"][key], ends, strict=True))


def same_pair(pair, counted, d):
    """Flips, least transfer, share and robustness of one vendor over the next."""
    found = flips(counted, d)
    assert [flip["code"] for flip in pair["flips"]] == [flip.code for flip in found]
    for got, flip in zip(pair["flips"], found, strict=True):
        assert near(got["at"], flip.at)
        assert near(got["change"], flip.change)
    transfer = least_transfer(counted, d)
    assert (pair["transfer"] is None) == (transfer is None)
    if transfer is not None:
        assert pair["transfer"]["to"] == transfer.to
        assert [one["code"] for one in pair["transfer"]["donors"]] == [
            donor.code for donor in transfer.donors
        ]
        assert near(pair["transfer"]["total"], transfer.total)
    assert near(pair["share"], winning_share(d.values()))
    assert pair["robust"] == is_robust(d)


def test_figures_are_rounded_as_the_server_rounds_them(open_page):
    page = open_page()
    drawn = random.Random(7)
    exact = [Fraction(drawn.randrange(-200_000, 200_000), 2000) for _ in range(500)]
    exact += [Fraction(169_900 + step, 2000) for step in range(200)]
    shown = page.evaluate(
        "values => values.map(x => [VettingRanking.shown(x, 1), VettingRanking.shown(x, 0)])",
        [float(value) for value in exact],
    )
    assert shown == [[scoring.shown(value, 1), scoring.shown(value, 0)] for value in exact]
    bands = page.evaluate(
        """values => { const data = JSON.parse(document.getElementById('comparison-data').textContent);
        return values.map(x => [false, true].map(below => VettingRanking.band(data, x, below).value)); }""",
        [float(value) for value in exact if value >= 0],
    )
    limits = Vendor.objects.first().assessments.first().framework.rules.scoring
    assert bands == [
        [scoring.band_of(limits, value, below) for below in (False, True)]
        for value in exact
        if value >= 0
    ]


def test_a_weight_moves_by_keyboard_and_the_address_keeps_it(open_page, address):
    page = open_page()
    events = AuditEvent.objects.count()
    first = seen(page)
    assert not first["tried"]
    base = compared(address).line.weighting.base
    hand = slider(page, "LAB")
    hand.focus()
    page.keyboard.press("ArrowRight")
    expect(hand).to_have_attribute("aria-valuetext", percent(base["LAB"] + 1))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("PageUp")
    expect(hand).to_have_attribute("aria-valuetext", percent(base["LAB"] + 5))
    page.keyboard.press("PageDown")
    page.keyboard.press("Home")
    expect(hand).to_have_attribute("aria-valuetext", "0%")
    page.keyboard.press("End")
    expect(hand).to_have_attribute("aria-valuetext", "60%")
    page.keyboard.press("ArrowUp")
    expect(hand).to_have_attribute("aria-valuetext", "61%")
    expect(hand).to_have_attribute("max", "100")
    for _press in range(5):
        page.keyboard.press("PageDown")
    expect(hand).to_have_attribute("aria-valuetext", "36%")
    expect(page.locator("#whatif")).to_contain_text("You are trying out other weights.")
    after_the_last_move(page)
    expect(page.locator("#whatif-said")).to_have_text(page.locator("#sure-lead").text_content())
    moved = seen(page)
    assert moved["tried"]
    assert moved["figures"] != first["figures"]
    table = compared(page.url)
    assert table.line.weighting.counted["LAB"] == 36
    assert not table.line.weighting.faults
    assert moved["lead"] == table.summary.lead
    assert moved["unranked"] == [out.text for out in table.summary.out]
    assert moved["unranked"] != first["unranked"]
    others = {
        code: weight for code, weight in table.line.weighting.counted.items() if code != "LAB"
    }
    for code, weight in others.items():
        assert abs(weight - base[code] * 64 / (100 - base["LAB"])) < Fraction(1, 500_000)
    page.reload()
    assert seen(page) == moved
    page.locator("#reset").click()
    after_the_last_move(page)
    assert seen(page) == first
    assert "w_" not in page.url
    assert AuditEvent.objects.count() == events


def percent(weight):
    return scoring.shown(weight).removesuffix(".0") + "%"


def test_a_weight_moves_by_mouse_and_by_number(open_page):
    page = open_page()
    hand = slider(page, "ENV")
    hand.scroll_into_view_if_needed()
    box = hand.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=6)
    expect(hand).to_have_attribute("aria-valuetext", "30%")
    page.mouse.up()
    after_the_last_move(page)
    assert compared(page.url).line.weighting.counted["ENV"] == 30
    assert seen(page)["lead"] == compared(page.url).summary.lead
    field(page, "LAB").fill("22,5")
    expect(slider(page, "LAB")).to_have_attribute("aria-valuetext", "22.5%")
    field(page, "LAB").fill("225")
    expect(field(page, "LAB")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#w-LAB-said")).to_have_text("Enter a weight from 0 to 100.")
    field(page, "ENV").focus()
    expect(field(page, "LAB")).to_have_value("22.5")
    expect(page.locator("#w-LAB-said")).to_be_empty()
    page.keyboard.press("ArrowUp")
    after_the_last_move(page)
    counted = compared(page.url).line.weighting.counted
    assert abs(sum(counted.values()) - 100) == 0
    assert field(page, "ENV").input_value() == percent(counted["ENV"])[:-1]


def test_a_lock_keeps_a_weight(open_page, address):
    page = open_page()
    base = compared(address).line.weighting.base
    lock(page, "SEC").click()
    expect(slider(page, "SEC")).to_be_disabled()
    slider(page, "LAB").focus()
    for _press in range(4):
        page.keyboard.press("PageUp")
    after_the_last_move(page)
    weighting = compared(page.url).line.weighting
    assert weighting.locked == {"SEC"}
    assert abs(weighting.counted["SEC"] - base["SEC"]) < Fraction(1, 1_000_000)
    assert near(float(weighting.counted["LAB"]), round(float(base["LAB"]) + 20, 6))
    field(page, "LAB").fill("100")
    left = percent(100 - base["SEC"])
    expect(page.locator("#w-LAB-said")).to_have_text(
        f"With the locked ones at most {left} is left."
    )
    after_the_last_move(page)
    before = seen(page)
    page.reload()
    assert seen(page) == before
    for code in base:
        if code not in {"SEC", "LAB"}:
            lock(page, code).click()
    field(page, "LAB").fill("5")
    expect(page.locator("#w-LAB-said")).to_contain_text("All other weights are locked.")


def test_a_profile_applies_at_once_and_drops_what_was_tried_out(open_page):
    page = open_page()
    field(page, "LAB").fill("70")
    page.get_by_label("Weights", exact=True).select_option("Data first")
    after_the_last_move(page)
    assert "w_" not in page.url
    table = compared(page.url)
    assert table.line.profile.name == "Data first"
    applied = seen(page)
    assert applied["lead"] == table.summary.lead
    assert not applied["tried"]
    page.reload()
    assert seen(page) == applied
    expect(page.locator("#profiles button")).to_be_hidden()


def test_without_a_script_the_same_address_shows_the_same(open_page):
    page = open_page()
    lock(page, "PRI").click()
    field(page, "LAB").fill("41")
    after_the_last_move(page)
    wanted = seen(page)
    plain = open_page(make_user(Role.AUDITOR), page.url, java_script_enabled=False)
    expect(plain.locator("#sure-lead")).to_have_text(wanted["lead"])
    heads = [
        " ".join(part.text_content().strip() for part in head.locator(".rank, a").all())
        for head in plain.locator(".heads th[data-v]").all()
    ]
    assert heads == wanted["heads"]
    assert [
        [" ".join(cell.text_content().split()) for cell in row.locator("td").all()]
        for row in plain.locator("[data-figure]").all()
    ] == wanted["figures"]
    assert plain.locator(".hand__p").all_text_contents() == wanted["weights"]
    expect(plain.locator("#whatif")).to_be_visible()
    plain.locator("#w-LAB").fill("10")
    plain.locator("#w-LAB").press("Enter")
    expect(plain.locator("main")).to_contain_text("so they are brought to 100 in proportion.")
    assert compared(plain.url).line.weighting.locked == {"PRI"}
    plain.locator("#w-LAB").fill("-3")
    plain.locator("#w-LAB").press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("A weight cannot be below 0.")
    expect(plain.locator("#w-LAB")).to_have_value("-3")
    plain.locator("#profile").select_option("Data first")
    plain.locator("#profiles button").click()
    assert "w_" not in plain.url
    assert compared(plain.url).line.profile.name == "Data first"


def test_what_the_server_computes_is_asked_after_the_last_move(open_page):
    page = open_page()
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/live/" in request.url else None
    )
    slider(page, "GOV").focus()
    for _press in range(8):
        page.keyboard.press("PageUp")
    assert asked == []
    before = page.locator("#acceptability").text_content()
    after_the_last_move(page)
    assert len(asked) == 1
    assert urlsplit(asked[0]).query == urlsplit(page.url).query
    assert page.locator("#acceptability").text_content() != before
    page.route("**/compare/live/**", lambda route: route.abort())
    page.keyboard.press("PageDown")
    stale = page.locator("#acceptability .stale")
    expect(stale).to_contain_text("could not be loaded")
    page.unroute("**/compare/live/**")
    stale.get_by_role("button", name="Load again").click()
    expect(stale).to_have_count(0)


def test_a_slider_let_go_of_tells_the_server(open_page):
    page = open_page()
    before = page.locator("#acceptability").text_content()
    hand = slider(page, "ENV")
    hand.scroll_into_view_if_needed()
    box = hand.bounding_box()
    with page.expect_response("**/compare/live/**"):
        page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
        page.mouse.up()  # a click follows, sooner than the last move counts as one
    expect(page.locator("#acceptability")).not_to_have_text(before)
    expect(page.locator("#whatif-said")).not_to_be_empty()


def test_weights_become_a_profile_and_its_next_version(open_page, address):
    page = open_page(make_user(Role.MANAGER))
    field(page, "LAB").fill("33.3")
    page.get_by_role("link", name="Save as weight profile").click()
    values = [Fraction(item.input_value()) for item in page.locator("input[name^=weight_]").all()]
    assert sum(values) == 100
    page.get_by_label("Name", exact=False).first.fill("Labour third")
    page.get_by_label("Why these weights").fill("Board, 3 November")
    page.get_by_role("button", name="Save profile").click()
    profile = WeightProfile.objects.get(name="Labour third")
    assert profile.version == 1
    page.goto(address)
    page.get_by_label("Weights", exact=True).select_option("Labour third")
    field(page, "LAB").fill("20")
    page.get_by_role("link", name="Save as the next version of Labour third").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change Labour third")
    page.get_by_label("Why these weights").fill("Less of it")
    page.get_by_role("button", name="Save profile").click()
    assert WeightProfile.objects.get(name="Labour third", retired_at=None).version == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_wide_and_narrow(open_page, axe_faults, theme):
    for options in ({}, {"viewport": NARROW}):
        page = open_page(color_scheme=theme, **options)
        field(page, "LAB").fill("41")
        lock(page, "SEC").click()
        after_the_last_move(page)
        assert axe_faults(page) == []
        assert page.evaluate(SMALL) == 0


def test_a_manager_weighs_reads_keeps_a_profile_and_takes_the_figures_away(open_page):
    page = open_page(make_user(Role.MANAGER))
    slider(page, "LAB").focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    hand = slider(page, "SEC")
    hand.scroll_into_view_if_needed()
    box = hand.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    after_the_last_move(page)
    moved = seen(page)
    table = compared(page.url)
    assert moved["lead"] == table.summary.lead
    page.reload()
    assert seen(page) == moved

    weighed = page.url
    for name, kind in (("Table (CSV)", ".csv"), ("Spreadsheet (XLSX)", ".xlsx")):
        page.get_by_text("Take away").click()
        with page.expect_download() as file:
            page.get_by_role("button", name=name).click()
        assert file.value.suggested_filename.endswith(kind)
        data = file.value.path().read_bytes()
        if kind == ".csv":
            text = data.decode("utf-8-sig")
            leader = next(column for column in table.columns if column.rank == 1)
            assert leader.name in text and scoring.shown(leader.overall) in text
        else:
            assert data[:2] == b"PK"
        page.keyboard.press("Escape")
    assert AuditEvent.objects.filter(action="comparison.export").count() == 2

    page.goto(weighed)
    page.get_by_role("link", name="Save", exact=True).click()
    page.get_by_label("Purpose").fill("Voice, 2027")
    page.get_by_role("button", name="Save").click()
    kept = SavedComparison.objects.get(purpose="Voice, 2027")
    assert parse_qs(kept.query)["w_SEC"] == parse_qs(urlsplit(weighed).query)["w_SEC"]
    assert json.loads(kept.document)["sentences"]["lead"] == moved["lead"]

    page.goto(weighed)
    page.get_by_role("link", name="Save as weight profile").click()
    page.get_by_label("Name", exact=False).first.fill("Security half")
    page.get_by_label("Why these weights").fill("Board, 3 November")
    page.get_by_role("button", name="Save profile").click()
    profile = WeightProfile.objects.get(name="Security half")
    counted = table.line.weighting.weights
    saved = {code: Fraction(weight) for code, weight in profile.weights.items()}
    assert max(abs(saved[code] - weight) for code, weight in counted.items()) <= Fraction(1, 50)
