"""What ended for somebody: the list, how much of it is unseen, and what is about one page."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import Resolver404, resolve

from scorecards.models import Notice, Scorecard
from vendors.permissions import Actor


def notices_of(user: Actor) -> QuerySet[Notice]:
    """What ended, newest first, as far as the person may still see what it is about."""
    seen = Q(scorecard=None) | Q(scorecard__in=Scorecard.objects.visible_to(user).values("pk"))
    rows = Notice.objects.filter(seen, user=user.pk)
    return (
        rows.select_related("bundle", "scorecard__assessment__vendor", "scorecard__comparison")
        .defer("scorecard__content", "scorecard__comparison__document")
        .order_by("-pk")
    )


def unseen_count(user: Actor) -> int:
    """How many were not seen yet. One query."""
    return notices_of(user).filter(seen_at=None).order_by().count()


def about(address: str) -> Q:
    """Whether a notice is about the page of this address; none where the page is of neither."""
    try:
        match = resolve(address)
    except Resolver404:
        return Q(pk=None)
    names = {
        "scorecards:scorecard-detail": "scorecard__public_id",
        "scorecards:bundle-detail": "bundle__public_id",
    }
    field = names.get(match.view_name)
    return Q(**{field: match.kwargs["public_id"]}) if field else Q(pk=None)
