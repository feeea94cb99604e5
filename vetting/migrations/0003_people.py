"""Invitations, sessions that know whose they are, access that ended, and one role a person."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def give_public_ids(apps, _schema_editor):
    """Give each account its own id, and each closed one the moment and reason that must be there."""
    user = apps.get_model("vetting", "User")
    for key in user.objects.values_list("pk", flat=True):
        user.objects.filter(pk=key).update(public_id=uuid.uuid4())
    user.objects.filter(is_active=False).update(
        ended_at=timezone.now(), ended_reason="Ended before reasons were kept"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('vetting', '0002_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='public_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='ended_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='ended_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='user',
            name='ended_reason',
            field=models.TextField(blank=True, default='', editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(give_public_ids, migrations.RunPython.noop),
    ]
