"""Making accounts."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import Group

from vendors.services.audit import record_event
from vetting.models import User


def add_user(*, email: str, name: str, role: str, password: str, is_demo: bool = False) -> User:
    """Store a user with one role. The e-mail address must be free."""
    user = User.objects.create_user(email=email, password=password, name=name, is_demo=is_demo)
    user.groups.set([Group.objects.get(name=role)])
    record_event(action="user.add", by=None, subject=user.email, after={"role": role})
    return user


def random_password() -> str:
    """A password of about 96 bits that can be read out: four groups of letters and digits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
