"""What one vendor's page shows: rating, draft, categories, register and history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from vendors import scoring
from vendors.models import Assessment, Certification, Contact, Framework, Site, State, Vendor
from vendors.permissions import Actor
from vendors.queries.assessments import plain_answers_of
from vendors.queries.certification_warnings import CertificationWarning, warnings_for
from vendors.queries.ratings import HistoryLine, Rating, rating_of
from vendors.queries.scores import Progress, progress_of, score_now
from vendors.queries.vendors import all_frameworks, countries_of
from vendors.queries.waivers import waived_among

#: Languages of many contact centres that Django has no names for.
MORE_LANGUAGES = {
    "ceb": _("Cebuano"),
    "fil": _("Filipino"),
    "mg": _("Malagasy"),
    "si": _("Sinhala"),
    "tl": _("Tagalog"),
    "xh": _("Xhosa"),
    "zh": _("Chinese"),
    "zu": _("Zulu"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """The open assessment, computed on read as of its day."""

    assessment: Assessment
    result: scoring.Result
    progress: Progress


@dataclass(frozen=True, slots=True)
class VendorPage:
    """Everything on the page of a vendor."""

    vendor: Vendor
    rating: Rating | None
    draft: Draft | None
    history: list[HistoryLine]
    certifications: list[Certification]
    warnings: list[CertificationWarning]
    sites: list[Site]
    contacts: list[Contact]
    languages: list[str]
    can_start: bool

    @property
    def shown(self) -> Assessment | None:
        """The assessment that the page is about: approved, else open, else rejected last."""
        if self.rating is not None:
            return self.rating.assessment
        return self.draft.assessment if self.draft else self.refused

    @property
    def refused(self) -> Assessment | None:
        """The rejection that speaks for the vendor; None where anything else does, or nothing."""
        if self.rating is not None or self.draft is not None:
            return None
        latest = next((line.assessment for line in self.history), None)
        return latest if latest and latest.state == State.REJECTED else None

    @property
    def countries(self) -> list[str]:
        """Where the vendor delivers from."""
        return countries_of(self.sites)

    @property
    def site_people(self) -> int:
        """People at all sites together, as far as known."""
        return sum(site.headcount or 0 for site in self.sites)


def vendor_for(user: Actor, public_id: UUID) -> QuerySet[Vendor]:
    """The vendor with this id as the user may see it, with who archived it."""
    return Vendor.objects.visible_to(user).filter(public_id=public_id).select_related("archived_by")


def vendor_page(vendor: Vendor) -> VendorPage:
    """Read and compute everything that the page shows. At most thirteen queries."""
    frameworks = all_frameworks()
    history = _history(vendor, frameworks)
    approved = next(
        (e for e in history if e.result and e.result.pk == vendor.latest_result_id), None
    )
    open_one = next((e.assessment for e in history if e.assessment.is_open), None)
    sites = list(vendor.sites.all())
    shown = [e.assessment for e in (approved,) if e] + ([open_one] if open_one else [])
    open_slugs = {e.assessment.framework_slug for e in history if e.assessment.is_open}
    return VendorPage(
        vendor=vendor,
        rating=rating_of(approved, history) if approved else None,
        draft=_draft(open_one) if open_one else None,
        history=history,
        certifications=list(vendor.certifications.filter(removed_at=None)),
        warnings=warnings_for(*shown),
        sites=sites,
        contacts=list(vendor.contacts.all()),
        languages=[language_name(code) for code in vendor.languages],
        can_start=bool({row.slug for row in frameworks.values()} - open_slugs),
    )


def language_name(code: str) -> str:
    """The name of a language by its code; what is no code is shown as it is typed."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return str(MORE_LANGUAGES.get(code, code))


def _history(vendor: Vendor, frameworks: dict[int, Framework]) -> list[HistoryLine]:
    """All assessments, newest first, with results but without their documents. Two queries."""
    lines = []
    for assessment in (
        vendor.assessments.select_related(
            "owner", "approved_by", "rejected_by", "closed_by", "result"
        )
        .defer("result__snapshot")
        .order_by("-pk")
    ):
        assessment.framework = frameworks[assessment.framework_id]
        assessment.vendor = vendor
        result = getattr(assessment, "result", None)
        bands = assessment.framework.rules.scoring
        band = bands.band(result.band) if result and result.band else None
        lines.append(HistoryLine(assessment, result, band))
    waived = waived_among(line.result for line in lines if line.result)
    return [replace(line, waivers=waived.get(line.assessment.pk, [])) for line in lines]


def _draft(assessment: Assessment) -> Draft:
    """The open assessment as of its day. One query."""
    rows = plain_answers_of(assessment)
    return Draft(assessment, score_now(assessment, rows), progress_of(assessment, rows))
