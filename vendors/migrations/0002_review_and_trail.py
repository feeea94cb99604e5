"""Review, evidence, findings, waivers, and a trail that is chained."""

import django.db.models.deletion
import uuid
import vendors.models.audit
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vendors', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(blank=True, max_length=60, verbose_name='page')),
                ('linked_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ChainHead',
            fields=[
                ('chain', models.CharField(max_length=50, primary_key=True, serialize=False)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='CorrectiveAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('root_cause', models.TextField(blank=True, verbose_name='root cause')),
                ('action', models.TextField(blank=True, verbose_name='action')),
                ('vendor_person', models.CharField(blank=True, max_length=120, verbose_name='at the vendor')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('state', models.CharField(choices=[('open', 'Under way'), ('reported', 'Reported done'), ('closed', 'Closed')], default='open', max_length=10)),
                ('reported_at', models.DateTimeField(null=True)),
                ('report_note', models.TextField(blank=True)),
                ('sent_back_at', models.DateTimeField(null=True)),
                ('sent_back_reason', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('close_note', models.TextField(blank=True, help_text='how it was checked')),
            ],
            options={
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(help_text="counts the vendor's documents: E-12")),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('issuer', models.CharField(blank=True, max_length=160, verbose_name='issued by')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='ends on')),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('removed_at', models.DateTimeField(editable=False, null=True)),
                ('remove_reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['vendor', 'number'],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('is_current', models.BooleanField(default=True)),
                ('original_name', models.CharField(help_text='as text only, never as a path', max_length=255)),
                ('kind', models.CharField(help_text='pdf, png, jpeg, docx, xlsx, csv, txt, eml', max_length=10)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('stored_name', models.CharField(max_length=80, unique=True)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('replace_reason', models.TextField(blank=True)),
                ('page_state', models.CharField(choices=[('none', 'No pages to show'), ('queued', 'Waiting for a worker'), ('building', 'Being drawn'), ('ready', 'Ready'), ('failed', 'Cannot be drawn')], default='none', max_length=10)),
                ('page_count', models.PositiveSmallIntegerField(default=0, help_text='images that were drawn')),
                ('page_total', models.PositiveIntegerField(default=0, help_text='pages that the file has')),
                ('page_error', models.TextField(blank=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('token', models.PositiveIntegerField(default=0, help_text='fences off who lost the lease')),
                ('lease_until', models.DateTimeField(null=True)),
                ('woken_at', models.DateTimeField(help_text='when a worker was last told', null=True)),
            ],
            options={
                'ordering': ['evidence', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(help_text='counts all findings: F-12', unique=True)),
                ('code', models.CharField(blank=True, help_text='the criterion it is about', max_length=40)),
                ('title', models.CharField(max_length=200, verbose_name='what is wrong')),
                ('detail', models.TextField(blank=True, verbose_name='what was found, where and when')),
                ('severity', models.CharField(choices=[('critical', 'Critical'), ('major', 'Major'), ('minor', 'Minor')], max_length=10, verbose_name='severity')),
                ('source', models.CharField(choices=[('review', 'Review'), ('hand', 'Recorded by hand'), ('condition', 'Condition of an approval'), ('waiver', 'Waived must-have')], max_length=10)),
                ('raised_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='FrameworkDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text', models.TextField(help_text='as it was uploaded')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('level', models.CharField(blank=True, max_length=40)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('consented', models.BooleanField(default=False)),
                ('remark', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['review', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Moderation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spread', models.CharField(help_text='points of the criterion, exact fraction', max_length=80)),
                ('level', models.CharField(blank=True, max_length=40)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('consented', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['answer'],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text='1 leads and moderates, 2 is second')),
                ('declared_at', models.DateTimeField(help_text='no conflict of interest, declared by taking it')),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['assessment', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='the must-have', max_length=40)),
                ('reason', models.TextField()),
                ('ends_on', models.DateField(help_text='inclusive')),
                ('granted_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['assessment', 'code'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='assessment',
            name='assessment_one_open',
        ),
        migrations.RemoveConstraint(
            model_name='assessment',
            name='assessment_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='assessment',
            name='assessment_approved_by_whom',
        ),
        migrations.RemoveConstraint(
            model_name='assessment',
            name='assessment_submitted_when',
        ),
        migrations.AddField(
            model_name='answer',
            name='corrected_at',
            field=models.DateTimeField(help_text='saved again since it was returned', null=True),
        ),
        migrations.AddField(
            model_name='answer',
            name='is_carried',
            field=models.BooleanField(default=False, help_text='carried over with its decision, not asked again'),
        ),
        migrations.AddField(
            model_name='answer',
            name='remark',
            field=models.TextField(blank=True, help_text="the reviewer's, to whoever reads the answer"),
        ),
        migrations.AddField(
            model_name='answer',
            name='return_remark',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='answer',
            name='returned_at',
            field=models.DateTimeField(help_text='sent back; until it is decided', null=True),
        ),
        migrations.AddField(
            model_name='answer',
            name='returned_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='close_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='closed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='needs_second_review',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='assessment',
            name='previous',
            field=models.ForeignKey(help_text='the assessment whose answers this one carries over', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next_ones', to='vendors.assessment'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='reject_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='rejected_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='rejected_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='reviewed_at',
            field=models.DateTimeField(help_text='when it was passed to approval', null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='reviewer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='second_reviewer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='superseded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='targets',
            field=models.JSONField(default=list, help_text='codes that a targeted reassessment asks again; empty: all'),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='actor_role',
            field=models.CharField(blank=True, help_text='the role at the time', max_length=20),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='chain',
            field=models.CharField(default='', help_text='assessment:ID, vendor:ID or site', max_length=50),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='digest',
            field=models.CharField(default='', help_text='HMAC-SHA-256 over all of the above', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='origin',
            field=models.CharField(blank=True, help_text='address, or command', max_length=60),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='previous',
            field=models.CharField(blank=True, help_text='digest of the one before', max_length=64),
        ),
        migrations.AddField(
            model_name='auditevent',
            name='sequence',
            field=models.PositiveIntegerField(default=0, help_text='1 and up within its chain'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='certification',
            name='added_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certification',
            name='status',
            field=models.CharField(choices=[('in_force', 'In force'), ('suspended', 'Suspended'), ('withdrawn', 'Withdrawn')], default='in_force', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='certification',
            name='status_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='certification',
            name='status_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certification',
            name='status_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='certification',
            name='status_reason',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='certification',
            name='verified_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='certification',
            name='verified_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certification',
            name='verified_where',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='certification',
            name='version',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='weightprofile',
            name='public_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='weightprofile',
            name='retired_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='returned_at',
            field=models.DateTimeField(help_text='when answers last went back, or all of it was taken back', null=True),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='state',
            field=models.CharField(choices=[('intake', 'Intake'), ('in_progress', 'Questionnaire open'), ('submitted', 'Waits for review'), ('in_review', 'In review'), ('clarification', 'Returned answers open'), ('moderation', 'In moderation'), ('pending_approval', 'Waits for approval'), ('approved', 'Approved'), ('approved_with_conditions', 'Approved with conditions'), ('rejected', 'Rejected'), ('superseded', 'Superseded'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='in_progress', max_length=30),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='after',
            field=vendors.models.audit.CanonicalField(null=True),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='at',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='before',
            field=vendors.models.audit.CanonicalField(null=True),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['at'], name='event_by_moment'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['action', 'id'], name='event_by_action'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor', 'id'], name='event_by_actor'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_at', None), ('return_remark', ''), ('returned_at', None), ('returned_by', None)), models.Q(('returned_at__isnull', False), models.Q(('return_remark', ''), _negated=True)), _connector='OR'), name='answer_returned_with_remark'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('returned_at', None), ('decided_at', None), _connector='OR'), name='answer_returned_or_decided'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['intake', 'in_progress', 'submitted', 'in_review', 'clarification', 'moderation', 'pending_approval'])), fields=('vendor', 'framework_slug'), name='assessment_one_open', violation_error_message='This vendor has an open assessment already.'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['intake', 'in_progress', 'submitted', 'in_review', 'clarification', 'moderation', 'pending_approval', 'approved', 'approved_with_conditions', 'rejected', 'superseded', 'closed', 'cancelled'])), name='assessment_state_known'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'approved_with_conditions', 'superseded', 'closed']), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('as_of__isnull', False)), _connector='OR'), name='assessment_approved_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('as_of__isnull', False), ('rejected_at__isnull', False), ('rejected_by__isnull', False), models.Q(('reject_reason', ''), _negated=True)), _connector='OR'), name='assessment_rejected_why'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'superseded'), _negated=True), ('superseded_at__isnull', False), _connector='OR'), name='assessment_superseded_when'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('close_reason', ''), _negated=True)), _connector='OR'), name='assessment_closed_why'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['intake', 'in_progress', 'cancelled']), ('submitted_at__isnull', False), _connector='OR'), name='assessment_submitted_when'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('reviewer', None), ('submitted_by', None), models.Q(('reviewer', models.F('submitted_by')), _negated=True), _connector='OR'), name='assessment_reviewer_another'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('second_reviewer', None), ('submitted_by', None), models.Q(('second_reviewer', models.F('submitted_by')), _negated=True), _connector='OR'), name='assessment_second_another'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('reviewer', None), ('second_reviewer', None), models.Q(('reviewer', models.F('second_reviewer')), _negated=True), _connector='OR'), name='assessment_reviewers_are_two'),
        ),
        migrations.AddConstraint(
            model_name='certification',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'in_force'), models.Q(('status_at__isnull', False), ('status_on__isnull', False), models.Q(('status_reason', ''), _negated=True)), _connector='OR'), name='certification_status_why'),
        ),
        migrations.AddConstraint(
            model_name='certification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None), ('verified_where', '')), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_where', ''), _negated=True)), _connector='OR'), name='certification_verified_where'),
        ),
        migrations.AddConstraint(
            model_name='certification',
            constraint=models.CheckConstraint(condition=models.Q(('verified_by', None), ('added_by', None), models.Q(('verified_by', models.F('added_by')), _negated=True), _connector='OR'), name='certification_verified_by_another'),
        ),
        migrations.AddField(
            model_name='answerevidence',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_links', to='vendors.answer'),
        ),
        migrations.AddField(
            model_name='answerevidence',
            name='linked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='reported_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='sent_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='certification',
            field=models.ForeignKey(blank=True, help_text='the register entry that this is the certificate of', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='vendors.certification'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='removed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='vendor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='vendors.vendor'),
        ),
        migrations.AddField(
            model_name='answerevidence',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answer_links', to='vendors.evidence'),
        ),
        migrations.AddField(
            model_name='evidencefile',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='vendors.evidence'),
        ),
        migrations.AddField(
            model_name='evidencefile',
            name='uploaded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='proof',
            field=models.ManyToManyField(blank=True, related_name='actions', to='vendors.evidencefile'),
        ),
        migrations.AddField(
            model_name='finding',
            name='assessment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='vendors.assessment'),
        ),
        migrations.AddField(
            model_name='finding',
            name='raised_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='finding',
            name='vendor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='vendors.vendor'),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='finding',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='action', to='vendors.finding'),
        ),
        migrations.AddField(
            model_name='frameworkdraft',
            name='uploaded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mark',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='vendors.answer'),
        ),
        migrations.AddField(
            model_name='moderation',
            name='answer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='moderation', to='vendors.answer'),
        ),
        migrations.AddField(
            model_name='moderation',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='vendors.assessment'),
        ),
        migrations.AddField(
            model_name='review',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mark',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='vendors.review'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='action',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='waiver', to='vendors.correctiveaction'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='vendors.assessment'),
        ),
        migrations.AddField(
            model_name='waiver',
            name='granted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(fields=('vendor', 'number'), name='evidence_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='evidence_has_title'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('issued_on', None), ('expires_on', None), ('expires_on__gte', models.F('issued_on')), _connector='OR'), name='evidence_ends_after_issue', violation_error_message='The end lies before the day of issue.'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('remove_reason', ''), ('removed_at', None), ('removed_by', None)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False), models.Q(('remove_reason', ''), _negated=True)), _connector='OR'), name='evidence_removed_why'),
        ),
        migrations.AddConstraint(
            model_name='answerevidence',
            constraint=models.UniqueConstraint(fields=('answer', 'evidence'), name='answer_evidence_unique'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.UniqueConstraint(fields=('evidence', 'version'), name='evidence_file_version_unique'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('evidence',), name='evidence_file_one_current'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['pdf', 'png', 'jpeg', 'docx', 'xlsx', 'csv', 'txt', 'eml'])), name='evidence_file_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='evidence_file_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='finding_has_title'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['critical', 'major', 'minor'])), name='finding_severity_known'),
        ),
        migrations.AddIndex(
            model_name='correctiveaction',
            index=models.Index(fields=['state', 'due_on'], name='action_by_due'),
        ),
        migrations.AddConstraint(
            model_name='correctiveaction',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'reported', 'closed'])), name='action_state_known'),
        ),
        migrations.AddConstraint(
            model_name='correctiveaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('close_note', ''), _negated=True)), _connector='OR'), name='action_closed_how'),
        ),
        migrations.AddConstraint(
            model_name='correctiveaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'reported'), _negated=True), models.Q(('reported_at__isnull', False), ('reported_by__isnull', False)), _connector='OR'), name='action_reported_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='correctiveaction',
            constraint=models.CheckConstraint(condition=models.Q(('closed_by', None), models.Q(('closed_by', models.F('owner')), _negated=True), _connector='OR'), name='action_closed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='correctiveaction',
            constraint=models.CheckConstraint(condition=models.Q(('closed_by', None), ('reported_by', None), models.Q(('closed_by', models.F('reported_by')), _negated=True), _connector='OR'), name='action_closed_not_by_reporter'),
        ),
        migrations.AddConstraint(
            model_name='moderation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by', None)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='moderation_settled_why'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('assessment', 'position'), name='review_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('assessment', 'reviewer'), name='review_reviewer_unique'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('position__in', [1, 2])), name='review_position_1_or_2'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(fields=('review', 'answer'), name='mark_unique'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.CheckConstraint(condition=models.Q(('rating', None), ('rating__range', (0, 5)), _connector='OR'), name='mark_rating_0_to_5'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(fields=('assessment', 'code'), name='waiver_unique'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='waiver_has_reason'),
        ),
    ]
