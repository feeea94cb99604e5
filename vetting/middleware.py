"""What every request passes: a request id for the logs and headers for the answer."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from vendors.trail import origin
from vetting.throttle import client_address

REQUEST_ID_HEADER = "X-Request-ID"
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), payment=(), usb=()"
)
_SAFE_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_request_id: ContextVar[str] = ContextVar("request_id", default="-")

Answer = Callable[[HttpRequest], HttpResponseBase]


class RequestIdFilter(logging.Filter):
    """Writes the id of the current request into each log line, or "-" outside one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; no record is dropped."""
        record.request_id = _request_id.get()
        return True


class RequestIdMiddleware:
    """Gives each request an id, or keeps the proxy's where a proxy is trusted."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the id in the X-Request-ID header."""
        given = request.headers.get(REQUEST_ID_HEADER, "")
        trusted = settings.SECURE_PROXY and _SAFE_ID.match(given)
        request_id = given if trusted else uuid.uuid4().hex
        token = _request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response[REQUEST_ID_HEADER] = request_id
        return response


class OriginMiddleware:
    """Lets the trail say from which address a change came."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the caller's address as the origin of whatever is recorded."""
        token = origin.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            origin.reset(token)


class ResponseHeadersMiddleware:
    """Closes browser features nobody needs and keeps pages out of every cache."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; what a view says about caching stands."""
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class MethodMiddleware:
    """Says in the app's frame that an address takes a form: somebody reloaded a refused one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 405 to a visit with a page; programs get the plain answer."""
        response = self.get_response(request)
        is_visit = request.method == "GET" and request.accepts("text/html")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_visit:
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page
