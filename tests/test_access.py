"""Who may open what: each address, by each actor, on own, other and absent objects.

One table, reviewed by people. An address that is not in it fails the suite.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from scorecards.models import Scorecard
from scorecards.services import request_scorecard
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
    Answer,
    Assessment,
    AssessmentResult,
    AuditEvent,
    Certification,
    CorrectiveAction,
    Finding,
    FrameworkDraft,
    Mark,
    Moderation,
    Review,
    State,
    Vendor,
    WeightProfile,
)
from vendors.pages import draw
from vendors.permissions import Role
from vendors.services.evidence import add_evidence
from vendors.services.findings import raise_finding
from vendors.services.reviews import return_answer, send_returns, take_review
from vetting.models import Invitation, User

pytestmark = pytest.mark.django_db

#: The reviewer is procurement that had no part in the answers, and took the review.
ROLES = ["owner", "helper", "reviewer", "procurement", "manager", "auditor", "administrator"]
#: Let in means any of these: a page, a redirect after a change, or a message about the input.
LET_IN = {200, 302, 409, 422}


@dataclass(frozen=True)
class Row:
    """One address and method. `let_in` are the actors that pass; the others get 403."""

    name: str
    method: str
    let_in: tuple[str, ...]
    on: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.on}".strip()


EVERYONE = tuple(ROLES)
OWNER = ("owner",)
WORKERS = ("owner", "helper")
PROCUREMENT = ("owner", "helper", "reviewer", "procurement")
REVIEWER = ("reviewer",)
#: Everybody who works with findings, the owner of the one at hand aside.
OTHERS = ("helper", "reviewer", "procurement", "manager")
MANAGER = ("manager",)
TRAIL_READERS = ("manager", "auditor", "administrator")
ADMINISTRATOR = ("administrator",)

TABLE = [
    Row("dashboard", "GET", EVERYONE),
    Row("password-change", "GET", EVERYONE),
    Row("password_change_done", "GET", EVERYONE),
    Row("vendors:vendor-list", "GET", EVERYONE),
    Row("vendors:event-list", "GET", TRAIL_READERS),
    Row("vendors:event-export", "POST", TRAIL_READERS),
    Row("vendors:event-verify", "POST", TRAIL_READERS),
    Row("vendors:vendor-add", "GET", PROCUREMENT),
    Row("vendors:vendor-add", "POST", PROCUREMENT),
    Row("vendors:vendor-detail", "GET", EVERYONE, "vendor"),
    Row("vendors:vendor-edit", "GET", OWNER, "vendor"),
    Row("vendors:vendor-edit", "POST", OWNER, "vendor"),
    Row("vendors:vendor-archive", "POST", OWNER, "vendor"),
    Row("vendors:vendor-restore", "POST", OWNER, "vendor"),
    Row("vendors:certification-add", "GET", OWNER, "vendor"),
    Row("vendors:certification-add", "POST", OWNER, "vendor"),
    Row("vendors:certification-detail", "GET", EVERYONE, "certification"),
    Row("vendors:certification-edit", "GET", OWNER, "certification"),
    Row("vendors:certification-edit", "POST", OWNER, "certification"),
    Row("vendors:certification-verify", "GET", (*PROCUREMENT, "manager"), "certification"),
    Row("vendors:certification-verify", "POST", (*PROCUREMENT, "manager"), "certification"),
    Row("vendors:certification-suspend", "GET", OWNER, "certification"),
    Row("vendors:certification-suspend", "POST", OWNER, "certification"),
    Row("vendors:certification-withdraw", "GET", OWNER, "certification"),
    Row("vendors:certification-withdraw", "POST", OWNER, "certification"),
    Row("vendors:certification-restore", "GET", OWNER, "certification"),
    Row("vendors:certification-restore", "POST", OWNER, "certification"),
    Row("vendors:certification-remove", "GET", OWNER, "certification"),
    Row("vendors:certification-remove", "POST", OWNER, "certification"),
    Row("vendors:assessment-start", "GET", PROCUREMENT, "free_vendor"),
    Row("vendors:assessment-start", "POST", PROCUREMENT, "free_vendor"),
    Row("vendors:assessment-detail", "GET", EVERYONE, "open"),
    Row("vendors:assessment-intake", "GET", WORKERS, "open"),
    Row("vendors:assessment-intake", "POST", WORKERS, "open"),
    Row("vendors:assessment-tier", "POST", MANAGER, "open"),
    Row("vendors:assessment-submit", "POST", WORKERS, "open"),
    Row("vendors:assessment-cancel", "POST", (*WORKERS, "manager"), "open"),
    Row("vendors:assessment-take-back", "POST", (*WORKERS, "manager"), "submitted"),
    Row("vendors:assessment-decide", "POST", MANAGER, "pending"),
    Row("vendors:assessment-close", "GET", MANAGER, "approved"),
    Row("vendors:assessment-close", "POST", MANAGER, "approved"),
    Row("vendors:questionnaire-resume", "GET", EVERYONE, "open"),
    Row("vendors:questionnaire", "GET", EVERYONE, "open", {"category": "LAB"}),
    Row("vendors:questionnaire", "POST", WORKERS, "open", {"category": "LAB"}),
    Row("vendors:answer-save", "POST", WORKERS, "open", {"code": "L1"}),
    Row("vendors:review-list", "GET", EVERYONE),
    Row("vendors:assessment-review", "GET", EVERYONE, "submitted"),
    Row("vendors:review-take", "POST", ("reviewer", "procurement", "manager"), "submitted"),
    Row("vendors:second-review-ask", "POST", ("reviewer", "manager"), "in_review"),
    Row("vendors:second-review-drop", "POST", MANAGER, "in_review"),
    Row("vendors:answer-effect", "GET", REVIEWER, "in_review", {"code": "L1"}),
    Row("vendors:answer-decide", "POST", REVIEWER, "in_review", {"code": "L1"}),
    Row("vendors:answer-return", "POST", REVIEWER, "in_review", {"code": "L1"}),
    Row("vendors:answer-return-undo", "POST", REVIEWER, "in_review", {"code": "L1"}),
    Row("vendors:proposals-accept", "POST", REVIEWER, "in_review"),
    Row("vendors:returns-send", "POST", REVIEWER, "in_review"),
    Row("vendors:review-finish", "POST", REVIEWER, "in_review"),
    Row("vendors:difference-settle", "POST", REVIEWER, "moderation", {"code": "L1"}),
    Row("vendors:framework-list", "GET", EVERYONE),
    Row("vendors:framework-upload", "POST", ADMINISTRATOR),
    Row("vendors:framework-detail", "GET", EVERYONE, "framework"),
    Row("vendors:framework-download", "GET", EVERYONE, "framework"),
    Row("vendors:framework-draft", "GET", ADMINISTRATOR, "framework_draft"),
    Row("vendors:framework-publish", "POST", ADMINISTRATOR, "framework_draft"),
    Row("vendors:framework-drop", "GET", ADMINISTRATOR, "framework_draft"),
    Row("vendors:framework-drop", "POST", ADMINISTRATOR, "framework_draft"),
    Row("vendors:profile-add", "GET", MANAGER, "framework"),
    Row("vendors:profile-add", "POST", MANAGER, "framework"),
    Row("vendors:profile-edit", "GET", MANAGER, "profile"),
    Row("vendors:profile-edit", "POST", MANAGER, "profile"),
    Row("vendors:profile-retire", "GET", MANAGER, "profile"),
    Row("vendors:profile-retire", "POST", MANAGER, "profile"),
    Row("vendors:finding-list", "GET", EVERYONE),
    Row("vendors:finding-export", "GET", EVERYONE),
    Row("vendors:finding-add", "GET", (*PROCUREMENT, "manager")),
    Row("vendors:finding-add", "POST", (*PROCUREMENT, "manager")),
    Row("vendors:finding-detail", "GET", EVERYONE, "finding"),
    Row("vendors:finding-severity", "POST", ("reviewer", "manager"), "finding"),
    Row("vendors:action-assign", "POST", ("reviewer", "manager"), "finding"),
    Row("vendors:action-edit", "POST", ("owner", "reviewer"), "finding"),
    Row("vendors:action-prove", "POST", ("owner", "reviewer"), "finding"),
    Row("vendors:action-unprove", "POST", ("owner", "reviewer"), "finding"),
    Row("vendors:action-report", "POST", ("owner", "reviewer"), "finding"),
    Row("vendors:action-send-back", "POST", OTHERS, "reported_finding"),
    Row("vendors:action-close", "POST", OTHERS, "reported_finding"),
    Row("vendors:reassessment-start", "GET", PROCUREMENT, "approved"),
    Row("vendors:reassessment-start", "POST", PROCUREMENT, "approved"),
    Row("vendors:evidence-list", "GET", EVERYONE, "vendor"),
    Row("vendors:evidence-add", "GET", OWNER, "vendor"),
    Row("vendors:evidence-add", "POST", OWNER, "vendor"),
    Row("vendors:evidence-detail", "GET", EVERYONE, "evidence"),
    Row("vendors:evidence-edit", "GET", OWNER, "evidence"),
    Row("vendors:evidence-edit", "POST", OWNER, "evidence"),
    Row("vendors:evidence-replace", "GET", OWNER, "evidence"),
    Row("vendors:evidence-replace", "POST", OWNER, "evidence"),
    Row("vendors:evidence-remove", "GET", OWNER, "evidence"),
    Row("vendors:evidence-remove", "POST", OWNER, "evidence"),
    Row("vendors:evidence-download", "GET", EVERYONE, "evidence_file"),
    Row("vendors:evidence-page", "GET", EVERYONE, "evidence_file", {"number": "1"}),
    Row("vendors:evidence-redraw", "POST", OWNER, "evidence_file"),
    Row("vendors:answer-evidence", "GET", WORKERS, "open", {"code": "L1"}),
    Row("vendors:answer-evidence", "POST", WORKERS, "open", {"code": "L1"}),
    Row("vendors:answer-evidence-unlink", "POST", WORKERS, "open", {"code": "L1"}),
    Row("scorecards:comparison", "GET", EVERYONE),
    Row("scorecards:scorecard-list", "GET", EVERYONE),
    Row("scorecards:scorecard-request", "POST", EVERYONE, "approved"),
    Row("scorecards:scorecard-detail", "GET", EVERYONE, "scorecard"),
    Row("scorecards:scorecard-retry", "POST", EVERYONE, "scorecard"),
    Row("scorecards:scorecard-download", "GET", EVERYONE, "scorecard"),
    Row("people-list", "GET", ADMINISTRATOR),
    Row("people-export", "GET", ADMINISTRATOR),
    Row("person-invite", "GET", ADMINISTRATOR),
    Row("person-invite", "POST", ADMINISTRATOR),
    Row("person-role", "GET", ADMINISTRATOR, "user"),
    Row("person-role", "POST", ADMINISTRATOR, "user"),
    Row("person-end", "GET", ADMINISTRATOR, "user"),
    Row("person-end", "POST", ADMINISTRATOR, "user"),
    Row("person-restore", "GET", ADMINISTRATOR, "user"),
    Row("person-restore", "POST", ADMINISTRATOR, "user"),
    Row("person-link", "POST", ADMINISTRATOR, "user"),
]

#: Open to strangers, or not a page: asked elsewhere.
OUTSIDE = {"sign-in", "sign-out", "health", "invitation-open", "invitation-accept"}
#: Pages of one's own account: they need a sign-in, not a role.
OWN_ACCOUNT = {"password-change", "password_change_done"}


def names_of(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """All names of the project's addresses."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names_of(pattern.url_patterns, space)
        else:
            assert pattern.name, pattern
            yield prefix + pattern.name


