"""Files dropped, chosen and pasted in a real browser, with progress and cancelling."""

import base64

import pytest
from django.urls import reverse

from tests.corpus import plain_pdf, png
from tests.factories import PASSWORD, make_assessment, make_user, make_vendor, small_framework
from vendors import pages as drawing
from vendors.models import AnswerEvidence, Evidence, EvidenceFile
from vendors.permissions import Role
from vendors.services.evidence import add_evidence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Lets files hang over a place, then drops or pastes them; returns what the place said meanwhile.
GIVE = """([selector, kind, files]) => {
  const held = new DataTransfer();
  for (const [name, type, content] of files)
    held.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, {type}));
  const place = document.querySelector(selector);
  const made = (name) => name === 'paste'
    ? new ClipboardEvent(name, {clipboardData: held, bubbles: true, cancelable: true})
    : new DragEvent(name, {dataTransfer: held, bubbles: true, cancelable: true});
  if (kind === 'drop') place.dispatchEvent(made('dragover'));
  const said = place.textContent;
  place.dispatchEvent(made(kind));
  return said;
}"""


def packed(name, kind, content):
    return [name, kind, base64.b64encode(content).decode()]


def give(page, selector, kind, *files):
    return page.evaluate(GIVE, [selector, kind, list(files)])


@pytest.fixture
def officer():
    small_framework()
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def vendor(officer):
    return make_vendor(by=officer)


@pytest.fixture
def assessment(vendor, officer):
    return make_assessment(vendor=vendor, owner=officer, framework=small_framework())


@pytest.fixture
def signed_in(page, officer):
    page.goto("/sign-in/")
    page.fill("input[name=username]", officer.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/")
    return page


def open_question(page, assessment):
    page.goto(reverse("vendors:questionnaire", args=[assessment.public_id, "LAB"]))


def version_of(page, code="L1"):
    return page.input_value(f'#{code} input[name$="-version"]')


def test_files_dropped_at_a_question_are_linked_one_after_the_other(signed_in, assessment):
    page = signed_in
    open_question(page, assessment)
    said = give(
        page,
        "#L1-ev .drop",
        "drop",
        packed("plan.pdf", "application/pdf", plain_pdf()),
        packed("photo.png", "image/png", png()),
        packed("page.txt", "text/plain", b"<html>"),
    )
    assert "Let go to add 3 files" in said and "choose" not in said
    page.wait_for_selector("#L1-ev >> text=page.txt was not added. It is a web page.")
    page.wait_for_selector("#L1-ev >> text=E-2 photo.png")
    assert "Drop files here" in page.inner_text("#L1-ev .drop")
    assert AnswerEvidence.objects.filter(answer__code="L1").count() == 2
    assert version_of(page) == "2" == str(assessment.answers.get(code="L1").version)


def test_a_screenshot_is_pasted_and_taken_off_and_the_answer_is_saved_after_it(
    signed_in, assessment
):
    page = signed_in
    open_question(page, assessment)
    give(page, "#L1-ev .drop", "paste", packed("image.png", "image/png", png()))
    page.wait_for_selector("#L1-ev >> text=E-1 image.png")
    page.click("#L1-ev [data-unlink]")
    page.wait_for_selector("#L1-ev >> text=E-1 image.png", state="detached")
    assert not AnswerEvidence.objects.exists() and Evidence.objects.count() == 1
    give(page, "#L1-ev .drop", "paste", packed("again.png", "image/png", png()))
    page.wait_for_selector("#L1-ev >> text=E-1 image.png has this very file already")
    page.click("#L1-ev [data-unlink]")
    page.wait_for_selector("#L1-ev [data-unlink]", state="detached")
    page.click("#L1 .q__ans label >> nth=0")
    page.wait_for_selector("#L1 .q__meta >> text=Saved")
    row = assessment.answers.get(code="L1")
    assert row.is_answered and row.version == 5


def test_progress_is_shown_and_an_upload_is_cancelled(signed_in, assessment, tmp_path):
    page = signed_in
    open_question(page, assessment)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 1, "downloadThroughput": -1, "uploadThroughput": 400_000},
    )
    large = tmp_path / "large.txt"
    large.write_bytes(b"0123456789abcde\n" * (8 * 65_536))
    page.set_input_files("#L1-files", str(large))
    page.wait_for_selector("#L1-ev svg[aria-label*='percent uploaded']")
    page.wait_for_selector("#L1-ev >> text=of 8.0 MB")
    page.click("#L1-ev [data-uploads] >> text=Cancel")
    page.wait_for_selector("#L1-ev >> text=large.txt was cancelled.")
    assert not Evidence.objects.exists()


def test_a_file_that_is_too_large_is_not_even_sent(signed_in, vendor, tmp_path):
    page, sent = signed_in, []
    page.goto(reverse("vendors:evidence-add", args=[vendor.public_id]))
    page.on("request", lambda request: sent.append(request.method))
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * (25 * 1024 * 1024 + 1))
    page.set_input_files("#drop-files", str(large))
    page.wait_for_selector("text=large.txt was not added. It is larger than 25 MB.")
    assert "POST" not in sent


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_have_no_accessibility_fault(
    new_page, axe_faults, officer, vendor, assessment, width
):
    evidence = add_evidence(
        vendor=vendor,
        upload=_Upload("plan.pdf", plain_pdf(2)),
        title="Plan",
        by=officer,
    )
    drawing.draw(EvidenceFile.objects.get().public_id)
    page = new_page(viewport={"width": width, "height": 900})
    page.goto("/sign-in/")
    page.fill("input[name=username]", officer.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/")
    for address in [
        reverse("vendors:evidence-list", args=[vendor.public_id]),
        reverse("vendors:evidence-add", args=[vendor.public_id]),
        reverse("vendors:evidence-detail", args=[evidence.public_id]),
        reverse("vendors:evidence-edit", args=[evidence.public_id]),
        reverse("vendors:evidence-replace", args=[evidence.public_id]),
        reverse("vendors:evidence-remove", args=[evidence.public_id]),
        reverse("vendors:answer-evidence", args=[assessment.public_id, "L1"]),
    ]:
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


class _Upload:
    def __init__(self, name, content):
        self.name, self._content = name, content

    def chunks(self):
        yield self._content
