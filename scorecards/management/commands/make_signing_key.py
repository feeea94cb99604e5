"""Makes a key to sign documents with, for an organisation that has none."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scorecards.seal import keyring, keys

#: Three years: long enough not to be forgotten, short enough to be renewed by those who made it.
DAYS = 3 * 365
MOST_DAYS = 10 * 365


class Command(BaseCommand):
    """`manage.py make_signing_key --name NAME`: where there is a key already, it stays."""

    help = (
        "Makes a signing key with a certificate of its own, where SIGNING_KEY says, else in the "
        "data folder; with SIGNING_PASSWORD it is locked. A key that is there is never replaced."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose key, and for how long."""
        parser.add_argument("--name", required=True, help="the organisation, at most 64 characters")
        parser.add_argument("--days", type=int, default=DAYS, help=f"1 to {MOST_DAYS}")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it and say where it lies and what it proves."""
        name, days = options["name"].strip(), options["days"]
        if not 1 <= len(name) <= keys.LONGEST_NAME or not name.isprintable():
            raise CommandError(f"Give a name of 1 to {keys.LONGEST_NAME} characters.")
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"Give a number of days from 1 to {MOST_DAYS}.")
        path = keyring.own_key_path()
        try:
            certificate = keyring.make_key(name, days=days)
        except FileExistsError as error:
            message = f"There is a key in {path}. Move it away first; keep it while it may be used."
            raise CommandError(message) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"Key and certificate of {name} are in {path}, readable by this account alone.\n"
            f"SHA-256 of the certificate: {keys.fingerprint(certificate)}\n"
            f"Valid until {certificate.not_valid_after_utc:%Y-%m-%d}. "
            "Restart the workers if SIGNING_KEY was set just now.\n"
            "It proves that a document came from whoever holds this key, and that nothing was "
            "changed since.\n"
            "It does not prove who that is: give the SHA-256 above to those who check, on a way "
            "that they trust."
        )
