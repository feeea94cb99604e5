"""What differs from the vendor's last decided assessment on the same framework."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from vendors import scoring
from vendors.models import Assessment, AssessmentResult
from vendors.queries.documents import snapshot_of

GATE_WORDS = {
    scoring.PASS: _("Met"),
    scoring.PENDING: _("Pending"),
    scoring.FAIL: _("Failed"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure then and now, 0 to 100; None is not rated."""

    name: str
    then: Fraction | None
    now: Fraction | None
    places: int = 0

    @property
    def by(self) -> Fraction | None:
        """The difference of the two figures as they are shown, so that a reader can redo it."""
        if self.then is None or self.now is None:
            return None
        return scoring.rounded(self.now, self.places) - scoring.rounded(self.then, self.places)


@dataclass(frozen=True, slots=True)
class MustHaveChange:
    """A must-have whose result is another than last time; "" where it was not asked."""

    code: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Differences:
    """The last decided assessment beside this one."""

    last: AssessmentResult
    overall: Change
    band_then: str
    band_now: str
    categories: tuple[Change, ...]
    must_haves: tuple[MustHaveChange, ...]

    @property
    def moved(self) -> tuple[Change, ...]:
        """The categories whose shown figure moved."""
        return tuple(line for line in self.categories if line.by != 0)


def differences_of(assessment: Assessment, result: scoring.Result) -> Differences | None:
    """Against the last decided assessment of the vendor on this framework; None before any.

    Two queries. A figure that one of the two lacks is None.
    """
    last = (
        AssessmentResult.objects.filter(
            assessment__vendor=assessment.vendor_id,
            assessment__framework_slug=assessment.framework_slug,
        )
        .exclude(assessment=assessment.pk)
        .select_related("assessment")
        .order_by("-pk")
        .first()
    )
    if last is None:
        return None
    frozen = snapshot_of(last)["result"]
    return Differences(
        last=last,
        overall=Change("", _exact(frozen["overall"]), result.overall, places=1),
        band_then=last.band,
        band_now=result.band or "",
        categories=tuple(
            Change(entry.name, _category(frozen, entry.code), entry.score)
            for entry in result.categories.values()
        ),
        must_haves=_must_haves(frozen["must_haves"], result),
    )


def _category(frozen: dict[str, Any], code: str) -> Fraction | None:
    entry = frozen["categories"].get(code)
    return _exact(entry["score"]) if entry else None


def _exact(value: Any) -> Fraction | None:
    """A figure of a snapshot."""
    if isinstance(value, dict):
        value = value["exact"]
    return None if value is None else Fraction(str(value))


def _must_haves(frozen: dict[str, str], result: scoring.Result) -> tuple[MustHaveChange, ...]:
    now = {item.code: item.result for item in result.must_haves}
    return tuple(
        MustHaveChange(
            code,
            str(GATE_WORDS.get(frozen.get(code, ""), "")),
            str(GATE_WORDS.get(now.get(code, ""), "")),
        )
        for code in {**frozen, **now}
        if frozen.get(code) != now.get(code)
    )
