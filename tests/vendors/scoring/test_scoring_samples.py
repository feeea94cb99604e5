"""The six shipped samples: each tells its story, and comparing them is worth it."""

from datetime import date

import pytest

from tests.vendors.scoring.cases import SAMPLES, shipped
from vendors.models import SERVICES
from vendors.scoring import (
    FACTORS,
    answers_of,
    overall_under,
    parse_assessment,
    portable_document,
    propose_tier,
    readable_json,
    score,
)

NAMES = [
    "brightwell-back-office",
    "cordillera-assist",
    "harbour-lane-support",
    "larkfield-payroll",
    "meridian-voice",
    "tamarind-contact-services",
]


def sample(name):
    return parse_assessment((SAMPLES / f"{name}.json").read_text())


def result_of(name):
    portable = sample(name)
    return score(shipped(), answers_of(portable, shipped()), portable.tier, portable.as_of)


def test_there_are_six():
    assert sorted(path.stem for path in SAMPLES.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_whole_and_fictional(name):
    portable = sample(name)
    vendor = portable.vendor
    assert "sample" not in vendor.name.casefold()
    assert vendor.legal_name
    assert vendor.website.endswith(".example")
    assert vendor.languages
    assert set(vendor.services) <= set(SERVICES)
    assert 1 <= len(vendor.sites) <= 3
    assert sum(site.headcount for site in vendor.sites) == vendor.headcount
    assert [contact.email.endswith(".example") for contact in vendor.contacts] == [True]
    assert portable.as_of == date(2026, 11, 20)
    assert set(portable.intake) == {factor.code for factor in FACTORS}
    assert portable.tier == propose_tier(portable.intake).tier
    asked = {criterion.code for criterion in shipped().asked(portable.tier)}
    assert set(portable.answers) <= asked
    words = [item for item in portable.answers.values() if item.comment or item.reason]
    assert len(words) * 5 > len(portable.answers)


@pytest.mark.parametrize("name", NAMES)
def test_certificates_of_answers_stand_in_the_register(name):
    portable = sample(name)
    for code, item in portable.answers.items():
        standards = shipped().criterion(code).standards
        if item.valid_to is None or not standards:
            continue
        ends = {
            entry.expires_on
            for entry in portable.vendor.certifications
            if entry.standard in standards
        }
        assert item.valid_to in ends, code


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_written_as_an_export_would_write_it(name):
    text = (SAMPLES / f"{name}.json").read_text()
    portable = sample(name)
    document = portable_document(
        vendor=portable.vendor,
        framework=shipped(),
        tier=portable.tier,
        as_of=portable.as_of,
        intake=portable.intake,
        answers=answers_of(portable, shipped()),
    )
    assert readable_json(document) == text


@pytest.mark.parametrize(
    ("name", "tier", "gate", "band", "overall"),
    [
        ("tamarind-contact-services", 1, "pass", "A", "87.5"),
        ("meridian-voice", 1, "fail", "A", "95.9"),
        ("brightwell-back-office", 2, "pending", "D", "44.9"),
        ("harbour-lane-support", 2, "pass", "B", "84.7"),
        ("cordillera-assist", 1, "pending", "E", "30.5"),
        ("larkfield-payroll", 2, "pass", "B", "76.7"),
    ],
)
def test_what_a_sample_comes_to(name, tier, gate, band, overall):
    result = result_of(name)
    assert (result.tier, result.gate, result.band) == (tier, gate, band)
    assert result.overall_display == overall


def test_the_leader_is_mostly_verified():
    assert result_of("tamarind-contact-services").verified_share > 60


def test_the_best_answers_fail_a_must_have():
    results = {name: result_of(name) for name in NAMES}
    best = max(NAMES, key=lambda name: results[name].claimed)
    assert best == "meridian-voice"
    assert results[best].failed == ("LAB-01",)


def test_claims_alone_are_pending():
    portable, result = sample("brightwell-back-office"), result_of("brightwell-back-office")
    answered = [item for item in portable.answers.values() if item.has_value]
    assert {item.evidence for item in answered} == {"claimed"}
    assert result.claimed > 80
    assert result.failed == ()
    assert len(result.pending) == 9


def test_an_expired_certificate_and_the_report_that_stands_in_for_it():
    portable, result = sample("harbour-lane-support"), result_of("harbour-lane-support")
    ended = {
        entry.expires_on
        for entry in portable.vendor.certifications
        if entry.standard == "ISO/IEC 27001"
    }
    assert ended == {portable.answers["SEC-02"].valid_to} == {date(2026, 9, 30)}
    assert (result.criteria["SEC-02"].raw, result.criteria["SEC-02"].level) == (20, "claimed")
    assert result.criteria["SEC-03"].raw == 85
    assert "SEC-01" not in result.pending + result.failed


def test_a_half_answered_one():
    portable, result = sample("cordillera-assist"), result_of("cordillera-assist")
    assert (len(portable.answers), result.answered, result.asked) == (40, 39, 75)
    assert result.range_high - result.range_low > 30


def test_one_without_ai():
    result = result_of("larkfield-payroll")
    assert [item.code for item in result.categories.values() if not item.rated] == ["AIE"]
    assert result.criteria["AIE-03"].state == "answered"


def test_the_ranking_depends_on_the_profile():
    results = {name: result_of(name) for name in NAMES}
    passed = [name for name in NAMES if results[name].gate == "pass"]
    basis = [
        code
        for code in shipped().weights
        if all(results[name].categories[code].rated for name in passed)
    ]
    assert set(shipped().weights) - set(basis) == {"AIE"}

    def order(weights):
        def overall(name):
            return overall_under(
                [(code, results[name].categories[code].score) for code in basis], weights
            )

        return [name.partition("-")[0] for name in sorted(passed, key=overall, reverse=True)]

    profiles = {item.name: item.weights for item in shipped().weight_profiles}
    assert order(shipped().weights) == ["tamarind", "harbour", "larkfield"]
    assert order(profiles["People first"]) == ["harbour", "tamarind", "larkfield"]
    assert order(profiles["Data first"]) == ["tamarind", "larkfield", "harbour"]
