"""Sessions that end twelve hours after sign-in, however busy they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Stored in the database; the moment of expiry is set when somebody signs in."""

    def __setitem__(self, key: str, value: Any) -> None:
        """Store a value. Signing in writes the user's key: from there the time runs."""
        super().__setitem__(key, value)
        if key == SESSION_KEY:
            self.set_expiry(timedelta(seconds=self.get_session_cookie_age()))
