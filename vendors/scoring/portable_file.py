"""Reading a portable assessment: its shape and its values, without knowing the framework yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from vendors.scoring.reading import (
    TEXT_LIMIT,
    WHOLE,
    DocumentError,
    Fault,
    Table,
    joined,
    kind_of,
    printable,
)
from vendors.scoring.strict_json import read_json
from vendors.scoring.tiering import check_intake, propose_tier

#: The one format that is read and written.
FORMAT = "vetting-assessment/1"
#: The most people a vendor or a site may have.
HEADCOUNT_MAX = 10_000_000

_COUNTRY = re.compile(r"[A-Z]{2}")
_WEBSITE = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class PortableError(DocumentError):
    """A portable assessment that cannot be used; `faults` names everything with its path."""


@dataclass(frozen=True, slots=True)
class PortableSite:
    """A place that the vendor delivers from; `country` is a two-letter ISO code or empty."""

    city: str
    country: str = ""
    headcount: int | None = None


@dataclass(frozen=True, slots=True)
class PortableContact:
    """Somebody at the vendor."""

    name: str = ""
    email: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class PortableCertification:
    """An entry of the vendor's certification register."""

    standard: str
    level: str = ""
    issuer: str = ""
    number: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class PortableVendor:
    """Who is assessed. Everything but the name may be empty."""

    name: str
    legal_name: str = ""
    website: str = ""
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    headcount: int | None = None
    sites: tuple[PortableSite, ...] = ()
    contacts: tuple[PortableContact, ...] = ()
    certifications: tuple[PortableCertification, ...] = ()


@dataclass(frozen=True, slots=True)
class PortableAnswer:
    """An answer as the file has it.

    `value` is text, a number or None; `has_value` tells a null from a missing key.
    """

    value: object = None
    has_value: bool = False
    valid_to: date | None = None
    evidence: str | None = None
    evidence_valid_to: date | None = None
    comment: str = ""
    rating: int | None = None
    not_applicable: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PortableAssessment:
    """A whole file. `tier` is the file's own, or the one that its complete intake proposes."""

    vendor: PortableVendor
    framework_slug: str
    framework_version: str
    tier: int
    as_of: date
    intake: dict[str, int | bool] = field(default_factory=dict)
    answers: dict[str, PortableAnswer] = field(default_factory=dict)


def parse_assessment(text: str) -> PortableAssessment:
    """The assessment of a JSON text. Raises PortableError with every fault and its path.

    A `result` in the file is ignored. What depends on the framework is for `check_against`.
    """
    try:
        return _assessment(read_json(text))
    except DocumentError as error:
        raise PortableError(error.faults) from None


def _assessment(value: object) -> PortableAssessment:
    if not isinstance(value, dict):
        raise DocumentError([Fault(WHOLE, f"must be an object, not {kind_of(value)}")])
    faults: list[Fault] = []
    top = Table(value, "", faults)
    top.only("format", "vendor", "framework", "tier", "as_of", "intake", "answers", "result")
    form = top.text("format")
    if form and form != FORMAT:
        top.fault("format", f"must be {FORMAT}")
    vendor = top.table("vendor")
    slug = version = ""
    if (framework := top.table("framework")) is not None:
        framework.only("slug", "version")
        slug = framework.text("slug", limit=80, filled=True)
        version = framework.text("version", limit=40, filled=True)
    intake = _intake(top)
    assessment = PortableAssessment(
        vendor=_vendor(vendor) if vendor is not None else PortableVendor(""),
        framework_slug=slug,
        framework_version=version,
        tier=_tier(top, intake),
        as_of=top.day("as_of", required=True) or date.min,
        intake=intake,
        answers=dict(_answers(top)),
    )
    if faults:
        raise DocumentError(faults)
    return assessment


def _tier(top: Table, intake: dict[str, int | bool]) -> int:
    if "tier" in top:
        return top.whole("tier", 1, 3) or 0
    proposed = propose_tier(intake).tier
    if proposed is None:
        top.fault("tier", "missing, and the intake is not complete enough to propose one")
    return proposed or 0


