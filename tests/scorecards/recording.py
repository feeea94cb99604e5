"""Records of scorecards, as text, as values, and what is printed of them."""

from django.utils import timezone

from scorecards import record
from scorecards.content import scorecard_content
from scorecards.models import Kind, Scorecard
from scorecards.services.records import record_text
from scorecards.services.scorecards import new_issue
from vendors.models import Assessment


def text_of(assessment, number="", issue=None):
    """The record in the form of RFC 8785."""
    return record_text(assessment, number=number, issue=issue)


def record_of(assessment, number="", issue=None):
    """The record as the app reads it."""
    return record.read_strictly(text_of(assessment, number, issue))


def content_of(assessment):
    """What is printed of an assessment as it stands."""
    return scorecard_content(record_of(assessment))


def issued(assessment, *, by=None, reason="The register was wrong.", is_built=True):
    """The first issue of an assessment, or the next one in place of the last; no file is drawn."""
    # as a page reads it: nothing remembered
    assessment = Assessment.objects.get(pk=assessment.pk)
    cards = Scorecard.objects.filter(assessment=assessment, kind=Kind.VENDOR, is_draft=False)
    last = cards.order_by("-issue").first()
    more = {"replaces": last, "reason": reason} if last else {}
    made = new_issue(assessment=assessment, by=by, wakes=False, **more)
    if is_built:
        Scorecard.objects.filter(pk=made.pk).update(ready_at=timezone.now())
    return made
