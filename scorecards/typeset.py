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

from scorecards.charts import band_scale, bar
from scorecards.papers import COMPARISON, PAPERS, VENDOR
from scorecards.pdf import Drawn, draw
from scorecards.printing import comparison_pages


def draw_scorecard(text: str, *, digest: str, number: str, kind: str = VENDOR) -> Drawn:
    """Draw the document of a content in canonical JSON. The same input gives the same bytes.

    Raises RendererUnavailable where Pango is missing, DocumentRefused where the document asked
    for anything but the app's own styles and fonts.
    """
    content = json.loads(text, parse_float=Decimal)
    make_html = scorecard_html if kind == VENDOR else partial(document_html, kind)
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
        return issue_moment(content["summary"])
    return datetime.fromisoformat(f"{content['on']}T00:00:00+00:00")


def issue_moment(summary: Mapping[str, Any]) -> datetime:
    """The moment of a scorecard: that of the decision, for a draft the start of its day."""
    stamp = summary["issued_at"] or f"{summary['as_of']}T00:00:00+00:00"
    return datetime.fromisoformat(stamp).astimezone(UTC)


def scorecard_html(content: Mapping[str, Any], *, digest: str, number: str) -> str:
    """The HTML of a scorecard, in the site's language whoever asks."""
    context = scorecard_context(content, digest=digest, number=number)
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(PAPERS[VENDOR].template, context)


def document_html(kind: str, content: Mapping[str, Any], *, digest: str, number: str) -> str:
    """The HTML of a comparison or a portfolio, in the site's language whoever asks."""
    context = _marks(kind, digest=digest, number=number, moment=_moment_of(content, kind))
    context["content"] = content
    if kind == COMPARISON:
        context["pages"] = comparison_pages(content)
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(PAPERS[kind].template, context)


def _marks(kind: str, *, digest: str, number: str, moment: datetime) -> dict[str, Any]:
    """What every document says of itself."""
    return {
        "digest": digest,
        "number": number,
        "template_version": PAPERS[kind].version,
        "attachment_name": PAPERS[kind].attachment,
        "site_name": settings.SITE_NAME,
        "stamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "language": settings.LANGUAGE_CODE,
    }


def scorecard_context(content: Mapping[str, Any], *, digest: str, number: str) -> dict[str, Any]:
    """What the templates of the document are given: the content and the geometry of its charts."""
    overall = (content["figures"]["overall"] or {}).get("exact")
    decision = content["decision"]
    # what a decision asks for needs the room, so that the first page stays one page
    named = 3 if decision["waivers"] or len(decision["conditions"]) > 1 else None
    moment = issue_moment(content["summary"])
    return {
        **_marks(VENDOR, digest=digest, number=number, moment=moment),
        "content": content,
        "strengths": content["strengths"][:named],
        "gaps": content["gaps"][:named],
        "scale": band_scale(content["method"]["bands"], overall),
        "floor": bar(content["method"]["floor_below"], None),
        "categories": [
            {**entry, "bar": bar((entry["score"] or {}).get("exact"), entry["band"])}
            for entry in content["categories"]
        ],
    }
