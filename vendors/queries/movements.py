"""How vendors' scores moved: what was in force on a day, and the difference to now."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import ExpressionWrapper, FloatField, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Round
from django.utils import timezone

from vendors.models import AssessmentResult

#: Decimals of a movement that count, so that a whole point is one however it was subtracted.
PLACES = 7
#: Points from which a score has moved up or down; less is still.
MOVED = 1


def last_quarter_end(today: date) -> date:
    """The last day of the quarter before the one that `today` lies in."""
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)


def score_on(day: date) -> Subquery[Any]:
    """The overall score that was in force when a day ended, for a queryset of vendors.

    It is that of the latest approved result whose as-of date had come and that was neither
    superseded nor closed by then; what happened to it later changes nothing. Null where there was
    none, or it was not rated. An approval is as of its day, so results imported with their history
    count on their own days.
    """
    ended = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    open_then = Q(assessment__closed_at=None) | Q(assessment__closed_at__gte=ended)
    # else one that was superseded would come back when its successor is closed
    held_then = Q(assessment__superseded_at=None) | Q(assessment__superseded_at__gte=ended)
    results = AssessmentResult.objects.filter(
        open_then,
        held_then,
        assessment__vendor=OuterRef("pk"),
        assessment__approved_at__isnull=False,
        as_of__lte=day,
    )
    return Subquery(results.order_by("-as_of", "-pk").values("overall")[:1])


def movement_since(day: date) -> Cast:
    """Points gained (or, negative, lost) since the end of a day; null without both scores."""
    then = Cast(score_on(day), FloatField())
    now = Cast("latest_result__overall", FloatField())
    return Cast(Round(ExpressionWrapper(now - then, FloatField()), PLACES), FloatField())
