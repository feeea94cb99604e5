"""Where the lead of one vendor over another comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from scorecards import ranking
from scorecards.comparison.asked import Asked
from scorecards.comparison.columns import Column
from scorecards.comparison.entries import CriterionFigure, Entry
from scorecards.comparison.lineup import Line
from scorecards.comparison.table import percent_text
from scorecards.comparison.why.plans import PlanLine, plans_of
from scorecards.ranking import CategoryLead, CriterionLead
from vendors import scoring

#: Criteria named as those that matter most.
MOST_CRITERIA = 10
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """A category's step in the waterfall; `x` and `width` are percent of the drawing."""

    category: scoring.Category
    lead: CategoryLead
    x: Fraction
    width: Fraction

    @property
    def weight_text(self) -> str:
        """The weight as pages print it."""
        return percent_text(self.lead.weight)

    @property
    def favours_first(self) -> bool:
        """Whether it adds to the lead."""
        return self.lead.points > 0


@dataclass(frozen=True, slots=True)
class CriterionPart:
    """A criterion's part in the lead, with both vendors' figures; None where it was not asked."""

    criterion: scoring.Criterion
    points: Fraction
    first: CriterionFigure | None
    second: CriterionFigure | None

    @property
    def favours_first(self) -> bool:
        """Whether it adds to the lead."""
        return self.points > 0


@dataclass(frozen=True, slots=True)
class Why:
    """The lead of the first over the second; `choices` are all vendors that can be asked about.

    `zero` and `end` are where the waterfall starts and where it arrives, in percent of the drawing.
    `is_uneven`: not the same criteria count for both, so one criterion can weigh more for the one.
    """

    first: Column
    second: Column
    lead: Fraction
    text: str
    steps: tuple[CategoryStep, ...]
    zero: Fraction
    end: Fraction
    criteria: tuple[CriterionPart, ...]
    others: int
    plans: tuple[PlanLine, ...]
    choices: tuple[Column, ...]
    is_uneven: bool

    @property
    def lead_shown(self) -> Fraction:
        """The difference of the two figures shown, so that a reader can subtract them."""
        ahead, behind = (scoring.rounded(c.overall or _NONE) for c in (self.first, self.second))
        return ahead - behind

    @property
    def headline(self) -> str:
        """Who is ahead, and by how much."""
        names = {"first": self.first.name, "second": self.second.name}
        if not self.lead:
            return _("%(first)s and %(second)s are level.") % names
        if self.lead_shown <= 0:
            return _("%(first)s is less than 0.1 points ahead of %(second)s.") % names
        names["points"] = scoring.shown(self.lead_shown)
        return _("%(first)s is %(points)s points ahead of %(second)s.") % names


def why_of(line: Line, columns: Sequence[Column], asked: Asked) -> Why | None:
    """The two vendors that the address names, else first and second; None without two ranked."""
    placed = [column for column in columns if column.rank is not None]
    if len(placed) < 2:
        return None
    wanted = [column for column in placed if column.entry.vendor.public_id in asked.pair]
    first, second = wanted if len(wanted) == 2 else placed[:2]
    weights = line.ranking.basis.weights
    rules = line.framework.rules
    leads = ranking.category_leads(first.entry.scores, second.entry.scores, weights)
    one, other = (figures_of(column.entry, rules, weights) for column in (first, second))
    parts = ranking.criterion_leads(one, other)
    lead = sum((item.points for item in leads), _NONE)
    low, span = _span(leads)
    return Why(
        first=first,
        second=second,
        lead=lead,
        text=_lead_text(first, second, leads, rules),
        steps=tuple(_step(item, rules, low, span) for item in leads),
        zero=_percent(_NONE, low, span),
        end=_percent(lead, low, span),
        criteria=tuple(_part(item, first, second, rules) for item in parts[:MOST_CRITERIA]),
        others=max(0, len(parts) - MOST_CRITERIA),
        plans=plans_of(other, lead, second, first, rules) if lead > 0 else (),
        choices=tuple(placed),
        is_uneven={item.code for item in one} != {item.code for item in other},
    )


def figures_of(
    entry: Entry, rules: scoring.Framework, weights: Mapping[str, Fraction]
) -> list[ranking.CriterionFigure]:
    """An entry's criteria as far as their scores go; `weights` are percent of the basis."""
    verified = rules.scoring.level(scoring.VERIFIED).coefficient
    found = []
    for category in rules.categories:
        asked = [item for item in category.criteria if item.code in entry.criteria]
        applicable = [item for item in asked if not entry.criteria[item.code].is_not_applicable]
        total = sum((item.weight for item in applicable), _NONE)
        worth = weights.get(category.code, _NONE) / total if total else None
        for item in applicable:
            figure = entry.criteria[item.code]
            factor = verified if item.evidence.required else Fraction(1)
            found.append(
                ranking.CriterionFigure(
                    code=item.code,
                    category=category.code,
                    share=None if worth is None else worth * item.weight,
                    raw=figure.raw,
                    score=figure.score,
                    best=None if figure.raw is None else figure.raw * factor,
                )
            )
    return found


def _span(leads: Iterable[CategoryLead]) -> tuple[Fraction, Fraction]:
    """Where the drawing starts, in points, and how many it holds."""
    sums = [_NONE, *(item.after for item in leads)]
    return min(sums), max(sums) - min(sums) or Fraction(1)


def _percent(points: Fraction, low: Fraction, span: Fraction) -> Fraction:
    return 100 * (points - low) / span


def _step(
    item: CategoryLead, rules: scoring.Framework, low: Fraction, span: Fraction
) -> CategoryStep:
    return CategoryStep(
        category=rules.category(item.code),
        lead=item,
        x=_percent(min(item.before, item.after), low, span),
        width=100 * abs(item.points) / span,
    )


def _part(
    item: CriterionLead, first: Column, second: Column, rules: scoring.Framework
) -> CriterionPart:
    return CriterionPart(
        criterion=rules.criterion(item.code),
        points=item.points,
        first=first.entry.criteria.get(item.code),
        second=second.entry.criteria.get(item.code),
    )


def _lead_text(
    first: Column, second: Column, leads: Sequence[CategoryLead], rules: scoring.Framework
) -> str:
    """Which categories carry the lead, and which one speaks for the other."""
    names = {"first": first.name, "second": second.name}
    most, least = leads[0], leads[-1]
    if most.points <= 0:
        return _("%(first)s and %(second)s score the same in every category that counts.") % names
    names["most"], names["gained"] = rules.category(most.code).name, scoring.shown(most.points)
    text = _("%(most)s brings %(first)s the most: %(gained)s points.") % names
    if least.points >= 0:
        return text + " " + _("No category speaks for %(second)s.") % names
    names["least"], names["lost"] = rules.category(least.code).name, scoring.shown(-least.points)
    return text + " " + _("%(least)s speaks most for %(second)s: %(lost)s points.") % names
