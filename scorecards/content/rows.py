"""The tables of a scorecard: must-haves, strengths and gaps, criteria, what does not apply."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from scorecards.content.figures import Points, exact, shown
from scorecards.content.words import answer_words, shortened
from vendors import scoring

#: How many strengths and gaps are named; the criteria table has all of them.
NAMED = 4
#: There the question is cut to this length; the criteria table has it whole.
SHORT = 72
#: In the list of must-haves on the first page to this one.
SHORTEST = 38
#: One that is not met has more of it there, as long as it is one of so few.
FULLER, FEW = 104, 4
#: Longer answers and comments stand in a part of their own, with a pointer in the table.
CELL_LIMIT = 160

#: The documents behind each criterion: label and anchor, by code.
Cited = Mapping[str, list[dict[str, str]]]

_RESULTS = {scoring.PASS: "met", scoring.PENDING: "not met yet", scoring.FAIL: "failed"}


def must_have_rows(
    framework: scoring.Framework,
    snapshot: Mapping[str, Any],
    *,
    cited: Cited,
    waived: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Each must-have with its rule, the answer, the result, and until when it is waived."""
    result, answers = snapshot["result"], snapshot["document"]["answers"]
    unmet = sum(outcome != scoring.PASS for outcome in result["must_haves"].values())
    longest = FULLER if unmet <= FEW else SHORTEST
    entries = []
    for criterion in framework.must_haves:
        code, rule = criterion.code, criterion.must_have
        if rule is None:
            continue
        frozen, outcome = result["criteria"][code], result["must_haves"][code]
        entries.append(
            {
                "code": code,
                "question": criterion.question,
                "short": shortened(
                    criterion.question, SHORTEST if outcome == scoring.PASS else longest
                ),
                "rule": rule.text,
                "min_score": scoring.number_text(rule.min_score),
                "min_level": rule.min_evidence,
                "answer": answer_words(criterion, answers.get(code)),
                "level": frozen["evidence_level"] if isinstance(frozen, Mapping) else None,
                "raw": shown(exact(frozen["raw"]), 0) if isinstance(frozen, Mapping) else None,
                "result": outcome,
                "result_shown": _RESULTS[outcome],
                "waived": waived.get(code, ""),
                "cites": cited.get(code, []),
            }
        )
    return entries


def named(points: list[Points], figure: str) -> list[dict[str, Any]]:
    """The first few criteria with a figure above nothing, in points of the overall score."""
    return [
        {
            "code": item.criterion.code,
            "question": shortened(item.criterion.question, SHORT),
            "points": shown(getattr(item, figure)),
            "of": shown(item.share),
            "cause": item.cause,
        }
        for item in points[:NAMED]
        if item.share is not None and getattr(item, figure) > 0
    ]


def criteria_groups(
    framework: scoring.Framework,
    points: list[Points],
    answers: Mapping[str, Any],
    *,
    cited: Cited,
    remarked: Collection[str],
) -> list[dict[str, Any]]:
    """The asked criteria by category, categories without one left out.

    `cited` are the documents behind each, `remarked` the codes that a reviewer remarked on.
    """
    groups = []
    for category in framework.categories:
        rows = [
            {
                **_row(item, answers.get(item.criterion.code), item.criterion.code in remarked),
                "cites": cited.get(item.criterion.code, []),
            }
            for item in points
            if item.category == category.code
        ]
        if rows:
            groups.append({"code": category.code, "name": category.name, "rows": rows})
    return groups


def _row(points: Points, entry: Mapping[str, Any] | None, has_remark: bool) -> dict[str, Any]:  # noqa: FBT001
    criterion = points.criterion
    words, comment = answer_words(criterion, entry), str((entry or {}).get("comment", ""))
    is_long = len(words) > CELL_LIMIT
    return {
        "code": criterion.code,
        "question": criterion.question,
        "sources": "; ".join(criterion.sources),
        "is_must_have": criterion.must_have is not None,
        "answer": f"{words[: CELL_LIMIT - 20].rstrip()} \N{HORIZONTAL ELLIPSIS}"
        if is_long
        else words,
        "has_more": is_long or bool(comment) or has_remark,
        "raw": shown(points.raw, 0),
        "level": points.level or None,
        "score": shown(points.score, 0),
        "lost": shown(points.lost, 2),
        "share": shown(points.share, 2),
    }


def not_applicable_rows(
    points: list[Points], answers: Mapping[str, Any], register: Iterable[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """What was left out of the score, why, and which reviewer consented."""
    consented = {entry["code"]: str(entry["consented_by"]) for entry in register}
    return [
        {
            "code": item.criterion.code,
            "question": item.criterion.question,
            "reason": str(answers[item.criterion.code].get("reason", "")),
            "consented_by": consented.get(item.criterion.code, ""),
        }
        for item in points
        if item.is_not_applicable
    ]


def long_texts(
    points: list[Points], answers: Mapping[str, Any], remarks: Mapping[str, Mapping[str, str]]
) -> list[dict[str, str]]:
    """Answers too long for a cell, all comments and all remarks of reviewers, whole."""
    found = []
    for item in points:
        code = item.criterion.code
        entry = answers.get(code)
        words = answer_words(item.criterion, entry)
        texts = {
            "answer": words if len(words) > CELL_LIMIT else "",
            "comment": str((entry or {}).get("comment", "")),
            "remark": remarks.get(code, {}).get("remark", ""),
            "by": remarks.get(code, {}).get("by", ""),
        }
        if any(texts.values()):
            found.append({"code": code, **texts})
    return found
