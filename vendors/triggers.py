"""Triggers that hold rows against whoever has the database: what is written once stays as it is.

SQL for SQLite and PostgreSQL. A migration that alters one of these tables ends with `install`:
SQLite makes the table anew and drops its triggers. `manage.py verify` says when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

#: Tables of rows that are only ever added, each with what makes a row of it unique beside its id.
TABLES: dict[str, tuple[str, ...]] = {
    "vendors_auditevent": ("chain", "sequence"),
    "vendors_assessmentresult": ("assessment_id",),
    "vendors_categoryscore": ("result_id", "code"),
    "vendors_framework": ("slug", "version"),
}
_FUNCTION = "vetting_refuse_change"
_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def install(connection: BaseDatabaseWrapper, tables: Iterable[str] = tuple(TABLES)) -> None:
    """Add the triggers of these tables. From then on a change raises IntegrityError."""
    _run(connection, _statements(connection.vendor, tuple(tables)))


def drop(connection: BaseDatabaseWrapper, tables: Iterable[str] = tuple(TABLES)) -> None:
    """Take the triggers of these tables away."""
    ends = "" if connection.vendor == "sqlite" else " ON {table}"
    _run(
        connection,
        (
            f"DROP TRIGGER IF EXISTS {name}{ends.format(table=table)}"
            for table in tables
            for name in names_of(connection.vendor, table)
        ),
    )


def missing(connection: BaseDatabaseWrapper, tables: Iterable[str] = tuple(TABLES)) -> list[str]:
    """The triggers that should be there and are not, or are switched off. One query."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {name for (name,) in cursor.fetchall()}
    wanted = [name for table in tables for name in names_of(connection.vendor, table)]
    return [name for name in wanted if name not in there]


def names_of(vendor: str, table: str) -> list[str]:
    """What the triggers of a table are called on this database."""
    last = "insert" if vendor == "sqlite" else "truncate"
    return [f"{table}_no_{event}" for event in ("update", "delete", last)]


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _statements(vendor: str, tables: tuple[str, ...]) -> Iterator[str]:
    if vendor != "sqlite":
        yield _POSTGRES_FUNCTION
    for table in tables:
        yield from (_for_sqlite if vendor == "sqlite" else _for_postgres)(table)


def _for_sqlite(table: str) -> Iterator[str]:
    """Update and delete, and an insert in the place of a row: REPLACE would remove that row."""
    refuse = f"BEGIN SELECT RAISE(ABORT, 'Rows of {table} are only ever added'); END"
    for event in ("update", "delete"):
        yield f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} {refuse}"
    same = " AND ".join(f"{column} = NEW.{column}" for column in TABLES[table])
    there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same}))"  # noqa: S608 - our names
    yield f"CREATE TRIGGER {table}_no_insert BEFORE INSERT ON {table} WHEN {there} {refuse}"


def _for_postgres(table: str) -> Iterator[str]:
    """Update, delete and truncate; they hold in a replication session too."""
    for event, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        name = f"{table}_no_{event}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
        )
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
