"""Reads settings from the environment; a wrong value stops the start and is named.

Every reader returns the default where the variable is unset or empty, and raises
`ImproperlyConfigured` with the name, the value and a hint where it makes no sense.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

OWN_PREFIX = "VETTING_"
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
SECRET_KEY_LENGTH = 50


class Environment:
    """The variables of one process. Remembers which names were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._asked: set[str] = set()

    def _value(self, name: str) -> str:
        self._asked.add(name)
        return self._values.get(name, "").strip()

    def _wrong(self, name: str, hint: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{name}={self._value(name)!r} cannot be used: {hint}")

    def text(self, name: str, default: str = "") -> str:
        """Return the text of a variable."""
        return self._value(name) or default

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        value = self._value(name).casefold()
        if not value:
            return default
        if value in YES | NO:
            return value in YES
        raise self._wrong(name, "say true or false.")

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number between `least` and `most`, both included."""
        value = self._value(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise self._wrong(name, f"give a whole number from {least} to {most}.")
        return int(value)

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        """Return one of the choices, in their spelling, whatever case was typed."""
        value = self._value(name) or default
        for choice in choices:
            if choice.casefold() == value.casefold():
                return choice
        raise self._wrong(name, f"choose one of {', '.join(choices)}.")

    def choices(self, name: str, default: list[str], choices: Sequence[str]) -> list[str]:
        """Return a comma-separated list of some of the choices; the word "none" for no one."""
        values = [part.casefold() for part in self.names(name)] or default
        if values == ["none"]:
            return []
        if not set(values) <= set(choices):
            raise self._wrong(name, f"name some of {', '.join(choices)}, or say none.")
        return values

    def file(self, name: str, *, base: Path) -> Path | None:
        """Return the path of a file, None where nothing is set; it is read when it is needed."""
        value = self._value(name)
        return (base / Path(value).expanduser()).resolve() if value else None

    def names(self, name: str) -> list[str]:
        """Return a comma-separated list, empty where nothing is set."""
        return [part.strip() for part in self._value(name).split(",") if part.strip()]

    def origins(self, name: str, default: list[str]) -> list[str]:
        """Return a comma-separated list of addresses such as https://vetting.example.org."""
        values = self.names(name)
        for value in values:
            if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc:
                raise self._wrong(name, "give each address with http:// or https://.")
        return values or default

    def site_url(self, name: str, default: str) -> str:
        """Return an http or https address without a path and without a slash at its end."""
        value = self._value(name) or default
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise self._wrong(name, "give the whole address, such as https://vetting.example.org.")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise self._wrong(name, "give only scheme, host and port; the app lives at the root.")
        try:
            port = f":{parts.port}" if parts.port else ""
        except ValueError as error:
            raise self._wrong(name, "the port is no number from 1 to 65535.") from error
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return f"{parts.scheme}://{host}{port}"

    def time_zone(self, name: str, default: str) -> str:
        """Return the name of a time zone that the machine knows."""
        value = self._value(name) or default
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            hint = "give a name of the time zone database, such as Europe/Berlin or UTC."
            raise self._wrong(name, hint) from error
        return value

    def folder(self, name: str, default: Path, *, base: Path) -> Path:
        """Return a folder, made where it is missing; a relative path starts at `base`."""
        value = self._value(name)
        path = (base / Path(value).expanduser()) if value else default
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            hint = f"{path} is no folder that this user can make or use ({reason})."
            raise self._wrong(name, hint) from error
        return path.resolve()

    def database(self, name: str, default: Path, *, base: Path) -> dict[str, Any]:
        """Return Django's database settings from a sqlite: or postgresql: address."""
        value = self._value(name) or f"sqlite:///{default}"
        hint = "use sqlite:////absolute/path.sqlite3 or postgresql://user:password@host:5432/name."
        if urlsplit(value).scheme not in {"sqlite", "postgres", "postgresql"}:
            raise self._hidden(name, hint)
        try:
            config: dict[str, Any] = dict(environ.Env.db_url_config(value))
        except (ValueError, TypeError, environ.ImproperlyConfigured) as error:
            raise self._hidden(name, hint) from error
        if not config.get("NAME") or config["NAME"] == ":memory:":
            raise self._hidden(name, "it names no database. " + hint)
        if config["ENGINE"].endswith("sqlite3"):
            config["NAME"] = str(base / config["NAME"])
        return config

    def broker(self, name: str, default_folder: Path) -> tuple[str, Path]:
        """Return the broker's address and the folder that the filesystem transport uses."""
        value = self._value(name) or "filesystem://"
        parts = urlsplit(value)
        if parts.scheme not in {"filesystem", "redis", "rediss"}:
            hint = "use redis://:password@host:6379/0, rediss://... or filesystem:///folder."
            raise self._hidden(name, hint)
        if parts.scheme != "filesystem":
            return value, default_folder
        return "filesystem://localhost/", Path(parts.path) if parts.path.strip(
            "/"
        ) else default_folder

    def secret_key(self, name: str, key_file: Path) -> str:
        """Return the key, from the environment or else made once in `key_file` (mode 0600)."""
        value = self._value(name)
        if not value:
            return _stored_key(key_file)
        if len(value) < SECRET_KEY_LENGTH or len(set(value)) < 5:
            raise self._hidden(
                name,
                f"it is too easy to guess; give at least {SECRET_KEY_LENGTH} random characters, "
                "or leave it unset and a key is made in the data folder.",
            )
        return value

    def _hidden(self, name: str, hint: str) -> ImproperlyConfigured:
        # Addresses and keys hold passwords: the message must not repeat them.
        return ImproperlyConfigured(f"{name} cannot be used: {hint}")

    def refuse_unknown(self) -> None:
        """Stop where a VETTING_ variable is set that no setting reads (a typing error)."""
        for name in sorted(self._values):
            if name.startswith(OWN_PREFIX) and name not in self._asked:
                known = sorted(n for n in self._asked if n.startswith(OWN_PREFIX))
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
                raise ImproperlyConfigured(f"{name} is no setting of this app: {hint}")


def _stored_key(key_file: Path) -> str:
    """Return the key in the file; make it first where it is missing."""
    try:
        if not key_file.exists():
            _write_key(key_file)
        key = key_file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"The secret key in {key_file} cannot be read or made ({error}): "
            "set SECRET_KEY, or make the data folder writable."
        ) from error
    if len(key) < SECRET_KEY_LENGTH:
        raise ImproperlyConfigured(f"The secret key in {key_file} is too short: remove the file.")
    return key


def _write_key(key_file: Path) -> None:
    """Write a new key whole or not at all; whoever comes second keeps the first one's key."""
    handle, draft = tempfile.mkstemp(dir=key_file.parent, prefix=".secret_key-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        os.link(draft, key_file)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink()
