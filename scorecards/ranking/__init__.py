"""Who stands where, how sure that is, and why. Pure: values in, values out.

Exact (Fractions) where it can be; drawn with a fixed seed where it cannot. The rules are in
docs/scoring.md, "Ranking" and what follows it. `static/js/ranking.js` computes the same in the
browser; one table of numbers holds both.
"""

from scorecards.ranking.acceptability import SAMPLES, SEED, Acceptability, acceptability
from scorecards.ranking.order import (
    CLOSE_LEAD,
    Basis,
    Candidate,
    Ranking,
    Standing,
    Unranked,
    rank,
)
from scorecards.ranking.reasons import (
    CategoryLead,
    CriterionFigure,
    CriterionLead,
    Need,
    Plan,
    category_leads,
    criterion_leads,
    least_effort,
)
from scorecards.ranking.sensitivity import (
    Donor,
    Flip,
    Transfer,
    Turn,
    differences,
    flips,
    is_robust,
    least_transfer,
    score_lines,
    smallest,
    turns,
    winning_share,
)
from scorecards.ranking.steadiness import Omission, Shrinker, omissions, shrinkers
from scorecards.ranking.weights import TOTAL, WeightError, settled

__all__ = [
    "CLOSE_LEAD",
    "SAMPLES",
    "SEED",
    "TOTAL",
    "Acceptability",
    "Basis",
    "Candidate",
    "CategoryLead",
    "CriterionFigure",
    "CriterionLead",
    "Donor",
    "Flip",
    "Need",
    "Omission",
    "Plan",
    "Ranking",
    "Shrinker",
    "Standing",
    "Transfer",
    "Turn",
    "Unranked",
    "WeightError",
    "acceptability",
    "category_leads",
    "criterion_leads",
    "differences",
    "flips",
    "is_robust",
    "least_effort",
    "least_transfer",
    "omissions",
    "rank",
    "score_lines",
    "settled",
    "shrinkers",
    "smallest",
    "turns",
    "winning_share",
]
