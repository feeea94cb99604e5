"""The two walks through the whole app, as people do them, on both ways of running it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.conftest import WIDE
from tests.factories import HIGH_RISK, WORKED
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.services]

PEOPLE = {
    "procurement": "maya@sample.example",
    "reviewer": "tomas@sample.example",
    "manager": "adriana@sample.example",
    "auditor": "samuel@sample.example",
}
RISK_FACTORS = {code: level for code, level in HIGH_RISK.items() if code != "harmful_content"}
#: What an administrator types first, in one process.
BEGIN = """
from django.core.management import call_command
call_command("load_framework", {framework!r})
for email, role in {people!r}:
    call_command("create_user", email, role=role)
"""


@pytest.fixture(params=["embedded", "servers"])
def site(request: pytest.FixtureRequest, make_site) -> Site:
    """The app as `make demo` runs it, and as gunicorn, a worker, PostgreSQL and Redis run it."""
    if request.param == "embedded":
        site = make_site(ready=True)
        site.serve()
    else:
        site = make_site(
            ready=True,
            database=request.getfixturevalue("ready_database"),
            broker=request.getfixturevalue("redis_server").url,
        )
        site.web()
        site.worker("--beat", "--schedule", site.folder / "beat")
    return site


@pytest.fixture
def sign_in(chromium, site: Site):
    """A function that signs somebody in, in a browser window of their own."""
    groups = {role: "procurement" if role == "reviewer" else role for role in PEOPLE}
    people = [(email, groups[role]) for role, email in PEOPLE.items()]
    framework = str(WORKED / "worked-example-framework.yaml")
    begin = BEGIN.format(framework=framework, people=people)
    out = site.manage("shell", "-v", "0", "-c", begin).stdout
    passwords = dict(zip(PEOPLE, re.findall(r"Password: (\S+)", out), strict=True))
    contexts = []

    def open_as(role: str) -> Page:
        context = chromium.new_context(
            viewport=WIDE, base_url=site.url, locale="en-GB", accept_downloads=True
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("E-mail").fill(PEOPLE[role])
        page.get_by_label("Password", exact=True).fill(passwords[role])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
        return page

    yield open_as
    for context in contexts:
        context.close()


def answer(page: Page, code: str, choose) -> None:
    """Answer one question, and wait until it says that it is saved."""
    question = page.locator(f"#{code}")
    choose(question)
    expect(question.locator(".save--ok")).to_be_visible()


def test_vetting_a_vendor_from_name_to_scorecard(site: Site, sign_in, tmp_path: Path) -> None:
    """Fill in, submit, review with a return, correct, approve with a condition, close its action."""
    procurement = sign_in("procurement")
    vendor = add_vendor(procurement)
    start_assessment(procurement)
    fill_in(procurement)
    assessment = procurement.url.split("questionnaire")[0]
    submit(procurement, "Submit", "Waits for review")

    reviewer = sign_in("reviewer")
    take_review(reviewer, assessment)
    for code in ["L1", "L3", "S1", "S2", "S3", "E1", "E2"]:
        accept(reviewer, assessment, code)
    send_back(reviewer, assessment, "L2", "Which pay run is it from?")

    correct(procurement, assessment)
    submit(procurement, "Send back for review", "In review")
    accept(reviewer, assessment, "L2")
    reviewer.get_by_role("button", name="Finish review").click()
    expect(reviewer.get_by_text("Waits for approval").first).to_be_visible()

    manager = sign_in("manager")
    approve_with_condition(manager, assessment)
    close_action(procurement, manager, tmp_path)
    compare(manager, site, tmp_path)

    auditor = sign_in("auditor")
    auditor.goto(vendor)
    expect(auditor.get_by_role("link", name="Edit")).to_have_count(0)
    file = download(auditor, tmp_path)
    text = file.read_bytes()
    assert text.startswith(b"%PDF-")
    assert hashlib.sha256(text).hexdigest() in auditor.content()
    said = words_of(file)
    assert "Approved with conditions" in said and "Name the pay run in each report" in said
    assert site.manage("verify").returncode == 0


def test_a_failed_must_have_is_waived_and_the_waiver_is_printed(
    site: Site, sign_in, tmp_path: Path
) -> None:
    """The page and the document both say so wherever the score is."""
    document = json.loads((WORKED / "worked-example.json").read_text(encoding="utf-8"))
    file = tmp_path / "cinder.json"
    file.write_text(json.dumps(document["assessments"]["Cinder"]), encoding="utf-8")
    out = json.loads(site.manage("import_assessment", file).stdout)
    assessment = f"{site.url}/assessments/{out['id']}/"

    procurement = sign_in("procurement")
    procurement.goto(assessment)
    submit(procurement, "Submit", "Waits for review")
    reviewer = sign_in("reviewer")
    take_review(reviewer, assessment)
    reviewer.get_by_role("button", name="Finish review").click()
    expect(reviewer.get_by_text("Waits for approval").first).to_be_visible()

    manager = sign_in("manager")
    code = waive(manager, assessment)
    ends = until(90).strftime("%-d %b %Y")
    for address in (assessment, f"{site.url}/vendors/"):
        manager.goto(address)
        expect(manager.get_by_text(f"{code} waived until {ends}").first).to_be_visible()
        expect(manager.get_by_text("Not eligible").first).to_be_visible()
    manager.goto(assessment)
    said = words_of(download(manager, tmp_path))
    first = said.partition("\f")[0]
    assert code in first and "Its audit is booked" in first and "Not eligible" in first
    assert site.manage("verify").returncode == 0


def until(days: int) -> date:
    """A day that far from today in the organisation's zone, which is UTC here."""
    return datetime.now(tz=UTC).date() + timedelta(days=days)


