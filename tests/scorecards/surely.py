"""A line of candidates with given scores, for what is said about an order. No database."""

import random
from fractions import Fraction
from types import SimpleNamespace

from scorecards.comparison.certainty import certainty_of
from scorecards.comparison.weighting import Profile
from scorecards.ranking import Candidate, rank

CATEGORIES = {"LAB": "Labour", "SEC": "Security", "ENV": "Environment", "GOV": "Governance"}


def line_of(scores, weights, *, gates=None, profiles=None, tried=False):
    """What the view models read of a line; `scores` by name, in the order of the categories."""
    gates = gates or {}
    weights = {code: Fraction(w) for code, w in zip(CATEGORIES, weights, strict=False)}
    candidates = [
        Candidate(name, name, gates.get(name, "pass"), dict(zip(weights, row, strict=True)), {})
        for name, row in (
            (name, [None if x is None else Fraction(x) for x in values])
            for name, values in scores.items()
        )
    ]
    profile = Profile("Balanced", "", weights)
    rules = SimpleNamespace(category=lambda code: SimpleNamespace(name=CATEGORIES[code]))
    return SimpleNamespace(
        candidates=candidates,
        ranking=rank(candidates, weights),
        framework=SimpleNamespace(rules=rules),
        profile=profile,
        profiles=profiles or (profile,),
        weighting=SimpleNamespace(weights=weights, is_tried_out=tried),
    )


def certain(line):
    return certainty_of(line.candidates, line.weighting.weights, line.ranking)


def random_line(draw: random.Random):
    """Two to six vendors over four categories, sometimes two of them the same."""
    count = draw.randint(2, 6)
    rows = {f"V{i}": [Fraction(draw.randint(0, 300), 3) for _ in CATEGORIES] for i in range(count)}
    if draw.random() < 0.15:
        rows["V1"] = list(rows["V0"])
    weights = [draw.choice([0, draw.randint(1, 60)]) for _ in CATEGORIES]
    weights[draw.randrange(4)] += 20
    return line_of(rows, weights)
