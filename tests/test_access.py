"""Who may open what: each address, by each actor, on own, other and absent objects.

One table, reviewed by people. An address that is not in it fails the suite.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from scorecards.models import Scorecard
from scorecards.services import request_scorecard
from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.models import (
    Answer,
    Assessment,
    AssessmentResult,
    AuditEvent,
    Certification,
    Vendor,
)
from vendors.permissions import Role

pytestmark = pytest.mark.django_db

ROLES = ["owner", "helper", "procurement", "manager", "auditor", "administrator"]
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
PROCUREMENT = ("owner", "helper", "procurement")
MANAGER = ("manager",)

TABLE = [
    Row("dashboard", "GET", EVERYONE),
    Row("password-change", "GET", EVERYONE),
    Row("password_change_done", "GET", EVERYONE),
    Row("vendors:vendor-list", "GET", EVERYONE),
    Row("vendors:vendor-add", "GET", PROCUREMENT),
    Row("vendors:vendor-add", "POST", PROCUREMENT),
    Row("vendors:vendor-detail", "GET", EVERYONE, "vendor"),
    Row("vendors:vendor-edit", "GET", OWNER, "vendor"),
    Row("vendors:vendor-edit", "POST", OWNER, "vendor"),
    Row("vendors:vendor-archive", "POST", OWNER, "vendor"),
    Row("vendors:vendor-restore", "POST", OWNER, "vendor"),
    Row("vendors:certification-add", "GET", OWNER, "vendor"),
    Row("vendors:certification-add", "POST", OWNER, "vendor"),
    Row("vendors:certification-edit", "GET", OWNER, "certification"),
    Row("vendors:certification-edit", "POST", OWNER, "certification"),
    Row("vendors:certification-remove", "POST", OWNER, "certification"),
    Row("vendors:assessment-start", "GET", PROCUREMENT, "free_vendor"),
    Row("vendors:assessment-start", "POST", PROCUREMENT, "free_vendor"),
    Row("vendors:assessment-detail", "GET", EVERYONE, "open"),
    Row("vendors:assessment-intake", "GET", WORKERS, "open"),
    Row("vendors:assessment-intake", "POST", WORKERS, "open"),
    Row("vendors:assessment-tier", "POST", MANAGER, "open"),
    Row("vendors:assessment-submit", "POST", WORKERS, "open"),
    Row("vendors:assessment-cancel", "POST", (*WORKERS, "manager"), "open"),
    Row("vendors:questionnaire-resume", "GET", EVERYONE, "open"),
    Row("vendors:questionnaire", "GET", EVERYONE, "open", {"category": "LAB"}),
    Row("vendors:questionnaire", "POST", WORKERS, "open", {"category": "LAB"}),
    Row("vendors:answer-save", "POST", WORKERS, "open", {"code": "L1"}),
    Row("vendors:assessment-review", "GET", MANAGER, "submitted"),
    Row("vendors:answer-decide", "POST", MANAGER, "submitted", {"code": "L1"}),
    Row("vendors:proposals-accept", "POST", MANAGER, "submitted"),
    Row("vendors:assessment-return", "POST", MANAGER, "submitted"),
    Row("vendors:assessment-approve", "POST", MANAGER, "submitted"),
    Row("scorecards:comparison", "GET", EVERYONE),
    Row("scorecards:scorecard-list", "GET", EVERYONE),
    Row("scorecards:scorecard-request", "POST", EVERYONE, "approved"),
    Row("scorecards:scorecard-detail", "GET", EVERYONE, "scorecard"),
    Row("scorecards:scorecard-retry", "POST", EVERYONE, "scorecard"),
    Row("scorecards:scorecard-download", "GET", EVERYONE, "scorecard"),
]

#: Open to strangers, or not a page: asked elsewhere.
OUTSIDE = {"sign-in", "sign-out", "health"}
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
    vendor = make_vendor(by=owner)
    if row.on in {"vendor", "free_vendor"}:
        return vendor.public_id
    if row.on == "certification":
        return Certification.objects.create(vendor=vendor, standard="ISO 9001").public_id
    assessment = make_assessment(
        vendor=vendor,
        owner=owner,
        framework=small_framework(),
        helpers=[actors["helper"].user],  # type: ignore[attr-defined]
    )
    if row.on == "open":
        return assessment.public_id
    answer_all(assessment)
    submitted(assessment)
    if row.on == "submitted":
        return assessment.public_id
    approved(assessment)
    if row.on == "approved":
        return assessment.public_id
    return request_scorecard(assessment=assessment, by=owner).public_id


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
        Assessment,
        Answer,
        AssessmentResult,
        AuditEvent,
        Certification,
        Scorecard,
    ]
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]
