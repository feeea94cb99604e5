"""Sessions that know whose they are, so that all of a person's end at once."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.module_loading import import_string

from vetting.models.user import User


class Session(AbstractBaseSession):
    """One browser. `user` is empty until somebody signs in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that reads and writes these rows."""
        store: type[SessionBase] = import_string("vetting.sessions.SessionStore")
        return store
