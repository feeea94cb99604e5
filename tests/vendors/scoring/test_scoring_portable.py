"""Portable assessments: read, checked against a framework, and written the same every time."""

import copy
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.scoring.cases import (
    AS_OF,
    answer_sets,
    portable_text,
    shipped,
    small,
    steady,
    worked,
)
from vendors.scoring import (
    FACTORS,
    HARMFUL_CONTENT,
    PortableCertification,
    PortableContact,
    PortableError,
    PortableSite,
    PortableVendor,
    answers_of,
    canonical_json,
    check_against,
    parse_assessment,
    portable_document,
    readable_json,
    score,
)

INTAKE = {factor.code: 1 for factor in FACTORS}
FULL = {
    "format": "vetting-assessment/1",
    "vendor": {
        "name": "Aurora",
        "legal_name": "Aurora Ltd",
        "website": "https://aurora.example/about",
        "services": ["voice", "something else"],
        "languages": ["en", "fil"],
        "headcount": 1840,
        "sites": [{"city": "Cebu", "country": "PH", "headcount": 0}, {"city": "Davao"}],
        "contacts": [{"name": "Mia Cruz", "email": "mia@aurora.example", "role": "Compliance"}],
        "certifications": [
            {
                "standard": "ISO/IEC 27001",
                "level": "",
                "issuer": "Northcert",
                "number": "7",
                "issued_on": "2024-06-01",
                "expires_on": "2027-05-31",
            },
            {"standard": "SOC 2", "issued_on": ""},
        ],
    },
    "framework": {"slug": "worked-example", "version": "1.0.0"},
    "tier": 2,
    "as_of": "2026-11-01",
    "intake": {**INTAKE, HARMFUL_CONTENT: False},
    "answers": {
        "L1": {"value": "yes", "evidence": "documented", "comment": "seen"},
        "L2": {"value": 96},
        "L3": {"value": None, "evidence": "claimed", "reason": ""},
        "S1": {"value": "certified_full", "valid_to": "2027-05-31"},
        "S3": {"not_applicable": True, "reason": "no cardholder data"},
        "E1": {"comment": "asked again on Monday"},
        "E2": {"value": 1.7, "evidence": "rejected", "evidence_valid_to": "2027-01-31"},
    },
    "result": {"ignored": [1, {"deeply": None}]},
}


def put(document, path, value):
    *way, last = path
    for step in way:
        document = document[step]
    document[last] = value


def changed(*changes):
    document = copy.deepcopy(FULL)
    for path, value in changes:
        put(document, path, value)
    return json.dumps(document)


def faults_of(text):
    with pytest.raises(PortableError) as caught:
        parse_assessment(text)
    return [str(fault) for fault in caught.value.faults]


def misfits(*changes, today=None):
    portable = parse_assessment(changed(*changes))
    return [str(fault) for fault in check_against(portable, small(), today)]


def exported(text, framework=None):
    framework = framework or small()
    portable = parse_assessment(text)
    answers = answers_of(portable, framework)
    return readable_json(
        portable_document(
            vendor=portable.vendor,
            framework=framework,
            tier=portable.tier,
            as_of=portable.as_of,
            intake=portable.intake,
            answers=answers,
            result=score(framework, answers, portable.tier, portable.as_of),
        )
    )


def test_everything_that_a_file_can_carry():
    portable = parse_assessment(json.dumps(FULL))
    assert portable.vendor == PortableVendor(
        name="Aurora",
        legal_name="Aurora Ltd",
        website="https://aurora.example/about",
        services=("voice", "something else"),
        languages=("en", "fil"),
        headcount=1840,
        sites=(PortableSite("Cebu", "PH", 0), PortableSite("Davao")),
        contacts=(PortableContact("Mia Cruz", "mia@aurora.example", "Compliance"),),
        certifications=(
            PortableCertification(
                "ISO/IEC 27001", "", "Northcert", "7", date(2024, 6, 1), date(2027, 5, 31)
            ),
            PortableCertification("SOC 2"),
        ),
    )
    assert (portable.framework_slug, portable.framework_version) == ("worked-example", "1.0.0")
    assert (portable.tier, portable.as_of) == (2, AS_OF)
    assert portable.intake == {**INTAKE, HARMFUL_CONTENT: False}
    assert check_against(portable, small()) == []
    answers = answers_of(portable, small())
    assert answers["L3"].is_answered
    assert answers["L3"].value is None
    assert not answers["E1"].is_answered
    assert answers["S3"].not_applicable


