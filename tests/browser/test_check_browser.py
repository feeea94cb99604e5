"""The public check in a real browser: a PDF is hashed there, and nothing but its hash goes out."""

import base64
import hashlib

import pytest

from scorecards import builder, storage
from scorecards.paper import pdf
from scorecards.services.scorecards import request_scorecard
from tests import factories
from tests.conftest import NARROW, WIDE, require
from tests.scorecards.checking import issued
from vendors.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]
#: Lets a file hang over the place, then drops it there.
DROP = """([name, content]) => {
  const held = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
  held.items.add(new File([bytes], name, {type: 'application/pdf'}));
  const zone = document.querySelector('.drop');
  for (const kind of ['dragover', 'drop'])
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: held, bubbles: true, cancelable: true}));
}"""


def drop(page, name, content):
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])
    page.wait_for_url("**/check/?q=*&file=*")


def title(page):
    return page.locator("#verdict-title").inner_text()


@pytest.fixture
def built():
    """A scorecard with the very file that was built."""
    require(not pdf.unavailable(), pdf.unavailable())
    factories.small_framework()
    assessment = factories.import_worked("Aurora", approve_as=factories.make_user(Role.MANAGER))
    scorecard = request_scorecard(assessment=assessment, by=None, wakes=False)
    builder.build(scorecard.public_id)
    scorecard.refresh_from_db()
    return scorecard


def test_a_file_is_checked_without_leaving_the_device(page, built):
    asked = []
    # Playwright wants a function of Python's own.
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108
    data = storage.stored_file(built)
    flipped = bytearray(data)
    flipped[len(flipped) // 2] ^= 1
    page.goto("/check/")
    drop(page, built.file_name, data)
    assert title(page) == "Genuine and in force"
    assert page.input_value("#id_q") == built.number
    assert "equals yours" in page.inner_text(".verdict")
    assert page.evaluate("document.activeElement.className").startswith("verdict")

    # The number stays in the field, and the file that is chosen now is another.
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": bytes(flipped)}
    with page.expect_navigation():
        page.set_input_files("#pdf", scan)
    assert title(page) == "The file was changed"
    page.fill("#id_q", "")
    with page.expect_navigation():
        page.set_input_files("#pdf", scan)
    assert title(page) == "Not in the register"
    assert hashlib.sha256(flipped).hexdigest() in page.inner_text(".verdict")

    page.fill("#id_q", built.number.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/check/?q={built.number.lower()}")
    assert title(page) == "Issued here and in force"

    checks = [request for request in asked if "/check/" in request.url]
    assert len(checks) == 5
    assert {request.method for request in asked} == {"GET"}
    assert not [request.url for request in asked if request.post_data_buffer]
    assert max(len(request.url) for request in asked) < 200


def test_what_is_no_scorecard_is_refused_in_words(page):
    page.goto("/check/")
    page.set_input_files("#pdf", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"})
    page.get_by_text("a.txt is not a PDF.").wait_for()
    page.evaluate("() => { File.prototype.arrayBuffer = () => Promise.reject(new Error('gone')); }")
    page.set_input_files("#pdf", {"name": "b.pdf", "mimeType": "", "buffer": b"%PDF-"})
    page.get_by_text("b.pdf could not be read.").wait_for()
    page.evaluate(
        "() => { Object.defineProperty(File.prototype, 'size', {get: () => 104857601}); }"
    )
    page.set_input_files("#pdf", {"name": "c.pdf", "mimeType": "", "buffer": b"%PDF-"})
    page.get_by_text("c.pdf is larger than 100 MB.").wait_for()
    assert page.url.endswith("/check/")


def test_by_keyboard_and_without_what_a_browser_may_lack(page, new_page):
    page.goto("/check/")
    page.focus("#id_q")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "pdf"
    outline = "getComputedStyle(document.querySelector('.drop')).outlineStyle"
    assert page.evaluate(outline) == "solid"
    with page.expect_file_chooser():
        page.keyboard.press("Space")

    # An address without https: no hashes in the browser, so the command is given instead.
    plain = new_page()
    plain.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})"
    )
    plain.goto("/check/")
    assert plain.get_by_text("sha256sum").is_visible()
    assert plain.locator(".drop").is_hidden()

    bare = new_page(java_script_enabled=False)
    bare.goto("/check/")
    assert bare.get_by_text("sha256sum").is_visible()
    assert bare.locator(".drop").is_hidden()
    bare.fill("#id_q", "VET-2026-0741")
    bare.get_by_role("button", name="Check").click()
    assert title(bare) == "Not in the register"


def test_it_is_fit_for_everybody_on_every_screen(new_page, axe_faults):
    scorecard, page, found = issued(), new_page(bypass_csp=True), []
    genuine = f"?q={scorecard.number}&file={scorecard.file_sha256}"
    looks = [(genuine, *look) for look in LOOKS]
    looks += [
        ("?", NARROW, "dark"),
        ("?q=VET-2026-0741", WIDE, "dark"),
        ("?q=hello", WIDE, "light"),
    ]
    for query, size, theme in looks:
        page.set_viewport_size(size)
        page.goto(f"/check/{query}&theme={theme}")
        where = f"{query} {theme} {size['width']}"
        found += [f"{where}: {fault}" for fault in axe_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            found.append(f"{where}: scrolls sideways")
    assert found == []