def submit(page: Page, button: str, state: str) -> None:
    """Attest and pass it on."""
    if "/questionnaire/" in page.url:
        page.goto(page.url.split("questionnaire")[0])
    page.get_by_label(re.compile("true to")).first.check()
    page.get_by_role("button", name=button, exact=True).first.click()
    expect(page.get_by_text(state).first).to_be_visible()


def take_review(page: Page, assessment: str) -> None:
    """Declare that no interest stands behind it, and open the answers."""
    page.goto(f"{assessment}review/")
    page.get_by_label("I declare no conflict of interest").check()
    page.get_by_role("button", name="Take the review").click()
    expect(page.get_by_text(re.compile("decided")).first).to_be_visible()


def accept(page: Page, assessment: str, code: str) -> None:
    """Accept one answer at the level that is proposed, saying how it was checked."""
    page.goto(f"{assessment}review/?show=all&code={code}")
    page.locator("#id_remark").fill("Seen on site on 3 November.")
    with page.expect_response(lambda answer: answer.request.method == "POST") as stored:
        page.get_by_role("button", name="Accept", exact=True).click()
    assert stored.value.ok or stored.value.status == 302


def send_back(page: Page, assessment: str, code: str, remark: str) -> None:
    """Return one answer and send it."""
    page.goto(f"{assessment}review/?show=all&code={code}")
    page.locator("#id_remark").fill(remark)
    page.get_by_role("button", name="Return with comment").click()
    page.get_by_role("button", name="Send 1 answer back").click()
    expect(page.get_by_text("Returned answers open").first).to_be_visible()


def correct(page: Page, assessment: str) -> None:
    """Only the returned answer is open; it is changed and shows so."""
    page.goto(f"{assessment}questionnaire/LAB/")
    expect(page.get_by_text("Which pay run is it from?").first).to_be_visible()
    expect(page.locator("#L1 input[type=radio]:not([disabled])")).to_have_count(0)
    question = page.locator("#L2")
    question.locator("input[name$='-value']").fill("96")
    expect(question.locator(".save--ok")).to_be_visible()


