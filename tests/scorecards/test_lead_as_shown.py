"""The PDF's lead is the one that its sentence says: the difference of the two figures shown."""

from fractions import Fraction

import pytest

from scorecards.paper.printing import _lead
from vendors import scoring


def content(*scores):
    names = ("A", "B")
    return {
        "vendors": [
            {"name": name, "overall": scoring.figure(Fraction(score))}
            for name, score in zip(names, scores, strict=True)
        ]
    }


@pytest.mark.parametrize(
    ("first", "second", "lead"),
    [("88.787", "88.641", "0.2"), ("80.04", "80.01", "0.0"), ("71.24", "66.16", "5.0")],
)
def test_the_lead_subtracts_what_is_shown(first, second, lead):
    exact = scoring.figure(Fraction(first) - Fraction(second))
    pair = {"first": "A", "second": "B", "lead": exact}
    assert _lead(pair, content(first, second)) == lead
