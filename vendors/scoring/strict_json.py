"""JSON into plain values: exact numbers, every key once, bounded depth and size, sound text."""

from __future__ import annotations

import json

from vendors.scoring.reading import (
    DEPTH_LIMIT,
    SIZE_LIMIT,
    WHOLE,
    BadNumber,
    DocumentError,
    Fault,
    exact_number,
    joined,
    kind_of,
    printable,
    text_fault,
)


class _Pairs(list[tuple[str, object]]):
    """The members of an object before it is known that no key stands twice."""


def read_json(text: str) -> object:
    """The value of a JSON text, with int and Decimal for numbers. Raises DocumentError."""
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise DocumentError([Fault(WHOLE, f"larger than {SIZE_LIMIT:,} bytes")])
    try:
        raw = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_Pairs,
            parse_int=exact_number,
            parse_float=exact_number,
            parse_constant=BadNumber,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}"
        raise DocumentError([Fault(place, f"not JSON: {error.msg}")]) from None
    except RecursionError:
        raise _too_deep("") from None
    faults: list[Fault] = []
    value = _checked(raw, "", 0, faults)
    if faults:
        raise DocumentError(faults)
    return value


def _too_deep(path: str) -> DocumentError:
    return DocumentError([Fault(path or WHOLE, f"nested deeper than {DEPTH_LIMIT} levels")])


def _checked(value: object, path: str, depth: int, faults: list[Fault]) -> object:
    """The value with plain objects; files what no reader of a key could see any more."""
    if depth > DEPTH_LIMIT:
        raise _too_deep(path)
    if isinstance(value, _Pairs):
        return _object(value, path, depth, faults)
    if isinstance(value, list):
        return [
            _checked(item, f"{path}[{position}]", depth + 1, faults)
            for position, item in enumerate(value)
        ]
    if isinstance(value, BadNumber):
        faults.append(Fault(path or WHOLE, f"is {kind_of(value)}"))
    elif isinstance(value, str) and (wrong := text_fault(value, SIZE_LIMIT)):
        faults.append(Fault(path or WHOLE, wrong))
    return value


def _object(pairs: _Pairs, path: str, depth: int, faults: list[Fault]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, item in pairs:
        place = joined(path, printable(key))
        if wrong := text_fault(key, SIZE_LIMIT):
            faults.append(Fault(place, f"a key {wrong}"))
        if key in found:
            faults.append(Fault(place, "given twice"))
        found[key] = _checked(item, place, depth + 1, faults)
    return found
