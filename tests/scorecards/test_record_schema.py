"""The published schema fits every record, and says something of each part."""

import json
from pathlib import Path

import jsonschema
import pytest

from scorecards import record
from tests.benchmarks.scorecard import full_record
from tests.factories import answer_all, make_assessment, make_user, make_vendor, small_framework
from tests.scorecards.deciding import rejected, waiting, waived
from tests.scorecards.printing import kept
from tests.scorecards.recording import issued, record_of, text_of
from vendors.models import Vendor
from vendors.permissions import Role
from vendors.services.approvals import approve_assessment

SCHEMA = Path(__file__).resolve().parents[2] / "schema" / "vetting-scorecard-3.schema.json"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def faults(validator, text):
    """What does not fit, each with its place."""
    found = validator.iter_errors(json.loads(text))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def objects(schema):
    """Every object of the schema that has properties."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_each_part_is_described(validator):
    for item in objects(validator.schema):
        for name, part in item["properties"].items():
            assert part.get("description") or "$ref" in part, name
    assert all("description" in part for part in validator.schema["$defs"].values())


def test_a_full_record_fits_and_a_changed_one_does_not(validator):
    said = full_record()
    assert faults(validator, record.written(said)) == []
    for change in (
        {"format": "vetting-scorecard/2"},
        {"number": "7"},
        {"more": 1},
        {"framework": {}},
        {"snapshot_sha256": "A" * 64},
    ):
        assert faults(validator, record.written({**said, **change}))


@pytest.mark.django_db
def test_records_of_every_kind_fit(validator):
    manager, framework = make_user(Role.MANAGER), small_framework()
    vendor = make_vendor(legal_name="Sample Inc.")
    vendor.sites.create(city="Cebu", country="PH")
    vendor.certifications.create(standard="ISO 27001")
    approved = waiting(framework, vendor=vendor)
    approve_assessment(assessment=approved, by=manager)
    conditional = waived(conditions=["Name all subcontractors"], framework=framework)
    kept([vendor, conditional.vendor], manager)
    half = make_assessment(vendor, framework=framework)
    answer_all(half, skip=(framework.rules.criteria[0].code,))
    texts = {
        "approved": issued(approved, by=manager).content,
        "conditional": issued(conditional).content,
        "rejected": issued(rejected(framework=framework), by=manager).content,
        "half answered": text_of(half),
        "empty": text_of(make_assessment(framework=framework)),
    }
    Vendor.objects.filter(pk=vendor.pk).update(legal_name="Sample Two Ltd.", services=["voice"])
    texts["corrected"] = issued(approved, by=manager).content
    said = {name: json.loads(text) for name, text in texts.items()}
    assert said["corrected"]["corrections"]
    assert said["approved"]["comparisons"]
    assert record_of(half)["previous"]["number"] == said["corrected"]["number"]
    assert {name: faults(validator, text) for name, text in texts.items()} == {
        name: [] for name in texts
    }
