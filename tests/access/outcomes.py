"""What an address answers, and what it has to answer to each actor: one outcome for each cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Outcome(StrEnum):
    """What came of a visit. LET_IN is a page, the way on, or a message about what was typed."""

    LET_IN = "let in"
    SIGN_IN = "sent to sign in"
    REFUSED = "refused"
    ABSENT = "not found"
    NO_METHOD = "no such method"
    GONE = "link gone"
    FAULT = "fault"


class Door(StrEnum):
    """What it takes to come as far as the view."""

    ROLE = "a role"
    ACCOUNT = "a sign-in"
    NONE = "nothing"


BY_STATUS = {
    200: Outcome.LET_IN,
    302: Outcome.LET_IN,
    409: Outcome.LET_IN,
    422: Outcome.LET_IN,
    403: Outcome.REFUSED,
    404: Outcome.ABSENT,
    405: Outcome.NO_METHOD,
    410: Outcome.GONE,
}


@dataclass(frozen=True)
class Address:
    """One URL name: who may read it (GET, HEAD), who may change by it (POST), and on what.

    Any other method is refused to everybody who comes through the door.
    """

    name: str
    on: str = ""
    get: tuple[str, ...] = ()
    post: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    door: Door = Door.ROLE
    passed: Outcome = Outcome.LET_IN
    absent: Outcome = Outcome.ABSENT
    denied: Outcome = Outcome.REFUSED

    def allowed(self, method: str) -> tuple[str, ...] | None:
        """Who may use the method; None where the address doesn't know it."""
        if method == "POST":
            return self.post or None
        return (self.get or None) if method in {"GET", "HEAD"} else None


class Cell(NamedTuple):
    """One visit to make. `is_there` tells the object of the owner from one that doesn't exist."""

    address: Address
    method: str
    actor: str
    is_there: bool

    def __str__(self) -> str:
        address = self.address
        on = f" on {'an' if self.is_there else 'no'} object ({address.on})" if address.on else ""
        return f"{self.method} {address.name} by {self.actor}{on}"

    @property
    def expected(self) -> Outcome:
        """The one outcome that the table declares."""
        address = self.address
        if self.actor == "anonymous" and address.door is not Door.NONE:
            return Outcome.SIGN_IN
        if self.actor == "nobody" and address.door is Door.ROLE:
            return Outcome.REFUSED
        allowed = address.allowed(self.method)
        if allowed is None:
            return Outcome.NO_METHOD
        if not self.is_there:
            return address.absent
        return address.passed if self.actor in allowed else address.denied


def outcome_of(response: HttpResponse) -> Outcome:
    """What came of a visit."""
    if response.status_code == 302 and response["Location"].startswith(reverse("sign-in")):
        return Outcome.SIGN_IN
    return BY_STATUS.get(response.status_code, Outcome.FAULT)


def cells_of(address: Address, actors: tuple[str, ...]) -> Iterator[Cell]:
    """Each method by each actor on the object that is there, and on one that isn't."""
    for is_there in (True, False) if address.on else (True,):
        for method in METHODS:
            for actor in actors:
                yield Cell(address, method, actor, is_there)
