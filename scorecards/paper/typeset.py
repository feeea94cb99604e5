"""Documents as HTML: the record of one in canonical JSON, set in the templates of its kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from scorecards import record
from scorecards.content import scorecard_content
from scorecards.content.words import breakable, shortened
from scorecards.paper.charts import band_scale, bar, qr_code
from scorecards.paper.kinds import COMPARISON, PAPERS, VENDOR
from scorecards.paper.pdf import Drawn, draw
from scorecards.paper.printing import comparison_pages

#: So much of a vendor's name stands at the head of each page.
SHORT_NAME = 44
#: Names and sites longer than this get the whole width of the first page.
HALF_WIDTH = 90


def draw_scorecard(text: str, *, digest: str, number: str, kind: str = VENDOR) -> Drawn:
    """Draw the document of a content in canonical JSON. The same input gives the same bytes.

    Raises RendererUnavailable where Pango is missing, DocumentRefused where the document asked
    for anything but the app's own styles and fonts.
    """
    if kind == VENDOR:
        content = scorecard_content(record.read(text))
        make_html = scorecard_html
    else:
        content = json.loads(text, parse_float=Decimal)
        make_html = partial(document_html, kind)
    return draw(
        make_html(content, digest=digest, number=number),
        identifier=bytes.fromhex(digest)[:16],
        attachment=text,
        moment=_moment_of(content, kind),
        kind=kind,
    )


def _moment_of(content: Mapping[str, Any], kind: str) -> datetime:
    """The moment that the file carries, read from the content: no clock moves a byte."""
    if kind == VENDOR:
        return issue_moment(content)
    return datetime.fromisoformat(f"{content['on']}T00:00:00+00:00")


def issue_moment(content: Mapping[str, Any]) -> datetime:
    """The moment of a scorecard: that of its issue, for a draft the start of its day."""
    issue = content["issue"]
    stamp = issue["at"] if issue else f"{content['summary']['as_of']}T00:00:00+00:00"
    return datetime.fromisoformat(stamp).astimezone(UTC)


def scorecard_html(content: Mapping[str, Any], *, digest: str, number: str) -> str:
    """The HTML of a scorecard, in the site's language whoever asks."""
    context = scorecard_context(breakable(content), digest=digest, number=number)
    with translation.override(content["site"]["language"]):
        return render_to_string(PAPERS[VENDOR].template, context)


def document_html(kind: str, content: Mapping[str, Any], *, digest: str, number: str) -> str:
    """The HTML of a comparison or a portfolio, in the site's language whoever asks."""
    content = breakable(content)
    # what was asked for before documents carried their site is drawn under the one that is set
    site = content.get("site") or {"name": settings.SITE_NAME, "language": settings.LANGUAGE_CODE}
    context = _marks(kind, site, digest=digest, number=number, moment=_moment_of(content, kind))
    context["content"] = content
    if kind == COMPARISON:
        context["pages"] = comparison_pages(content)
    with translation.override(site["language"]):
        return render_to_string(PAPERS[kind].template, context)


def _marks(
    kind: str, site: Mapping[str, Any], *, digest: str, number: str, moment: datetime
) -> dict[str, Any]:
    """What every document says of itself."""
    return {
        "digest": digest,
        "number": number,
        "template_version": PAPERS[kind].version,
        "attachment_name": PAPERS[kind].attachment,
        "site_name": site["name"],
        "stamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "language": site["language"],
    }


def scorecard_context(content: Mapping[str, Any], *, digest: str, number: str) -> dict[str, Any]:
    """What the templates of the document are given: the content and the geometry of its charts."""
    overall = (content["figures"]["overall"] or {}).get("exact")
    url = content["check_url"]
    return {
        **_marks(
            VENDOR, content["site"], digest=digest, number=number, moment=issue_moment(content)
        ),
        "content": content,
        "short_name": _short(content["vendor"]["name"]),
        "has_long_facts": any(
            len(words) > HALF_WIDTH
            for words in (content["vendor"]["legal_name"], "; ".join(content["vendor"]["sites"]))
        ),
        "qr": qr_code(url) if url else None,
        "scale": band_scale(content["method"]["bands"], overall),
        "floor": bar(content["method"]["floor_below"], None),
        "categories": [_category(entry) for entry in content["categories"]],
        "groups": _groups(content),
        "asked": {row["code"] for group in content["criteria"] for row in group["rows"]},
    }


def _groups(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The criteria by category, each with what the category came to."""
    found = {entry["code"]: entry for entry in content["categories"]}
    groups = []
    for group in content["criteria"]:
        category = found[group["code"]]
        score = (category["score"] or {}).get("shown")
        groups.append(
            {**group, "score": score, "band": category["band"], "weight": category["weight"]}
        )
    return groups


def _short(name: str) -> str:
    """A name for the head of a page; some scripts have no spaces to cut at."""
    words = shortened(name, SHORT_NAME)
    return words if len(words) > 2 else f"{name[: SHORT_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"


def _category(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A category with its bars: drawn on the first page, filled by a class in the table."""
    score = entry["score"] or {}
    return {
        **entry,
        "bar": bar(score.get("exact"), entry["band"]),
        "fill": score.get("shown", "0"),
    }
