"""Who did what in an assessment, and who may decide on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors.models import Answer, Assessment, Review
from vendors.permissions import Role
from vendors.queries.approvers import FILLED, NO_MANAGER, REVIEWED, bar_to_deciding
from vendors.queries.steps import moment_words

if TYPE_CHECKING:
    from vetting.models import User

DAY = "j M Y"


@dataclass(frozen=True, slots=True)
class Participant:
    """A person, what they did, and whether they may approve."""

    person: User
    capacity: str
    did: str
    may_approve: bool
    why_not: str
    is_reader: bool


def participants_of(
    assessment: Assessment, rows: Iterable[Answer], reviews: Sequence[Review], reader: User
) -> list[Participant]:
    """Everybody who had a part in it, then the managers while it waits for one. Two queries.

    The reader is among them if a manager.
    """
    rows = list(rows)
    answered = Counter(row.answered_by_id for row in rows if row.answered_by_id)
    keys = _keys(assessment, reviews) | set(answered)
    if reader.role == Role.MANAGER:
        keys.add(reader.pk)
    wanted = Q(pk__in=keys - {None})
    if assessment.is_pending_approval:
        wanted |= Q(groups__name=Role.MANAGER, is_active=True)
    people = get_user_model().objects.filter(wanted).distinct().prefetch_related("groups")
    found = [
        _participant(assessment, person, answered[person.pk], reviews, reader)
        for person in people.order_by("name", "pk")
    ]
    # who had a part first; who could decide comes after
    return sorted(found, key=lambda entry: entry.person.pk not in keys)


def _keys(assessment: Assessment, reviews: Sequence[Review]) -> set[Any]:
    return {
        assessment.owner_id,
        assessment.submitted_by_id,
        assessment.approved_by_id,
        assessment.returned_by_id,
        assessment.rejected_by_id,
        assessment.closed_by_id,
        assessment.reviewer_id,
        assessment.second_reviewer_id,
        *assessment.helper_ids,
        *(review.reviewer_id for review in reviews),
    }


def _participant(
    assessment: Assessment, person: User, answered: int, reviews: Sequence[Review], reader: User
) -> Participant:
    names = {group.name for group in person.groups.all()}
    # the role was read with all the others; asking the person again would cost a query each
    person.role = next((role for role in Role if role in names), "")
    bar = bar_to_deciding(person, assessment)
    did = _did(assessment, person, answered, reviews)
    return Participant(
        person=person,
        capacity=_capacity(assessment, person),
        did="; ".join(did) or _("Nothing yet"),
        may_approve=not bar and person.is_active,
        why_not=_why_not(bar, answered),
        is_reader=person.pk == reader.pk,
    )


def _why_not(bar: str, answered: int) -> str:
    words = {
        FILLED: _("No, answered") if answered else _("No, filled it in"),
        REVIEWED: _("No, reviewed"),
        NO_MANAGER: _("No, not a manager"),
    }
    return words.get(bar, _("No, access has ended"))


def _capacity(assessment: Assessment, person: User) -> str:
    words = [person.role_label]
    if person.pk == assessment.owner_id:
        words.append(_("owner"))
    elif person.pk in assessment.helper_ids:
        words.append(_("helper"))
    elif person.pk == assessment.reviewer_id:
        words.append(_("reviewer"))
    elif person.pk == assessment.second_reviewer_id:
        words.append(_("second reviewer"))
    return ", ".join(words)


def _did(
    assessment: Assessment, person: User, answered: int, reviews: Sequence[Review]
) -> list[str]:
    found = []
    if answered:
        found.append(ngettext("answered %d", "answered %d", answered) % answered)
    if person.pk == assessment.submitted_by_id:
        found.append(_("submitted"))
    for review in reviews:
        if review.reviewer_id == person.pk:
            day = moment_words(review.declared_at, DAY)
            found.append(_("declared no conflict of interest on %s") % day)
            if review.finished_at:
                found.append(_("reviewed until %s") % moment_words(review.finished_at, DAY))
    if person.pk == assessment.returned_by_id:
        found.append(_("returned it on %s") % moment_words(assessment.returned_at, DAY))
    endings = {
        assessment.approved_by_id: _("approved"),
        assessment.rejected_by_id: _("rejected"),
        assessment.closed_by_id: _("closed"),
    }
    if person.pk in endings:
        found.append(endings[person.pk])
    return found
