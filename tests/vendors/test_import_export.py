"""Portable files: the worked example to the last digit, through the database and back."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tests.factories import (
    SAMPLES,
    import_worked,
    make_framework,
    make_user,
    small_framework,
    worked_example,
)
from vendors.models import Assessment, Vendor
from vendors.permissions import Role
from vendors.queries.documents import exported_assessment
from vendors.scoring import canonical_json
from vendors.services.imports import import_assessment

pytestmark = pytest.mark.django_db
NAMES = ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"]


def run(*args: str) -> list[dict]:
    """Run import_assessment and return its lines."""
    out = StringIO()
    with contextlib.suppress(CommandError):
        call_command("import_assessment", *args, stdout=out, stderr=StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


@contextlib.contextmanager
def forgotten() -> Iterator[None]:
    """What is stored inside is gone after it: rows of the trail cannot be deleted."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", NAMES)
def test_import_gives_each_expected_figure(name: str, tmp_path: Path) -> None:
    small_framework()
    example = worked_example()
    file = tmp_path / f"{name}.json"
    file.write_text(json.dumps(example["assessments"][name]), encoding="utf-8")
    (line,) = run(str(file))
    assert line["file"] == str(file)
    expected = example["expected"][name]
    assert {key: line["result"][key] for key in expected} == expected
    exported = json.loads(canonical_json(exported_assessment(Assessment.objects.get())))
    assert {key: exported["result"][key] for key in expected} == expected


@pytest.mark.parametrize("name", NAMES)
def test_export_import_export_is_the_same_document(name: str) -> None:
    small_framework()
    with forgotten():
        first = canonical_json(exported_assessment(import_worked(name)))
    again = import_assessment(text=first, by=None).assessment
    assert canonical_json(exported_assessment(again)) == first


def test_sample_vendors_survive_the_round_trip() -> None:
    make_framework()
    files = sorted(SAMPLES.glob("*.json"))
    assert len(files) == 6
    first = {}
    with forgotten():
        for file in files:
            text = file.read_text(encoding="utf-8")
            assessment = import_assessment(text=text, by=None).assessment
            first[assessment.vendor.name] = canonical_json(exported_assessment(assessment))
    assert not Vendor.objects.exists()
    for name, text in first.items():
        again = import_assessment(text=text, by=None).assessment
        assert canonical_json(exported_assessment(again)) == text, name


def test_approving_on_import_freezes_the_same_figures() -> None:
    small_framework()
    manager = make_user(Role.MANAGER)
    assessment = import_worked("Dune", approve_as=manager)
    assert assessment.is_approved
    assert assessment.approved_by == manager
    assert assessment.as_of.isoformat() == "2026-11-01"
    exported = json.loads(canonical_json(exported_assessment(assessment)))
    expected = worked_example()["expected"]["Dune"]
    assert {key: exported["result"][key] for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "words"), [("Cinder", "fails and is not waived: L1"), ("Ember", "not met yet: L1")]
)
def test_approving_on_import_refuses_a_gate_that_is_not_passed(
    name: str, words: str, tmp_path: Path
) -> None:
    small_framework()
    manager = make_user(Role.MANAGER)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    bad.write_text(json.dumps(worked_example()["assessments"][name]), encoding="utf-8")
    good.write_text(json.dumps(worked_example()["assessments"]["Fjord"]), encoding="utf-8")
    refused, taken = run(str(bad), str(good), "--approve-as", manager.email.upper())
    assert refused["id"] is None and refused["result"] is None
    assert words in refused["errors"][0]["message"]
    assert taken["id"]
    assert [vendor.name for vendor in Vendor.objects.all()] == ["Fjord"]


def test_a_bad_file_is_refused_whole_and_the_others_go_on(tmp_path: Path) -> None:
    small_framework()
    document = worked_example()["assessments"]["Aurora"]
    document["answers"]["X9"] = {"value": "yes"}
    document["answers"]["L2"]["value"] = 130
    document["surprise"] = 1
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text(json.dumps(document), encoding="utf-8")
    good.write_text(json.dumps(worked_example()["assessments"]["Fjord"]), encoding="utf-8")
    with pytest.raises(CommandError, match="1 of 2 files refused"):
        call_command("import_assessment", str(bad), str(good), stdout=StringIO())
    assert [vendor.name for vendor in Vendor.objects.all()] == ["Fjord"]


def test_a_second_open_assessment_is_refused() -> None:
    small_framework()
    import_worked("Aurora")
    with pytest.raises(Exception, match="open assessment"):
        import_worked("Aurora")
    assert Assessment.objects.count() == 1
