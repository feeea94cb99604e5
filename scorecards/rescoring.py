"""Every figure of a record computed anew, from the answers and the framework inside it.

Pure: the record is all that is read. What it says of other scorecards (the one before, places in
comparisons) rests on their records and is not among the figures here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from scorecards.content import framework_of, record_summary, scorecard_content
from scorecards.content.figures import ContentError
from scorecards.record import RecordError
from vendors import scoring

#: The engines of this app. A record that names another one needs the release that had it.
ENGINES = {scoring.ENGINE_VERSION: scoring.score}
#: What stands where one side has nothing.
MISSING = "missing"
#: What a record raises, somewhere, that lacks a part or holds another thing in its place.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)


class UnknownEngine(Exception):  # noqa: N818  an outcome, said in words
    """The record was scored by an engine that this app does not have; the message is its version."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in the record, what stands there, and what the answers give."""

    path: str
    stored: str
    recomputed: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the record: how many figures it has, and those that differ."""

    name: str
    figures: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Rescored:
    """What a record says it is, and how its parts compare."""

    number: str
    vendor: str
    as_of: str
    framework: str
    engine: str
    parts: tuple[Part, ...]

    @property
    def figures(self) -> int:
        """How many figures were computed."""
        return sum(part.figures for part in self.parts)

    @property
    def differences(self) -> list[Difference]:
        """All of them, in the order of the parts."""
        return [item for part in self.parts for item in part.differences]


def rescore(record: Mapping[str, Any]) -> Rescored:
    """Compute every figure of a record as `scorecards.record` reads it, and compare it.

    Raises UnknownEngine, and RecordError for a record that lacks a part or holds another thing.
    """
    try:
        return _rescore(record)
    except (UnknownEngine, RecordError):
        raise
    except _BROKEN as error:
        words = (
            error
            if isinstance(error, ContentError)
            else f"a part is missing or no such part ({error!r:.120})"
        )
        raise RecordError(str(words)) from error


def _rescore(record: Mapping[str, Any]) -> Rescored:
    snapshot = record["snapshot"]
    version = str(snapshot["engine_version"])
    if version not in ENGINES:
        raise UnknownEngine(version)
    framework = framework_of(record)
    result = _result(snapshot["document"], framework, version)
    again = {**record, "snapshot": {**snapshot, "result": result}}
    weights = {code: str(framework.category(code).weight) for code in result["categories"]}
    head = {"engine_version": version, "summary": _summary(again, framework)}
    return Rescored(
        number=str(record["number"]),
        vendor=str(record["summary"]["vendor"]),
        as_of=str(snapshot["document"]["as_of"]),
        framework=f"{framework.name} {framework.version}",
        engine=version,
        parts=(
            *result_parts(snapshot["result"], result),
            _part("weights", "snapshot.weights.categories", _weights(snapshot, weights), weights),
            _part("summary", "", {key: record[key] for key in head}, head),
            _printed(record, again),
        ),
    )


def _result(
    document: Mapping[str, Any], framework: scoring.Framework, version: str
) -> dict[str, Any]:
    """The result of the answers in a document, with numbers as a record has them."""
    entries = document["answers"].items()
    bare = {
        "format": document["format"],
        "vendor": {"name": "-"},
        "framework": document["framework"],
        "tier": document["tier"],
        "as_of": document["as_of"],
        "answers": {
            code: {key: value for key, value in entry.items() if key != "comment"}
            for code, entry in entries
        },
    }
    portable = scoring.parse_assessment(scoring.canonical_json(bare))
    answers = scoring.answers_of(portable, framework)
    found = ENGINES[version](
        framework, answers, portable.tier, date.fromisoformat(document["as_of"])
    )
    plain: dict[str, Any] = json.loads(
        scoring.canonical_json(found.document()), parse_float=Decimal
    )
    return plain


def _summary(record: Mapping[str, Any], framework: scoring.Framework) -> dict[str, Any]:
    return record_summary(
        record["snapshot"],
        framework,
        valid_until=record["valid_until"],
        corrections=record["corrections"],
    )


def _weights(snapshot: Mapping[str, Any], weights: Mapping[str, str]) -> Any:
    """The weights of the snapshot; the oldest ones hold none, there the framework's stand alone."""
    return snapshot["weights"]["categories"] if "weights" in snapshot else weights


def result_parts(stored: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Part]:
    """Criteria, categories and must-haves each as a part, everything else as the overall."""
    tables = ("criteria", "categories", "must_haves")
    for name in tables:
        path = f"snapshot.result.{name}"
        yield _part(name.replace("_", "-"), path, stored.get(name, {}), result[name])
    one, two = ({k: v for k, v in side.items() if k not in tables} for side in (stored, result))
    yield _part("overall", "snapshot.result", one, two)


def _printed(record: Mapping[str, Any], again: Mapping[str, Any]) -> Part:
    """What is printed of the record, against what is printed of the figures computed anew."""
    expected = scorecard_content(again)
    figures = sum(path.endswith(".shown") for path, _ in _leaves(expected, ""))
    try:
        stored = scorecard_content(record)
    except _BROKEN as error:
        return Part("printed", figures, (Difference("printed", f"nothing: {error}", "all of it"),))
    return replace(_part("printed", "printed", stored, expected), figures=figures)


def _part(name: str, path: str, stored: Any, expected: Any) -> Part:
    one, two = dict(_leaves(stored, path)), dict(_leaves(expected, path))
    differences = tuple(
        Difference(place, _words(one, place), _words(two, place))
        for place in [*two, *(place for place in one if place not in two)]
        if place not in one or place not in two or not _same(one[place], two[place])
    )
    return Part(name, len(two), differences)


def _same(one: Any, two: Any) -> bool:
    """Equal in kind and value: true is not 1, and a text is no number."""
    kinds = [Decimal if type(value) is int else type(value) for value in (one, two)]
    return kinds[0] is kinds[1] and bool(one == two)


def _words(found: Mapping[str, Any], place: str) -> str:
    if place not in found:
        return MISSING
    value = found[place]
    return str(value) if isinstance(value, str | Decimal | int) else json.dumps(value)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value that holds no other, with its path; empty lists and objects are such values."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield from _leaves(item, f"{path}[{place}]")
    else:
        yield path, value