def test_each_address_stands_in_the_table() -> None:
    assert set(names_of(get_resolver().url_patterns)) == {row.name for row in TABLE} | OUTSIDE


@pytest.fixture
def actors() -> dict[str, Client]:
    """A signed-in client for each actor."""
    small_framework()
    users = {"owner": make_user(Role.PROCUREMENT)}
    users["helper"] = make_user(Role.PROCUREMENT)
    users["reviewer"] = make_user(Role.PROCUREMENT)
    users |= {role: make_user(role) for role in ROLES if role not in users}
    clients = {}
    for name, user in users.items():
        clients[name] = Client(raise_request_exception=True)
        clients[name].force_login(user)
        clients[name].user = user  # type: ignore[attr-defined]
    return clients


def object_for(row: Row, actors: dict[str, Client]) -> uuid.UUID | None:
    """A fresh object of the row's kind that belongs to the owner."""
    owner = actors["owner"].user  # type: ignore[attr-defined]
    if not row.on:
        return None
    if row.on == "user":
        return make_user(Role.AUDITOR).public_id
    if row.on == "framework":
        return small_framework().public_id
    if row.on == "framework_draft":
        return FrameworkDraft.objects.create(text=SHIPPED.read_text(encoding="utf-8")).public_id
    if row.on == "profile":
        return WeightProfile.objects.filter(framework_slug=small_framework().slug)[0].public_id
    vendor = make_vendor(by=owner)
    if row.on in {"vendor", "free_vendor"}:
        return vendor.public_id
    if row.on in {"finding", "reported_finding"}:
        return finding_on(vendor, actors, is_reported=row.on == "reported_finding").public_id
    if row.on in {"evidence", "evidence_file"}:
        evidence = add_evidence(
            vendor=vendor, upload=SimpleUploadedFile("a.pdf", plain_pdf()), title="", by=owner
        )
        draw(evidence.files.get().public_id)
        return (evidence if row.on == "evidence" else evidence.files.get()).public_id
    if row.on == "certification":
        return Certification.objects.create(vendor=vendor, standard="ISO 9001").public_id
    return assessment_on(row.on, vendor, actors)


