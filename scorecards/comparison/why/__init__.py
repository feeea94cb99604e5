"""Where the lead of one vendor over another comes from, and what would close it."""

from scorecards.comparison.why.document import why_document
from scorecards.comparison.why.lead import Why, figures_of, why_of
from scorecards.comparison.why.plans import NeedLine, PlanLine

__all__ = ["NeedLine", "PlanLine", "Why", "figures_of", "why_document", "why_of"]
