"""The words of the trail: each action that the code records has some."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from vendors.models import MOVES
from vendors.queries.event_words import ACTIONS, action_text
from vendors.queries.events import KINDS

CODE = ("vendors", "scorecards", "vetting")
NOUNS = {name.partition(".")[0] for name in ACTIONS}
#: Strings of the same form that are no action: a lock, and files.
NO_ACTION = {"framework.version"}
FILES = (".csv", ".json", ".pdf", ".xlsx")
#: Functions that write an event named by a verb, and the place of the verb among their arguments.
BY_VERB = {
    "vendors/services/actions.py": ("action", "_record", 1),
    "vendors/services/certifications.py": ("certification", "_store", 2),
}


def trees():
    for folder in CODE:
        for file in sorted((Path(settings.BASE_DIR) / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                path = file.relative_to(settings.BASE_DIR).as_posix()
                yield path, ast.parse(file.read_text(encoding="utf-8"))


def is_action(text):
    return text not in NO_ACTION and not text.endswith(FILES)


def literals():
    """Each string of the code that reads like an action."""
    form = re.compile(rf"({'|'.join(sorted(NOUNS))})\.[a-z_]+\Z")
    for path, tree in trees():
        if path == "vendors/queries/event_words.py":
            continue
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and form.match(text) and is_action(text):
                yield text


def named_in_calls():
    """Each action that a call names outright: `action="noun.verb"`."""
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "action":
                value = node.value
                if isinstance(value, ast.Constant) and "." in str(value.value):
                    yield str(value.value)


def built():
    """Each action that is put together from a noun and a verb, and where."""
    for path, tree in trees():
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.keyword) and node.arg == "action" else None
            if isinstance(value, ast.JoinedStr):
                yield path, ast.unparse(value)


def verbs(path, function, place):
    for name, tree in trees():
        calls = (node for node in ast.walk(tree) if name == path and isinstance(node, ast.Call))
        for call in calls:
            if getattr(call.func, "id", "") == function:
                verb = call.args[place]
                yield verb.value if isinstance(verb, ast.Constant) else ast.unparse(verb)


def test_every_action_of_the_code_has_words():
    written = set(literals()) | set(named_in_calls())
    assert len(written) > 60
    assert sorted(written - set(ACTIONS)) == []


def test_every_move_has_words():
    assert sorted({f"assessment.{move.verb}" for move in MOVES} - set(ACTIONS)) == []


def test_every_action_named_by_a_verb_has_words():
    assert {path for path, _text in built()} == {"vendors/services/moves.py", *BY_VERB}
    for path, (noun, function, place) in BY_VERB.items():
        found = set(verbs(path, function, place))
        assert len(found) > 2
        if noun == "certification":
            found -= {"_VERBS[Standing(standing)]"}
            found |= {"suspend", "withdraw", "restore"}
        assert sorted({f"{noun}.{verb}" for verb in found} - set(ACTIONS)) == []


def test_no_words_are_for_nothing():
    known = set(literals()) | {f"assessment.{move.verb}" for move in MOVES}
    for path, (noun, function, place) in BY_VERB.items():
        known |= {f"{noun}.{verb}" for verb in verbs(path, function, place)}
    known |= {f"certification.{verb}" for verb in ("suspend", "withdraw", "restore")}
    assert sorted(set(ACTIONS) - known) == []


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("action.send_back", "Sent back by the checker"),
        ("answer.return_undo", "Return taken back"),
        ("thing.do_it", "Thing: do it"),
    ],
)
def test_words(action, text):
    assert action_text(action) == text


def test_kinds_ask_for_actions_that_exist():
    text = " ".join(str(held) for _label, held in KINDS.values())
    asked = set(re.findall(r"'((?:" + "|".join(sorted(NOUNS)) + r")\.[a-z_]+)'", text))
    assert asked
    assert sorted(asked - set(ACTIONS)) == []
