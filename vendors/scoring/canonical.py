"""JSON in one exact form, for digests and files: numbers are never floats.

The form is that of RFC 8785 (sorted keys, no spaces, shortest numbers), with one difference: a
number keeps all its digits, where RFC 8785 goes through a double.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

#: Digits before or after the point beyond which a number is refused.
DIGIT_LIMIT = 400


def canonical_json(value: object) -> str:
    """Write a value as canonical JSON.

    Takes None, bool, int, Decimal, Fraction (with a finite decimal form), str, sequences and
    mappings with string keys. Raises ValueError for a number that is not finite or a text with a
    lone surrogate, TypeError for anything else, floats above all.
    """
    return "".join(_pieces(value, None, 0))


def readable_json(value: object) -> str:
    """The same numbers and texts, for people: keys in their own order, two spaces of indent."""
    return "".join(_pieces(value, 2, 0)) + "\n"


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def number_text(value: int | Decimal | Fraction) -> str:
    """The shortest exact decimal notation without an exponent: 85.0 gives 85, 1.20 gives 1.2.

    Raises ValueError where there is none (1/3, NaN, infinity) or it would be absurdly long.
    """
    if isinstance(value, Fraction):
        return _fraction_text(value)
    if isinstance(value, int):
        return str(value)
    if not value.is_finite() or abs(value.adjusted()) > DIGIT_LIMIT:
        raise ValueError(f"{value} is not a number that can be written out")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _fraction_text(value: Fraction) -> str:
    digits, rest = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        digits = max(digits, power)
    if rest != 1 or digits > DIGIT_LIMIT:
        raise ValueError(f"{value} has no finite decimal form")
    scaled = str(abs(value.numerator) * 10**digits // value.denominator).rjust(digits + 1, "0")
    whole, part = (scaled[:-digits], scaled[-digits:]) if digits else (scaled, "")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("a text holds a lone surrogate") from None
    return json.dumps(value, ensure_ascii=False)


def _pieces(value: object, indent: int | None, depth: int) -> Iterator[str]:
    match value:
        case None:
            yield "null"
        case bool():
            yield "true" if value else "false"
        case int() | Decimal() | Fraction():
            yield number_text(value)
        case str():
            yield _text(value)
        case Mapping():
            yield from _object(value, indent, depth)
        case Sequence() if not isinstance(value, bytes | bytearray):
            yield from _array(value, indent, depth)
        case _:
            raise TypeError(f"{type(value).__name__} has no exact JSON form")


def _object(value: Mapping[object, object], indent: int | None, depth: int) -> Iterator[str]:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            raise TypeError("keys of a JSON object are texts")
        keys.append(key)
    if indent is None:
        keys.sort(key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    yield "{"
    for position, key in enumerate(keys):
        yield _gap(position, indent, depth + 1)
        yield _text(key) + (":" if indent is None else ": ")
        yield from _pieces(value[key], indent, depth + 1)
    yield (_newline(indent, depth) if keys else "") + "}"


def _array(value: Sequence[object], indent: int | None, depth: int) -> Iterator[str]:
    yield "["
    for position, item in enumerate(value):
        yield _gap(position, indent, depth + 1)
        yield from _pieces(item, indent, depth + 1)
    yield (_newline(indent, depth) if value else "") + "]"


def _gap(position: int, indent: int | None, depth: int) -> str:
    return ("," if position else "") + _newline(indent, depth)


def _newline(indent: int | None, depth: int) -> str:
    return "" if indent is None else "\n" + " " * (indent * depth)
