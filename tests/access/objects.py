"""One object of each kind in the table, the owner's, made through the services."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from scorecards.comparison import Asked, compare
from scorecards.models import BuildState, Bundle, BundleState, SavedComparison, Scorecard
from scorecards.services.comparisons import save_comparison
from scorecards.services.scorecards import request_scorecard
from tests.corpus import plain_pdf
from tests.factories import (
    SHIPPED,
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
    submitted,
)
from vendors.models import (
    Assessment,
    Certification,
    CorrectiveAction,
    Evidence,
    Finding,
    FrameworkDraft,
    Moderation,
    State,
    Vendor,
    WeightProfile,
)
from vendors.pages import draw
from vendors.permissions import Role
from vendors.services.evidence import add_evidence
from vendors.services.findings import raise_finding
from vendors.services.reviews import take_review
from vendors.services.vendors import archive_vendor
from vetting.invitations import invite_user
from vetting.models import User

People = dict[str, User]


def archived(people: People) -> Vendor:
    vendor = make_vendor(by=people["owner"])
    archive_vendor(vendor=vendor, by=people["owner"])
    return vendor


def draft(_people: People) -> FrameworkDraft:
    return FrameworkDraft.objects.create(text=SHIPPED.read_text(encoding="utf-8"))


def profile(_people: People) -> WeightProfile:
    return WeightProfile.objects.filter(framework_slug=small_framework().slug)[0]


def certification(people: People) -> Certification:
    return Certification.objects.create(vendor=make_vendor(by=people["owner"]), standard="ISO 9001")


def document(people: People) -> Evidence:
    """A document whose pages are drawn."""
    owner = people["owner"]
    evidence = add_evidence(
        vendor=make_vendor(by=owner),
        upload=SimpleUploadedFile("a.pdf", plain_pdf()),
        title="",
        by=owner,
    )
    draw(evidence.files.get().public_id)
    return evidence


def finding(people: People) -> Finding:
    """A finding that the reviewer recorded and the owner corrects."""
    owner = people["owner"]
    return raise_finding(
        vendor=make_vendor(by=owner),
        title="Gap",
        severity="minor",
        source="hand",
        owner=owner,
        by=people["reviewer"],
    )


def reported(people: People) -> Finding:
    found = finding(people)
    CorrectiveAction.objects.update(
        state="reported", reported_at=timezone.now(), reported_by=people["owner"]
    )
    return found


def in_progress(people: People) -> Assessment:
    return make_assessment(
        owner=people["owner"], framework=small_framework(), helpers=[people["helper"]]
    )


def answered(people: People) -> Assessment:
    assessment = in_progress(people)
    answer_all(assessment)
    return submitted(assessment)


def under_review(people: People) -> Assessment:
    assessment = answered(people)
    take_review(assessment=assessment, by=people["reviewer"])
    return assessment


def in_dispute(people: People) -> Assessment:
    """Two reviewers differ about L1."""
    assessment = under_review(people)
    Moderation.objects.create(answer=assessment.answers.get(code="L1"), spread="50")
    assessment.needs_second_review = True
    assessment.second_reviewer = make_user(Role.PROCUREMENT)
    assessment.state = State.MODERATION
    assessment.save()
    return assessment


def pending(people: People) -> Assessment:
    return reviewed(answered(people), by=people["reviewer"])


def decided(people: People) -> Assessment:
    assessment = pending(people)
    approved(assessment)
    return assessment


def scorecard(people: People) -> Scorecard:
    return request_scorecard(assessment=decided(people), by=people["owner"])


def ready_scorecard(people: People) -> Scorecard:
    """A scorecard with a file, which nothing had to draw."""
    made, data = scorecard(people), plain_pdf()
    path = Path(settings.MEDIA_ROOT) / "scorecards" / "sample.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    made.state, made.ready_at = BuildState.READY, timezone.now()
    made.file, made.file_size = "scorecards/sample.pdf", len(data)
    made.file_sha256 = hashlib.sha256(data).hexdigest()
    made.save()
    return made


def bundle(people: People) -> Bundle:
    """A bundle of one scorecard that waits."""
    made = Bundle.objects.create(title="All in force", requested_by=people["owner"])
    made.items.create(position=1, assessment=decided(people))
    return made


def ready_bundle(people: People) -> Bundle:
    """A bundle whose ZIP is there."""
    made, data = bundle(people), b"PK"
    path = Path(settings.MEDIA_ROOT) / "bundles" / "sample.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    made.state, made.ready_at = BundleState.READY, timezone.now()
    made.file, made.file_size = "bundles/sample.zip", len(data)
    made.file_sha256 = hashlib.sha256(data).hexdigest()
    made.save()
    return made


def saved_comparison(people: People) -> SavedComparison:
    """Two approved vendors side by side, kept by the owner."""
    vendors = [decided(people).vendor for _turn in range(2)]
    asked = Asked(vendor_ids=tuple(vendor.public_id for vendor in vendors))
    return save_comparison(
        comparison=compare(Vendor.objects.all(), asked), purpose="Shortlist", by=people["owner"]
    )


def link(people: People) -> str:
    """The token of an invitation that waits."""
    return invite_user(
        email="invited@sample.example",
        name="Invited Person",
        role=Role.AUDITOR,
        by=people["administrator"],
    ).token


#: How an object of each kind is made: something with a public id, or a token.
MAKERS: dict[str, Callable[[People], Any]] = {
    "vendor": lambda people: make_vendor(by=people["owner"]),
    "archived_vendor": archived,
    "certification": certification,
    "free_vendor": lambda people: make_vendor(by=people["owner"]),
    "open": in_progress,
    "submitted": answered,
    "in_review": under_review,
    "moderation": in_dispute,
    "pending": pending,
    "approved": decided,
    "framework": lambda _people: small_framework(),
    "framework_draft": draft,
    "profile": profile,
    "finding": finding,
    "reported_finding": reported,
    "evidence": document,
    "evidence_file": lambda people: document(people).files.get(),
    "scorecard": scorecard,
    "ready_scorecard": ready_scorecard,
    "saved_comparison": saved_comparison,
    "bundle": bundle,
    "ready_bundle": ready_bundle,
    "user": lambda _people: make_user(Role.AUDITOR),
    "link": link,
    "opened_link": link,
}


def id_of(thing: Any) -> UUID | str:
    """What stands in an address for it."""
    return thing if isinstance(thing, str) else thing.public_id
