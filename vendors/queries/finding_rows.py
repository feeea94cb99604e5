"""The list of findings: views, filters, order and counts."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vendors.models import ActionState, CorrectiveAction, Finding, Severity, Vendor
from vendors.queries.findings import SOON

if TYPE_CHECKING:
    from vetting.models import User

#: The views of the list, in order.
VIEWS: dict[str, str | Promise] = {
    "open": _("Open"),
    "confirm": _("You confirm"),
    "overdue": _("Overdue"),
    "soon": _("Due in 30 days"),
    "closed": _("Closed"),
}
SORTS = ("due", "severity")
PER_PAGE = 50

_RANK = Case(
    When(severity=Severity.CRITICAL, then=Value(0)),
    When(severity=Severity.MAJOR, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class FindingFilters:
    """What the list shows; empty texts filter nothing. `vendor` and `owner` are public ids."""

    view: str = "open"
    q: str = ""
    severity: str = ""
    vendor: str = ""
    owner: str = ""
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class FindingOptions:
    """What the filters offer."""

    vendors: list[tuple[str, str]]
    owners: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """How many findings each view holds under the filters, and the days that closing took."""

    by_view: dict[str, int]
    median_days: int | None


def finding_options(user: User) -> FindingOptions:
    """Vendors with findings, and the people who own one. Two queries."""
    found = Finding.objects.visible_to(user)
    vendors = Vendor.objects.filter(pk__in=found.values("vendor")).order_by("name")
    people = get_user_model().objects.filter(
        pk__in=CorrectiveAction.objects.filter(finding__in=found).values("owner")
    )
    return FindingOptions(
        vendors=[(str(row.public_id), row.name) for row in vendors],
        owners=[(str(row.public_id), str(row)) for row in people.order_by("name", "email")],
    )


def filtered(user: User, filters: FindingFilters) -> QuerySet[Finding]:
    """Findings under the filters, the view aside."""
    found = Finding.objects.visible_to(user)
    if filters.q:
        found = found.filter(_says(filters.q))
    if filters.severity:
        found = found.filter(severity=filters.severity)
    if filters.vendor:
        found = found.filter(vendor__public_id=filters.vendor)
    if filters.owner:
        found = found.filter(action__owner__public_id=filters.owner)
    return found


def _says(text: str) -> Q:
    """Number, words or criterion."""
    wanted = (
        Q(title__icontains=text)
        | Q(detail__icontains=text)
        | Q(code__iexact=text)
        | Q(vendor__name__icontains=text)
    )
    digits = text.upper().removeprefix("F-")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        wanted |= Q(number=int(digits))
    return wanted


def _holds(view: str, confirm: list[int]) -> Q:
    """Which findings a view holds."""
    today, is_open = timezone.localdate(), ~Q(action__state=ActionState.CLOSED)
    return {
        "open": is_open,
        "confirm": Q(pk__in=confirm),
        "overdue": is_open & Q(action__due_on__lt=today),
        "soon": is_open & Q(action__due_on__gte=today, action__due_on__lte=today + SOON),
        "closed": Q(action__state=ActionState.CLOSED),
    }[view]


def finding_counts(user: User, filters: FindingFilters, confirm: list[int]) -> FindingCounts:
    """Each view with its count. Two queries."""
    found = filtered(user, filters)
    counts = found.aggregate(**{view: Count("pk", filter=_holds(view, confirm)) for view in VIEWS})
    closed = found.filter(action__state=ActionState.CLOSED)
    spans = closed.values_list("raised_at", "action__closed_at")
    days = [(ended - began).days for began, ended in spans if ended is not None]
    return FindingCounts(counts, round(median(days)) if days else None)


def listed(user: User, filters: FindingFilters, confirm: list[int]) -> QuerySet[Finding]:
    """The findings of a view in its order, with owner, vendor and `proofs`, a count."""
    found = (
        filtered(user, filters)
        .filter(_holds(filters.view, confirm))
        .select_related("vendor", "action__owner")
        .annotate(proofs=Count("action__proof"), rank=_RANK)
    )
    if filters.view == "closed" and filters.sort == "due":
        return found.order_by("-action__closed_at", "-number")
    if filters.sort.endswith("severity"):
        rank = "-rank" if filters.sort.startswith("-") else "rank"
        return found.order_by(rank, "action__due_on", "number")
    due = "-action__due_on" if filters.sort.startswith("-") else "action__due_on"
    return found.order_by(due, "rank", "number")