def test_the_least_that_a_file_must_carry():
    least = {key: FULL[key] for key in ("format", "framework", "as_of", "tier")}
    portable = parse_assessment(json.dumps({**least, "vendor": {"name": "X"}, "answers": {}}))
    assert (portable.answers, portable.intake) == ({}, {})
    for key in ("format", "framework", "as_of", "tier"):
        short = {k: v for k, v in least.items() if k != key}
        found = faults_of(json.dumps({**short, "vendor": {"name": "X"}, "answers": {}}))
        assert len(found) == 1
        assert found[0].startswith(f"{key}: missing")
    assert faults_of(json.dumps({**least, "vendor": {}})) == [
        "vendor.name: missing",
        "answers: missing",
    ]


def test_the_tier_may_come_from_a_complete_intake():
    document = {key: value for key, value in FULL.items() if key != "tier"}
    assert parse_assessment(json.dumps(document)).tier == 3
    risky = {**document, "intake": {**INTAKE, HARMFUL_CONTENT: True}}
    assert parse_assessment(json.dumps(risky)).tier == 1
    short = {**document, "intake": {"spend": 1}}
    assert faults_of(json.dumps(short)) == [
        "tier: missing, and the intake is not complete enough to propose one"
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((("colour",), 1), "colour: unknown key"),
        ((("vendor", "colour"), 1), "vendor.colour: unknown key"),
        ((("vendor", "sites", 0, "zip"), ""), "vendor.sites[0].zip: unknown key"),
        ((("vendor", "contacts", 0, "phone"), ""), "vendor.contacts[0].phone: unknown key"),
        ((("vendor", "certifications", 1, "x"), ""), "vendor.certifications[1].x: unknown key"),
        ((("framework", "name"), ""), "framework.name: unknown key"),
        ((("intake", "colour"), 1), "intake.colour: unknown key"),
        ((("answers", "L1", "score"), 1), "answers.L1.score: unknown key"),
        ((("format",), "vetting-assessment/2"), "format: must be vetting-assessment/1"),
        ((("format",), 1), "format: must be text (in quotes), not a number"),
        ((("vendor",), []), "vendor: must be an object, not a list"),
        ((("vendor", "name"), "  "), "vendor.name: empty"),
        ((("vendor", "name"), "x" * 201), "vendor.name: longer than 200 characters"),
        (
            (("vendor", "website"), "javascript:alert(1)"),
            "vendor.website: must be a web address such as https://vendor.example",
        ),
        ((("vendor", "services"), "voice"), "vendor.services: must be a list, not text"),
        (
            (("vendor", "services", 1), 3),
            "vendor.services[1]: must be text (in quotes), not a number",
        ),
        (
            (("vendor", "headcount"), 1.5),
            "vendor.headcount: must be a whole number, not a number",
        ),
        (
            (("vendor", "headcount"), -1),
            "vendor.headcount: must be from 0 to 10000000, not -1",
        ),
        ((("vendor", "sites", 0), "Cebu"), "vendor.sites[0]: must be an object, not text"),
        (
            (("vendor", "sites", 0, "country"), "Philippines"),
            "vendor.sites[0].country: must be a two-letter country code such as PH",
        ),
        (
            (("vendor", "contacts", 0, "email"), "mia"),
            "vendor.contacts[0].email: must be an e-mail address",
        ),
        (
            (("vendor", "certifications", 0, "expires_on"), "2024-01-01"),
            "vendor.certifications[0].expires_on: lies before issued_on",
        ),
        (
            (("vendor", "certifications", 1, "issued_on"), "June 2024"),
            "vendor.certifications[1].issued_on: must be a date such as 2026-11-01, not June 2024",
        ),
        ((("framework", "slug"), ""), "framework.slug: empty"),
        ((("tier",), 4), "tier: must be from 1 to 3, not 4"),
        ((("tier",), "1"), "tier: must be a whole number, not text"),
        ((("as_of",), "2026-02-30"), "as_of: must be a date such as 2026-11-01, not 2026-02-30"),
        ((("as_of",), ""), "as_of: empty"),
        ((("intake",), [1]), "intake: must be an object, not a list"),
        ((("intake", "spend"), 4), "intake.spend: must be from 0 to 3, not 4"),
        (
            (("intake", "spend"), True),
            "intake.spend: must be a whole number from 0 to 3, not true or false",
        ),
        (
            (("intake", "harmful_content"), 1),
            "intake.harmful_content: must be true or false, not a number",
        ),
        ((("answers",), []), "answers: must be an object, not a list"),
        ((("answers", "L1"), "yes"), "answers.L1: must be an object, not text"),
        (
            (("answers", "L1", "value"), ["yes"]),
            "answers.L1.value: must be text, a number or null, not a list",
        ),
        (
            (("answers", "L1", "value"), True),
            "answers.L1.value: must be text, a number or null, not true or false",
        ),
        (
            (("answers", "S1", "valid_to"), "31.05.2027"),
            "answers.S1.valid_to: must be a date such as 2026-11-01, not 31.05.2027",
        ),
        (
            (("answers", "L1", "evidence"), 1),
            "answers.L1.evidence: must be text (in quotes), not a number",
        ),
        ((("answers", "L1", "rating"), 6), "answers.L1.rating: must be from 0 to 5, not 6"),
        (
            (("answers", "S3", "not_applicable"), "yes"),
            "answers.S3.not_applicable: must be true or false, not text",
        ),
        (
            (("answers", "S3", "value"), "aoc"),
            "answers.S3.value: has no place in an answer that is not applicable",
        ),
        (
            (("answers", "L1", "comment"), "x" * 10_001),
            "answers.L1.comment: longer than 10,000 characters",
        ),
    ],
)
def test_a_fault_is_named_with_its_path(change, fault):
    assert faults_of(changed(change)) == [fault]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((("answers", "Z9"), {"value": 1}), "answers.Z9: unknown criterion"),
        (
            (("answers", "L1", "value"), 1),
            "answers.L1.value: must be text (in quotes), not a number",
        ),
        (
            (("answers", "L1", "value"), "maybe"),
            "answers.L1.value: Choose one of the answers. You typed maybe.",
        ),
        (
            (("answers", "L1", "value"), None),
            "answers.L1.value: must be text (in quotes), not nothing",
        ),
        ((("answers", "L2", "value"), "96"), "answers.L2.value: must be a number, not text"),
        ((("answers", "L2", "value"), None), "answers.L2.value: must be a number, not nothing"),
        (
            (("answers", "L2", "value"), 101),
            "answers.L2.value: Enter a number from 0 to 100 (percent). You typed 101.",
        ),
        (
            (("answers", "L2", "value"), 1e-20),
            "answers.L2.value: Use at most 15 digits and 10 decimals.",
        ),
        (
            (("answers", "L3", "value"), "2026-11-02"),
            "answers.L3.value: Enter a date up to 1 Nov 2026. You typed 2 Nov 2026.",
        ),
        (
            (("answers", "L3", "value"), "2026-13-01"),
            "answers.L3.value: Enter a date. You typed 2026-13-01.",
        ),
        (
            (("answers", "S1", "valid_to"), ""),
            "answers.S1.valid_to: Enter the date until which it is valid.",
        ),
        (
            (("answers", "L1", "evidence"), "sure"),
            "answers.L1.evidence: Unknown evidence level sure.",
        ),
        ((("answers", "L1", "rating"), 3), "answers.L1.rating: Only a text answer is rated."),
        (
            (("answers", "S3", "reason"), ""),
            "answers.S3.reason: Say why the question does not apply.",
        ),
        (
            (("framework", "version"), "2.0.0"),
            "framework: worked-example 2.0.0 is not worked-example 1.0.0",
        ),
    ],
)
def test_what_does_not_fit_the_framework(change, fault):
    assert misfits(change) == [fault]
    with pytest.raises(PortableError):
        answers_of(parse_assessment(changed(change)), small())


