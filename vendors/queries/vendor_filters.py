"""The vendor list: its views with their counts, its order, and what its filters offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OrderBy, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import OPEN_STATES, SERVICES, Assessment, Framework, Site, State, Vendor
from vendors.permissions import Actor
from vendors.queries.assessments import weight_profiles
from vendors.queries.vendor_conditions import (
    Under,
    VendorFilters,
    conditions,
    register,
)

#: How long before its end a certification counts as ending.
SOON = timedelta(days=90)

SORTS = {
    "name": "name_key",
    "score": "latest_result__overall",
    "weakest": "latest_result__weakest_score",
    "verified": "latest_result__verified_share",
    "certification": "next_end",
    "assessed": "latest_result__as_of",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What each filter offers, as value and label."""

    bands: list[tuple[str, str]]
    services: list[tuple[str, str]]
    countries: list[tuple[str, str]]
    certifications: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    owners: list[tuple[str, str]]
    profiles: list[Under]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many vendors each view holds under the other filters; `total` are all current ones."""

    total: int
    by_status: Mapping[str, int]


def _stands_in(*states: State) -> Exists:
    """Whether an assessment of the vendor stands in one of these states."""
    return Exists(Assessment.objects.filter(vendor=OuterRef("pk"), state__in=states))


def _ending() -> Q:
    today = timezone.localdate()
    return Q(archived_at=None) & Q(Exists(register(expires_on__lte=today + SOON)))


#: With whoever fills in: the intake, the questionnaire, returned answers.
FILLING_STATES = (State.INTAKE, State.IN_PROGRESS, State.CLARIFICATION)
#: With reviewers, one of whom may still have to take it.
REVIEWING_STATES = (State.SUBMITTED, State.IN_REVIEW, State.MODERATION)


#: The views above the list, with what each holds. A rated vendor that is reassessed is in two.
STATUSES: dict[str, tuple[object, Callable[[], Q]]] = {
    "all": (_("All"), lambda: Q(archived_at=None)),
    "in_progress": (
        _("Being filled in"),
        lambda: Q(archived_at=None) & Q(_stands_in(*FILLING_STATES)),
    ),
    "review": (
        _("Under review"),
        lambda: Q(archived_at=None) & Q(_stands_in(*REVIEWING_STATES)),
    ),
    "pending": (
        _("Waits for approval"),
        lambda: Q(archived_at=None) & Q(_stands_in(State.PENDING_APPROVAL)),
    ),
    "approved": (_("Approved"), lambda: Q(archived_at=None, latest_result__isnull=False)),
    "conditions": (
        _("Approved with conditions"),
        lambda: Q(archived_at=None, latest_result__assessment__state=State.CONDITIONAL),
    ),
    "unassessed": (
        _("Not assessed"),
        lambda: (
            Q(archived_at=None, latest_result=None) & ~Q(_stands_in(*OPEN_STATES, State.REJECTED))
        ),
    ),
    "rejected": (
        _("Rejected"),
        lambda: (
            Q(archived_at=None, latest_result=None)
            & Q(_stands_in(State.REJECTED))
            & ~Q(_stands_in(*OPEN_STATES))
        ),
    ),
    "due": (
        _("Reassessment due"),
        lambda: Q(archived_at=None, latest_result__valid_until__lt=timezone.localdate()),
    ),
    "ending": (_("Certification ends within 90 days"), _ending),
    "archived": (_("Archived"), lambda: Q(archived_at__isnull=False)),
}


def _vendors(user: Actor) -> QuerySet[Vendor]:
    """All vendors somebody may see, with the text of the services to search in."""
    return Vendor.objects.visible_to(user).annotate(services_text=Cast("services", TextField()))


def matching(user: Actor, filters: VendorFilters) -> QuerySet[Vendor]:
    """The vendors asked for, in the order asked for, with their next certification end.

    Each has `was_rejected`, which counts where nothing was approved and nothing is open. Under a
    profile each has its score and band under it: `score_now` and `band_now`.
    """
    ends = register(expires_on__isnull=False).order_by("expires_on", "pk")
    found = _vendors(user).annotate(
        next_end=Subquery(ends.values("expires_on")[:1]),
        next_standard=Subquery(ends.values("standard")[:1]),
        was_rejected=_stands_in(State.REJECTED),
    )
    if filters.under is not None:
        found = found.annotate(score_now=filters.under.score, band_now=filters.under.band)
    on = [STATUSES[filters.status][1](), *conditions(filters).values()]
    return found.filter(*on).order_by(*_order(filters), "name_key", "pk")


def _order(filters: VendorFilters) -> list[OrderBy]:
    """The column in order; vendors without a figure come last either way."""
    name = filters.sort.removeprefix("-")
    column = F("score_now" if filters.under and name == "score" else SORTS[name])
    if filters.sort.startswith("-"):
        return [column.desc(nulls_last=True)]
    return [column.asc(nulls_last=True)]


def counted(user: Actor, filters: VendorFilters) -> Counts:
    """What each view would show under the other filters. One query, two where filters are on.

    The filters stand once in it, whatever the number of views, for some weigh every vendor.
    """
    on = conditions(filters)
    wanted = {code: Count("pk", filter=held()) for code, (_name, held) in STATUSES.items()}
    numbers = _vendors(user).filter(*on.values()).aggregate(**wanted)
    total = Vendor.objects.visible_to(user).current().count() if on else numbers["all"]
    return Counts(total, numbers)


def best_without(user: Actor, filters: VendorFilters) -> tuple[str, int] | None:
    """The filter to take off, and how many there are then; None where no single one helps.

    One query.
    """
    on = {**conditions(filters)}
    base = STATUSES[filters.status][1]()
    without = {
        name: Count("pk", filter=Q(base, *[q for other, q in on.items() if other != name]))
        for name in on
    }
    if filters.status != "all":
        without["status"] = Count("pk", filter=Q(STATUSES["all"][1](), *on.values()))
    if not without:
        return None
    numbers = _vendors(user).aggregate(**{f"without_{name}": n for name, n in without.items()})
    name = max(without, key=lambda each: numbers[f"without_{each}"])
    count = numbers[f"without_{name}"]
    return (name, count) if count else None


def options(user: Actor, in_force: Framework | None) -> Options:
    """What the filters offer: words and profiles of the framework in force. Three queries."""
    used = Site.objects.filter(vendor__in=Vendor.objects.visible_to(user).current())
    codes = used.values_list("country", flat=True).order_by().distinct()
    countries = sorted(((code, COUNTRIES.get(code, code)) for code in codes), key=lambda c: c[1])
    rules = in_force.rules if in_force else None
    bands = rules.scoring.bands if rules else ()
    return Options(
        bands=[(band.value, f"{band.value} {band.label}") for band in bands],
        services=[(code, str(label)) for code, label in SERVICES.items()],
        countries=countries,
        certifications=[(name, name) for name in standards_of(in_force)],
        categories=[(entry.code, entry.name) for entry in rules.categories] if rules else [],
        owners=_owners(user),
        profiles=_profiles(rules) if rules else [],
    )


def _owners(user: Actor) -> list[tuple[str, str]]:
    """Those who own an assessment, by name. One query."""
    owning = Assessment.objects.filter(vendor__in=Vendor.objects.visible_to(user))
    people = get_user_model().objects.filter(pk__in=owning.order_by().values("owner"))
    rows = people.order_by("name", "email").values_list("public_id", "name")
    return [(str(public_id), name) for public_id, name in rows]


def _profiles(rules: scoring.Framework) -> list[Under]:
    """The profiles in force that fit the framework; Balanced is what stands in the list anyway."""
    return [
        Under(
            row.name, {code: Fraction(row.weights[code]) for code in rules.weights}, rules.scoring
        )
        for row in weight_profiles(rules.slug)
        if row.name != scoring.BALANCED and row.weights.keys() == rules.weights.keys()
    ]


def standards_of(framework: Framework | None) -> list[str]:
    """The standards that a framework asks about, in alphabetical order, each once."""
    if framework is None:
        return []
    return sorted({name for item in framework.rules.criteria for name in item.standards})
