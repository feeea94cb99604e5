"""The sentences of a comparison that the page and its script both say.

Templates with named placeholders, `%(name)s`, and no other percent sign, so that `static/js/sure.js`
fills in the same ones. Figures arrive as texts, percentages with their sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from django.utils.translation import gettext as _

from scorecards.ranking import Flip
from vendors import scoring

#: Decimals tried, fewest first, until two figures differ or a figure is not 0.
_PLACES = (1, 2, 3)


def phrases() -> dict[str, str]:
    """All of them, in the reader's language."""
    return _lead_phrases() | _turn_phrases() | _doubt_phrases() | _table_phrases()


def _lead_phrases() -> dict[str, str]:
    return {
        "list_and": _("%(some)s and %(last)s"),
        "lead_by": _("%(first)s leads %(second)s by %(lead)s points."),
        "lead_hair": _("%(first)s leads %(second)s by less than 0.1 points."),
        "lead_shared": _("%(first)s share the first place with %(score)s."),
        "lead_alone": _("Only %(first)s can be ranked, with %(score)s."),
        "lead_none": _("No vendor can be ranked."),
        "place_shared": _("%(names)s share place %(place)s with %(score)s."),
        "place_1": _("1st"),
        "place_2": _("2nd"),
        "place_3": _("3rd"),
        "place_n": _("%(place)sth"),
    }


def _turn_phrases() -> dict[str, str]:
    return {
        "turn_rises": _(
            "%(second)s overtakes %(first)s if %(category)s rises from %(now)s to %(at)s."
        ),
        "turn_falls": _(
            "%(second)s overtakes %(first)s if %(category)s falls from %(now)s to %(at)s."
        ),
        "turn_none": _("No single weight changes the first place."),
        "turn_never": _("No weighting of these categories puts anybody else first."),
        "turn_shared": _("The first place is shared, so any change that favours one decides it."),
        "move_one": _(
            "Moving %(points)s points from %(donor)s to %(category)s puts %(second)s first."
        ),
        "move_many": _(
            "Moving %(points)s points, %(donors)s, to %(category)s puts %(second)s first."
        ),
        "move_part": _("%(points)s from %(donor)s"),
    }


def _doubt_phrases() -> dict[str, str]:
    return {
        "close_lead": _("Too close to call: the lead is under 1 point."),
        "close_draws": _(
            "Too close to call: %(first)s comes first in only %(share)s of the weightings drawn "
            "about these weights."
        ),
        "close_both": _(
            "Too close to call: the lead is under 1 point, and %(first)s comes first in only "
            "%(share)s of the weightings drawn about these weights."
        ),
        "share": _("Over all possible weightings %(first)s beats %(second)s in %(share)s."),
        "share_tie": _(
            "%(first)s and %(second)s score the same in every category: a tie under any weights."
        ),
        "share_over": _("over %(share)s"),
        "share_under": _("under %(share)s"),
    }


def _table_phrases() -> dict[str, str]:
    return {
        "never": _("never"),
        "tie": _("tie"),
        "stays": _("%(first)s stays first"),
        "alone": _("the others weigh 0"),
        "change": _("%(points)s points"),
        "now": _("now %(weight)s"),
        "order_changes": _("changes"),
        "order_stays": _("same"),
        "chart_one": _("First whatever the weight of %(category)s: %(first)s."),
        "chart_many": _("First by the weight of %(category)s: %(parts)s."),
        "chart_from": _("%(first)s up to %(to)s"),
        "chart_then": _("then %(first)s up to %(to)s"),
        "chart_last": _("then %(first)s"),
        "chart_alone": _("The other weights are 0; here they count equally."),
    }


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: A, B and C."""
    known = list(names)
    if len(known) < 2:
        return "".join(known)
    return phrases()["list_and"] % {"some": ", ".join(known[:-1]), "last": known[-1]}


def place_text(place: int) -> str:
    """A place in words: 1st, 2nd, 3rd, 4th."""
    return _lead_phrases()[f"place_{place}" if place < 4 else "place_n"] % {"place": place}


def trimmed(value: Fraction, places: int = 1) -> str:
    """A figure without zeros behind: 15, 22.5."""
    text = scoring.shown(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Fraction, places: int = 1) -> str:
    """A weight in percent: 15%, 22.5%."""
    return f"{trimmed(value, places)}%"


def flip_texts(flip: Flip) -> tuple[str, str]:
    """The weight now and at the flip, with as many decimals as tell them apart."""
    for places in _PLACES:
        now, at = percent(flip.weight, places), percent(flip.at, places)
        if now != at:
            break
    return now, at


def points_text(value: Fraction, *, sign: bool = False) -> str:
    """Points that are not 0, with as many decimals as show that; with a plus where asked."""
    for places in _PLACES:
        text = scoring.shown(value, places)
        if text.strip("\N{MINUS SIGN}0."):
            break
    return f"+{text}" if sign and value > 0 else text


def share_text(share: Fraction | float, places: int = 1) -> str:
    """A share of all weightings, 0 to 1: never 100% or 0% unless it is exactly that."""
    exact = 100 * Fraction(share)
    if exact in {0, 100}:
        return f"{exact}%"
    text, least = scoring.shown(exact, places), Fraction(1, 10**places)
    words = _doubt_phrases()
    if text == scoring.shown(Fraction(100), places):
        return words["share_over"] % {"share": f"{scoring.shown(100 - least, places)}%"}
    if text == scoring.shown(Fraction(0), places):
        return words["share_under"] % {"share": f"{scoring.shown(least, places)}%"}
    return f"{text}%"
