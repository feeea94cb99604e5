"""Publishing frameworks. A published version never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from vendors import scoring
from vendors.models import Criterion, Framework, WeightProfile
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.refusals import FaultyInput

if TYPE_CHECKING:
    from vetting.models import User


BALANCED = "Balanced"


@dataclass(frozen=True, slots=True)
class Published:
    """The row, and whether this call made it."""

    framework: Framework
    is_new: bool


@transaction.atomic
def publish_framework(*, text: str, by: User | None) -> Published:
    """Check a framework file and publish it; the same content again is no change.

    Raises scoring.FrameworkError with each fault, and FaultyInput when other content stands
    under this slug and version. Nothing is stored then.
    """
    rules = scoring.parse_framework(text)
    found = Framework.objects.filter(slug=rules.slug, version=rules.version).first()
    if found is not None:
        if found.fingerprint != rules.fingerprint:
            message = (
                f"{rules.version} is published already with other content; give it a new version"
            )
            raise FaultyInput([Fault("framework.version", message)])
        return Published(found, is_new=False)
    framework = Framework.objects.create(
        slug=rules.slug,
        version=rules.version,
        name=rules.name,
        document=rules.document,
        fingerprint=rules.fingerprint,
        published_by=by,
    )
    _add_criteria(framework)
    _add_profiles(framework, by)
    record_event(
        action="framework.publish",
        by=by,
        subject=f"{rules.slug} {rules.version}",
        after={"fingerprint": rules.fingerprint},
    )
    return Published(framework, is_new=True)


def _add_criteria(framework: Framework) -> None:
    """One row a criterion, in the order of the document."""
    rules = framework.rules
    Criterion.objects.bulk_create(
        Criterion(
            framework=framework,
            category_code=rules.category_of(criterion.code).code,
            code=criterion.code,
            position=position,
        )
        for position, criterion in enumerate(rules.criteria)
    )


def _add_profiles(framework: Framework, by: User | None) -> None:
    """Balanced is the framework's own weights; the others come from the file."""
    rules = framework.rules
    wanted = {BALANCED: ("", {category.code: category.weight for category in rules.categories})}
    for profile in rules.weight_profiles:
        wanted[profile.name] = (profile.description, dict(profile.weights))
    for name, (description, weights) in wanted.items():
        exact = {code: scoring.write_value(weight) for code, weight in weights.items()}
        in_force = WeightProfile.objects.filter(
            framework_slug=rules.slug, name=name, retired_at=None
        ).first()
        if in_force is not None and in_force.weights == exact:
            continue
        _replace_profile(
            slug=rules.slug,
            name=name,
            description=description,
            weights=exact,
            in_force=in_force,
            by=by,
        )


def _replace_profile(
    *,
    slug: str,
    name: str,
    description: str,
    weights: dict[str, str | None],
    in_force: WeightProfile | None,
    by: User | None,
) -> None:
    """Retire the version in force, if there is one, and add the next."""
    if in_force is not None:
        in_force.retired_at = timezone.now()
        in_force.save(update_fields=["retired_at"])
    WeightProfile.objects.create(
        framework_slug=slug,
        name=name,
        version=in_force.version + 1 if in_force else 1,
        description=description,
        weights=weights,
        created_by=by,
    )
