"""One first issue an assessment; each later one names what it replaces, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Constraints alone."""

    dependencies = [("scorecards", "0005_issue_chains")]
    operations = [
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(condition=models.Q(('is_draft', False), ('kind', 'vendor'), ('replaces', None)), fields=('assessment',), name='scorecard_one_first_issue'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issue', 1), ('replaces', None)), models.Q(('is_draft', False), ('issue__gt', 1), ('replaces__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='scorecard_replaces_with_reason'),
        ),
    ]
