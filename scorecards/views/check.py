"""The public page that says whether a scorecard is genuine and in force."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from scorecards.queries.checked import Checked, Verdict, checked
from scorecards.queries.disclosed import disclosed
from scorecards.queries.given import Given
from scorecards.queries.verdicts import Words, look_of, too_many, words_of
from scorecards.services.checks import Counted, count_check
from vendors.trail import origin

UNPROCESSABLE, TOO_MANY_REQUESTS = 422, 429


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The answer to a number, a hash, or both; the empty form where nothing is asked.

    HEAD asks nothing, for the length of an answer would be one.
    """
    given = Given.from_query(request.GET) if request.method == "GET" else Given()
    if given.fault:
        return _page(request, {"given": given}, status=UNPROCESSABLE)
    if given.is_empty:
        return _page(request, {"given": given})
    counted = count_check(origin.get())
    if not counted.is_allowed:
        return _refused(request, given, counted)
    found = checked(given, timezone.localdate())
    facts = disclosed(found)
    return _page(request, {"facts": facts, **_shown(found, words_of(found, facts))})


def _shown(found: Checked, words: Words) -> dict[str, object]:
    icon, band = look_of(found)
    return {
        "given": found.given,
        "found": found,
        "words": words,
        "icon": icon,
        "band": band,
        "now": timezone.now(),
    }


def _refused(request: HttpRequest, given: Given, counted: Counted) -> HttpResponse:
    again = date_format(timezone.localtime(counted.next_at), "H:i T")
    words = too_many(settings.CHECKS_A_MINUTE, again)
    context = _shown(Checked(given, Verdict.TOO_MANY), words)
    page = _page(request, context, status=TOO_MANY_REQUESTS)
    page["Retry-After"] = str(counted.wait)
    return page


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    page = render(request, "scorecards/check.html", context, status=status)
    page["X-Robots-Tag"] = "noindex, nofollow"
    return page
