"""What differs between two versions of a framework, criterion by criterion.

Weights are shares of the whole: the category's weight times the criterion's share of its category, in
percent. A criterion is compared by its code; the rules are in docs/scoring.md, "Two versions".
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction

from vendors.scoring.criteria import Category, Criterion, Framework, MustHave

NEW, RETIRED, REWORDED, RESCORED, MUST_HAVE, EVIDENCE, TIERS, MOVED = (
    "new",
    "retired",
    "reworded",
    "rescored",
    "must_have",
    "evidence",
    "tiers",
    "moved",
)


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """One criterion in both versions; None where it stands in one alone.

    `kinds` names what differs, empty when nothing but its weight does.
    """

    code: str
    before: Criterion | None
    after: Criterion | None
    weight_before: Fraction | None
    weight_after: Fraction | None
    kinds: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything but the weight differs."""
        return bool(self.kinds)

    @property
    def words(self) -> tuple[Piece, ...]:
        """The two questions as one text with what went and what came."""
        if self.before is None or self.after is None:
            return ()
        return word_changes(self.before.question, self.after.question)

    @property
    def is_stricter(self) -> bool:
        """Whether it became a must-have, or one that asks for more."""
        if self.after is None or self.after.must_have is None:
            return False
        return MUST_HAVE in self.kinds or NEW in self.kinds


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """One category in both versions, with the criteria that stand, or stood, in it."""

    code: str
    name: str
    weight_before: Fraction | None
    weight_after: Fraction | None
    criteria: tuple[CriterionChange, ...]

    @property
    def changed(self) -> tuple[CriterionChange, ...]:
        """The criteria that differ in more than their weight."""
        return tuple(item for item in self.criteria if item.is_changed)

    @property
    def same(self) -> tuple[CriterionChange, ...]:
        """The criteria that differ in nothing, or in their weight alone."""
        return tuple(item for item in self.criteria if not item.is_changed)

    @property
    def is_changed(self) -> bool:
        """Whether its weight or one of its criteria differs."""
        return self.weight_before != self.weight_after or any(
            item.is_changed or item.weight_before != item.weight_after for item in self.criteria
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs. `shared` is the percentage of the new weight asked alike before."""

    categories: tuple[CategoryChange, ...]
    shared: Fraction

    @property
    def stricter(self) -> tuple[CriterionChange, ...]:
        """What a vendor could newly fail."""
        return tuple(
            item for category in self.categories for item in category.criteria if item.is_stricter
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing that is asked or counted differs."""
        return not any(category.is_changed for category in self.categories)


def changes_between(before: Framework | None, after: Framework) -> Changes:
    """What differs; without a version before, everything is new."""
    old = {item.code: item for item in before.criteria} if before else {}
    categories = tuple(
        _category(code, before, after, old) for code in _category_codes(before, after)
    )
    shared = sum(
        (
            item.weight_after or Fraction(0)
            for category in categories
            for item in category.criteria
            if not {NEW, RETIRED, RESCORED} & set(item.kinds)
        ),
        Fraction(0),
    )
    return Changes(categories, shared)


def _category_codes(before: Framework | None, after: Framework) -> list[str]:
    """Codes in the order of the new version, retired ones last."""
    codes = [category.code for category in after.categories]
    old = [category.code for category in before.categories] if before else []
    return codes + [code for code in old if code not in codes]


def _find(framework: Framework | None, code: str) -> Category | None:
    if framework is None:
        return None
    return next((entry for entry in framework.categories if entry.code == code), None)


def _category(
    code: str, before: Framework | None, after: Framework, old: dict[str, Criterion]
) -> CategoryChange:
    was, now = _find(before, code), _find(after, code)
    found = [_criterion(item, old.get(item.code), before, after) for item in _items(now)]
    kept = after.codes
    found += [
        _criterion(None, item, before, after) for item in _items(was) if item.code not in kept
    ]
    return CategoryChange(
        code=code,
        name=(now or was).name if (now or was) else code,  # type: ignore[union-attr]
        weight_before=was.weight if was else None,
        weight_after=now.weight if now else None,
        criteria=tuple(found),
    )


def _items(category: Category | None) -> tuple[Criterion, ...]:
    return category.criteria if category else ()


def _criterion(
    now: Criterion | None, was: Criterion | None, before: Framework | None, after: Framework
) -> CriterionChange:
    code = now.code if now else was.code if was else ""
    moved = (
        now is not None
        and was is not None
        and before is not None
        and before.category_of(code).code != after.category_of(code).code
    )
    return CriterionChange(
        code=code,
        before=was,
        after=now,
        weight_before=_share(before, was),
        weight_after=_share(after, now),
        kinds=_kinds(was, now, moved=moved),
    )


def _share(framework: Framework | None, criterion: Criterion | None) -> Fraction | None:
    """Percent of the whole."""
    if framework is None or criterion is None:
        return None
    return framework.category_of(criterion.code).weight * criterion.weight / 100


def _kinds(was: Criterion | None, now: Criterion | None, *, moved: bool) -> tuple[str, ...]:
    if was is None:
        return (NEW,)
    if now is None:
        return (RETIRED,)
    found = {
        REWORDED: _words(was) != _words(now),
        RESCORED: (was.answer_type, _scores(was), was.scale)
        != (now.answer_type, _scores(now), now.scale),
        MUST_HAVE: _demand(was.must_have) != _demand(now.must_have),
        EVIDENCE: was.evidence.required != now.evidence.required
        or was.not_applicable_allowed != now.not_applicable_allowed,
        TIERS: was.tiers != now.tiers,
        MOVED: moved,
    }
    return tuple(kind for kind, holds in found.items() if holds)


def _words(criterion: Criterion) -> tuple[object, ...]:
    return criterion.question, tuple(choice.label for choice in criterion.choices)


def _scores(criterion: Criterion) -> tuple[object, ...]:
    return tuple((choice.value, choice.score) for choice in criterion.choices)


def _demand(rule: MustHave | None) -> tuple[object, ...] | None:
    return None if rule is None else (rule.min_score, rule.min_evidence)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: "same", "del" (stood before) or "ins" (stands now)."""

    kind: str
    text: str


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one, by words: what stayed, what went, what came."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    found: list[Piece] = []
    # without its short cut the comparison of two long texts takes seconds
    is_long = len(old) + len(new) > 2000
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=is_long)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("del", "".join(old[a:b])))
        if d > c:
            found.append(Piece("ins", "".join(new[c:d])))
    return tuple(found)