def assessment_on(kind: str, vendor: Vendor, actors: dict[str, Client]) -> uuid.UUID:
    """The owner's assessment of the vendor in the state of that kind, or its scorecard."""
    owner, reviewer = actors["owner"].user, actors["reviewer"].user  # type: ignore[attr-defined]
    assessment = make_assessment(
        vendor=vendor,
        owner=owner,
        framework=small_framework(),
        helpers=[actors["helper"].user],  # type: ignore[attr-defined]
    )
    if kind == "open":
        return assessment.public_id
    answer_all(assessment)
    submitted(assessment)
    if kind == "submitted":
        return assessment.public_id
    if kind in {"in_review", "clarification", "moderation"}:
        return under_review(assessment, kind, reviewer).public_id
    reviewed(assessment, by=reviewer)
    if kind == "pending":
        return assessment.public_id
    approved(assessment)
    if kind == "approved":
        return assessment.public_id
    return request_scorecard(assessment=assessment, by=owner).public_id


def finding_on(vendor: Vendor, actors: dict[str, Client], *, is_reported: bool) -> Finding:
    """A finding that the reviewer recorded and the owner corrects."""
    owner, reviewer = actors["owner"].user, actors["reviewer"].user  # type: ignore[attr-defined]
    finding = raise_finding(
        vendor=vendor, title="Gap", severity="minor", source="hand", owner=owner, by=reviewer
    )
    if is_reported:
        CorrectiveAction.objects.update(
            state="reported", reported_at=timezone.now(), reported_by=owner
        )
    return finding


