"""Who did what in an assessment, and when: its steps and its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors.models import Answer, Assessment
from vendors.permissions import Role

if TYPE_CHECKING:
    from vetting.models import User

DONE, NOW = "done", "now"
NAMED = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step: done, now or to come ("")."""

    label: str
    state: str
    day: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """A person, what they did, and whether they may approve."""

    person: User
    capacity: str
    did: str
    may_approve: bool
    why_not: str
    is_reader: bool


def _moment(value: datetime | None, form: str = "j M, H:i") -> str:
    return str(date_format(timezone.localtime(value), form)) if value else ""


def steps_of(assessment: Assessment, rows: Iterable[Answer]) -> list[Step]:
    """Intake, questionnaire, submission, approval, with who and when. No query."""
    people = list(dict.fromkeys(str(row.answered_by) for row in rows if row.answered_by_id))
    names = ", ".join(people[:NAMED])
    if len(people) > NAMED:
        names = _("%(names)s and %(n)d more") % {"names": names, "n": len(people) - NAMED}
    now = {"in_progress": 1, "submitted": 3, "approved": 4}.get(assessment.state, -1)
    if assessment.cancelled_at:
        now = 1 if assessment.submitted_at is None else 3
    steps = [
        (_("Intake"), _moment(assessment.created_at), _name(assessment.created_by)),
        (_("Questionnaire"), "", names or _name(assessment.owner)),
        (_("Submitted"), _moment(assessment.submitted_at), _name(assessment.submitted_by)),
        _last_step(assessment),
    ]
    return [
        Step(label, _state(position, now, is_open=assessment.is_open), day, who)
        for position, (label, day, who) in enumerate(steps)
    ]


def _last_step(assessment: Assessment) -> tuple[str, str, str]:
    if assessment.cancelled_at:
        day = _moment(assessment.cancelled_at)
        return _("Cancelled"), day, _name(assessment.cancelled_by)
    if assessment.is_submitted:
        since = _("since %s") % _moment(assessment.submitted_at, "j M")
        return _("Approval"), since, _("a manager")
    return _("Approval"), _moment(assessment.approved_at), _name(assessment.approved_by)


def _state(position: int, now: int, *, is_open: bool) -> str:
    if position < now or (not is_open and position == now):
        return DONE
    return NOW if position == now else ""


def _name(person: Any) -> str:
    return str(person) if person else ""


def participants_of(
    assessment: Assessment, rows: Iterable[Answer], reader: User
) -> list[Participant]:
    """Everybody who had a part in it, and the reader if a manager. Two queries."""
    rows = list(rows)
    answered = Counter(row.answered_by_id for row in rows if row.answered_by_id)
    decided = Counter(row.decided_by_id for row in rows if row.decided_by_id)
    keys = {
        assessment.owner_id,
        assessment.submitted_by_id,
        assessment.approved_by_id,
        assessment.returned_by_id,
        *assessment.helper_ids,
        *answered,
        *decided,
    } - {None}
    if reader.role == Role.MANAGER:
        keys.add(reader.pk)
    people = get_user_model().objects.filter(pk__in=keys).prefetch_related("groups")
    return [
        _participant(assessment, person, (answered[person.pk], decided[person.pk]), reader)
        for person in people.order_by("name", "pk")
    ]


def _participant(
    assessment: Assessment, person: User, counts: tuple[int, int], reader: User
) -> Participant:
    answered, decided = counts
    names = {group.name for group in person.groups.all()}
    # the role was read with all the others; asking the person again would cost a query each
    person.role = next((role for role in Role if role in names), "")
    is_manager = person.role == Role.MANAGER
    return Participant(
        person=person,
        capacity=_capacity(assessment, person),
        did="; ".join(_did(assessment, person, answered, decided)) or _("Nothing yet"),
        may_approve=is_manager and not answered,
        why_not=_("No, answered") if answered else _("No, not a manager"),
        is_reader=person.pk == reader.pk,
    )


def _capacity(assessment: Assessment, person: User) -> str:
    words = [person.role_label]
    if person.pk == assessment.owner_id:
        words.append(_("owner"))
    elif person.pk in assessment.helper_ids:
        words.append(_("helper"))
    return ", ".join(words)


def _did(assessment: Assessment, person: User, answered: int, decided: int) -> list[str]:
    found = []
    if answered:
        found.append(ngettext("answered %d", "answered %d", answered) % answered)
    if person.pk == assessment.submitted_by_id:
        found.append(_("submitted"))
    if decided:
        found.append(ngettext("decided %d", "decided %d", decided) % decided)
    if person.pk == assessment.returned_by_id:
        found.append(_("returned it on %s") % _moment(assessment.returned_at, "j M Y"))
    if person.pk == assessment.approved_by_id:
        found.append(_("approved"))
    return found