def approve_with_condition(page: Page, assessment: str) -> None:
    """One condition, which procurement carries out."""
    page.goto(assessment)
    page.get_by_role("radio", name=re.compile("Approve with conditions")).check()
    row = page.locator("[data-row]").first
    row.locator("input[name$='-title']").fill("Name the pay run in each report")
    row.locator("select[name$='-severity']").select_option("minor")
    row.locator("select[name$='-owner']").select_option(label="Maya")
    row.locator("input[name$='-due_on']").fill(until(60).isoformat())
    page.get_by_label(re.compile("no conflict of interest")).check()
    decide(page)
    expect(page.get_by_text("Approved with conditions").first).to_be_visible()


def decide(page: Page) -> None:
    """Press, read what it means, and confirm."""
    page.get_by_role("button", name="Decide", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Decide|Approve")).click()


def waive(page: Page, assessment: str) -> str:
    """Waive what fails until a day; the code of the must-have comes back."""
    page.goto(assessment)
    page.get_by_role("radio", name=re.compile("Approve with conditions")).check()
    panel = page.locator("[data-waiver]")
    code = str(panel.get_attribute("data-waiver"))
    panel.locator("textarea[name$='-reason']").fill("The site joined in June. Its audit is booked.")
    panel.locator("textarea[name$='-action'], input[name$='-action']").fill("Audit the new site")
    panel.locator("select[name$='-owner']").select_option(label="Maya")
    panel.locator("input[name$='-due_on']").fill(until(60).isoformat())
    page.get_by_label(re.compile("no conflict of interest")).check()
    decide(page)
    # without an end date it is refused, and what was typed is kept
    expect(page.locator(".invalid-feedback:visible").first).to_be_visible()
    expect(panel.locator("textarea[name$='-reason']")).to_have_value(re.compile("audit is booked"))
    panel.locator("input[name$='-ends_on']").fill(until(90).isoformat())
    decide(page)
    expect(page.get_by_text("Approved with conditions").first).to_be_visible()
    return code


def close_action(owner: Page, manager: Page, folder: Path) -> None:
    """The owner does it, proves it and says so; the manager checks the proof and closes it."""
    proof = folder / "report.csv"
    proof.write_text("pay run,report\n2026-10,November\n", encoding="utf-8")
    for page in (owner, manager):
        page.goto("/findings/")
        row = page.get_by_role("row").filter(has_text="Name the pay run")
        row.get_by_role("link", name=re.compile("^F-")).click()
    if not owner.locator("textarea[name='plan']").is_visible():
        owner.get_by_text("Root cause and action").click()
    owner.locator("textarea[name='plan']").fill("The payroll office names the run.")
    owner.get_by_role("button", name="Save", exact=True).click()
    owner.locator("input[name='upload']").set_input_files(proof)
    owner.locator("input[name='title']").fill("Report with the pay run")
    owner.get_by_role("button", name="Add proof").click()
    expect(owner.get_by_text("report.csv").first).to_be_visible()
    owner.locator("textarea[name='note']").fill("Done since October.")
    owner.get_by_role("button", name="Report done").click()
    expect(owner.get_by_text("You own this action, so somebody else closes it")).to_be_visible()
    manager.reload()
    manager.locator("input[name='checked']").check()
    manager.locator("textarea[name='close_note']").fill("The report names the run.")
    manager.get_by_role("button", name=re.compile("^Close F-")).click()
    expect(manager.get_by_text("Closed").first).to_be_visible()


def add_vendor(page: Page) -> str:
    """Add a vendor with a site and return its address."""
    page.get_by_role("link", name="Add vendor").first.click()
    page.locator("#id_name").fill("Aster Voice")
    page.locator("#id_legal_name").fill("Aster Voice Ltd")
    page.get_by_label("Voice", exact=True).check()
    page.get_by_role("button", name="Add vendor").click()
    expect(page.get_by_role("heading", name="Aster Voice", level=1)).to_be_visible()
    return page.url


def start_assessment(page: Page) -> None:
    """Answer the intake: inherent risk 61.3, so tier 1."""
    page.get_by_role("link", name="Start assessment").first.click()
    for code, level in RISK_FACTORS.items():
        page.locator(f"input[name='{code}'][value='{level}']").check()
    page.locator("input[name='harmful_content'][value='no']").check()
    expect(page.locator("[data-prop='1']:not([hidden])").first).to_be_visible()
    page.get_by_role("button", name="Start assessment").click()
    expect(page.locator(".q").first).to_be_visible()


def fill_in(page: Page) -> None:
    """Answer the eight questions of the worked example's framework."""

    def chosen(value: str, level: str = "verified", **dates: str):
        def choose(question) -> None:
            question.locator(f"input[type=radio][name$='-value'][value='{value}']").check()
            for name, day in dates.items():
                # refused until its date is there; each message moves the page, so it is awaited
                expect(question.locator(".save--bad")).to_be_visible()
                question.locator(f"input[name$='-{name}']").fill(day)
            expect(question.locator(".save--ok")).to_be_visible()
            question.locator(f"input[type=radio][value='{level}']").last.check()

        return choose

    def typed(value: str, level: str = "verified"):
        def choose(question) -> None:
            question.locator("input[name$='-value']").fill(value)
            question.locator(f"input[type=radio][value='{level}']").last.check()

        return choose

    score = page.locator("#q-score")
    before = score.inner_text()
    answer(page, "L1", chosen("yes"))
    expect(score).not_to_have_text(before)
    answer(page, "L2", typed("97,5"))
    answer(page, "L3", typed("2026-03-01"))
    expect(page.locator("#rail-LAB")).to_contain_text("3/3")
    page.get_by_role("link", name=re.compile("Security")).first.click()
    answer(page, "S1", chosen("certified_full", valid_to="2099-05-31"))
    answer(page, "S2", typed("96"))
    answer(page, "S3", chosen("aoc", valid_to="2099-05-31"))
    expect(page.locator("#rail-SEC")).to_contain_text("3/3")
    page.get_by_role("link", name=re.compile("Environment")).first.click()
    answer(page, "E1", chosen("4"))
    answer(page, "E2", typed("1.3"))
    expect(page.get_by_text(re.compile("8 of 8")).first).to_be_visible()


def compare(page: Page, site: Site, folder: Path) -> None:
    """Put it beside an imported vendor. By hand: 40 % of 97.2, 35 % of 93 and 25 % of 83."""
    document = json.loads((WORKED / "worked-example.json").read_text(encoding="utf-8"))
    file = folder / "borealis.json"
    file.write_text(json.dumps(document["assessments"]["Borealis"]), encoding="utf-8")
    site.manage("import_assessment", file, "--approve-as", PEOPLE["manager"])
    page.goto("/vendors/")
    page.get_by_label("Choose Aster Voice").check()
    page.get_by_label("Choose Borealis").check()
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.get_by_role("heading", name="Compare 2 vendors")).to_be_visible()
    expect(page.get_by_text("Aster Voice leads Borealis by 9.1 points")).to_be_visible()
    expect(page.get_by_text("92.2").first).to_be_visible()


def download(page: Page, folder: Path) -> Path:
    """Ask for the scorecard, wait until it is built, and save it."""
    page.get_by_role("button", name=re.compile("corecard PDF")).first.click()
    link = page.get_by_role("link", name="Download").first
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as downloading:
        link.click()
    file = folder / "scorecard.pdf"
    downloading.value.save_as(file)
    return file


def words_of(file: Path) -> str:
    """The text of a document, a form feed after each page, white space as single blanks."""
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(file).pages]
    return "\f".join(pages)
