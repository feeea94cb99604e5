"""What a scorecard costs to draw, as a ratio to a bare table of its criteria.

Both are drawn in one process with the same fonts and styles, warm, in turns; process CPU time, best
of several. `make bench` prints it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.template import Context, Template
from django.template.loader import render_to_string

from scorecards import record
from scorecards.content import CONTENT_FORMAT, record_summary, scorecard_content
from scorecards.paper import pdf, typeset
from tests.factories import SHIPPED
from vendors import scoring

ROUNDS = 7
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PARTS = {
    "cover": "_cover.html",
    "must-haves": "_must_haves.html",
    "criteria": "_criteria.html",
    "actions": "_actions.html",
    "evidence": "_evidence.html",
    "registers": "_registers.html",
    "method": "_method.html",
    "sign-off, trail, seal": "_seal.html",
}


def full_content() -> dict[str, Any]:
    """What the full record prints."""
    return scorecard_content(full_record())


def full_record() -> dict[str, Any]:
    """All 75 criteria answered, levels mixed, three remarks, one not applicable.

    Approved with a condition, twelve documents behind the answers, two findings.
    """
    rules = scoring.parse_framework(SHIPPED.read_text(encoding="utf-8"))
    levels = ("verified", "documented", "verified", "claimed")
    answers = {
        criterion.code: _answer(criterion, levels[place % 4], place)
        for place, criterion in enumerate(rules.criteria)
    }
    answers["SEC-08"] = scoring.Answer(
        is_answered=False, not_applicable=True, reason="No payment cards are handled."
    )
    as_of = date(2026, 11, 20)
    document = scoring.portable_document(
        vendor=scoring.PortableVendor(
            name="Tamarind Contact Services",
            legal_name="Tamarind Contact Services, Inc.",
            services=("voice", "chat", "back_office"),
            headcount=1840,
            sites=(
                scoring.PortableSite(city="Cebu", country="PH", headcount=900),
                scoring.PortableSite(city="Iloilo", country="PH", headcount=940),
            ),
        ),
        framework=rules,
        tier=1,
        as_of=as_of,
        intake={},
        answers=answers,
    )
    step = {"person": {"name": "Maya Okafor", "role": "Procurement"}, "at": "2026-11-20T09:30:00Z"}
    result = scoring.score(rules, answers, 1, as_of)
    snapshot = {
        "format": "vetting-snapshot/2",
        "engine_version": scoring.ENGINE_VERSION,
        "framework": {
            "slug": rules.slug,
            "name": rules.name,
            "version": rules.version,
            "fingerprint": rules.fingerprint,
        },
        "assessment": {
            "id": "00000000-0000-4000-8000-000000000001",
            "title": "2026-1",
            "service": "Customer care",
            "sites": ["Cebu, PH", "Iloilo, PH"],
            "is_sample": True,
            "tier_reason": "",
            "note": "Name all subcontractors before new work is placed.",
        },
        "document": document,
        "result": result.document(),
        "weights": {
            "profile": scoring.BALANCED,
            "categories": {code: str(item.weight) for code, item in result.categories.items()},
        },
        **_decided(step),
        "trail": [
            {"at": step["at"], "who": "Maya Okafor", "action": name, "reason": ""}
            for name in ("start", "submit", "review", "finish", "approve_with_conditions")
        ],
        "head": {"chain": "assessment:1", "sequence": 212, "digest": "5f" * 32},
    }
    plain = json.loads(scoring.canonical_json(snapshot), parse_float=Decimal)
    return record_around(plain, rules, number="VET-2026-0001", valid_until="2027-11-20")


def record_around(
    snapshot: dict[str, Any], rules: scoring.Framework, *, number: str, valid_until: str
) -> dict[str, Any]:
    """A first issue with this snapshot."""
    by = {"name": "Adriana Ferreira", "role": "Manager"}
    return {
        "format": CONTENT_FORMAT,
        "number": number,
        "site": {"name": "Vetting", "url": "https://vetting.example", "language": "en"},
        "engine_version": snapshot["engine_version"],
        "summary": record_summary(snapshot, rules, valid_until=valid_until),
        "valid_until": valid_until,
        "issue": {
            "ordinal": 1,
            "replaces": None,
            "reason": "",
            "by": by,
            "at": MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        "corrections": [],
        "framework": json.loads(rules.document, parse_float=Decimal),
        "snapshot": snapshot,
        "snapshot_sha256": scoring.digest(scoring.canonical_json(snapshot)),
        "previous": None,
        "comparisons": [],
    }


def _decided(step: dict[str, Any]) -> dict[str, Any]:
    """Who decided what, with findings and documents."""
    reviewer = {"name": "Tomas Lindqvist", "role": "Procurement"}
    approver = {"name": "Adriana Ferreira", "role": "Manager"}
    people = {
        "prepared": step["person"],
        "submitted": step["person"],
        "reviewed": reviewer,
        "approved": approver,
    }
    finding = {
        "title": "Subcontractors are not named",
        "code": "GOV-03",
        "severity": "major",
        "owner": "Maya Okafor",
        "due_on": "2027-02-18",
    }
    return {
        "people": [
            {"step": name, "person": person, "at": step["at"]} for name, person in people.items()
        ],
        "decision": {
            "verb": "approve_with_conditions",
            "note": "Name all subcontractors before new work is placed.",
            "by": approver,
            "at": step["at"],
            "conditions": [{"finding": "F-031", **finding}],
            "waivers": [],
        },
        "reviewers": [
            {
                **reviewer,
                "position": 1,
                "declared_at": step["at"],
                "finished_at": step["at"],
            }
        ],
        "remarks": {
            "LAB-01": {
                "remark": "Pay slips of two sites agree with the register.",
                "decided_by": "Tomas Lindqvist",
                "decided_at": step["at"],
            }
        },
        "moderation": [],
        "not_applicable": [
            {
                "code": "SEC-08",
                "reason": "No payment cards are handled.",
                "consented_by": "Tomas Lindqvist",
            }
        ],
        "evidence": [_document(number) for number in range(1, 13)],
        "findings": [
            {
                **finding,
                "finding": f"F-03{number}",
                "detail": "Two of nine contracts name a second company.",
                "source": "condition",
                "root_cause": "The register of suppliers leaves out agencies.",
                "action": "Name each one, with the work it does.",
                "vendor_person": "Rosa Diaz",
                "state": "open",
                "reported_at": None,
                "closed_at": None,
                "closed_by": "",
                "close_note": "",
            }
            for number in (1, 2)
        ],
    }


def _document(number: int) -> dict[str, Any]:
    return {
        "label": f"E-{number}",
        "title": f"Wage register of month {number}",
        "issuer": "Tamarind Contact Services",
        "issued_on": "2026-03-01",
        "expires_on": None,
        "name": "register.pdf",
        "kind": "pdf",
        "size": 120_000,
        "sha256": f"{number:064x}",
        "version": 1,
        "answers": [{"code": f"LAB-{number:02d}", "page": "4"}],
        "checked_by": "Tomas Lindqvist",
        "checked_at": "2026-11-18T10:00:00Z",
    }


def _answer(criterion: scoring.Criterion, level: str, place: int) -> scoring.Answer:
    comment = "Seen at both sites; the night shift was interviewed." if place in {4, 19, 40} else ""
    kind = criterion.answer_type
    if criterion.choices:
        # The best answer, or the one in the middle.
        rank = len(criterion.choices) // 2 if place % 3 == 2 else 0
        value = sorted(criterion.choices, key=lambda choice: -choice.score)[rank].value
        expires = criterion.scale is not None and value in criterion.scale.expiring_values
        until = date(2027, 5, 31) if expires else None
        return scoring.Answer(value=value, valid_to=until, level=level, comment=comment)
    if kind in scoring.NUMBER_TYPES:
        assert criterion.scale is not None
        best = max(criterion.scale.points, key=lambda point: point[1])[0]
        return scoring.Answer(value=best, level=level, comment=comment)
    if kind is scoring.AnswerType.DATE:
        return scoring.Answer(value=date(2026, 3, 1), level=level, comment=comment)
    return scoring.Answer(value="Main laws, with owners.", rating=4, level=level, comment=comment)


BARE = """<table class="crit"><colgroup><col class="k1"><col><col class="k3"><col class="k4">
<col class="k5"><col class="k6"><col class="k7"></colgroup><thead><tr><th scope="col">Code</th>
<th scope="col">Criterion</th><th scope="col">Answer</th><th scope="col">Evidence</th>
<th scope="col">Raw</th><th scope="col">Score</th><th scope="col">Lost, of</th></tr></thead><tbody>
{% for group in content.criteria %}{% for row in group.rows %}<tr><td>{{ row.code }}</td>
<th scope="row">{{ row.question }}</th><td>{{ row.answer }}</td><td>{{ row.level }}</td>
<td>{{ row.raw.shown }}</td><td>{{ row.score.shown }}</td>
<td>{{ row.lost.shown }}/{{ row.share.shown }}</td></tr>{% endfor %}{% endfor %}</tbody></table>"""


def page(body: str) -> str:
    """A body alone, with the same styles."""
    return f'<!doctype html><html lang="en"><title>-</title><body><main>{body}</main></body></html>'


def measure_scorecard() -> tuple[float, str]:
    """The ratio of the whole to the bare table, and a list of details in Markdown."""
    content = full_content()
    text = record.written(full_record())
    digest = scoring.digest(text)
    context = typeset.scorecard_context(content, digest=digest, number="VET-2026-0001")
    parts = {
        name: page(render_to_string(f"scorecards/pdf/{template}", context))
        for name, template in PARTS.items()
    }

    def drawing(source: str) -> Callable[[], pdf.Drawn]:
        return lambda: pdf.draw(source, identifier=bytes(16), attachment=text, moment=MOMENT)

    works: dict[str, Callable[[], Any]] = {
        "html": lambda: typeset.scorecard_html(content, digest=digest, number="VET-2026-0001"),
        "full": lambda: typeset.draw_scorecard(text, digest=digest, number="VET-2026-0001"),
        "bare": drawing(page(Template(BARE).render(Context(context)))),
        "empty": drawing(page("<p>-</p>")),
        **{name: drawing(source) for name, source in parts.items()},
    }
    best = dict.fromkeys(works, float("inf"))
    for turn in range(ROUNDS + 1):
        for name, work in works.items():
            start = time.process_time()
            work()
            spent = time.process_time() - start
            if turn:  # the first one warms up
                best[name] = min(best[name], spent)
    ratio = best["full"] / best["bare"]
    drawn = works["full"]()
    size = f"{drawn.pages} pages, {len(drawn.data) / 1000:.0f} kB"
    asked = content["figures"]["asked"]
    lines = [
        f"Whole scorecard, warm: {1000 * best['full']:.0f} ms CPU ({size})",
        f"Bare table, {asked} rows of seven columns: {1000 * best['bare']:.0f} ms CPU",
        f"Making the HTML: {1000 * best['html']:.0f} ms ({best['html'] / best['full']:.0%})",
    ]
    for name in PARTS:
        alone = best[name] - best["empty"]
        lines.append(f"{name}, drawn alone: {1000 * alone:.0f} ms ({alone / best['full']:.0%})")
    return ratio, "\nScorecard, by part:\n\n" + "".join(f"- {line}\n" for line in lines)
