"""Documents at answers: linked and taken off while the answer is open, by compare-and-swap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import Answer, AnswerEvidence, Assessment, Evidence
from vendors.permissions import is_answer_open
from vendors.queries.answer_states import answer_state
from vendors.queries.evidence import locked_citations
from vendors.services.audit import record_event
from vendors.services.moves import hold_assessment
from vendors.services.refusals import Refused, StaleAnswer

if TYPE_CHECKING:
    from vetting.models import User

#: Documents that the answers of one assessment may cite together.
ASSESSMENT_QUOTA = 200


@transaction.atomic
def link_evidence(
    *,
    assessment: Assessment,
    answer: Answer,
    evidence: Evidence,
    page: str = "",
    version: int,
    by: User | None,
) -> Answer:
    """Let an open answer cite a document, or cite another page of it; return the row as it is.

    Raises StaleAnswer when somebody saved after `version` was read, Refused when the answer is
    locked, the document removed or another vendor's, or the assessment has its 200. What a
    reviewer decided before is void, as with any change of an answer.
    """
    page = " ".join(page.split())[:60]
    links = _hold(assessment, answer)
    _check_document(assessment, evidence)
    before = answer_state(answer, links=links.values())
    link = links.get(evidence.pk)
    if link is not None and link.page == page and answer.version == version:
        return answer
    _check_quota(assessment, evidence)
    _swap(assessment, answer, version)
    if link is None:
        link = AnswerEvidence(answer=answer, evidence=evidence, page=page, linked_by=by)
    link.page = page
    link.save()
    links[evidence.pk] = link
    _record(assessment, answer, before, links.values(), by)
    return answer


@transaction.atomic
def unlink_evidence(
    *, assessment: Assessment, answer: Answer, evidence: Evidence, version: int, by: User | None
) -> Answer:
    """Take a document off an open answer; it stays in the register. Raises as `link_evidence`."""
    links = _hold(assessment, answer)
    before = answer_state(answer, links=links.values())
    link = links.pop(evidence.pk, None)
    if link is None:
        return answer
    _swap(assessment, answer, version)
    link.delete()
    _record(assessment, answer, before, links.values(), by)
    return answer


def _hold(assessment: Assessment, answer: Answer) -> dict[int, AnswerEvidence]:
    """Lock against a move, bring the answer up to date and give its links by document.

    Raises Refused when the answer is locked.
    """
    hold_assessment(assessment)
    answer.refresh_from_db()
    if not is_answer_open(assessment, answer):
        raise Refused(_("This answer is locked, so its evidence stays as it is."))
    links = answer.evidence_links.select_related("evidence").order_by("pk")
    return {link.evidence_id: link for link in links}


def refuse_locked(evidence: Evidence) -> None:
    """Raise Refused while a locked answer of an open assessment cites the document.

    What a reviewer looked at is what an approval freezes.
    """
    locked = locked_citations(evidence)
    if locked:
        message = _("It is under review at %s. Add a new document, or have the answer returned.")
        raise Refused(message % ", ".join(locked))


def _check_document(assessment: Assessment, evidence: Evidence) -> None:
    if evidence.vendor_id != assessment.vendor_id:
        raise Refused(_("This document belongs to another vendor."))
    if not Evidence.objects.kept().filter(pk=evidence.pk).exists():
        raise Refused(_("This document was removed from the register."))


def _check_quota(assessment: Assessment, evidence: Evidence) -> None:
    cited = (
        AnswerEvidence.objects.filter(answer__assessment=assessment)
        .exclude(evidence=evidence)
        .values("evidence")
        .distinct()
    )
    if cited.count() >= ASSESSMENT_QUOTA:
        raise Refused(_("The answers of one assessment may cite 200 documents, no more."))


def _swap(assessment: Assessment, answer: Answer, version: int) -> None:
    """Count the answer's version up if nobody saved after `version`; void what was decided."""
    columns: dict[str, Any] = {
        "level": "",
        "rating": None,
        "consented": False,
        "remark": "",
        "decided_at": None,
        "decided_by": None,
        "corrected_at": timezone.now() if answer.returned_at else None,
    }
    changed = Answer.objects.filter(pk=answer.pk, version=version).update(
        version=F("version") + 1, **columns
    )
    if not changed:
        raise StaleAnswer(Answer.objects.select_related("answered_by").get(pk=answer.pk))
    for name, value in columns.items():
        setattr(answer, name, value)
    answer.version = version + 1
    if assessment.as_of is not None:
        # an import's own day stands only until somebody edits it
        Assessment.objects.filter(pk=assessment.pk).update(as_of=None)
        assessment.as_of = None


def _record(
    assessment: Assessment,
    answer: Answer,
    before: dict[str, Any],
    links: Iterable[AnswerEvidence],
    by: User | None,
) -> None:
    record_event(
        action="answer.evidence",
        by=by,
        assessment=assessment,
        subject=answer.code,
        before=before,
        after=answer_state(answer, links=links),
    )
