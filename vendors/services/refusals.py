"""Why a service says no. Views turn these into messages; nothing stored has changed."""

from __future__ import annotations

from collections.abc import Sequence

from vendors.models import Answer
from vendors.scoring import Fault


class Refused(Exception):  # noqa: N818 - a refusal is an outcome, not an error
    """The change cannot be made; the message says why, in words for the person who asked."""


class FaultyInput(Refused):
    """Some fields are wrong; `faults` names each by its path."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in self.faults))


class StaleAnswer(Refused):
    """Somebody saved this answer meanwhile; `current` is what stands now."""

    def __init__(self, current: Answer) -> None:
        self.current = current
        super().__init__(f"{current.code} was changed meanwhile")
