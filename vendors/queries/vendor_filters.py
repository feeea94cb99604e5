"""What the vendor list can be asked for: filters, views with their counts, and the order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OrderBy, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import (
    OPEN_STATES,
    SERVICES,
    Assessment,
    Certification,
    Framework,
    Site,
    State,
    Vendor,
)
from vendors.models.vendor import VendorQuerySet
from vendors.permissions import Actor

#: How long before its end a certification counts as ending.
SOON = timedelta(days=90)
#: Words of a search that are looked at; more would only slow it down.
MOST_WORDS = 8
PAGE_SIZES = (25, 50, 100)
BEST_FIRST = "-score"

SORTS = {
    "name": "name_key",
    "score": "latest_result__overall",
    "weakest": "latest_result__weakest_score",
    "verified": "latest_result__verified_share",
    "certification": "next_end",
    "assessed": "latest_result__as_of",
}


@dataclass(frozen=True, slots=True)
class VendorFilters:
    """What somebody asks the list for; "" and "all" mean any."""

    q: str = ""
    status: str = "all"
    band: str = ""
    service: str = ""
    country: str = ""
    certification: str = ""
    sort: str = BEST_FIRST
    per_page: int = PAGE_SIZES[0]

    @property
    def words(self) -> list[str]:
        """The words to search for."""
        return self.q.split()[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Options:
    """What each filter offers, as value and label."""

    bands: list[tuple[str, str]]
    services: list[tuple[str, str]]
    countries: list[tuple[str, str]]
    certifications: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many vendors each view holds under the other filters; `total` are all current ones."""

    total: int
    by_status: Mapping[str, int]


def _open_in(*states: State) -> Exists:
    """Whether an assessment of the vendor stands in one of these states."""
    return Exists(Assessment.objects.filter(vendor=OuterRef("pk"), state__in=states))


def _register(**conditions: object) -> QuerySet[Certification]:
    """The vendor's entries that are neither removed nor renewed."""
    return Certification.objects.standing().filter(vendor=OuterRef("pk"), **conditions)


def _ending() -> Q:
    today = timezone.localdate()
    return Q(archived_at=None) & Q(Exists(_register(expires_on__lte=today + SOON)))


#: With whoever fills in: the intake, the questionnaire, returned answers.
FILLING_STATES = (State.INTAKE, State.IN_PROGRESS, State.CLARIFICATION)
#: With reviewers, one of whom may still have to take it.
REVIEWING_STATES = (State.SUBMITTED, State.IN_REVIEW, State.MODERATION)


#: The views above the list, with what each holds. A rated vendor that is reassessed is in two.
STATUSES: dict[str, tuple[object, Callable[[], Q]]] = {
    "all": (_("All"), lambda: Q(archived_at=None)),
    "in_progress": (
        _("Being filled in"),
        lambda: Q(archived_at=None) & Q(_open_in(*FILLING_STATES)),
    ),
    "review": (
        _("Under review"),
        lambda: Q(archived_at=None) & Q(_open_in(*REVIEWING_STATES)),
    ),
    "pending": (
        _("Waits for approval"),
        lambda: Q(archived_at=None) & Q(_open_in(State.PENDING_APPROVAL)),
    ),
    "approved": (_("Approved"), lambda: Q(archived_at=None, latest_result__isnull=False)),
    "conditions": (
        _("Approved with conditions"),
        lambda: Q(archived_at=None, latest_result__assessment__state=State.CONDITIONAL),
    ),
    "unassessed": (
        _("Not assessed"),
        lambda: Q(archived_at=None, latest_result=None) & ~Q(_open_in(*OPEN_STATES)),
    ),
    "due": (
        _("Reassessment due"),
        lambda: Q(archived_at=None, latest_result__valid_until__lt=timezone.localdate()),
    ),
    "ending": (_("Certification ends within 90 days"), _ending),
    "archived": (_("Archived"), lambda: Q(archived_at__isnull=False)),
}


def _site_in(codes: list[str]) -> Q:
    return Q(Exists(Site.objects.filter(vendor=OuterRef("pk"), country__in=codes)))


