"""Make a user with a role."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from vendors.permissions import Role
from vetting.accounts import add_user, random_password
from vetting.models import User


class Command(BaseCommand):
    """`create_user EMAIL --role ROLE`: asks for the password, or prints a random one."""

    help = "Make a user. Asks for a password on a terminal; an empty one means a random one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The e-mail address and one of the four roles."""
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=[str(role) for role in Role])
        parser.add_argument("--name", default="")

    def handle(self, *_args: Any, email: str, role: str, name: str, **_options: Any) -> None:
        """Make the user, or say what is wrong and exit 1."""
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address") from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"Somebody signs in as {email} already")
        typed = getpass.getpass("Password (empty for a random one): ") if sys.stdin.isatty() else ""
        password = typed or random_password()
        name = name or email.partition("@")[0].replace(".", " ").title()
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user = add_user(email=email, name=name, role=role, password=password)
        self.stdout.write(f"{user.name} signs in as {user.email}, role {role}.")
        if not typed:
            self.stdout.write(f"Password: {password}")
