"""Chains the issues of an assessment that were made before an issue named the one it replaces."""

from django.db import migrations

REASON = "Drawn again under a later version of the document."


def chain_issues(apps, _schema_editor):
    rows = apps.get_model("scorecards", "Scorecard").objects
    last = {}
    issued = rows.filter(kind="vendor", is_draft=False).order_by("pk")
    for pk, assessment in issued.values_list("pk", "assessment_id"):
        if assessment in last:
            earlier, issue = last[assessment]
            rows.filter(pk=pk).update(replaces=earlier, issue=issue + 1, reason=REASON)
            last[assessment] = pk, issue + 1
        else:
            last[assessment] = pk, 1


class Migration(migrations.Migration):
    """Rows alone."""

    dependencies = [("scorecards", "0004_evidence")]
    operations = [migrations.RunPython(chain_issues, migrations.RunPython.noop)]
