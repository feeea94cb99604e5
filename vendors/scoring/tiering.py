"""How much is at stake: inherent risk, the tier it proposes, residual risk and reassessment.

The rules are in docs/scoring.md, "Tier".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from vendors.scoring.figures import shown
from vendors.scoring.reading import Fault, kind_of, printable


@dataclass(frozen=True, slots=True)
class Factor:
    """One of the nine questions of an intake, answered 0 to 3 by its four options."""

    code: str
    name: str
    multiplier: int
    help: str
    options: tuple[str, str, str, str]


FACTORS: tuple[Factor, ...] = (
    Factor(
        "data_sensitivity",
        "Data sensitivity",
        4,
        "What the vendor would see about customers or staff.",
        (
            "No personal data",
            "Names and contact data",
            "Payment, identity or employee data",
            "Health, biometric, children's or other special-category data",
        ),
    ),
    Factor(
        "data_volume",
        "Data volume",
        2,
        "How many people's data the vendor would handle.",
        ("None", "Up to 10,000 people", "Up to 1 million", "Over 1 million"),
    ),
    Factor(
        "service_criticality",
        "Service criticality",
        3,
        "What happens when the service stops.",
        (
            "No effect if it stops",
            "Days of delay",
            "Customers notice within a day",
            "Safety, money or law at risk within hours",
        ),
    ),
    Factor(
        "hard_to_replace",
        "Hard to replace",
        2,
        "How soon somebody else could take over.",
        ("In days", "Within 3 months", "Within a year", "Longer, or no alternative"),
    ),
    Factor(
        "labour_rights_risk",
        "Labour-rights risk of the delivery country",
        4,
        "The highest among the delivery sites.",
        (
            "Rights respected in law and practice",
            "Sporadic violations",
            "Regular violations",
            "Systematic violations or no guarantee of rights",
        ),
    ),
    Factor(
        "workforce_vulnerability",
        "Workforce vulnerability",
        4,
        "Who does the work, and when.",
        (
            "Day work, own employees",
            "Some nights or agency staff",
            "Mostly nights, agency or first-job staff",
            "Migrant or bonded-risk workers, or harmful content",
        ),
    ),
    Factor(
        "customer_contact",
        "Customer contact",
        3,
        "Who speaks in our name, and to whom.",
        (
            "None",
            "Written, scripted",
            "Voice or chat with consumers",
            "Vulnerable customers, collections, complaints",
        ),
    ),
    Factor(
        "ai_autonomy",
        "Autonomy of AI",
        2,
        "What software does without a person.",
        ("None", "Helps agents", "Answers with review", "Decides or answers alone"),
    ),
    Factor(
        "spend",
        "Spend",
        1,
        "What we would pay in a year.",
        ("Under 50 thousand", "Under 500 thousand", "Under 5 million", "More"),
    ),
)
#: The intake's yes/no beside the factors: staff see violence, abuse or the like.
HARMFUL_CONTENT = "harmful_content"
#: Months from approval to the next assessment, by tier.
REASSESS_MONTHS = {1: 12, 2: 24, 3: 36}
#: Inherent risk from which tier 1 and tier 2 are proposed.
TIER_1_FROM, TIER_2_FROM = Fraction(60), Fraction(35)

_HIGHEST = 3
_MOST = sum(factor.multiplier for factor in FACTORS) * _HIGHEST
_CODES = frozenset(factor.code for factor in FACTORS)
_RESIDUAL = {
    1: {"A": "low", "B": "medium", "C": "high", "D": "critical", "E": "critical"},
    2: {"A": "low", "B": "low", "C": "medium", "D": "high", "E": "critical"},
    3: {"A": "low", "B": "low", "C": "low", "D": "medium", "E": "high"},
}


@dataclass(frozen=True, slots=True)
class TierProposal:
    """Inherent risk from 0 to 100, the tier that follows and why. Both None while incomplete."""

    risk: Fraction | None
    tier: int | None
    reasons: tuple[str, ...]


def check_intake(intake: Mapping[str, object]) -> list[Fault]:
    """What is wrong with an intake, by key. A missing factor is no fault: it is incomplete."""
    faults: list[Fault] = []
    for key, value in intake.items():
        if key == HARMFUL_CONTENT:
            if not isinstance(value, bool):
                faults.append(Fault(key, f"must be true or false, not {kind_of(value)}"))
        elif key not in _CODES:
            faults.append(Fault(printable(key), "unknown key"))
        elif isinstance(value, bool) or not isinstance(value, int):
            faults.append(Fault(key, f"must be a whole number from 0 to 3, not {kind_of(value)}"))
        elif not 0 <= value <= _HIGHEST:
            faults.append(Fault(key, f"must be from 0 to 3, not {value}"))
    return faults


def missing_factors(intake: Mapping[str, object]) -> tuple[Factor, ...]:
    """The factors that have no usable answer yet."""
    return tuple(factor for factor in FACTORS if _level(intake, factor.code) is None)


def _level(intake: Mapping[str, object], code: str) -> int | None:
    value = intake.get(code)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _HIGHEST:
        return None
    return value


def inherent_risk(intake: Mapping[str, object]) -> Fraction | None:
    """100 times the weighted sum of the factors over the most it can be; None if incomplete."""
    total = 0
    for factor in FACTORS:
        level = _level(intake, factor.code)
        if level is None:
            return None
        total += factor.multiplier * level
    return Fraction(100 * total, _MOST)


def propose_tier(intake: Mapping[str, object]) -> TierProposal:
    """The tier that an intake proposes, with a sentence for each rule that led to it."""
    risk = inherent_risk(intake)
    if risk is None:
        names = ", ".join(factor.name for factor in missing_factors(intake))
        return TierProposal(None, None, (f"Not answered yet: {names}",))
    reasons: list[str] = []
    if risk >= TIER_1_FROM:
        reasons.append(f"Inherent risk is {shown(risk)}, 60 or more")
    if intake["data_sensitivity"] == _HIGHEST:
        reasons.append(f"{FACTORS[0].name} is at its highest")
    if intake.get(HARMFUL_CONTENT) is True:
        reasons.append("Staff handle harmful content")
    if reasons:
        return TierProposal(risk, 1, tuple(reasons))
    if risk >= TIER_2_FROM:
        return TierProposal(risk, 2, (f"Inherent risk is {shown(risk)}, 35 or more and below 60",))
    return TierProposal(risk, 3, (f"Inherent risk is {shown(risk)}, below 35",))


def residual_risk(tier: int, band: str) -> str:
    """What risk remains at approval: low, medium, high or critical. Raises KeyError."""
    return _RESIDUAL[tier][band]
