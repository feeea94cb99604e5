"""Weight profiles: each change is a new version, the one before is retired, none is ever edited."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Framework, WeightProfile
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User

#: Points that a profile spreads over the categories.
TOTAL = 100


def add_profiles_of(*, framework: Framework, by: User | None) -> None:
    """Balanced is the framework's own weights; the others come from the file."""
    rules = framework.rules
    wanted = {
        scoring.BALANCED: ("", {category.code: category.weight for category in rules.categories})
    }
    for profile in rules.weight_profiles:
        wanted[profile.name] = (profile.description, dict(profile.weights))
    for name, (description, weights) in wanted.items():
        exact = {code: scoring.write_value(weight) for code, weight in weights.items()}
        current = _in_force(rules.slug, name)
        if current is not None and current.weights == exact:
            continue
        _add_version(
            slug=rules.slug,
            name=name,
            description=description,
            weights=exact,
            reason=_("Published with %s") % framework,
            by=by,
        )


@transaction.atomic
def save_profile(
    *,
    framework: Framework,
    name: str,
    description: str,
    weights: Mapping[str, Decimal],
    reason: str,
    seen: int,
    by: User,
) -> WeightProfile:
    """Store a profile as the next version under its name; the version before is retired.

    `weights` are points by category code, 0 to 100, in sum 100. `seen` is the version that the
    person started from, 0 for a new name. Raises FaultyInput for weights, name or reason that will
    not do, Refused where somebody stored another version meanwhile.
    """
    faults = faults_of(framework, name, weights, reason)
    if faults:
        raise FaultyInput(faults)
    Framework.objects.select_for_update(no_key=True).only("pk").get(pk=framework.pk)
    current = _in_force(framework.slug, name.strip())
    if (current.version if current else 0) != seen:
        raise Refused(
            _("A profile of this name exists. Change that one, or choose another name.")
            if seen == 0
            else _("Somebody changed this profile meanwhile. Load the page again.")
        )
    return _add_version(
        slug=framework.slug,
        name=name.strip(),
        description=description.strip(),
        weights={code: scoring.number_text(value) for code, value in weights.items()},
        reason=reason.strip(),
        by=by,
    )


def faults_of(
    framework: Framework, name: str, weights: Mapping[str, Decimal], reason: str
) -> list[Fault]:
    """What is wrong with a profile, by field."""
    found = []
    if not name.strip():
        found.append(Fault("name", _("Give it a name.")))
    if name.strip() == scoring.BALANCED:
        found.append(Fault("name", _("Balanced is the framework's own; choose another name.")))
    if not reason.strip():
        found.append(Fault("reason", _("Say why the weights are so.")))
    codes = {category.code for category in framework.rules.categories}
    if set(weights) != codes:
        found.append(Fault("weights", _("Give each category a weight.")))
    found += [
        Fault(code, _("Enter points from 0 to 100."))
        for code, value in weights.items()
        if not 0 <= value <= TOTAL
    ]
    total = sum(weights.values(), Decimal(0))
    if not found and total != TOTAL:
        shown = scoring.number_text(total)
        found.append(Fault("weights", _("The weights sum to %s; they must sum to 100.") % shown))
    return found


@transaction.atomic
def retire_profile(*, profile: WeightProfile, reason: str, by: User) -> None:
    """Take a profile out of use; comparisons made with it keep it.

    Raises Refused for Balanced, without a reason, or where it is retired already.
    """
    if profile.name == scoring.BALANCED:
        raise Refused(_("Balanced is the framework's own weights and stays."))
    if not reason.strip():
        raise Refused(_("Say why it is retired."))
    changed = WeightProfile.objects.filter(pk=profile.pk, retired_at=None).update(
        retired_at=timezone.now(), retired_by=by
    )
    if not changed:
        raise Refused(_("The profile was changed or retired meanwhile. Load the page again."))
    record_event(
        action="profile.retire",
        by=by,
        subject=f"{profile.framework_slug}: {profile.name}",
        before={"version": profile.version, "weights": profile.weights},
        reason=reason.strip(),
    )


def _in_force(slug: str, name: str) -> WeightProfile | None:
    return WeightProfile.objects.filter(framework_slug=slug, name=name, retired_at=None).first()


def _add_version(
    *,
    slug: str,
    name: str,
    description: str,
    weights: dict[str, str | None],
    reason: str,
    by: User | None,
) -> WeightProfile:
    """Retire the version in force, if there is one, and add the next."""
    before = _in_force(slug, name)
    if before is not None:
        WeightProfile.objects.filter(pk=before.pk).update(retired_at=timezone.now(), retired_by=by)
    last = WeightProfile.objects.filter(framework_slug=slug, name=name).order_by("-version").first()
    added = WeightProfile.objects.create(
        framework_slug=slug,
        name=name,
        version=last.version + 1 if last else 1,
        description=description,
        weights=weights,
        reason=reason,
        created_by=by,
    )
    record_event(
        action="profile.save",
        by=by,
        subject=f"{slug}: {name}",
        before={"version": before.version, "weights": before.weights} if before else None,
        after={"version": added.version, "weights": weights},
        reason=reason,
    )
    return added
