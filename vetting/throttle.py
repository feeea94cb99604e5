"""Who is counted when sign-ins fail: the address and the name that were used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the caller.

    Behind a trusted proxy it is the last entry of X-Forwarded-For, the only one that the
    proxy itself wrote; the ones before it are whatever the caller claimed.
    """
    if settings.SECURE_PROXY:
        claimed = request.META.get("HTTP_X_FORWARDED_FOR", "")
        last = str(claimed).rpartition(",")[2].strip()
        if last:
            return last
    return str(request.META.get("REMOTE_ADDR", ""))


def sign_in_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """Return the e-mail address in lower case, so that spelling it anew buys no more tries."""
    name = (credentials or {}).get("username")
    if name is None and request is not None:
        name = request.POST.get("username", "")
    return str(name or "").strip().casefold()
