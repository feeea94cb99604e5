"""What this machine has that documents need: renderer, key, disk, database, workers."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scorecards import signs
from scorecards.paper import pdf
from scorecards.paper.kinds import PAPERS, VENDOR
from scorecards.seal import keyring, keys
from vendors import scoring

#: Less free space than this is warned of, in bytes.
LITTLE_SPACE = 2 * 2**30
#: The clock sweeps each 30 s; silent for longer, it does not run.
SWEEPS_WITHIN = timedelta(minutes=5)
#: The first SQLite without the rare fault in write-ahead logs with several writers.
SOUND_SQLITE = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is well or not; `soft` where it hinders nobody yet."""

    met: bool
    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that showed a sign of life within the last day."""

    name: str
    seen_at: datetime
    is_silent: bool


def checks() -> list[Check]:
    """What documents need of this machine, the failing first."""
    found = [_renderer(), _key(), _space(), _sweeper(), _sqlite()]
    return sorted((check for check in found if check), key=lambda check: (check.met, check.soft))


def workers() -> list[Worker]:
    """The workers of the last day, the latest first."""
    now = timezone.now()
    found = [
        Worker(name, moment, now - moment > signs.SILENT_AFTER)
        for name, moment in signs.seen().items()
        if name != signs.SWEEPER
    ]
    return sorted(found, key=lambda worker: worker.seen_at, reverse=True)


def _renderer() -> Check:
    reason = pdf.unavailable()
    return Check(not reason, reason or _("The renderer and its libraries are there."))


def _key() -> Check:
    """The signing key; that there is none is a choice, and said."""
    reason = keyring.unusable()
    if reason:
        return Check(met=False, text=reason)
    key = keyring.current_key()
    if key is None:
        return Check(met=False, soft=True, text=_("No signing key is set: documents are unsigned."))
    words = {
        "name": keys.name_of(key.certificate),
        "day": date_format(key.certificate.not_valid_after_utc, "j M Y"),
    }
    if keys.is_self_made(key.certificate):
        text = _(
            "%(name)s signs until %(day)s, with a key of its own making: it proves no identity."
        )
        return Check(met=False, soft=True, text=text % words)
    return Check(
        met=True, text=_("%(name)s signs documents; the certificate ends on %(day)s.") % words
    )


def _space() -> Check:
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return Check(met=False, text=_("The data folder cannot be read."))
    words = _("%s are free in the data folder.") % filesizeformat(free)
    return Check(met=free >= LITTLE_SPACE, text=words, soft=True)


def _sweeper() -> Check:
    """Whether somebody looks for jobs that were lost."""
    swept = signs.seen().get(signs.SWEEPER)
    if swept is None:
        text = _("Nobody has looked for lost jobs for a day: run beat, or manage.py sweep by cron.")
        return Check(met=False, text=text)
    words = {"moment": date_format(timezone.localtime(swept), "j M Y, H:i")}
    if timezone.now() - swept > SWEEPS_WITHIN:
        text = _(
            "Lost jobs were last looked for on %(moment)s: run beat, or manage.py sweep by cron."
        )
        return Check(met=False, text=text % words)
    return Check(met=True, text=_("Lost jobs were last looked for on %(moment)s.") % words)


def _sqlite() -> Check | None:
    """A warning about the SQLite at hand; None on PostgreSQL."""
    if connection.vendor != "sqlite":
        return None
    text = _("SQLite %s serves one host and one team.") % sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return Check(met=True, text=text)
    fault = _(
        "Before 3.51.3 it has a rare fault with several writers: check its integrity by cron."
    )
    return Check(met=False, soft=True, text=f"{text} {fault}")


def facts() -> list[tuple[str, str]]:
    """Names and versions of what runs here. One query on PostgreSQL; no address, no path."""
    return [
        (_("Vetting"), settings.VERSION),
        (_("Scoring engine"), scoring.ENGINE_VERSION),
        (_("Scorecard template"), PAPERS[VENDOR].version),
        (_("Database"), _database()),
        (_("Broker"), _("files") if settings.IS_BROKER_EMBEDDED else "Redis"),
        (_("WeasyPrint"), _version("weasyprint")),
        (_("Django"), _version("django")),
        (_("Python"), platform.python_version()),
        (_("Memory of a build"), f"{settings.WORKER_MEMORY} MiB"),
    ]


def _database() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "-"