def test_an_as_of_date_after_today():
    assert misfits(today=AS_OF) == []
    assert misfits(today=AS_OF - timedelta(1)) == ["as_of: lies after today, 31 Oct 2026"]


def test_several_faults_come_together():
    found = faults_of(changed((("tier",), 9), (("as_of",), "?"), (("vendor", "name"), 1)))
    assert [fault.partition(":")[0] for fault in found] == ["vendor.name", "tier", "as_of"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: not JSON: Expecting value"),
        ("{", "line 1: not JSON: Expecting property name enclosed in double quotes"),
        ('{"a": 1}\n{', "line 2: not JSON: Extra data"),
        ("[]", "(file): must be an object, not a list"),
        ("null", "(file): must be an object, not nothing"),
        ("7", "(file): must be an object, not a number"),
        ('{"a": 1, "a": 1}', "a: given twice"),
        ('{"answers": {"L1": {"value": 1, "value": 2}}}', "answers.L1.value: given twice"),
        ('{"answers": {"L1": {}, "L1": {}}}', "answers.L1: given twice"),
        ('{"result": {"x": 1, "x": 2}}', "result.x: given twice"),
        ('{"tier": NaN}', "tier: is a number that is not finite or too long"),
        ('{"tier": -Infinity}', "tier: is a number that is not finite or too long"),
        ('{"tier": 1e999999999}', "tier: is a number that is not finite or too long"),
        ('{"tier": 1e-999}', "tier: is a number that is not finite or too long"),
        ('{"tier": ' + "9" * 5000 + "}", "tier: is a number that is not finite or too long"),
        (
            '{"vendor": {"name": "\\ud800"}}',
            "vendor.name: holds half of a character (a lone surrogate)",
        ),
        (
            '{"\\udfff": 1}',
            "?: a key holds half of a character (a lone surrogate)",
        ),
        ('{"vendor": {"name": "a\\u0000b"}}', "vendor.name: holds control characters"),
        (
            '{"a": ' + "[" * 30 + "]" * 30 + "}",
            "a" + "[0]" * 20 + ": nested deeper than 20 levels",
        ),
        ("[" * 100_000, "(file): nested deeper than 20 levels"),
        ('{"a":' * 100_000, "(file): nested deeper than 20 levels"),
        ('"' + "x" * 2_000_000 + '"', "(file): larger than 2,000,000 bytes"),
    ],
    ids=range(22),
)
def test_hostile_texts(text, fault):
    assert faults_of(text) == [fault]


