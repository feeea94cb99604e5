"""Every address by every method and actor, on an object that is there and on one that isn't."""

from __future__ import annotations

import logging
import re
import secrets
import uuid
from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from scorecards.models import CheckWindow
from tests.access.objects import MAKERS, id_of
from tests.access.outcomes import Address, Cell, Door, Outcome, cells_of, outcome_of
from tests.access.table import ACTORS, TABLE
from tests.factories import make_user, small_framework
from vendors.models import AuditEvent, ChainHead
from vendors.permissions import Role
from vetting.models import Session

pytestmark = pytest.mark.django_db

KINDS = sorted({address.on for address in TABLE})
#: Everything that is stored, but for sessions: whoever comes by has one.
MODELS = [
    model
    for app in ("vendors", "scorecards", "vetting")
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
    if model is not Session
]
#: What reading may add to: a download is an event, and checks are counted.
TRAIL = {AuditEvent, ChainHead, CheckWindow}
#: What a page says, without the frame, which marks the part of the site that one is in.
CONTENT = re.compile(rb"<main.*</main>", re.DOTALL)


def names_of(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """All names of the project's addresses."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names_of(pattern.url_patterns, space)
        else:
            assert pattern.name, pattern
            yield prefix + pattern.name


def test_each_address_stands_in_the_table_once() -> None:
    declared = [address.name for address in TABLE]
    assert sorted(names_of(get_resolver().url_patterns)) == sorted(declared)
    assert {address.on for address in TABLE} <= {*MAKERS, ""}


def fingerprint(but: Collection[type] = ()) -> dict[str, list[tuple]]:
    """Every row of the three apps."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in MODELS
        if model not in but
    }


def differences(before: dict[str, list[tuple]], after: dict[str, list[tuple]]) -> str:
    """The names of the tables that are not as they were."""
    return ", ".join(name for name in after if before[name] != after[name])


def plain(response: Any) -> bytes:
    """What the page says, without the address that was asked for."""
    path = response.request["PATH_INFO"].encode()
    return CONTENT.findall(response.content)[0].replace(path, b"")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Django notes each refusal: thousands of lines that nobody asked for."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Visits:
    """Actors at the door, the object that the owner has, and what went wrong so far."""

    kind: str
    clients: dict[str, Client] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    not_found: dict[str, bytes] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        small_framework()
        roles = dict.fromkeys(("owner", "helper", "reviewer"), Role.PROCUREMENT) | {"nobody": ""}
        people = {name: make_user(roles.get(name, name)) for name in ACTORS if name != "anonymous"}
        for name in ACTORS:
            self.clients[name] = Client()
            if name in people:
                self.clients[name].force_login(people[name])
        self.cookies = {name: copy(client.cookies) for name, client in self.clients.items()}
        self.present = str(id_of(MAKERS[self.kind](people))) if self.kind else ""
        is_link = self.kind in {"link", "opened_link"}
        self.absent = secrets.token_urlsafe(32) if is_link else str(uuid.uuid4())
        self.before = fingerprint()

    def url(self, address: Address, *, is_there: bool) -> str:
        """The address of the object that is there, or of none."""
        found = self.present if is_there else self.absent
        arguments = dict(address.extra)
        if self.kind == "link":
            arguments["token"] = found
        elif self.kind and self.kind != "opened_link":
            arguments["public_id"] = found
        return reverse(address.name, kwargs=arguments)

    def visit(self, cell: Cell, *, client: Client | None = None) -> Any:
        """Ask once, as the browser of the actor does that was signed in at the start."""
        if client is None:
            client = self.clients[cell.actor]
            client.cookies = copy(self.cookies[cell.actor])
        if self.kind == "opened_link":
            token = self.present if cell.is_there else self.absent
            client.get(reverse("invitation-open", kwargs={"token": token}))
        return client.generic(cell.method, self.url(cell.address, is_there=cell.is_there))

    def compare(self, cell: Cell) -> None:
        """Ask, and note it where something else comes than the table declares."""
        response = self.visit(cell)
        self.done += 1
        outcome = outcome_of(response)
        if outcome is not cell.expected:
            said = f"{outcome} ({response.status_code})"
            self.faults.append(f"{cell}: expected {cell.expected}, got {said}")
        elif outcome is Outcome.ABSENT and cell.method != "HEAD":
            self.compare_body(cell, response)

    def compare_body(self, cell: Cell, response: Any) -> None:
        """What is absent looks the same everywhere: the page says nothing about the object."""
        if cell.actor not in self.not_found:
            url = reverse("vendors:vendor-detail", args=[uuid.uuid4()])
            self.not_found[cell.actor] = plain(self.clients[cell.actor].get(url))
        if plain(response) != self.not_found[cell.actor]:
            self.faults.append(f"{cell}: not the page of everything that isn't found")

    def let_in(self, cell: Cell) -> None:
        """Ask and take back what was done. A change is for POST alone; reading may be written down."""
        with transaction.atomic():
            self.compare(cell)
            if cell.method != "POST" or cell.expected is not cell.address.passed:
                changed = differences(self.before, fingerprint(but=TRAIL))
                if changed:
                    self.faults.append(f"{cell}: changed {changed}")
            transaction.set_rollback(True)

    def turn_away(self, cells: list[Cell]) -> None:
        """Ask for all that is refused; where something was changed, find out by which visit."""
        for cell in cells:
            self.compare(cell)
        if differences(self.before, fingerprint()):
            for cell in cells:
                state = fingerprint()
                self.visit(cell)
                if changed := differences(state, fingerprint()):
                    self.faults.append(f"{cell}: refused, yet it changed {changed}")