def under_review(assessment: Assessment, state: str, reviewer: User) -> Assessment:
    """The submitted assessment with its reviewer, and L1 returned or in dispute as the state asks."""
    take_review(assessment=assessment, by=reviewer)
    answer = assessment.answers.get(code="L1")
    if state == "clarification":
        return_answer(
            assessment=assessment,
            answer=answer,
            remark="Which sites?",
            version=answer.version,
            by=reviewer,
        )
        send_returns(assessment=assessment, by=reviewer)
    if state == "moderation":
        Moderation.objects.create(answer=answer, spread="50")
        assessment.needs_second_review = True
        assessment.second_reviewer = make_user(Role.PROCUREMENT)
        assessment.state = State.MODERATION
        assessment.save()
    return assessment


def visit(client: Client, row: Row, public_id: uuid.UUID | None) -> int:
    """The status that the address answers with."""
    arguments = dict(row.extra)
    url = reverse(row.name, kwargs=arguments | ({"public_id": public_id} if public_id else {}))
    response = client.get(url) if row.method == "GET" else client.post(url)
    return response.status_code


@pytest.mark.parametrize("row", TABLE, ids=str)
@pytest.mark.parametrize("actor", ROLES)
def test_actor_is_let_in_or_not(row: Row, actor: str, actors: dict[str, Client]) -> None:
    status = visit(actors[actor], row, object_for(row, actors))
    if actor in row.let_in:
        # a scorecard that is not built yet has nothing to download
        expected = LET_IN | ({404} if row.name == "scorecards:scorecard-download" else set())
        assert status in expected
    else:
        assert status == 403


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_stranger_is_sent_to_sign_in(row: Row, actors: dict[str, Client]) -> None:
    public_id = object_for(row, actors)
    before = fingerprint()
    arguments = row.extra | ({"public_id": public_id} if public_id else {})
    url = reverse(row.name, kwargs=arguments)
    response = Client().get(url) if row.method == "GET" else Client().post(url)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))
    assert fingerprint() == before


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_somebody_without_a_role_sees_nothing(row: Row, actors: dict[str, Client]) -> None:
    public_id = object_for(row, actors)
    client = Client()
    client.force_login(make_user(""))
    assert visit(client, row, public_id) == (200 if row.name in OWN_ACCOUNT else 403)


