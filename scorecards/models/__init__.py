"""Documents and what belongs to them: each row of a job is the truth, a queue only wakes workers."""

from scorecards.models.bundles import Bundle, BundleItem, BundleState, ItemState
from scorecards.models.checks import CheckWindow
from scorecards.models.comparisons import Choice, SavedComparison, SavedComparisonQuerySet
from scorecards.models.documents import (
    CHECKING,
    DRAWING,
    LEASE,
    MAX_ATTEMPTS,
    SIGNING,
    STALLED_AFTER,
    STEPS,
    STORING,
    BuildState,
    Kind,
    NumberCounter,
    Scorecard,
    ScorecardQuerySet,
)
from scorecards.models.former import FormerFile
from scorecards.models.notices import Notice, Outcome
from scorecards.models.signing import SigningCertificate

__all__ = [
    "CHECKING",
    "DRAWING",
    "LEASE",
    "MAX_ATTEMPTS",
    "SIGNING",
    "STALLED_AFTER",
    "STEPS",
    "STORING",
    "BuildState",
    "Bundle",
    "BundleItem",
    "BundleState",
    "CheckWindow",
    "Choice",
    "FormerFile",
    "ItemState",
    "Kind",
    "Notice",
    "NumberCounter",
    "Outcome",
    "SavedComparison",
    "SavedComparisonQuerySet",
    "Scorecard",
    "ScorecardQuerySet",
    "SigningCertificate",
]
