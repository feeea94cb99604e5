"""Asking for documents of any kind. The content is fixed here; a worker only draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from scorecards import waking
from scorecards.content.compared import comparison_summary, saved_part
from scorecards.content.words import short_day
from scorecards.models import Kind, NumberCounter, SavedComparison, Scorecard
from scorecards.paper.kinds import PAPERS
from scorecards.queries.saved import choices_in_force
from scorecards.services.records import site_part
from vendors import scoring
from vendors.models import Assessment
from vendors.services.audit import record_event

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document as it is asked for: its kind, its content in canonical JSON, what it is about."""

    kind: Kind
    text: str
    is_draft: bool
    assessment: Assessment | None = None
    comparison: SavedComparison | None = None


def request_document(
    *,
    kind: Kind,
    document: Mapping[str, Any],
    comparison: SavedComparison | None = None,
    by: User | None,
    wakes: bool = True,
) -> Scorecard:
    """The comparison or portfolio document of these figures: the row that is there, else a new one.

    A portfolio is numbered; a comparison is where it prints a saved one, else it is a draft, as
    the page showed it.
    """
    content = {**document, "site": site_part()}
    if kind == Kind.COMPARISON:
        content["saved"] = None if comparison is None else _saved(comparison)
        content["summary"] = comparison_summary(content)
    else:
        content["summary"] = {"as_of": document["on"], "as_of_short": short_day(document["on"])}
    text = scoring.canonical_json(content)
    is_draft = kind == Kind.COMPARISON and comparison is None
    wanted = Wanted(kind, text, is_draft=is_draft, comparison=comparison)
    return asked_for(wanted, by=by, wakes=wakes)


def _saved(comparison: SavedComparison) -> dict[str, Any]:
    """Who kept the comparison, when, and which vendor was chosen of it."""
    choice = choices_in_force().filter(comparison=comparison).first()
    return {
        "digest": comparison.digest,
        **saved_part("saved", comparison.saved_at, str(comparison.saved_by)),
        "choice": choice
        and {
            "vendor": choice.vendor.name,
            "place": choice.place,
            "reason": choice.reason,
            **saved_part("decided", choice.decided_at, str(choice.decided_by)),
        },
    }


def asked_for(wanted: Wanted, *, by: User | None, wakes: bool, tells: bool = True) -> Scorecard:
    """The row of a document, made unless it is there. With `wakes` a worker is told on commit."""
    same = Scorecard.objects.filter(
        digest=scoring.digest(wanted.text), template_version=PAPERS[wanted.kind].version
    )
    found = same.first()
    if found is not None:
        return wanted_by_itself(found, by=by, tells=tells)
    try:
        with transaction.atomic():
            number = "" if wanted.is_draft else next_number(timezone.localdate().year)
            return new_row(wanted, number=number, by=by, wakes=wakes)
    except IntegrityError:
        # Somebody asked for the same document in this moment: theirs is ours.
        return same.get()


def wanted_by_itself(scorecard: Scorecard, *, by: User | None, tells: bool) -> Scorecard:
    """A document that is there, for somebody who asks for it: not dropped with a bundle any more.

    Where it waits for somebody who may no longer have it, it is built for whoever asks now; with
    `tells`, who asks besides is told as well.
    """
    scorecard.items.filter(is_origin=True).update(is_origin=False)
    if not scorecard.is_waiting:
        return scorecard
    if not scorecard.asker_may_see():
        Scorecard.objects.filter(pk=scorecard.pk).update(wanted_by=by, wanted_at=timezone.now())
    elif tells and by is not None and by.pk != scorecard.wanted_by_id:
        scorecard.also_wanted_by.add(by)
    return scorecard


@transaction.atomic
def new_row(
    wanted: Wanted,
    *,
    number: str,
    replaces: Scorecard | None = None,
    reason: str = "",
    by: User | None,
    wakes: bool,
) -> Scorecard:
    """Insert the row of a document with its event; with `wakes` a worker is told on commit."""
    scorecard = Scorecard.objects.create(
        kind=wanted.kind,
        assessment=wanted.assessment,
        comparison=wanted.comparison,
        number=number,
        is_draft=wanted.is_draft,
        issue=replaces.issue + 1 if replaces else 1,
        replaces=replaces,
        reason=reason,
        content=wanted.text,
        digest=scoring.digest(wanted.text),
        template_version=PAPERS[wanted.kind].version,
        woken_at=timezone.now(),
        requested_by=by,
        wanted_by=by,
    )
    record_event(
        action="scorecard.correct" if replaces else "scorecard.request",
        by=by,
        assessment=wanted.assessment,
        subject=scorecard.title,
        before={"number": replaces.number} if replaces else None,
        after={"digest": scorecard.digest, "template": scorecard.template_version},
        reason=reason,
    )
    if wakes:
        transaction.on_commit(lambda: waking.wake_builder(scorecard.public_id), robust=True)
    return scorecard


@transaction.atomic
def next_number(year: int) -> str:
    """VET-YYYY-NNNN, from a row that is locked until the document is there: no gaps, no doubles."""
    NumberCounter.objects.get_or_create(year=year)
    counter = NumberCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"VET-{year}-{counter.last:04d}"
