"""An assessment as a file: check it against its framework, and write it the same every time.

The form is in docs/scoring.md, "The portable assessment". Nothing here knows today's date.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from vendors.scoring.answers import (
    Answer,
    AnswerError,
    Value,
    check_answer,
    day_text,
    read_value,
)
from vendors.scoring.canonical import number_text
from vendors.scoring.criteria import NUMBER_TYPES, AnswerType, Criterion, Framework
from vendors.scoring.portable_file import (
    FORMAT,
    PortableAnswer,
    PortableAssessment,
    PortableCertification,
    PortableContact,
    PortableError,
    PortableSite,
    PortableVendor,
    parse_assessment,
)
from vendors.scoring.reading import Fault, as_number, joined, kind_of, printable
from vendors.scoring.results import Result
from vendors.scoring.tiering import FACTORS, HARMFUL_CONTENT


def check_against(
    portable: PortableAssessment, framework: Framework, today: date | None = None
) -> list[Fault]:
    """What a file has that its framework refuses, each with its path; empty when it fits.

    With `today` an as-of date after it is a fault too.
    """
    faults: list[Fault] = []
    asked = (portable.framework_slug, portable.framework_version)
    if asked != (framework.slug, framework.version):
        words = f"{' '.join(asked)} is not {framework.slug} {framework.version}"
        return [Fault("framework", words)]
    if today is not None and portable.as_of > today:
        faults.append(Fault("as_of", f"lies after today, {day_text(today)}"))
    for code, item in portable.answers.items():
        path = joined("answers", printable(code))
        if code not in framework.codes:
            faults.append(Fault(path, "unknown criterion"))
            continue
        criterion = framework.criterion(code)
        try:
            answer = _answer(criterion, item)
        except AnswerError as error:
            faults.append(Fault(joined(path, error.field), error.message))
            continue
        found = check_answer(criterion, answer, portable.as_of, framework.scoring.level_values)
        faults.extend(Fault(joined(path, fault.field), fault.message) for fault in found)
    return faults


def answers_of(portable: PortableAssessment, framework: Framework) -> dict[str, Answer]:
    """The answers as the engine takes them. Raises PortableError as `check_against` finds."""
    if faults := check_against(portable, framework):
        raise PortableError(faults)
    return {
        code: _answer(framework.criterion(code), item) for code, item in portable.answers.items()
    }


def _answer(criterion: Criterion, item: PortableAnswer) -> Answer:
    """One answer with its value in the criterion's own type. Raises AnswerError."""
    value = _value(criterion, item.value) if item.has_value else None
    is_answered = item.has_value
    if criterion.answer_type is AnswerType.TEXT and not item.not_applicable:
        value = value or ""
        is_answered = bool(value) or item.rating is not None
    return Answer(
        value=value if is_answered else None,
        is_answered=is_answered,
        valid_to=item.valid_to,
        level=item.evidence,
        level_valid_to=item.evidence_valid_to,
        not_applicable=item.not_applicable,
        reason=item.reason,
        rating=item.rating,
        comment=item.comment,
    )


def _value(criterion: Criterion, value: object) -> Value:
    if criterion.answer_type in NUMBER_TYPES:
        number = as_number(value)
        if number is None:
            raise AnswerError("value", f"must be a number, not {kind_of(value)}")
        return read_value(criterion, number_text(number))
    if value is None and criterion.answer_type is AnswerType.DATE:
        return None
    if not isinstance(value, str):
        raise AnswerError("value", f"must be text (in quotes), not {kind_of(value)}")
    return read_value(criterion, value)


def portable_document(
    *,
    vendor: PortableVendor,
    framework: Framework,
    tier: int,
    as_of: date,
    intake: Mapping[str, int | bool],
    answers: Mapping[str, Answer],
    result: Result | None = None,
) -> dict[str, object]:
    """The file of an assessment as JSON values, in one order and without empty keys.

    Write it with `readable_json` (or `canonical_json`): numbers stay exact, 1.7 as 1.7. Reading
    the text and writing what was read gives the same text again.
    """
    document: dict[str, object] = {
        "format": FORMAT,
        "vendor": _vendor(vendor),
        "framework": {"slug": framework.slug, "version": framework.version},
        "tier": tier,
        "as_of": as_of.isoformat(),
    }
    if kept := _intake(intake):
        document["intake"] = kept
    entries = {code: _entry(answers[code]) for code in _ordered(framework, answers)}
    document["answers"] = {code: entry for code, entry in entries.items() if entry}
    if result is not None:
        document["result"] = result.document()
    return document


def _ordered(framework: Framework, answers: Mapping[str, Answer]) -> list[str]:
    return [criterion.code for criterion in framework.criteria if criterion.code in answers]


def _intake(intake: Mapping[str, int | bool]) -> dict[str, object]:
    """The factors in their order; harmful content is written where it is true."""
    kept: dict[str, object] = {
        factor.code: intake[factor.code] for factor in FACTORS if factor.code in intake
    }
    if intake.get(HARMFUL_CONTENT) is True:
        kept[HARMFUL_CONTENT] = True
    return kept


def _vendor(vendor: PortableVendor) -> dict[str, object]:
    return _filled(
        name=vendor.name,
        legal_name=vendor.legal_name,
        website=vendor.website,
        services=list(vendor.services),
        languages=list(vendor.languages),
        headcount=vendor.headcount,
        sites=[
            _filled(city=site.city, country=site.country, headcount=site.headcount)
            for site in vendor.sites
        ],
        contacts=[
            _filled(name=contact.name, email=contact.email, role=contact.role)
            for contact in vendor.contacts
        ],
        certifications=[_certification(item) for item in vendor.certifications],
    )


def _certification(item: PortableCertification) -> dict[str, object]:
    return _filled(
        standard=item.standard,
        level=item.level,
        issuer=item.issuer,
        number=item.number,
        issued_on=item.issued_on,
        expires_on=item.expires_on,
    )


def _entry(answer: Answer) -> dict[str, object]:
    """One answer; a date answered "never" keeps its null, everything empty is left out."""
    entry: dict[str, object] = {}
    if answer.not_applicable:
        entry["not_applicable"] = True
    elif answer.is_answered and answer.value != "":
        entry["value"] = _json_value(answer.value)
    entry |= _filled(
        valid_to=None if answer.not_applicable else answer.valid_to,
        evidence=answer.level,
        evidence_valid_to=answer.level_valid_to,
        rating=None if answer.not_applicable else answer.rating,
        reason=answer.reason,
        comment=answer.comment,
    )
    return entry


def _json_value(value: Value) -> object:
    if isinstance(value, Fraction):
        return Decimal(number_text(value))
    return value.isoformat() if isinstance(value, date) else value


def _filled(**values: object) -> dict[str, object]:
    """The values that are there, dates as text; 0 is there, empty texts and lists are not."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in values.items()
        if value is not None and value not in ("", [])
    }


__all__ = [
    "FORMAT",
    "PortableAnswer",
    "PortableAssessment",
    "PortableCertification",
    "PortableContact",
    "PortableError",
    "PortableSite",
    "PortableVendor",
    "answers_of",
    "check_against",
    "parse_assessment",
    "portable_document",
]
