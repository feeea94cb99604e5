"""What the second vendor would need: the fewest criteria that close the gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards import ranking
from scorecards.comparison.columns import Column
from scorecards.comparison.entries import CriterionFigure
from scorecards.ranking import Need, Plan
from vendors import scoring

#: Criteria of a plan that are listed; longer plans say how many more there are.
MOST_NEEDS = 8


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One criterion that the second vendor would improve, its figure now, and what that brings."""

    criterion: scoring.Criterion
    figure: CriterionFigure | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A way to close the gap: a sentence, and the criteria that it takes."""

    text: str
    needs: tuple[NeedLine, ...]
    more: int
    reaches: bool


def plans_of(
    figures: Sequence[ranking.CriterionFigure],
    gap: Fraction,
    second: Column,
    first: Column,
    rules: scoring.Framework,
) -> tuple[PlanLine, ...]:
    """By proof alone, and by better answers with proof."""
    found = []
    for proof_only in (True, False):
        plan = ranking.least_effort(figures, gap, proof_only=proof_only)
        found.append(
            PlanLine(
                text=_plan_text(plan, second.name, first.name, proof_only=proof_only),
                needs=tuple(_need(need, second, rules) for need in plan.needs[:MOST_NEEDS]),
                more=max(0, len(plan.needs) - MOST_NEEDS),
                reaches=plan.reaches,
            )
        )
    return tuple(found)


def _need(need: Need, column: Column, rules: scoring.Framework) -> NeedLine:
    return NeedLine(rules.criterion(need.code), column.entry.criteria.get(need.code), need.points)


def _plan_text(plan: Plan, name: str, leader: str, *, proof_only: bool) -> str:
    """How many criteria it takes, and what that brings."""
    count = len(plan.needs)
    names = {"n": count, "name": name, "leader": leader, "points": scoring.shown(plan.total)}
    if not plan.needs:
        return (
            _("By proof alone %(name)s gains nothing: every answer has the best evidence.") % names
        )
    if not plan.reaches:
        words = (
            _("Proof alone does not do: with everything verified %(name)s gains %(points)s points.")
            if proof_only
            else _("Even with the best answers %(name)s gains only %(points)s points.")
        )
        return words % names
    if proof_only:
        words = ngettext(
            "By proof alone: verified evidence for %(n)d answer brings %(name)s %(points)s points, "
            "level with %(leader)s or ahead.",
            "By proof alone: verified evidence for %(n)d answers brings %(name)s %(points)s points, "
            "level with %(leader)s or ahead.",
            count,
        )
    else:
        words = ngettext(
            "By doing better: the best answer to %(n)d criterion, verified, brings %(name)s "
            "%(points)s points, level with %(leader)s or ahead.",
            "By doing better: the best answers to %(n)d criteria, verified, bring %(name)s "
            "%(points)s points, level with %(leader)s or ahead.",
            count,
        )
    return words % names
