"""Sessions that end twelve hours after sign-in, however busy they are, and know whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from vetting.models import Session


class SessionStore(DatabaseStore):
    """Stored in the database; the moment of expiry is set when somebody signs in."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our own table, which has a column for the user."""
        return Session

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        """The row of this session, with the user whose key is in its data."""
        row = super().create_model_instance(dict(data))
        assert isinstance(row, Session)  # noqa: S101 - the class above
        row.user_id = data.get(SESSION_KEY)
        return row

    def __setitem__(self, key: str, value: Any) -> None:
        """Store a value. Signing in writes the user's key: from there the time runs."""
        super().__setitem__(key, value)
        if key == SESSION_KEY:
            self.set_expiry(timedelta(seconds=self.get_session_cookie_age()))
