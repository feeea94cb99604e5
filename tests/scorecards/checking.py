"""Documents to check, with and without a file."""

import hashlib

from django.utils import timezone

from scorecards.models import BuildState, Scorecard
from scorecards.services.scorecards import request_scorecard
from tests import factories
from vendors.permissions import Role


def made(scorecard):
    """The document as if it had been built, with hashes of its own."""
    hashes = {
        part: hashlib.sha256(f"{part} {scorecard.pk}".encode()).hexdigest()
        for part in ("file", "unsigned")
    }
    Scorecard.objects.filter(pk=scorecard.pk).update(
        state=BuildState.READY,
        ready_at=timezone.now(),
        file=f"scorecards/{hashes['file']}.pdf",
        file_sha256=hashes["file"],
        unsigned_sha256=hashes["unsigned"],
        file_size=1000,
        pages=2,
    )
    scorecard.refresh_from_db()
    return scorecard


def issued(name="Aurora"):
    """An issued scorecard of an approved assessment."""
    factories.small_framework()
    assessment = factories.import_worked(name, approve_as=factories.make_user(Role.MANAGER))
    by = factories.make_user(Role.AUDITOR, name="Adriana Ferreira")
    return made(request_scorecard(assessment=assessment, by=by, wakes=False))
