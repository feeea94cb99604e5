"""Marking as seen what somebody was told of. No event: it is nobody's business but theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from scorecards.models import Notice

if TYPE_CHECKING:
    from vetting.models import User


def mark_seen(*, notices: QuerySet[Notice], by: User) -> int:
    """Mark those of them seen that are the person's own and unseen; return how many."""
    unseen = notices.filter(user=by, seen_at=None)
    return unseen.update(seen_at=timezone.now())
