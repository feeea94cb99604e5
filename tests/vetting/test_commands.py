"""The commands that people and automation rely on."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import SHIPPED, WORKED, import_worked, small_framework
from vendors.models import Assessment, AuditEvent, Criterion, Framework, Vendor, WeightProfile
from vetting.models import User
from vetting.samples import add_samples, sign_ins_file

pytestmark = pytest.mark.django_db


def run(name: str, *args: str, **options: object) -> str:
    """A command's standard output."""
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_load_framework_publishes_once() -> None:
    assert "published: 75 criteria" in run("load_framework", str(SHIPPED))
    assert "no change" in run("load_framework", str(SHIPPED))
    assert (Framework.objects.count(), Criterion.objects.count()) == (1, 75)
    assert list(WeightProfile.objects.values_list("name", flat=True)) == [
        "Balanced",
        "People first",
        "Data first",
    ]


def test_load_framework_lists_faults_with_their_paths(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    text = (WORKED / "worked-example-framework.yaml").read_text(encoding="utf-8")
    file.write_text(
        text.replace("weight: 40\n  description", "weight: 41\n  description", 1), "utf-8"
    )
    errors = StringIO()
    with pytest.raises(CommandError, match="nothing stored"):
        call_command("load_framework", str(file), stderr=errors)
    assert "categories" in errors.getvalue()
    assert Framework.objects.count() == 0


def test_create_user_prints_a_random_password_once() -> None:
    out = run("create_user", "Ana.Roy@Sample.example", role="auditor")
    user = User.objects.get()
    assert (user.name, user.role) == ("Ana Roy", "auditor")
    assert user.check_password(out.split("Password: ")[1].strip())
    with pytest.raises(CommandError, match="already"):
        run("create_user", "ana.roy@sample.example", role="auditor")
    with pytest.raises(CommandError, match="not an e-mail"):
        run("create_user", "ana", role="auditor")
    with pytest.raises(CommandError, match="role"):
        run("create_user", "b@sample.example", "--role", "king")


def test_export_assessment_prints_one_canonical_document() -> None:
    small_framework()
    assessment = import_worked("Aurora")
    document = json.loads(run("export_assessment", str(assessment.public_id)))
    assert document["format"] == "vetting-assessment/1"
    assert document["result"]["overall"]["exact"] == "3829/48"
    with pytest.raises(CommandError, match="no assessment"):
        run("export_assessment", "00000000-0000-4000-8000-000000000000")


def test_sample_data_come_in_different_states_and_only_once(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    first = add_samples()
    assert sign_ins_file().stat().st_mode & 0o777 == 0o600
    states = set(Assessment.objects.values_list("state", flat=True))
    assert states >= {
        "approved",
        "in_review",
        "clarification",
        "pending_approval",
        "in_progress",
        "intake",
    }
    assert Vendor.objects.filter(is_sample=True).count() == 16
    rated = Vendor.objects.filter(latest_result__gate="pass")
    assert set(rated.values_list("latest_result__band", flat=True)) >= {"A", "B", "C", "D"}
    assert all(User.objects.get(email=one.email).check_password(one.password) for one in first)
    events = AuditEvent.objects.count()
    assert add_samples() == first
    assert AuditEvent.objects.count() == events