def test_a_byte_order_mark_does_no_harm():
    assert parse_assessment("\ufeff" + json.dumps(FULL)).tier == 2


@steady
@given(st.text())
def test_no_text_breaks_the_reader(text):
    with pytest.raises(PortableError):
        parse_assessment(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = [
    ("vendor",),
    ("vendor", "sites"),
    ("vendor", "sites", 0, "city"),
    ("vendor", "headcount"),
    ("vendor", "certifications", 0, "issued_on"),
    ("framework", "version"),
    ("tier",),
    ("as_of",),
    ("intake", "spend"),
    ("answers",),
    ("answers", "L1"),
    ("answers", "L2", "value"),
    ("answers", "L3", "value"),
    ("answers", "S1", "valid_to"),
    ("answers", "S3", "reason"),
    ("answers", "E1", "rating"),
]


@steady
@given(st.sampled_from(PLACES), json_values)
def test_no_value_in_any_place_breaks_the_reader(path, value):
    try:
        portable = parse_assessment(changed((path, value)))
        answers = answers_of(portable, small())
    except PortableError as error:
        document = [[fault.path, fault.message] for fault in error.faults]
    else:
        document = score(small(), answers, portable.tier, portable.as_of).document()
    # Faults and figures alike can be written down, whatever was in the file.
    assert canonical_json(document) != "[]"


def test_the_export_keeps_order_and_numbers_and_drops_what_is_empty():
    document = json.loads(exported(json.dumps(FULL)), parse_float=Decimal)
    assert list(document) == [
        "format",
        "vendor",
        "framework",
        "tier",
        "as_of",
        "intake",
        "answers",
        "result",
    ]
    assert list(document["answers"]) == ["L1", "L2", "L3", "S1", "S3", "E1", "E2"]
    assert document["vendor"]["sites"] == [
        {"city": "Cebu", "country": "PH", "headcount": 0},
        {"city": "Davao"},
    ]
    assert document["vendor"]["certifications"][1] == {"standard": "SOC 2"}
    assert document["intake"] == INTAKE
    assert document["answers"]["L3"] == {"value": None, "evidence": "claimed"}
    assert document["answers"]["S3"] == {"not_applicable": True, "reason": "no cardholder data"}
    assert document["answers"]["E1"] == {"comment": "asked again on Monday"}
    text = exported(json.dumps(FULL))
    assert '"value": 96\n' in text
    assert '"value": 1.7,\n' in text


@pytest.mark.parametrize("name", ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"])
def test_the_worked_example_survives_the_way_there_and_back(name):
    once = exported(portable_text(name))
    assert exported(once) == once
    document = json.loads(once, parse_float=Decimal)
    assert document.pop("result") == worked()["expected"][name]
    assert document == worked()["assessments"][name]


def test_numbers_come_back_in_their_shortest_exact_form():
    text = json.dumps(FULL).replace('"value": 1.7', '"value": 1.70').replace("96}", "96.0}")
    assert exported(text) == exported(json.dumps(FULL))
    text = json.dumps(FULL).replace('"value": 1.7', '"value": 17e-1')
    assert exported(text) == exported(json.dumps(FULL))


def test_a_text_answer_with_its_rating():
    answers = {"LEG-06": {"value": " two\nlines ", "rating": 4}}
    framework = {"slug": shipped().slug, "version": shipped().version}
    text = json.dumps({**FULL, "framework": framework, "answers": answers})
    document = json.loads(exported(text, shipped()))
    assert document["answers"] == answers
    for empty in ({"value": ""}, {"value": "", "evidence": ""}, {}):
        text = json.dumps({**FULL, "framework": framework, "answers": {"LEG-06": empty}})
        assert json.loads(exported(text, shipped()))["answers"] == {}


@steady
@given(answer_sets(small()))
def test_any_answers_survive_the_way_there_and_back(answers):
    vendor = PortableVendor("Any")
    document = readable_json(
        portable_document(
            vendor=vendor, framework=small(), tier=1, as_of=AS_OF, intake={}, answers=answers
        )
    )
    portable = parse_assessment(document)
    again = answers_of(portable, small())
    assert again == answers
    assert exported(exported(document)) == exported(document)
