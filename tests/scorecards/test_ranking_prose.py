"""The tables of docs/scoring.md about ranking, run: the page and the code say the same."""

from fractions import Fraction

import pytest

from scorecards.ranking import (
    WeightError,
    flips,
    least_transfer,
    settled,
    winning_share,
)
from tests.vendors.scoring.cases import ROOT, table

PAGE = ROOT / "docs/scoring.md"
CODES = ("LAB", "SEC", "ENV")


def numbers(cell):
    return [Fraction(part.strip()) for part in cell.split(",")]


def test_weights_typed_become_the_weights_of_the_page():
    rows = table(PAGE, "Typed A, B, C", "Locked")
    assert len(rows) == 12
    for row in rows:
        typed = dict(zip("ABC", numbers(row["Typed A, B, C"]), strict=True))
        shape = dict(zip("ABC", numbers(row["Profile A, B, C"]), strict=True))
        locked = [code.strip() for code in row["Locked"].split(",")]
        wanted = row["Count A, B, C"]
        if wanted.startswith("refused: "):
            with pytest.raises(WeightError) as refusal:
                settled(typed, locked, shape)
            assert refusal.value.reason == wanted.removeprefix("refused: ")
            continue
        counted = settled(typed, locked, shape)
        assert list(counted.values()) == numbers(wanted), row
        assert sum(counted.values()) == 100


def test_what_turns_an_order_is_what_the_page_says():
    rows = table(PAGE, "d in LAB, SEC, ENV", "Weights")
    assert len(rows) == 5
    for row in rows:
        d = dict(zip(CODES, numbers(row["d in LAB, SEC, ENV"]), strict=True))
        weights = dict(zip(CODES, numbers(row["Weights"]), strict=True))
        found = ", ".join(f"{flip.code} {flip.at}" for flip in flips(weights, d)) or "none"
        assert found == row["Flips at, percent"]
        assert said(least_transfer(weights, d)) == row["Least transfer, points"]
        share = winning_share(d.values())
        assert ("tie" if share is None else str(share)) == row["Share"]


def said(transfer):
    if transfer is None:
        return "none"
    donors = ", ".join(f"{donor.points} {donor.code}" for donor in transfer.donors)
    return f"{donors} to {transfer.to}"
