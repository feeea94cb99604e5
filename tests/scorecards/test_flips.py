"""One changed byte of a signed scorecard, wherever it is: `verify FILE` says no."""

import pytest

from scorecards.paper import pdf
from tests.benchmarks.pdf_flips import flipped, given_out, places
from tests.conftest import require

pytestmark = pytest.mark.django_db
#: Of each region. The command `python tests/benchmarks/pdf_flips.py` tries a thousand in all.
FLIPS = 60


@pytest.fixture
def signed(settings, tmp_path):
    require(not pdf.unavailable(), pdf.unavailable())
    settings.DATA_DIR = tmp_path
    settings.SIGNING_KEY, settings.SIGNING_PASSWORD = None, ""
    return given_out()


def test_each_flipped_byte_is_found(signed):
    assert signed.judged(signed.data).is_genuine
    missed = [
        place
        for place, bit in places(signed, FLIPS, seed=20261122)
        if signed.judged(flipped(signed.data, place, bit)).is_genuine
    ]
    assert missed == []


def test_the_signature_alone_finds_a_flip_in_all_that_it_covers(signed):
    covered = [(place, bit) for place, bit in places(signed, FLIPS, seed=1) if signed.covers(place)]
    assert len(covered) > FLIPS / 2
    missed = [
        place for place, bit in covered if signed.holds_alone(flipped(signed.data, place, bit))
    ]
    assert missed == []
