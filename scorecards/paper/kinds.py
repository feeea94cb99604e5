"""The kinds of documents: what each is drawn with. Values alone."""

from __future__ import annotations

from dataclasses import dataclass

#: Grows with every change of templates, styles or fonts that can move a byte of a scorecard; the
#: other kinds have a version of their own below.
TEMPLATE_VERSION = "4"
ATTACHMENT_NAME = "scorecard.json"
VENDOR, COMPARISON, PORTFOLIO = "vendor", "comparison", "portfolio"
_STYLES = "app:/css/scorecard.css"


@dataclass(frozen=True, slots=True)
class Paper:
    """How one kind of document is drawn: template, its version, the attachment's name, styles."""

    template: str
    version: str
    attachment: str
    styles: tuple[str, ...]


PAPERS = {
    VENDOR: Paper("scorecards/pdf/scorecard.html", TEMPLATE_VERSION, ATTACHMENT_NAME, (_STYLES,)),
    COMPARISON: Paper(
        "scorecards/pdf/comparison.html",
        "3",
        "comparison.json",
        (_STYLES, "app:/css/comparison-pdf.css"),
    ),
    PORTFOLIO: Paper(
        "scorecards/pdf/portfolio.html",
        "3",
        "portfolio.json",
        (_STYLES, "app:/css/portfolio-pdf.css"),
    ),
}