def _intake(top: Table) -> dict[str, int | bool]:
    table = top.table("intake", required=False)
    if table is None:
        return {}
    found = check_intake(table.values)
    table.faults.extend(Fault(joined("intake", fault.path), fault.message) for fault in found)
    return {key: value for key, value in table.values.items() if isinstance(value, int)}


def _vendor(table: Table) -> PortableVendor:
    table.only(
        "name",
        "legal_name",
        "website",
        "services",
        "languages",
        "headcount",
        "sites",
        "contacts",
        "certifications",
    )
    website = table.text("website", required=False, limit=300)
    if website and not _WEBSITE.fullmatch(website):
        table.fault("website", "must be a web address such as https://vendor.example")
    return PortableVendor(
        name=table.text("name", filled=True),
        legal_name=table.text("legal_name", required=False),
        website=website,
        services=table.texts("services", limit=80),
        languages=table.texts("languages", limit=80),
        headcount=table.whole("headcount", 0, HEADCOUNT_MAX),
        sites=tuple(_site(item) for item in table.tables("sites")),
        contacts=tuple(_contact(item) for item in table.tables("contacts")),
        certifications=tuple(_certification(item) for item in table.tables("certifications")),
    )


def _site(table: Table) -> PortableSite:
    table.only("city", "country", "headcount")
    country = table.text("country", required=False)
    if country and not _COUNTRY.fullmatch(country):
        table.fault("country", "must be a two-letter country code such as PH")
    city = table.text("city", limit=120, filled=True)
    return PortableSite(city, country, table.whole("headcount", 0, HEADCOUNT_MAX))


def _contact(table: Table) -> PortableContact:
    table.only("name", "email", "role")
    email = table.text("email", required=False, limit=254)
    if email and not _EMAIL.fullmatch(email):
        table.fault("email", "must be an e-mail address")
    name = table.text("name", required=False, limit=120)
    return PortableContact(name, email, table.text("role", required=False, limit=120))


def _certification(table: Table) -> PortableCertification:
    table.only("standard", "level", "issuer", "number", "issued_on", "expires_on")
    issued_on, expires_on = table.day("issued_on"), table.day("expires_on")
    if issued_on and expires_on and expires_on < issued_on:
        table.fault("expires_on", "lies before issued_on")
    return PortableCertification(
        standard=table.text("standard", limit=80, filled=True),
        level=table.text("level", required=False, limit=80),
        issuer=table.text("issuer", required=False, limit=160),
        number=table.text("number", required=False, limit=80),
        issued_on=issued_on,
        expires_on=expires_on,
    )


def _answers(top: Table) -> Iterator[tuple[str, PortableAnswer]]:
    table = top.table("answers")
    if table is None:
        return
    for code, value in table.values.items():
        item = Table(value, joined(table.path, printable(code)), table.faults)
        yield code, _answer(item)


def _answer(table: Table) -> PortableAnswer:
    table.only(
        "value",
        "valid_to",
        "evidence",
        "evidence_valid_to",
        "comment",
        "rating",
        "not_applicable",
        "reason",
    )
    not_applicable = table.flag("not_applicable", required=False)
    if not_applicable:
        for key in ("value", "valid_to", "rating"):
            if key in table:
                table.fault(key, "has no place in an answer that is not applicable")
    if isinstance(table.values.get("value"), list | dict | bool):
        table.fault(
            "value", f"must be text, a number or null, not {kind_of(table.values['value'])}"
        )
    return PortableAnswer(
        value=table.values.get("value"),
        has_value="value" in table,
        valid_to=table.day("valid_to"),
        evidence=table.text("evidence", required=False, limit=40) or None,
        evidence_valid_to=table.day("evidence_valid_to"),
        comment=table.text("comment", required=False, limit=TEXT_LIMIT),
        rating=table.whole("rating", 0, 5),
        not_applicable=not_applicable,
        reason=table.text("reason", required=False, limit=TEXT_LIMIT),
    )
