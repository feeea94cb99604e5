"""The record of a vendor's scorecard as a text: RFC 8785 out, exact numbers in.

Pure. RFC 8785 passes every number through a double, so a number that a double does not give back
digit by digit stands in the text as a text, and `numbers_as_text` names its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NoReturn

from scorecards.content import CONTENT_FORMAT, ContentError
from vendors import scoring

#: The key of the list of JSON Pointers (RFC 6901) to numbers that are written as texts.
AS_TEXT = "numbers_as_text"
#: Whole numbers up to here are the same in every reader of JSON.
SAFE = 2**53 - 1
#: Below this RFC 8785 writes an exponent.
LEAST = Decimal("0.000001")
#: No number of a record has so many digits; a text of ten letters may ask for a billion.
_LONGEST = 400


class RecordError(ContentError):
    """A text that is no record of this format, or that contradicts itself."""


def written(record: Mapping[str, Any]) -> str:
    """The record in the one form of RFC 8785.

    Takes what `scoring.canonical_json` takes and raises what it raises.
    """
    kept: list[str] = []
    plain = {key: _plain(value, f"/{_step(key)}", kept) for key, value in record.items()}
    return scoring.canonical_json({**plain, AS_TEXT: sorted(kept)})


def is_exact(value: int | Decimal | Fraction) -> bool:
    """Whether RFC 8785 writes the number with exactly its digits and without an exponent."""
    if isinstance(value, int):
        return abs(value) <= SAFE
    digits = Decimal(scoring.number_text(value))
    if digits == digits.to_integral_value():
        return abs(digits) <= SAFE
    return abs(digits) >= LEAST and Decimal(repr(float(digits))) == digits


def _plain(value: Any, path: str, kept: list[str]) -> Any:
    """The same with texts for numbers that are not exact; files their places."""
    match value:
        case None | bool() | str():
            return value
        case int() | Decimal() | Fraction():
            if is_exact(value):
                return value
            kept.append(path)
            return scoring.number_text(value)
        case Mapping():
            return {key: _plain(item, f"{path}/{_step(key)}", kept) for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [_plain(item, f"{path}/{place}", kept) for place, item in enumerate(value)]
    return value


def _step(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def read(text: str) -> dict[str, Any]:
    """The record of a text, its numbers exact. Raises RecordError for anything else."""
    try:
        found = json.loads(text, parse_float=_number, parse_constant=_refuse)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise RecordError("it is not JSON, or holds a number of too many digits") from error
    if not isinstance(found, dict) or "format" not in found:
        raise RecordError("it is no record of a scorecard")
    if found["format"] != CONTENT_FORMAT:
        raise RecordError(f"its format is {str(found['format'])[:40]}, not {CONTENT_FORMAT}")
    for pointer in _pointers(found.pop(AS_TEXT, None)):
        _restore(found, pointer)
    return found


def read_strictly(text: str) -> dict[str, Any]:
    """The same for a text from outside: it must be, byte by byte, how the app writes it."""
    found = read(text)
    try:
        again = written(found)
    except (ValueError, TypeError, RecursionError) as error:
        raise RecordError("it holds what no record holds") from error
    if again != text:
        raise RecordError("it is not in the form of RFC 8785, so it was changed or written anew")
    return found


def _number(text: str) -> Decimal:
    """An exact number. Raises ValueError for one that would not fit in memory, written in full."""
    number = Decimal(text)
    if number.is_finite() and abs(number.adjusted()) > _LONGEST:
        raise ValueError("a number of too many digits")
    return number


def _refuse(_name: str) -> NoReturn:
    raise ValueError("a number that is not finite")


def _pointers(value: object) -> Iterator[list[str]]:
    if not isinstance(value, list):
        raise RecordError(f"it has no {AS_TEXT}")
    for pointer in value:
        steps = str(pointer).split("/")
        yield [step.replace("~1", "/").replace("~0", "~") for step in steps[1:]]


def _restore(record: dict[str, Any], pointer: list[str]) -> None:
    """Make the text at a place a number again."""
    try:
        *way, last = pointer
        place: Any = record
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        key: Any = int(last) if isinstance(place, list) else last
        number = _number(place[key])
        place[key] = int(number) if number == number.to_integral_value() else number
    except (LookupError, ValueError, TypeError, InvalidOperation) as error:
        raise RecordError(f"{AS_TEXT} names a place that holds no number") from error
