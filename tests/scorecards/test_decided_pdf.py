"""The decision as the PDF prints it: first page, registers, and what is empty."""

import io

import pypdf
import pytest

from scorecards.paper import pdf, typeset
from tests.benchmarks.scorecard import MOMENT, full_content
from tests.conftest import require


@pytest.fixture(scope="module", autouse=True)
def _can_draw():
    require(not pdf.unavailable(), pdf.unavailable())


@pytest.fixture(scope="module")
def content():
    return full_content()


def pages_of(content):
    """The text of each page."""
    html = typeset.scorecard_html(content, digest="0" * 64, number="VET-2026-0001")
    made = pdf.draw(html, identifier=bytes(16), attachment="{}", moment=MOMENT)
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages]


def test_the_decision_and_its_registers_are_printed(content):
    pages = pages_of(content)
    text = " ".join(" ".join(pages).split())
    first = " ".join(pages[0].split())
    assert "Approved with conditions by Adriana Ferreira (Manager)" in first
    assert "Condition F-031 Subcontractors are not named" in first
    assert "Reviewed by Tomas Lindqvist." in first
    assert "Gaps, by points lost" in text
    for name in ("Corrective actions", "Evidence register", "Not applicable, waivers and"):
        assert name in text
    joined = "".join("".join(pages).split())
    for row in content["evidence"]:
        assert row["sha256"] in joined
    assert "No conflict of interest declared" in text
    assert content["head"]["digest"] in joined
    assert "event 212 of" in text
    assert "Waivers: no must-have is waived." in text


def test_waivers_stand_on_the_first_page_with_reason_end_action_and_owner(content):
    waiver = {
        "code": "PRI-01",
        "reason": "The contract is signed at one of two sites.",
        "reason_short": "The contract is signed at one of two sites.",
        "ends_on": "2027-03-31",
        "ends_shown": "31 March 2027",
        "finding": "F-033",
        "action": "Sign at the second site.",
        "action_short": "Sign at the second site.",
        "owner": "Maya Okafor",
        "due_on": "2027-02-01",
        "due_shown": "1 Feb 2027",
        "granted_by": "Adriana Ferreira",
    }
    decision = {**content["decision"], "waivers": [waiver]}
    first = " ".join(pages_of({**content, "decision": decision})[0].split())
    assert "PRI-01 failed, waived until 31 March 2027." in first
    assert "Reason: The contract is signed at one of two sites." in first
    assert "F-033: Sign at the second site. Maya Okafor, by 1 Feb 2027." in first
    assert "Not eligible" in first
    assert "No waivers." not in first


def test_empty_parts_say_so_in_a_line(content):
    empty = {**content, "evidence": [], "findings": [], "not_applicable": [], "head": None}
    html = typeset.scorecard_html(empty, digest="0" * 64, number="VET-2026-0001")
    for words in (
        "None: no finding was recorded",
        "Empty: no answer cites a document.",
        "no criterion was left out",
        "carries none",
    ):
        assert words in html
