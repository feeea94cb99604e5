"""A lead and where it comes from, as JSON writes it."""

from __future__ import annotations

from scorecards.comparison.entries import CriterionFigure
from scorecards.comparison.why.lead import CategoryStep, CriterionPart, Why
from scorecards.comparison.why.plans import PlanLine
from vendors import scoring


def why_document(why: Why | None) -> dict[str, object] | None:
    """The same as JSON writes it, exact."""
    if why is None:
        return None
    return {
        "first": why.first.name,
        "second": why.second.name,
        "lead": scoring.figure(why.lead),
        "text": why.text,
        "categories": [_step(step) for step in why.steps],
        "criteria": [_part(part) for part in why.criteria],
        "plans": [_plan(plan) for plan in why.plans],
    }


def _step(step: CategoryStep) -> dict[str, object]:
    return {
        "code": step.category.code,
        "name": step.category.name,
        "weight": scoring.figure(step.lead.weight),
        "first": scoring.figure(step.lead.first),
        "second": scoring.figure(step.lead.second),
        "points": scoring.figure(step.lead.points),
        "after": scoring.figure(step.lead.after),
    }


def _part(part: CriterionPart) -> dict[str, object]:
    return {
        "code": part.criterion.code,
        "question": part.criterion.question,
        "points": scoring.figure(part.points),
        "first": _figure_document(part.first),
        "second": _figure_document(part.second),
    }


def _plan(plan: PlanLine) -> dict[str, object]:
    return {
        "text": plan.text,
        "reaches": plan.reaches,
        "needs": [
            {
                "code": need.criterion.code,
                "question": need.criterion.question,
                "points": scoring.figure(need.points),
            }
            for need in plan.needs
        ],
        "more": plan.more,
    }


def _figure_document(figure: CriterionFigure | None) -> dict[str, object] | None:
    if figure is None:
        return None
    return {"state": figure.state, "level": figure.level, "score": scoring.figure(figure.score)}
