"""Reading portable assessments: each file is taken whole or refused whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import (
    Answer,
    Assessment,
    Certification,
    Contact,
    Framework,
    Site,
    Vendor,
    name_key,
)
from vendors.permissions import Actor, Role
from vendors.queries.answer_states import answer_states, recorded_answers
from vendors.scoring import Fault
from vendors.services.approvals import approve_assessment
from vendors.services.assessments import start_assessment, submit_assessment
from vendors.services.audit import record_answers, record_event
from vendors.services.moves import move_assessment
from vendors.services.refusals import FaultyInput, Refused
from vendors.services.vendors import add_vendor

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class Imported:
    """The new assessment and its result."""

    assessment: Assessment
    result: scoring.Result


@transaction.atomic
def import_assessment(
    *,
    text: str,
    approve_as: User | None = None,
    owner: User | None = None,
    due_on: date | None = None,
    is_sample: bool = False,
    undecided: bool = False,
    by: User | None,
) -> Imported:
    """Make an assessment in progress from a portable document; `evidence` is the decided level.

    With `undecided` the levels are proposals of the owner instead, left for a reviewer to decide.

    With `approve_as` it is submitted and approved in that person's name. Raises FaultyInput naming
    each fault by its path; nothing of the file is stored then.
    """
    portable = _parsed(text)
    framework = _framework(portable)
    faults = scoring.check_against(portable, framework.rules, timezone.localdate())
    faults += _unknown_countries(portable.vendor)
    if faults:
        raise FaultyInput(faults)
    answers = scoring.answers_of(portable, framework.rules)
    try:
        assessment = start_assessment(
            vendor=_vendor(portable.vendor, is_sample=is_sample, by=by),
            framework=framework,
            intake=dict(portable.intake),
            owner=owner,
            due_on=due_on,
            tier=portable.tier,
            as_of=portable.as_of,
            by=by,
        )
        _store_answers(assessment, answers, decided=not undecided, by=by)
        if approve_as is not None:
            _approve(assessment, approve_as)
    except FaultyInput:
        raise
    except Refused as refusal:
        raise FaultyInput([Fault("", str(refusal))]) from refusal
    result = scoring.score(framework.rules, answers, assessment.tier, portable.as_of)
    return Imported(assessment, result)


def _unknown_countries(vendor: scoring.PortableVendor) -> list[Fault]:
    """Sites in a country that ISO 3166 doesn't have."""
    return [
        Fault(f"vendor.sites[{place}].country", f"{site.country or 'nothing'} is no country code")
        for place, site in enumerate(vendor.sites)
        if site.country not in COUNTRIES
    ]


def _parsed(text: str) -> scoring.PortableAssessment:
    """The document, or its faults as this app raises them."""
    try:
        return scoring.parse_assessment(text)
    except scoring.PortableError as error:
        raise FaultyInput(error.faults) from error


def _framework(portable: scoring.PortableAssessment) -> Framework:
    """The published version that the document names."""
    found = Framework.objects.filter(
        slug=portable.framework_slug, version=portable.framework_version
    ).first()
    if found is None:
        name = f"{portable.framework_slug} {portable.framework_version}"
        raise FaultyInput([Fault("framework", f"{name} is not published here; load it first")])
    return found


def _vendor(portable: scoring.PortableVendor, *, is_sample: bool, by: User | None) -> Vendor:
    """The vendor with this name, or a new one.

    A known vendor keeps its profile as it is; register entries that it lacks are added.
    """
    found = Vendor.objects.filter(name_key=name_key(portable.name)).first()
    vendor = found or _new_vendor(portable, is_sample=is_sample, by=by)
    known = set(vendor.certifications.values_list("standard", "level", "number", "expires_on"))
    added = Certification.objects.bulk_create(
        Certification(
            vendor=vendor,
            standard=entry.standard,
            level=entry.level,
            issuer=entry.issuer,
            number=entry.number,
            issued_on=entry.issued_on,
            expires_on=entry.expires_on,
            added_by=by,
        )
        for entry in portable.certifications
        if (entry.standard, entry.level, entry.number, entry.expires_on) not in known
    )
    if added:
        entries = [str(entry) for entry in added]
        record_event(action="certification.import", by=by, vendor=vendor, after=entries)
    return vendor


