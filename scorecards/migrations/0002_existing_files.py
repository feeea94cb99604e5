"""Records the files of scorecards that were built before their hashes stood in the trail."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from vendors.services.audit import SYSTEM, chained_values, trail_key
from vendors.trail import digest_of


def record_files(apps, _schema_editor):
    events = apps.get_model("vendors", "AuditEvent")
    heads = apps.get_model("vendors", "ChainHead")
    ready = apps.get_model("scorecards", "Scorecard").objects.filter(state="ready")
    for row in ready.select_related("assessment").order_by("pk"):
        head, _created = heads.objects.get_or_create(
            chain=f"assessment:{row.assessment.public_id}"
        )
        event = events(
            at=timezone.now(),
            actor_label=SYSTEM,
            origin="migrate",
            action="scorecard.build",
            vendor_id=row.assessment.vendor_id,
            assessment_id=row.assessment_id,
            subject=row.number or "Draft",
            after={
                "file": row.file,
                "file_sha256": row.file_sha256,
                "file_size": row.file_size,
                "pages": row.pages,
            },
            chain=head.chain,
            sequence=head.sequence + 1,
            previous=head.digest,
        )
        event.digest = digest_of(trail_key(), chained_values(event))
        event.save(force_insert=True)
        heads.objects.filter(pk=head.pk).update(sequence=event.sequence, digest=event.digest)


class Migration(migrations.Migration):
    """Events alone."""

    dependencies = [
        ("scorecards", "0001_initial"),
        ("vendors", "0005_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(record_files, migrations.RunPython.noop)]
