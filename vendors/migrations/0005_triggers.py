"""Events, frozen results and published frameworks are only ever added; the database holds it."""

from django.db import migrations

from vendors import triggers

TABLES = [
    "vendors_auditevent",
    "vendors_assessmentresult",
    "vendors_categoryscore",
    "vendors_framework",
]


def install(_apps, schema_editor):
    triggers.install(schema_editor.connection, TABLES)


def drop(_apps, schema_editor):
    triggers.drop(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    """Triggers, on SQLite and PostgreSQL alike."""

    dependencies = [("vendors", "0004_append_only")]
    operations = [migrations.RunPython(install, drop)]
