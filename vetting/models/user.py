"""The people who sign in. Roles are groups; the sign-in name is the e-mail address."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vendors.permissions import Role

ROLE_LABELS = {
    Role.PROCUREMENT: _("Procurement"),
    Role.MANAGER: _("Manager"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}


class UserManager(BaseUserManager["User"]):
    """Makes and finds users by e-mail address, upper and lower case alike."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new user. Without a password the account cannot sign in."""
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff: signs in by e-mail and has one role."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_demo = models.BooleanField(default=False, help_text=_("made with the sample data"))
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    ended_reason = models.TextField(blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Somebody signs in with this e-mail address already."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at=None, ended_by=None, ended_reason="")
                | (Q(is_active=False, ended_at__isnull=False) & ~Q(ended_reason="")),
                name="user_ended_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def role(self) -> str:
        """The role by the user's group, or "" for somebody without one. One query a request."""
        names = {group.name for group in self.groups.all()}
        return next((role for role in Role if role in names), "")

    @property
    def role_label(self) -> str:
        """The role in words."""
        return str(ROLE_LABELS[Role(self.role)]) if self.role else str(_("No role yet"))

    @property
    def is_invited(self) -> bool:
        """Whether the person may come in but has not set a password yet."""
        return self.is_active and self.password.startswith(UNUSABLE_PASSWORD_PREFIX)

    @property
    def initials(self) -> str:
        """One or two capitals for the round mark beside the name."""
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()

    def get_full_name(self) -> str:
        """The name, or the e-mail address where there is none."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The same as the full name: people are shown as they call themselves."""
        return self.get_full_name()
