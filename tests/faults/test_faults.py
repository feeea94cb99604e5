"""The harness of the faults, with few jobs: it runs, and it sees what is lost and what is double."""

import pytest

from scorecards.paper import pdf
from tests import services
from tests.conftest import require
from tests.faults.__main__ import strike
from tests.faults.faults import FAULTS, SERVERS
from tests.faults.installation import Base, Installation
from tests.faults.verdict import judge

pytestmark = pytest.mark.services
PLAN = {"jobs": 12, "renders": 1, "copies": 1, "poison": []}


@pytest.fixture
def struck(tmp_path):
    """An installation after a fault, and what became of its jobs."""
    require(not pdf.unavailable(), pdf.unavailable())
    try:
        base = Base(tmp_path / "base", SERVERS, PLAN["renders"])
    except services.MissingError as missing:
        require(None, str(missing))
    (tmp_path / "run").mkdir()
    installation = Installation(base, tmp_path / "run", PLAN)
    fault = next(fault for fault in FAULTS if fault.name == "redis-flushed")
    try:
        yield installation, strike(installation, fault)
    finally:
        installation.close()
        base.close()


def test_nothing_is_lost_or_double_and_the_harness_would_see_it(struck):
    installation, found = struck
    assert found.is_well, found.faults
    assert (found.asked, found.done, found.failed) == (13, 13, 0)
    assert found.started >= found.done
    folder = installation.folder / "media" / "scorecards"
    first, second, third = sorted(folder.glob("*.pdf"))[:3]
    first.unlink()
    second.write_bytes(second.read_bytes() + b"\n")
    third.with_name("stray.pdf").write_bytes(third.read_bytes())
    with installation.asked_log.open("a") as log:
        log.write("job-forgotten 7d4f9f4e-0000-4000-8000-000000000000\n")
    found = judge(installation)
    assert (found.done, found.lost, found.double) == (11, 3, 1)
    assert not found.is_well