def is_turned_away(cell: Cell) -> bool:
    """Whether nothing at all may come of it, so that nothing has to be taken back."""
    none = {Outcome.SIGN_IN, Outcome.REFUSED, Outcome.ABSENT, Outcome.NO_METHOD}
    return cell.address.door is not Door.NONE and cell.expected in none


@pytest.mark.parametrize("kind", KINDS)
def test_each_actor_gets_what_the_table_says(kind: str, record_property) -> None:
    visits = Visits(kind)
    declared = 0
    for address in TABLE:
        if address.on != kind:
            continue
        cells = list(cells_of(address, ACTORS))
        declared += len(cells)
        away = [cell for cell in cells if is_turned_away(cell)]
        for cell in cells:
            if cell not in away:
                visits.let_in(cell)
        visits.turn_away(away)
    record_property("cells", f"{declared} {visits.done} {len(visits.faults)}")
    assert not visits.faults, "\n".join(visits.faults)


def test_who_is_refused_and_changed_something_is_named(monkeypatch) -> None:
    visits, honest = Visits("vendor"), Visits.visit

    def sly(self: Visits, cell: Cell, **options: Any) -> Any:
        make_user()
        return honest(self, cell, **options)

    monkeypatch.setattr(Visits, "visit", sly)
    address = Address("vendors:vendor-archive", "vendor", post=("owner",))
    visits.turn_away([Cell(address, "POST", "auditor", is_there=True)])
    (fault,) = visits.faults
    assert fault.startswith("POST vendors:vendor-archive by auditor on an object (vendor): refused")
    assert "vetting.User" in fault


@pytest.mark.parametrize("kind", sorted({address.on for address in TABLE if address.extra}))
def test_a_part_that_is_not_there_is_not_found(kind: str) -> None:
    """An answer, category or page that the owner's object doesn't have."""
    visits = Visits(kind)
    for address in TABLE:
        if address.on == kind and address.extra:
            absent = {name: "99" if name == "number" else "ZZ" for name in address.extra}
            other = replace(address, extra=absent)
            for cell in cells_of(other, ACTORS):
                if cell.is_there and cell.expected is Outcome.LET_IN:
                    status = visits.visit(cell).status_code
                    assert status == 404, f"{cell} with {absent}: got {status}"
    assert not differences(visits.before, fingerprint())


@pytest.mark.parametrize("kind", sorted({address.on for address in TABLE if address.post}))
def test_a_change_needs_the_token_of_its_form(kind: str) -> None:
    visits = Visits(kind)
    for address in TABLE:
        if address.on == kind and address.post:
            cell = Cell(address, "POST", address.post[-1], is_there=True)
            client = Client(enforce_csrf_checks=True)
            client.cookies = copy(visits.cookies[cell.actor])
            status = visits.visit(cell, client=client).status_code
            assert status == 403, f"{cell} without the token: got {status}"
    assert not differences(visits.before, fingerprint())
