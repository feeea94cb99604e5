from django.db import migrations
from django.db.models import F


def copy_askers(apps, _schema_editor):
    """Whoever asked first is whom each document was built for until now."""
    apps.get_model("scorecards", "Scorecard").objects.update(
        wanted_by=F("requested_by"), wanted_at=F("requested_at")
    )


class Migration(migrations.Migration):

    dependencies = [("scorecards", "0009_wanted")]

    operations = [migrations.RunPython(copy_askers, migrations.RunPython.noop)]
