"""What differs between two versions, and a stored framework as the file it came from."""

from fractions import Fraction

import pytest

from tests.factories import SHIPPED, WORKED
from vendors import scoring

SHIPPED_TEXT = SHIPPED.read_text(encoding="utf-8")
WORKED_TEXT = (WORKED / "worked-example-framework.yaml").read_text(encoding="utf-8")


def changed(*swaps: tuple[str, str]) -> scoring.Changes:
    """The worked framework against itself with some text swapped."""
    text = WORKED_TEXT
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return scoring.changes_between(
        scoring.parse_framework(WORKED_TEXT), scoring.parse_framework(text)
    )


def kinds(changes: scoring.Changes) -> dict[str, tuple[str, ...]]:
    return {item.code: item.kinds for entry in changes.categories for item in entry.changed}


@pytest.mark.parametrize("text", [SHIPPED_TEXT, WORKED_TEXT], ids=["shipped", "worked"])
def test_the_written_file_is_the_framework_again(text: str) -> None:
    framework = scoring.parse_framework(text)
    again = scoring.parse_framework(scoring.framework_yaml(framework.document))
    assert again.fingerprint == framework.fingerprint


def test_the_same_version_has_no_changes() -> None:
    changes = changed()
    assert changes.is_empty and kinds(changes) == {}
    assert changes.shared == 100


def test_without_a_version_before_everything_is_new() -> None:
    framework = scoring.parse_framework(WORKED_TEXT)
    changes = scoring.changes_between(None, framework)
    assert {kind for found in kinds(changes).values() for kind in found} == {"new"}
    assert set(kinds(changes)) == framework.codes
    assert changes.shared == 0
    assert {item.code for item in changes.stricter} == {c.code for c in framework.must_haves}


def test_a_reworded_question_shows_the_words_that_changed() -> None:
    framework = scoring.parse_framework(WORKED_TEXT)
    question = framework.criteria[0].question
    changes = changed((f"question: {question}", f"question: Truly {question}"))
    assert kinds(changes) == {framework.criteria[0].code: ("reworded",)}
    (item,) = [item for entry in changes.categories for item in entry.changed]
    assert next((piece.kind, piece.text) for piece in item.words) == ("ins", "Truly ")
    assert "".join(p.text for p in item.words if p.kind != "ins") == question
    # words alone leave what is asked comparable
    assert changes.shared == 100


def test_weights_that_move_are_told_and_sum_to_the_whole() -> None:
    framework = scoring.parse_framework(WORKED_TEXT)
    first, second = framework.categories[:2]
    names = (f"code: {first.code}", f"code: {second.code}")
    assert all(name in WORKED_TEXT for name in names)
    text = WORKED_TEXT
    for category, by in ((first, 5), (second, -5)):
        start = text.index(f"code: {category.code}")
        old = f"weight: {category.weight}"
        new = f"weight: {category.weight + by}"
        text = text[:start] + text[start:].replace(old, new, 1)
    after = scoring.parse_framework(text)
    changes = scoring.changes_between(framework, after)
    entry = changes.categories[0]
    assert (entry.weight_before, entry.weight_after) == (first.weight, first.weight + 5)
    total = sum(item.weight_after or 0 for one in changes.categories for item in one.criteria)
    assert total == Fraction(100)
    assert not changes.is_empty


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("a b", "a b"), ("", "new words"), ("old words", ""), ("a b c", "a x c d")],
)
def test_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = scoring.word_changes(before, after)
    assert "".join(p.text for p in pieces if p.kind != "ins") == before
    assert "".join(p.text for p in pieces if p.kind != "del") == after