def _new_vendor(portable: scoring.PortableVendor, *, is_sample: bool, by: User | None) -> Vendor:
    """The vendor of the file, with its sites and contacts."""
    return add_vendor(
        vendor=Vendor(
            name=portable.name,
            legal_name=portable.legal_name,
            website=portable.website,
            services=list(portable.services),
            languages=list(portable.languages),
            headcount=portable.headcount,
            is_sample=is_sample,
        ),
        sites=[
            Site(city=site.city, country=site.country, headcount=site.headcount)
            for site in portable.sites
        ],
        contacts=[
            Contact(name=contact.name, email=contact.email, role=contact.role)
            for contact in portable.contacts
        ],
        by=by,
    )


def _store_answers(
    assessment: Assessment,
    answers: dict[str, scoring.Answer],
    *,
    decided: bool,
    by: User | None,
) -> None:
    """Fill the rows that the start made, in the owner's name."""
    rows = []
    for row in assessment.answers.filter(code__in=answers):
        answer = answers[row.code]
        row.is_answered = answer.is_answered and not answer.not_applicable
        row.value = scoring.write_value(answer.value) if row.is_answered else None
        row.valid_to = answer.valid_to
        row.not_applicable = answer.not_applicable
        row.reason = answer.reason
        row.comment = answer.comment
        row.proposed_level = answer.level or ""
        row.level = row.proposed_level if decided else ""
        row.level_valid_to = answer.level_valid_to
        row.rating = answer.rating
        row.answered_at = timezone.now()
        row.answered_by_id = assessment.owner_id
        row.decided_at = timezone.now() if row.level else None
        row.version = 1
        rows.append(row)
    Answer.objects.bulk_update(rows, _ANSWER_COLUMNS)
    stored = answer_states(recorded_answers(assessment, answers))
    record_answers(
        action="assessment.import",
        by=by,
        assessment=assessment,
        before={code: {} for code in stored},
        after=stored,
    )


_ANSWER_COLUMNS = [
    "is_answered",
    "value",
    "valid_to",
    "not_applicable",
    "reason",
    "comment",
    "proposed_level",
    "level",
    "level_valid_to",
    "rating",
    "answered_at",
    "answered_by",
    "decided_at",
    "version",
]


def _approve(assessment: Assessment, person: User) -> None:
    """Submit and approve in a manager's name, who so consents to what doesn't apply."""
    actor: Actor = person
    if actor.role != Role.MANAGER:
        raise Refused(_("%s is not a manager, and only managers approve.") % person)
    _consent(assessment, person)
    # an import brings its decisions along: the steps are taken without anybody reviewing here
    submit_assessment(assessment=assessment, by=None)
    move_assessment(assessment=assessment, verb="review", after={"imported": True}, by=None)
    move_assessment(
        assessment=assessment,
        verb="finish",
        changes={"reviewed_at": timezone.now()},
        after={"imported": True},
        by=None,
    )
    approve_assessment(
        assessment=assessment, by=person, note=_("Approved on import"), imported=True
    )


def _consent(assessment: Assessment, person: User) -> None:
    """What does not apply has the approver's consent."""
    exempt = [row for row in recorded_answers(assessment) if row.not_applicable]
    before = answer_states(exempt)
    for row in exempt:
        row.consented = True
        row.decided_at = timezone.now()
        row.decided_by_id = person.pk
        row.version += 1
    Answer.objects.bulk_update(exempt, ["consented", "decided_at", "decided_by", "version"])
    if exempt:
        record_answers(
            action="answer.accept_proposals",
            by=person,
            assessment=assessment,
            before=before,
            after=answer_states(exempt),
        )
