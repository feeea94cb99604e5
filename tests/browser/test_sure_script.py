"""The script says and draws what the server says and draws: one set of lines holds both."""

import random
from pathlib import Path

import pytest
from django.conf import settings

from scorecards.comparison.phrases import phrases
from scorecards.comparison.sure.chart import chart_of
from scorecards.comparison.sure.sentences import doubts_of
from scorecards.comparison.words import lead_of, ties_of
from tests.scorecards.surely import CATEGORIES, certain, random_line

pytestmark = pytest.mark.browser

CASES, SEED = 150, 20261122
SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"


@pytest.fixture
def script(page):
    page.goto("about:blank")
    for name in ("ranking.js", "sure.js"):
        page.add_script_tag(content=(SCRIPTS / name).read_text(encoding="utf-8"))
    return page


def data_of(line):
    """What the page gives to its script, as far as sentences and chart go."""
    names = sorted(candidate.name for candidate in line.candidates)
    return {
        "basis": [{"code": code, "name": name} for code, name in CATEGORIES.items()],
        "vendors": [
            {
                "key": candidate.key,
                "name": candidate.name,
                "ranked": True,
                "alphabetic": names.index(candidate.name),
                "scores": {code: float(score) for code, score in candidate.scores.items()},
            }
            for candidate in line.candidates
        ],
    }


def weights_of(line):
    return {code: float(weight) for code, weight in line.ranking.basis.weights.items()}


def test_the_same_sentences(script):
    draw, words = random.Random(SEED), phrases()
    said = set()
    for _ in range(CASES):
        line = random_line(draw)
        certainty = certain(line)
        doubts = doubts_of(line, (), certainty)
        first = line.ranking.placed[0].key
        drawn = {"first": first, "share": certainty.first_share(first)}
        found = script.evaluate(
            "([words, data, weights, drawn]) => VettingSure.sentences(words, data, weights, drawn)",
            [words, data_of(line), weights_of(line), drawn],
        )
        assert found == {
            "lead": lead_of(line.ranking),
            "turn": doubts.turn,
            "move": doubts.move,
            "close": doubts.close,
            "share": doubts.share,
            "ties": " ".join(ties_of(line.ranking)),
        }
        said |= {name for name, text in found.items() if text}
    assert said == {"lead", "turn", "move", "close", "share", "ties"}


def test_the_same_chart(script):
    draw, words = random.Random(SEED + 1), phrases()
    crossings = 0
    for _ in range(CASES):
        line = random_line(draw)
        code = draw.choice(list(CATEGORIES))
        chart = chart_of(line, certain(line), code)
        found = script.evaluate(
            "([words, data, weights, code, keys]) =>"
            " VettingSure.chart(words, data, weights, code, keys)",
            [words, data_of(line), weights_of(line), code, [s.key for s in chart.strokes]],
        )
        assert [found["caption"], found["note"], found["nowText"]] == [
            chart.caption,
            chart.note,
            chart.now,
        ]
        assert [s["isFirst"] for s in found["strokes"]] == [s.is_first for s in chart.strokes]
        for one, other in zip(found["strokes"], chart.strokes, strict=True):
            near(one["y0"], other.y_none)
            near(one["y1"], other.y_full)
            near(one["label"], other.label_y)
            near(one["now"], other.at_now)
        for one, other in zip(found["marks"], chart.crossings, strict=True):
            assert one["text"] == other.at
            near(one["x"], other.x.rstrip("%"))
            near(one["y"], other.y)
            near(one["label"], other.label_y)
            crossings += 1
    assert crossings > CASES / 4


def near(value, text):
    """What the server wrote with one decimal."""
    assert abs(value - float(text)) <= 0.0501
