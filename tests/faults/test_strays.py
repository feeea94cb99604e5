"""What a builder stored that died before its row said so is no second file."""

import pytest

from scorecards import builder, storage
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.paper.pdf import Drawn
from scorecards.services.documents import Wanted, asked_for
from tests.faults.probe import tiny_pdf
from vendors import scoring


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.fixture
def row(db, monkeypatch):
    """A document to be built; each drawing gives other bytes, as a signature's time does."""
    drawn = iter(f"{number:064x}" for number in range(10))
    monkeypatch.setattr(
        builder.typeset, "draw_scorecard", lambda *_, **__: Drawn(tiny_pdf(next(drawn)), 1)
    )
    text = scoring.canonical_json({"summary": {}})
    return asked_for(Wanted(Kind.COMPARISON, text, is_draft=True), by=None, wakes=False)


def files():
    return sorted(path.name for path in storage.path_of(storage.FOLDER).iterdir())


def die(*_arguments, **_file):
    raise Died


def test_the_file_of_a_builder_that_died_is_replaced(row, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(builder, "_finish", die)
        with pytest.raises(Died):
            builder.build(row.public_id)
    (left,) = files()
    row.refresh_from_db()
    assert (row.state, row.file) == (BuildState.BUILDING, f"{storage.FOLDER}/{left}")
    Scorecard.objects.update(state=BuildState.QUEUED)
    builder.build(row.public_id)
    row.refresh_from_db()
    assert row.state == BuildState.READY
    assert files() == [row.file.removeprefix("scorecards/")] != [left]
    assert storage.stored_file(row)


def test_a_builder_that_lost_its_row_takes_its_file_away(row, monkeypatch):
    finish = builder._finish

    def another_first(claim, *arguments, **file):
        monkeypatch.setattr(builder, "_finish", finish)
        Scorecard.objects.update(state=BuildState.QUEUED)
        builder.build(row.public_id)
        return finish(claim, *arguments, **file)

    monkeypatch.setattr(builder, "_finish", another_first)
    builder.build(row.public_id)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (BuildState.READY, 2)
    assert files() == [row.file.removeprefix("scorecards/")]


def test_built_again_the_file_is_the_new_one_and_the_earlier_stays_known(row):
    builder.build(row.public_id)
    row.refresh_from_db()
    first = row.file_sha256
    Scorecard.objects.update(state=BuildState.QUEUED)
    builder.build(row.public_id)
    row.refresh_from_db()
    assert files() == [row.file.removeprefix("scorecards/")]
    assert row.file_sha256 != first
    assert [former.file_sha256 for former in row.former_files.all()] == [first]
