"""Addresses of the vendor list that hold the vendors behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Links:
    """Links of one portfolio; `profile` is "" for the scores as approved."""

    profile: str

    def weighed(self, **asked: object) -> str:
        """The list filtered by figures that depend on the weights."""
        if self.profile:
            asked["profile"] = self.profile
        return self.plain(**asked)

    def plain(self, **asked: object) -> str:
        """The list filtered by what no weights touch."""
        query = urlencode({name: str(value) for name, value in asked.items()})
        address = reverse("vendors:vendor-list")
        return f"{address}?{query}" if query else address
