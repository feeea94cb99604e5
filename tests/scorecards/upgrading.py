"""A program: fills an installation from before corrections, then brings it to today's tables.

Prints each scorecard's number, issue and what it replaces.
"""

import sys

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

VALUES = {
    models.DateField: timezone.localdate,
    models.DateTimeField: timezone.now,
    models.JSONField: dict,
    models.BooleanField: lambda: False,
    models.IntegerField: lambda: 1,
}


def filled(model, **given):
    """A row with whatever its columns demand."""
    for field in model._meta.concrete_fields:
        plain = not (field.null or field.has_default() or field.blank or field.primary_key)
        if not plain or field.name in given:
            continue
        if field.is_relation:
            given[field.name] = filled(field.related_model)
        else:
            kinds = [make for kind, make in VALUES.items() if isinstance(field, kind)]
            given[field.name] = kinds[-1]() if kinds else "x"
    return model.objects.create(**given)


def main():
    executor = MigrationExecutor(connection)
    targets = [("scorecards", "0003_comparisons_and_documents"), ("vendors", "0006_results_by_day")]
    executor.migrate(targets)
    old = executor.loader.project_state(targets).apps
    assessment = filled(old.get_model("vendors", "Assessment"))
    for count in (1, 2, 3):
        filled(
            old.get_model("scorecards", "Scorecard"),
            assessment=assessment,
            number=f"VET-2026-000{count}",
            content="{}",
            digest=str(count),
            state="ready",
            file="x",
            file_sha256="x",
            ready_at=timezone.now(),
        )
    call_command("migrate", verbosity=0)
    connection.check_constraints()
    rows = apps.get_model("scorecards", "Scorecard").objects.order_by("pk")
    for number, issue, replaced in rows.values_list("number", "issue", "replaces__number"):
        sys.stdout.write(f"{number} {issue} {replaced}\n")


if __name__ == "__main__":
    django.setup()
    main()