@pytest.mark.parametrize("row", [row for row in TABLE if row.on], ids=str)
@pytest.mark.parametrize("actor", ROLES)
def test_what_is_not_there_is_not_found(row: Row, actor: str, actors: dict[str, Client]) -> None:
    assert visit(actors[actor], row, uuid.uuid4()) == 404


@pytest.mark.parametrize("row", [r for r in TABLE if r.method == "POST"], ids=str)
def test_a_refused_change_changes_nothing(row: Row, actors: dict[str, Client]) -> None:
    refused = [actor for actor in ROLES if actor not in row.let_in]
    public_id = object_for(row, actors)
    before = fingerprint()
    for actor in refused:
        visit(actors[actor], row, public_id)
    assert fingerprint() == before


@pytest.mark.parametrize("row", [r for r in TABLE if r.method == "POST"], ids=str)
def test_a_change_needs_the_token_of_its_form(row: Row, actors: dict[str, Client]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(actors[row.let_in[0]].user)  # type: ignore[attr-defined]
    assert visit(client, row, object_for(row, actors)) == 403


def fingerprint() -> list[object]:
    """What must not move when a change is refused: every row but those of sign-in."""
    kinds: list[Any] = [
        Vendor,
        Finding,
        CorrectiveAction,
        Assessment,
        Answer,
        AssessmentResult,
        AuditEvent,
        Certification,
        Scorecard,
        User,
        Invitation,
        Review,
        Mark,
        Moderation,
    ]
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]
