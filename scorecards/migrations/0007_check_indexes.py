"""Indexes of the hashes that the public check looks for."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes alone."""

    dependencies = [("scorecards", "0006_issue_rules")]

    operations = [
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(fields=["file_sha256"], name="scorecard_by_file"),
        ),
        migrations.AddIndex(
            model_name="scorecard",
            index=models.Index(fields=["unsigned_sha256"], name="scorecard_by_unsigned"),
        ),
    ]
