"""A small site in which everything that can be proved is there, made through the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from scorecards import builder
from scorecards.models import Scorecard
from scorecards.services.scorecards import request_scorecard
from tests.factories import import_worked, make_assessment, make_user, small_framework
from vendors import triggers
from vendors.models import Assessment, Evidence
from vendors.permissions import Role
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.evidence import add_evidence, link_evidence
from vetting.models import User

PDF = b"%PDF-1.4\n%%EOF\n"
TEXT = b"The auditor saw wages paid on time at both sites.\n"


@dataclass(frozen=True)
class ProvedSite:
    """An approved assessment with its scorecard, and an open one with answers and evidence."""

    owner: User
    approved: Assessment
    open: Assessment
    evidence: Evidence
    scorecard: Scorecard


def save(assessment: Assessment, code: str, value: str, by: User) -> None:
    """Save one answer as a person would."""
    answer = assessment.answers.get(code=code)
    change = AnswerChange(value=value, is_answered=True, proposed_level="claimed")
    save_answer(assessment=assessment, answer=answer, change=change, version=answer.version, by=by)


def proved_site(build: Callable[[str], None] = builder.build) -> ProvedSite:
    """Make it. `build` draws the scorecard."""
    small_framework()
    owner = make_user()
    frozen = import_worked("Aurora", owner=owner, approve_as=make_user(Role.MANAGER))
    scorecard = request_scorecard(assessment=frozen, by=owner, wakes=False)
    build(str(scorecard.public_id))
    assessment = make_assessment(owner=owner, framework=frozen.framework)
    for code, value in (("L1", "yes"), ("L2", "40")):
        save(assessment, code, value, owner)
    evidence = add_evidence(
        vendor=assessment.vendor,
        upload=SimpleUploadedFile("audit.txt", TEXT),
        title="Audit report",
        by=owner,
    )
    answer = assessment.answers.get(code="L1")
    link_evidence(
        assessment=assessment,
        answer=answer,
        evidence=evidence,
        page="4",
        version=answer.version,
        by=owner,
    )
    scorecard.refresh_from_db()
    frozen.refresh_from_db()
    return ProvedSite(owner, frozen, assessment, evidence, scorecard)


@contextmanager
def lifted() -> Iterator[None]:
    """Triggers off, as for somebody who owns the database, then on again."""
    if connection.vendor != "sqlite":
        # what waits to be checked at the end of the transaction would be in the way
        connection.check_constraints()
    triggers.drop(connection)
    try:
        yield
        if connection.vendor != "sqlite":
            connection.check_constraints()
    finally:
        triggers.install(connection)


def tamper(*statements: str) -> None:
    """Change rows behind the app's back."""
    with lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