def _delivers(value: str) -> Q:
    """Whether the stored list of services holds this value, written as JSON writes it."""
    return Q(services_text__contains=json.dumps(value)) | Q(
        services_text__contains=json.dumps(value, ensure_ascii=False)
    )


def _word(word: str) -> Q:
    """A word of the search: in the name, the legal name, a service or the name of a country."""
    folded = word.casefold()
    countries = [code for code, name in COUNTRIES.items() if folded in name.casefold()]
    found = Q(name_key__contains=folded) | Q(legal_name__icontains=word)
    for code, label in SERVICES.items():
        if folded in str(label).casefold():
            found |= _delivers(code)
    # services outside the list are stored in words, so their text is searched as it is
    found |= Q(services_text__icontains=word) | Q(services_text__icontains=json.dumps(word)[1:-1])
    return found | _site_in(countries) if countries else found


def _holds(standard: str) -> Q:
    """Whether an entry of this standard is in force today."""
    in_force = Q(expires_on=None) | Q(expires_on__gte=timezone.localdate())
    return Q(Exists(_register(standard__iexact=standard).filter(in_force)))


def conditions(filters: VendorFilters) -> dict[str, Q]:
    """The filters that are on, the view aside, each with its condition."""
    found: dict[str, Q] = {}
    if filters.words:
        found["q"] = Q(*[_word(word) for word in filters.words])
    if filters.band:
        found["band"] = Q(latest_result__band=filters.band, latest_result__gate=scoring.PASS)
    if filters.service:
        found["service"] = _delivers(filters.service)
    if filters.country:
        found["country"] = _site_in([filters.country])
    if filters.certification:
        found["certification"] = _holds(filters.certification)
    return found


def _vendors(user: Actor) -> VendorQuerySet:
    """All vendors somebody may see, with the text of the services to search in."""
    return Vendor.objects.visible_to(user).annotate(services_text=Cast("services", TextField()))


def matching(user: Actor, filters: VendorFilters) -> QuerySet[Vendor]:
    """The vendors asked for, in the order asked for, with their next certification end."""
    ends = _register(expires_on__isnull=False).order_by("expires_on", "pk")
    found = _vendors(user).annotate(
        next_end=Subquery(ends.values("expires_on")[:1]),
        next_standard=Subquery(ends.values("standard")[:1]),
    )
    on = [STATUSES[filters.status][1](), *conditions(filters).values()]
    return found.filter(*on).order_by(*_order(filters.sort), "name_key", "pk")


def _order(sort: str) -> list[OrderBy]:
    """The column in order; vendors without a figure come last either way."""
    column = F(SORTS[sort.removeprefix("-")])
    if sort.startswith("-"):
        return [column.desc(nulls_last=True)]
    return [column.asc(nulls_last=True)]


def counted(user: Actor, filters: VendorFilters) -> Counts:
    """What each view would show under the other filters. One query."""
    others = Q(*conditions(filters).values())
    wanted = {code: Count("pk", filter=held() & others) for code, (_name, held) in STATUSES.items()}
    numbers = _vendors(user).aggregate(
        vendors_total=Count("pk", filter=Q(archived_at=None)), **wanted
    )
    return Counts(numbers.pop("vendors_total"), numbers)


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
    """What the filters offer: bands and standards of the framework in force. One query."""
    used = Site.objects.filter(vendor__in=Vendor.objects.visible_to(user).current())
    codes = used.values_list("country", flat=True).order_by().distinct()
    countries = sorted(((code, COUNTRIES.get(code, code)) for code in codes), key=lambda c: c[1])
    bands = [
        (band.value, f"{band.value} {band.label}")
        for band in (in_force.rules.scoring.bands if in_force else ())
    ]
    return Options(
        bands=bands,
        services=[(code, str(label)) for code, label in SERVICES.items()],
        countries=countries,
        certifications=[(name, name) for name in standards_of(in_force)],
    )


def standards_of(framework: Framework | None) -> list[str]:
    """The standards that a framework asks about, in alphabetical order, each once."""
    if framework is None:
        return []
    return sorted({name for item in framework.rules.criteria for name in item.standards})
