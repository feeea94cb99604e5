"""Brings rows from before the chained trail into it. On a new database there is nothing to do."""

import uuid

from django.conf import settings
from django.db import migrations
from django.db.models import F

from vendors.queries.answer_states import answer_states
from vendors.services.audit import SYSTEM, chained_values, digest_of, trail_key


def fill_profiles(apps, _schema_editor):
    for profile in apps.get_model("vendors", "WeightProfile").objects.all():
        profile.public_id = uuid.uuid4()
        profile.save(update_fields=["public_id"])


def part_people(apps, _schema_editor):
    """An import approved in the name of whoever it said had submitted; nobody submitted it here."""
    assessment = apps.get_model("vendors", "Assessment")
    assessment.objects.filter(approved_by=F("submitted_by")).update(submitted_by=None)


def supersede(apps, _schema_editor):
    """Of several approved ones on a framework the last is in force."""
    assessment = apps.get_model("vendors", "Assessment")
    later = {}
    for row in assessment.objects.filter(state="approved").order_by("-approved_at", "-pk"):
        key = (row.vendor_id, row.framework_slug)
        if key in later:
            row.state, row.superseded_at = "superseded", later[key]
            row.save(update_fields=["state", "superseded_at"])
        later[key] = row.approved_at


def chain_events(apps, _schema_editor):
    """Chain what is there, oldest first; record where each answer, state and result stands now."""
    event_model = apps.get_model("vendors", "AuditEvent")
    head_model = apps.get_model("vendors", "ChainHead")
    vendors = dict(apps.get_model("vendors", "Vendor").objects.values_list("pk", "public_id"))
    assessment_model = apps.get_model("vendors", "Assessment")
    assessments = dict(assessment_model.objects.values_list("pk", "public_id"))
    results = apps.get_model("vendors", "AssessmentResult")
    digests = dict(results.objects.values_list("assessment_id", "digest"))
    heads = {}
    for event in event_model.objects.order_by("pk").iterator():
        _append(event, _chain(event, vendors, assessments), heads)
        event.save()
    for row in assessment_model.objects.order_by("pk").iterator(chunk_size=200):
        answers = row.answers.prefetch_related("certifications", "evidence_links__evidence")
        event = event_model(
            at=row.created_at.now(tz=row.created_at.tzinfo),
            actor_label=SYSTEM,
            origin="migrate",
            action="assessment.baseline",
            vendor_id=row.vendor_id,
            assessment_id=row.pk,
            after={
                "answers": answer_states(answers.order_by("pk")),
                "state": row.state,
                **({"digest": digests[row.pk]} if row.pk in digests else {}),
            },
        )
        _append(event, f"assessment:{row.public_id}", heads)
        event.save(force_insert=True)
    head_model.objects.bulk_create(
        head_model(chain=chain, sequence=sequence, digest=digest)
        for chain, (sequence, digest) in heads.items()
    )


def _chain(event, vendors, assessments):
    if event.assessment_id:
        return f"assessment:{assessments[event.assessment_id]}"
    return f"vendor:{vendors[event.vendor_id]}" if event.vendor_id else "site"


def _append(event, chain, heads):
    sequence, previous = heads.get(chain, (0, ""))
    event.chain, event.sequence, event.previous = chain, sequence + 1, previous
    event.digest = digest_of(trail_key(), chained_values(event))
    heads[chain] = event.sequence, event.digest


class Migration(migrations.Migration):
    """Data alone: the constraints that rest on it follow in the next one."""

    dependencies = [
        ("vendors", "0002_review_and_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(fill_profiles, migrations.RunPython.noop),
        migrations.RunPython(part_people, migrations.RunPython.noop),
        migrations.RunPython(supersede, migrations.RunPython.noop),
        migrations.RunPython(chain_events, migrations.RunPython.noop),
    ]
