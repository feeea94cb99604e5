"""What must hold from here on."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """Constraints that rows from before had to be brought to."""

    dependencies = [("vendors", "0003_existing_rows")]
    operations = [
        migrations.AlterField(
            model_name='weightprofile',
            name='public_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddConstraint(
            model_name='auditevent',
            constraint=models.UniqueConstraint(fields=('chain', 'sequence'), name='event_sequence_unique'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='assessment_approver_filled_nothing'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('tier', 3), models.Q(models.Q(('approved_by', None), ('reviewer', None), models.Q(('approved_by', models.F('reviewer')), _negated=True), _connector='OR'), models.Q(('approved_by', None), ('second_reviewer', None), models.Q(('approved_by', models.F('second_reviewer')), _negated=True), _connector='OR')), _connector='OR'), name='assessment_approver_reviewed_nothing'),
        ),
    ]
