"""How sure it is, in a browser: what a move says at once, the server says of the same address."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import NARROW
from tests.factories import import_worked, make_user, small_framework
from vendors.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"]
#: What the script writes anew when a weight moves, in the order of the page.
TEXTS = "#sure-lead, #sure-turn, #sure-close, #sure-move, #sure-share, #sure-ties, #rob tr,"
TEXTS += " #line-caption, #line-scale text, #line-now text, #line-marks text, #without tr"
#: What stands in the order of the first weights until the page is loaded again.
ROWS = "#profiles tbody tr, #line-figures tr"
SHAPES = "#rob svg *, #line-now line, #line-grid line, #line-marks circle"
READ = """([texts, rows, shapes]) => {
  const all = (query) => Array.from(document.querySelectorAll(query));
  const seen = (element) => element.closest("[hidden]") ? "" : element.innerText ?? element.textContent;
  const plain = (text) => text.replace(/\\s+/g, " ").trim();
  const drawn = (name) => (element) => name.map((key) => element.getAttribute(key));
  return {
    texts: all(texts).map(seen).map(plain),
    rows: Object.fromEntries(all(rows).map((row) => [row.closest("tbody").id + row.dataset.key,
      Array.from(row.cells).filter((cell) => !cell.hidden).map((cell) => plain(cell.textContent))])),
    shapes: all(shapes).map(drawn(["x", "x1", "x2", "y1", "y2", "cx", "cy", "width"])),
    lines: Object.fromEntries(all("#line-strokes line").map((line) =>
      [line.dataset.key, drawn(["y1", "y2"])(line).concat(line.classList.contains("is-first"))])),
  };
}"""


@pytest.fixture
def open_comparison(new_page, client, live_server):
    """A function that opens the worked comparison as a manager."""
    for role in Role:  # a flush after an earlier test took them
        Group.objects.get_or_create(name=role)
    small_framework()
    ids = [str(import_worked(name).vendor.public_id) for name in NAMES]
    client.force_login(make_user(Role.MANAGER))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def open_page(query="", **options):
        page = new_page(**options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        page.goto(f"{reverse('scorecards:comparison')}?v={'&v='.join(ids)}{query}")
        return page

    return open_page


def read(page):
    return page.evaluate(READ, [TEXTS, ROWS, SHAPES])


def live(page, action):
    """Do it, and wait until the server's draws of the last move are there."""
    with page.expect_response("**/compare/live/**"):
        action()
        page.wait_for_timeout(400)  # a slow machine asks between two keys, and once more after them
    expect(page.locator("#acceptability:not([aria-busy])")).to_be_visible()


@pytest.mark.parametrize("presses", [["ArrowRight"] * 5, ["PageUp"] * 4, ["PageDown", "ArrowLeft"]])
def test_a_move_says_at_once_what_the_server_says_of_its_address(open_comparison, presses):
    page = open_comparison()
    before = read(page)
    slider = page.get_by_role("slider", name="Weight of Labour")
    live(page, lambda: [slider.press(key) for key in presses])
    moved = read(page)
    assert moved["texts"] != before["texts"]
    page.reload()
    assert read(page) == moved


def test_the_first_weights_are_drawn_by_script_as_by_the_server(open_comparison):
    without = open_comparison(java_script_enabled=False).content()
    page = open_comparison()
    before = read(page)
    slider = page.get_by_role("slider", name="Weight of Security")
    live(page, lambda: slider.press("PageUp"))
    live(page, lambda: page.locator("#reset").click())
    assert read(page) == before
    assert before["texts"][0] == "Borealis leads Aurora by 3.3 points."
    assert "Moving 3.5 points from Environment to Labour puts Aurora first." in without


def test_the_chart_follows_the_category_and_the_address(open_comparison):
    page = open_comparison()
    expect(page.locator("#line-caption")).to_have_text(
        "First by the weight of Labour: Borealis up to 44.7%, then Aurora up to 86.9%, then Fjord."
    )
    page.get_by_label("Weight of", exact=True).select_option("ENV")
    expect(page.locator("#line-caption")).to_contain_text("First by the weight of Environment")
    assert "line=ENV" in page.url
    chosen = read(page)
    page.reload()
    assert read(page) == chosen


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, NARROW])
def test_nothing_of_it_is_beyond_reach(open_comparison, axe_faults, theme, size):
    page = open_comparison(**({"viewport": size} if size else {}), bypass_csp=True)
    page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
    page.locator("#chart summary").click()
    page.evaluate("scrollTo(0, 0)")  # nothing lies under what sticks to the top
    assert axe_faults(page) == []
    for part in ("#acceptability", "#chart", "[aria-labelledby=h-rob]", ".sure-g"):
        box = page.locator(part).first.bounding_box()
        assert box["x"] + box["width"] <= page.viewport_size["width"]
