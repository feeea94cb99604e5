"""Rows as they lie in the database.

On SQLite a column holds whatever was put into it, text that is no UTF-8 included. Each column is
read under a unary plus, which keeps its type and takes away the conversion by declared type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from django.db import connection, transaction

from vendors.trail import moment_text

_AT_ONCE = 2_000


class Unreadable(Exception):  # noqa: N818 - an outcome of a check
    """A column holds what the app never writes there."""


@contextmanager
def one_view() -> Iterator[None]:
    """Read one state of the database throughout, without keeping anybody from writing."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            if len(connection.savepoint_ids) == 0:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
        return
    connection.ensure_connection()
    link = cast(Any, connection.connection)
    factory, link.text_factory = link.text_factory, _text
    is_outermost = not connection.in_atomic_block
    if is_outermost:
        link.execute("BEGIN")
    try:
        yield
    finally:
        if is_outermost:
            link.execute("ROLLBACK")
        link.text_factory = factory


def _text(stored: bytes) -> str:
    """Text, with what is no UTF-8 kept as surrogates, which no digest takes."""
    return stored.decode("utf-8", "surrogateescape")


def stored_rows(columns: Sequence[str], source: str) -> Iterator[tuple[Any, ...]]:
    """The columns of a table or join, `source` being all that follows FROM. Inside `one_view`."""
    if connection.vendor == "sqlite":
        selected = ", ".join(f"+{column}" for column in columns)
        cursor = cast(Any, connection.connection).cursor()
    else:
        selected = ", ".join(columns)
        cursor = connection.chunked_cursor()
    try:
        cursor.execute(f"SELECT {selected} FROM {source}")  # noqa: S608 - our own names
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
    finally:
        cursor.close()


def as_moment(raw: Any) -> str | None:
    """A moment as events write it. Raises Unreadable unless it stands as Django writes it."""
    if raw is None:
        return None
    if isinstance(raw, datetime):
        return moment_text(raw)
    parsed = _parsed(raw, datetime.fromisoformat)
    return cast(datetime, parsed).replace(tzinfo=UTC).isoformat(timespec="microseconds")


def as_day(raw: Any) -> str | None:
    """A date in ISO 8601. Raises Unreadable unless it stands as Django writes it."""
    if raw is None:
        return None
    if type(raw) is date:
        return raw.isoformat()
    return str(_parsed(raw, date.fromisoformat))


def _parsed(raw: Any, parse: Callable[[str], Any]) -> Any:
    try:
        parsed = parse(raw)
    except (TypeError, ValueError) as error:
        raise Unreadable(repr(raw)) from error
    if str(parsed) != raw:
        raise Unreadable(repr(raw))
    return parsed


def as_flag(raw: Any) -> bool:
    """True or False, which SQLite keeps as 1 and 0. Raises Unreadable else."""
    if isinstance(raw, bool):
        return raw
    if type(raw) is int and raw in {0, 1}:
        return raw == 1
    raise Unreadable(repr(raw))


def as_number(raw: Any) -> int | None:
    """A whole number or nothing. Raises Unreadable else."""
    if raw is None or type(raw) is int:
        return raw
    raise Unreadable(repr(raw))


def as_text(raw: Any) -> str | None:
    """A text or nothing. Raises Unreadable else, and where it is no UTF-8."""
    if raw is None:
        return None
    if type(raw) is not str:
        raise Unreadable(repr(raw))
    try:
        raw.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(repr(raw)) from error
    return raw


def as_id(raw: Any) -> str:
    """A public id as text; SQLite keeps its 32 hexadecimal digits."""
    if isinstance(raw, UUID):
        return str(raw)
    try:
        found = UUID(raw)
    except (AttributeError, TypeError, ValueError) as error:
        raise Unreadable(repr(raw)) from error
    if found.hex != raw:
        raise Unreadable(repr(raw))
    return str(found)
