"""Points that a score moved, in the portfolio's CSV: rounded as pages round them."""

import pytest

from scorecards.portfolio.table import _points


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (2.25, "2.3"),
        (0.35, "0.4"),
        (-0.35, "-0.4"),
        (-0.04, "0.0"),
        (1e-07, "0.0"),
        (None, "None"),
    ],
)
def test_half_is_rounded_up_and_zero_has_no_minus(change, text):
    assert str(_points(change)) == text
