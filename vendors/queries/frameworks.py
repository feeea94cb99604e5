"""Framework versions, drafts and weight profiles as the framework pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import yaml
from django.db.models import Count, Q, QuerySet

from vendors import scoring
from vendors.models import (
    APPROVED_STATES,
    OPEN_STATES,
    Assessment,
    Framework,
    FrameworkDraft,
    WeightProfile,
)
from vendors.models.assessment import AssessmentQuerySet
from vendors.permissions import Actor, can_read
from vendors.queries.scores import engine_answers, score_now

if TYPE_CHECKING:
    from vetting.models import User

#: A draft is tried on so many rated vendors at most; more would keep the page waiting.
TRIAL_LIMIT = 100


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One published version: how much it asks, whether it is in force, and who uses it."""

    framework: Framework
    criteria: int
    must_haves: int
    is_in_force: bool
    under_way: int
    rated: int


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list; its text was sound when it was uploaded."""

    draft: FrameworkDraft
    rules: scoring.Framework


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong in a file: the line where it stands, 0 where there is none to name."""

    line: int
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class ProfileWeight:
    """A category and its weight, 0 to 100, in a profile."""

    category: scoring.Category
    weight: Fraction


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """A profile in force with its weights, or an earlier version of it."""

    profile: WeightProfile
    weights: tuple[ProfileWeight, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rated vendor would have under a draft. `missing` are codes it never answered."""

    assessment: Assessment
    now: scoring.Result
    then: scoring.Result
    failing: tuple[str, ...]
    missing: int


def frameworks_for(user: Actor) -> QuerySet[Framework]:
    """All versions for whoever reads, newest first."""
    found = Framework.objects.select_related("published_by").order_by("slug", "-pk")
    return found if can_read(user) else found.none()


def drafts_for(user: Actor) -> QuerySet[FrameworkDraft]:
    """All drafts for whoever reads; what they do with one is asked in the view."""
    found = FrameworkDraft.objects.select_related("uploaded_by")
    return found if can_read(user) else found.none()


def version_lines(user: Actor) -> list[VersionLine]:
    """The published versions with who uses them. One query."""
    rows = frameworks_for(user).annotate(
        under_way=Count("assessments", filter=Q(assessments__state__in=OPEN_STATES)),
        rated=Count("assessments", filter=Q(assessments__state__in=APPROVED_STATES)),
    )
    seen: set[str] = set()
    lines = []
    for row in rows:
        rules = row.rules
        lines.append(
            VersionLine(
                framework=row,
                criteria=len(rules.criteria),
                must_haves=len(rules.must_haves),
                is_in_force=row.slug not in seen,
                under_way=row.under_way,
                rated=row.rated,
            )
        )
        seen.add(row.slug)
    return lines


def draft_lines(user: Actor) -> list[DraftLine]:
    """The drafts as the engine reads them. One query."""
    return [DraftLine(draft, scoring.parse_framework(draft.text)) for draft in drafts_for(user)]


def in_force(slug: str) -> Framework | None:
    """The version of a framework that new assessments take: the one published last."""
    return Framework.objects.filter(slug=slug).order_by("-pk").first()


def version_before(framework: Framework) -> Framework | None:
    """The version published before this one."""
    return (
        Framework.objects.filter(slug=framework.slug, pk__lt=framework.pk).order_by("-pk").first()
    )


def users_of(framework: Framework) -> AssessmentQuerySet:
    """Assessments that use a version: open ones, then those in force."""
    return (
        Assessment.objects.filter(framework=framework)
        .filter(state__in=[*OPEN_STATES, *APPROVED_STATES])
        .select_related("vendor", "owner")
        .order_by("vendor__name", "-pk")
    )


def fault_lines(text: str, faults: Iterable[scoring.Fault]) -> list[FaultLine]:
    """Faults of a file with the lines where they stand."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        root = None
    return [FaultLine(_line(root, fault.path), fault.path, fault.message) for fault in faults]


def _line(root: yaml.Node | None, path: str) -> int:
    """The line that a path such as `categories[2].criteria[4].code` leads to, as far as it goes."""
    if path.startswith("line "):
        return int(path.removeprefix("line ").split()[0].strip(":"))
    if root is None:
        return 0
    node, line = root, 0
    for step in path.replace("[", ".[").split("."):
        found = _step(node, step)
        if found is None:
            return line
        node, line = found
    return line


def _step(node: yaml.Node, step: str) -> tuple[yaml.Node, int] | None:
    """The node one step down, with its line."""
    if step.startswith("[") and isinstance(node, yaml.SequenceNode):
        place = step.strip("[]")
        if not place.isdigit() or int(place) >= len(node.value):
            return None
        child = node.value[int(place)]
        return child, child.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                return value, key.start_mark.line + 1
    return None


def rated_on(slug: str) -> QuerySet[Assessment]:
    """Assessments in force on any version of a framework, with what scoring them takes."""
    return (
        Assessment.objects.filter(framework_slug=slug, state__in=APPROVED_STATES)
        .filter(result__in=Assessment.objects.values("vendor__latest_result"))
        .select_related("vendor", "framework", "result")
        .prefetch_related("answers")
        .order_by("vendor__name", "pk")
    )


def trials_of(rules: scoring.Framework) -> list[Trial]:
    """Each rated vendor's answers under a draft: what it has now, and what it would have.

    Answers to criteria that the draft asks otherwise count as unanswered. Two queries.
    """
    return [_trial(rules, row) for row in rated_on(rules.slug)[:TRIAL_LIMIT]]


def _trial(rules: scoring.Framework, assessment: Assessment) -> Trial:
    rows = list(assessment.answers.all())
    as_of = assessment.result.as_of
    before = assessment.framework.rules
    alike = {
        item.code
        for category in scoring.changes_between(before, rules).categories
        for item in category.criteria
        if item.before is not None
        and item.after is not None
        and item.before.answer_type == item.after.answer_type
        and {choice.value for choice in item.before.choices}
        == {choice.value for choice in item.after.choices}
    }
    answers = engine_answers(before, [row for row in rows if row.code in alike])
    then = scoring.score(rules, answers, assessment.tier, as_of)
    asked = {criterion.code for criterion in rules.asked(assessment.tier)}
    return Trial(
        assessment=assessment,
        now=score_now(assessment, rows, as_of=as_of),
        then=then,
        failing=tuple(item.code for item in then.must_haves if item.result == scoring.FAIL),
        missing=len(asked - set(answers)),
    )


def profile_lines(slug: str, rules: scoring.Framework) -> list[ProfileLine]:
    """The profiles in force, Balanced first. One query."""
    rows = WeightProfile.objects.filter(framework_slug=slug, retired_at=None)
    return [_profile(row, rules) for row in rows.select_related("created_by").order_by("pk")]


def profile_history(profile: WeightProfile) -> list[WeightProfile]:
    """All versions under a name, newest first. One query."""
    return list(
        WeightProfile.objects.filter(framework_slug=profile.framework_slug, name=profile.name)
        .select_related("created_by", "retired_by")
        .order_by("-version")
    )


def profiles_for(user: User) -> QuerySet[WeightProfile]:
    """Profiles that are in force, for whoever reads."""
    found = WeightProfile.objects.filter(retired_at=None)
    return found if can_read(user) else found.none()


def own_profile(slug: str, name: str, user: User) -> WeightProfile | None:
    """The profile in force of this name that people keep, not the framework's own; or None."""
    found = profiles_for(user).filter(framework_slug=slug, name__iexact=name)
    return found.exclude(name=scoring.BALANCED).first()


def _profile(row: WeightProfile, rules: scoring.Framework) -> ProfileLine:
    return ProfileLine(
        profile=row,
        weights=tuple(
            ProfileWeight(category, Fraction(row.weights.get(category.code) or 0))
            for category in rules.categories
        ),
        is_own=row.name != scoring.BALANCED,
    )


def framework_by_id(public_id: uuid.UUID, user: Actor) -> QuerySet[Framework]:
    """The version with this id as the user may see it."""
    return frameworks_for(user).filter(public_id=public_id)


def bars(rules: scoring.Framework, before: scoring.Framework | None) -> list[dict[str, Any]]:
    """Category weights for a small chart: as a share of the heaviest, with the weight before."""
    top = max(category.weight for category in rules.categories)
    old = before.weights if before else {}
    return [
        {
            "category": category,
            "share": category.weight * 100 / top,
            "before": None if old.get(category.code) is None else old[category.code] * 100 / top,
            "is_changed": before is not None and old.get(category.code) != category.weight,
        }
        for category in rules.categories
    ]
