"""Who stands side by side, under which weights, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from scorecards.comparison.columns import candidates_of
from scorecards.comparison.entries import Entry
from scorecards.comparison.shared import Odd, Shared
from scorecards.comparison.weighting import Profile, Weighting
from scorecards.ranking import Candidate, Ranking
from vendors.models import Framework


@dataclass(frozen=True, slots=True)
class Line:
    """Vendors that can stand side by side, under weights, with their order.

    `shared` is what several versions of the framework ask alike, None on one version; `odd` are
    those that cannot be taken in, `left_out` the same with the reason. `on` is the day whose
    results count.
    """

    framework: Framework
    profiles: tuple[Profile, ...]
    weighting: Weighting
    entries: tuple[Entry, ...]
    odd: tuple[Entry, ...]
    ranking: Ranking
    on: date
    shared: Shared | None = None
    left_out: tuple[Odd, ...] = ()

    @property
    def profile(self) -> Profile:
        """The profile that the weights are, or start from."""
        return self.weighting.profile

    @property
    def candidates(self) -> list[Candidate]:
        """The entries as the ranking sees them."""
        return candidates_of(self.entries)

    @property
    def is_past(self) -> bool:
        """Whether the results are those of a day that is over."""
        return self.on < timezone.localdate()

    def asks(self, code: str) -> bool:
        """Whether a criterion of the framework is asked of everybody here."""
        return self.shared is None or code in self.shared.codes
