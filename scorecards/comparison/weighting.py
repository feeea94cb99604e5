"""Which weights count: those of a profile, or those that the address tries out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.utils.translation import gettext as _

from scorecards.comparison.asked import Asked
from scorecards.ranking import TOTAL, WeightError, settled
from vendors import scoring

#: Sums this close to 100 come from decimals that were cut off, and are not worth a word.
_NEARLY = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Profile:
    """Category weights under a name: every category of the framework, in its order, in sum 100."""

    name: str
    description: str
    weights: dict[str, Fraction]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Weighting:
    """The weights that count, and what was typed for them.

    `weights` are percent of the whole framework, `counted` those of the basis in percent of the
    basis (sum 100), `base` the same under the profile alone. What people see, move and find in the
    address are percent of the basis; a category outside it keeps its part of the whole.

    `typed` are the texts for the fields. `faults` say what is wrong with them, by category code or
    "" for all of them; then the weights are those of the profile. `notes` say what was done to the
    typed ones. `locked` are the categories that keep what was typed.
    """

    profile: Profile
    weights: dict[str, Fraction]
    counted: dict[str, Fraction]
    base: dict[str, Fraction]
    typed: dict[str, str]
    locked: frozenset[str] = frozenset()
    faults: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_tried_out(self) -> bool:
        """Whether the weights differ from those of the profile."""
        return self.counted != self.base


def chosen_profile(profiles: Sequence[Profile], name: str) -> Profile:
    """The profile of this name, whatever its case; the first one where there is none."""
    wanted = name.casefold()
    return next((item for item in profiles if item.name.casefold() == wanted), profiles[0])


def weighting_of(profile: Profile, basis: Collection[str], asked: Asked) -> Weighting:
    """What the address makes of a profile. Never raises: what cannot be used is said in words.

    `basis` are the codes of the categories that count.
    """
    part = sum((profile.weights[code] for code in basis), Fraction(0))
    base = {
        code: TOTAL * weight / part if part else Fraction(0)
        for code, weight in profile.weights.items()
        if code in basis
    }
    locked = frozenset(code for code in asked.locked if code in base)
    wanted = {code: asked.weights[code] for code in base if code in asked.weights}
    plain = Weighting(
        profile=profile,
        weights=profile.weights,
        counted=base,
        base=base,
        typed={code: weight_text(weight) for code, weight in base.items()} | wanted,
        locked=locked,
        notes=_unknown(code for code in asked.weights if code not in profile.weights),
    )
    # fields send every weight, the cut-off decimals of an untouched profile too
    if all(text == weight_text(base[code]) for code, text in wanted.items()):
        return plain
    values, faults = _read(wanted)
    if faults:
        return replace(plain, faults=faults)
    try:
        counted = settled(base | values, locked, base)
    except WeightError as error:
        return replace(plain, faults={error.code: _fault(error.reason)})
    return _tried_out(plain, counted, sum((base | values).values(), Fraction(0)), part or TOTAL)


def _tried_out(
    plain: Weighting, counted: dict[str, Fraction], total: Fraction, part: Fraction
) -> Weighting:
    """The weighting with the weights typed; `total` is their sum, `part` the basis in percent."""
    weights = {
        code: counted[code] * part / TOTAL if code in counted else weight
        for code, weight in plain.profile.weights.items()
    }
    found = replace(plain, weights=weights, counted=counted)
    if abs(total - TOTAL) <= _NEARLY:
        return found
    words = _("The weights typed sum to %s, so they are brought to 100 in proportion.")
    return replace(
        found,
        typed={code: weight_text(weight) for code, weight in counted.items()},
        notes=(*plain.notes, words % scoring.shown(total)),
    )


def weight_text(weight: Fraction) -> str:
    """A weight as fields and addresses carry it: at most six decimals, no zeros behind."""
    text = scoring.shown(weight, 6)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read(texts: Mapping[str, str]) -> tuple[dict[str, Fraction], dict[str, str]]:
    """Numbers by category, and what is wrong with the others."""
    values, faults = {}, {}
    for code, text in texts.items():
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > 20:
            faults[code] = _("Enter a weight from 0 to 100. “%s” is no number.") % text
        elif not 0 <= number <= 100:
            faults[code] = _fault("negative" if number < 0 else "over")
        else:
            values[code] = Fraction(number)
    return values, faults


def _fault(reason: str) -> str:
    return {
        "negative": _("A weight cannot be below 0."),
        "over": _("A weight cannot be over 100."),
        "nothing": _("The weights sum to 0. Give at least one category a weight."),
    }[reason]


def _unknown(codes: Iterable[str]) -> tuple[str, ...]:
    known = ", ".join(code[:20] for code in codes)
    if not known:
        return ()
    return (_("The address gives weight to categories that are not there: %s.") % known[:200],)
