"""Asking some criteria of an approved assessment again: a new one that carries the others over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from vendors.models import Answer, AnswerEvidence, Assessment
from vendors.queries.answer_states import answer_states, recorded_answers
from vendors.scoring import Fault
from vendors.services.assessments import start_assessment
from vendors.services.audit import record_answers, record_event
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User

#: What somebody typed, and when: copied for every answer.
_GIVEN = (
    "is_answered",
    "value",
    "valid_to",
    "not_applicable",
    "reason",
    "comment",
    "proposed_level",
    "level_valid_to",
    "answered_at",
    "answered_by_id",
)
#: What a reviewer decided: copied where the answer is not asked again.
_DECIDED = ("level", "rating", "consented", "remark", "decided_at", "decided_by_id")


@transaction.atomic
def start_reassessment(
    *,
    previous: Assessment,
    codes: Iterable[str],
    owner: User,
    due_on: date | None = None,
    reason: str = "",
    by: User,
) -> Assessment:
    """Open a new assessment that asks `codes` again and carries all other answers over.

    Version of the framework, scope, intake and tier stay. Carried answers keep their decision and
    count as they did; those asked again start from the last answer, undecided. Raises FaultyInput
    for codes that were not asked, Refused when `previous` is not in force, or the vendor is archived
    or has an open assessment on the framework.
    """
    previous = Assessment.objects.select_for_update(no_key=True).get(pk=previous.pk)
    if not previous.is_approved:
        raise Refused(_("Only an assessment that is approved and in force can be asked again."))
    targets = _targets(previous, set(codes))
    assessment = start_assessment(
        vendor=previous.vendor,
        framework=previous.framework,
        intake=previous.intake,
        owner=owner,
        due_on=due_on,
        service=previous.service,
        sites=previous.sites.all(),
        tier=previous.tier,
        by=by,
    )
    assessment.previous, assessment.targets = previous, targets
    assessment.proposed_tier = previous.proposed_tier
    assessment.tier_reason = previous.tier_reason
    assessment.save(update_fields=["previous", "targets", "proposed_tier", "tier_reason"])
    record_event(
        action="assessment.reassess",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        before={"previous": str(previous.public_id), "title": previous.title},
        after={"targets": targets, "tier": assessment.tier},
        reason=reason.strip(),
    )
    _carry(previous, assessment, frozenset(targets), by)
    return assessment


def _targets(previous: Assessment, codes: set[str]) -> list[str]:
    """The codes in the framework's order. Raises FaultyInput for none, or one not asked."""
    asked = [item.code for item in previous.framework.rules.asked(previous.tier)]
    unknown = sorted(codes.difference(asked))
    if unknown:
        text = _("Not asked in %(title)s: %(codes)s.")
        named = {"title": previous.title, "codes": ", ".join(unknown)}
        raise FaultyInput([Fault("codes", text % named)])
    if not codes:
        raise FaultyInput([Fault("codes", _("Choose at least one criterion."))])
    return [code for code in asked if code in codes]


def _carry(previous: Assessment, assessment: Assessment, targets: frozenset[str], by: User) -> None:
    """Copy the answers with what backs them, and record the state of each."""
    sources = [row for row in recorded_answers(previous) if row.is_done]
    rows = {row.code: row for row in assessment.answers.all()}
    copies = [_copied(source, rows[source.code], targets) for source in sources]
    columns = ["version", "is_carried", *(name.removesuffix("_id") for name in _GIVEN + _DECIDED)]
    Answer.objects.bulk_update(copies, columns)
    _back(sources, rows)
    record_answers(
        action="answer.carry",
        by=by,
        assessment=assessment,
        before={},
        after=answer_states(recorded_answers(assessment, [row.code for row in copies])),
    )


def _copied(source: Answer, row: Answer, targets: frozenset[str]) -> Answer:
    """The new row with what the old one says; without its decision where it is asked again."""
    row.version += 1
    row.is_carried = row.code not in targets
    for name in (*_GIVEN, *(_DECIDED if row.is_carried else ())):
        setattr(row, name, getattr(source, name))
    return row


def _back(sources: Sequence[Answer], rows: dict[str, Answer]) -> None:
    """Copy register entries and documents behind answers; two queries."""
    through: Any = Answer.certifications.through
    through.objects.bulk_create(
        through(answer_id=rows[source.code].pk, certification_id=entry.pk)
        for source in sources
        for entry in source.certifications.all()
    )
    AnswerEvidence.objects.bulk_create(
        AnswerEvidence(
            answer=rows[source.code],
            evidence=link.evidence,
            page=link.page,
            linked_by_id=link.linked_by_id,
        )
        for source in sources
        for link in source.evidence_links.all()
    )
