"""`manage.py rescore`: every figure again, from the record alone."""

import json
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scorecards import record
from scorecards.paper import pdf
from scorecards.rescoring import rescore, result_parts
from tests.benchmarks.scorecard import MOMENT, full_record
from tests.conftest import require
from tests.factories import import_worked, small_framework, worked_example
from tests.scorecards.deciding import rejected, waived
from tests.scorecards.recording import record_of
from vendors import scoring


@pytest.fixture(scope="module")
def full():
    return full_record()


def leaves(value, path=()):
    """Every value that holds no other, with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key), item


def flipped(value):
    """Another value of the same kind, as near as can be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + Decimal("0.000001")
    if isinstance(value, str) and "/" in value:
        number = Fraction(value)
        return f"{number.numerator + 1}/{number.denominator}"
    return {None: "A"}.get(value, f"{value}x")


def put(result, path, value):
    """One value of a result in another's place."""
    for step in path[:-1]:
        result = result[step]
    result[path[-1]] = value


def named(path):
    return "snapshot.result" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in path
    )


def run(file):
    """What the command says, what it complains of, and its exit code."""
    out = StringIO()
    try:
        call_command("rescore", str(file), stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error), error.returncode
    return out.getvalue(), "", 0


def saved(tmp_path, said):
    path = tmp_path / "scorecard.json"
    path.write_text(said if isinstance(said, str) else record.written(said), encoding="utf-8")
    return path


def test_a_full_record_is_recomputed_without_a_database(full, tmp_path):
    # the mark of the database is missing: a query would fail the test
    out, complaint, code = run(saved(tmp_path, full))
    assert (complaint, code) == ("", 0)
    assert "VET-2026-0001, Tamarind Contact Services, as of 2026-11-20" in out
    assert "engine 1" in out
    assert out.splitlines()[-1].endswith(" figures recomputed, all equal.")
    assert scoring.digest(record.written(full)) in out


def test_every_flipped_value_of_the_result_is_named(full):
    result = full["snapshot"]["result"]
    said = deepcopy(result)
    paths = list(leaves(result))
    assert len(paths) > 500
    for path, value in paths[::4]:
        put(said, path, flipped(value))
        found = [item.path for part in result_parts(said, result) for item in part.differences]
        put(said, path, value)
        assert found == [named(path)]
    assert [part.differences for part in result_parts(said, result)] == [()] * 4
    for path, value in paths:
        put(said, path, flipped(value))
    found = [item.path for part in result_parts(said, result) for item in part.differences]
    assert sorted(found) == sorted(named(path) for path, _ in paths)


@pytest.mark.parametrize("place", range(0, 560, 70))
def test_a_flipped_value_is_found_by_the_whole_check(full, tmp_path, place):
    said = deepcopy(full)
    path, value = list(leaves(said["snapshot"]["result"]))[place]
    put(said["snapshot"]["result"], path, flipped(value))
    out, _, code = run(saved(tmp_path, said))
    assert code == 1
    assert f"\n{named(path)}: stored " in out


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda said: said["summary"].update(band="A"), "summary.band"),
        (lambda said: said["summary"].update(overall="99.9"), "summary.overall"),
        (lambda said: said.update(engine_version="2"), "engine_version"),
        (lambda said: said["snapshot"]["result"].pop("gate"), "snapshot.result.gate"),
        (lambda said: said["snapshot"]["result"].update(more=1), "snapshot.result.more"),
        (
            lambda said: said["snapshot"]["result"]["categories"].update(MORE={}),
            "snapshot.result.categories.MORE",
        ),
        (
            lambda said: said["snapshot"]["weights"]["categories"].update(LAB="99"),
            "snapshot.weights.categories.LAB",
        ),
        (
            lambda said: said["snapshot"]["document"]["answers"]["LAB-01"].update(
                evidence="claimed"
            ),
            "snapshot.result.criteria.LAB-01.evidence_level",
        ),
    ],
)
def test_what_was_changed_elsewhere_is_named(full, tmp_path, change, path):
    said = deepcopy(full)
    change(said)
    out, complaint, code = run(saved(tmp_path, said))
    assert code == 1
    assert any(line.startswith(f"{path}: stored ") for line in out.splitlines())
    assert "differ" in complaint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "no record"),
        ('{"format":"vetting-comparison/1"}', "vetting-comparison/1, not"),
        ('{"format":"vetting-scorecard/3","numbers_as_text":[]}', "a part is missing"),
    ],
)
def test_foreign_and_damaged_files_get_a_line(tmp_path, text, words):
    out, complaint, code = run(saved(tmp_path, text))
    assert (code, out) == (2, "")
    assert words in complaint
    assert "\n" not in complaint


def test_what_is_no_file_no_text_and_another_engine(full, tmp_path):
    assert run(tmp_path / "none.json")[1:] == (
        f"{tmp_path}/none.json: No such file or directory.",
        2,
    )
    path = tmp_path / "x.bin"
    path.write_bytes(b"\xff\xfe\x00")
    assert run(path)[1:] == ("The file is neither a PDF nor JSON.", 2)
    path.write_bytes(b"%PDF-1.7 and nothing more")
    assert run(path)[2] == 2
    said = deepcopy(full)
    said["snapshot"]["engine_version"] = said["engine_version"] = "7"
    out, complaint, code = run(saved(tmp_path, said))
    assert (out, code) == ("", 2)
    assert complaint.startswith("It was scored by engine 7")


@pytest.mark.parametrize("key", sorted(full_record()))
def test_a_record_without_a_part_is_refused_or_differs(full, tmp_path, key):
    said = {name: value for name, value in full.items() if name != key}
    code = run(saved(tmp_path, said))[2]
    # what is no figure and printed nowhere may be missing
    assert code == (0 if key == "snapshot_sha256" else 2)


def test_a_changed_framework_is_refused(full, tmp_path):
    said = deepcopy(full)
    said["framework"]["categories"][0]["criteria"][0]["text"] = "Another question"
    _, complaint, code = run(saved(tmp_path, said))
    assert code == 2
    assert "framework" in complaint


def test_the_record_in_a_pdf_is_read(full, tmp_path):
    require(not pdf.unavailable(), pdf.unavailable())
    text = record.written(full)
    page = '<!doctype html><html lang="en"><title>-</title><body><p>-</p></body></html>'
    path = tmp_path / "scorecard.pdf"
    drawn = pdf.draw(page, identifier=bytes(16), attachment=text, moment=MOMENT)
    path.write_bytes(drawn.data)
    out, complaint, code = run(path)
    assert (complaint, code) == ("", 0)
    assert scoring.digest(text) in out
    drawn = pdf.draw(page, identifier=bytes(16), attachment="{}", moment=MOMENT, kind="portfolio")
    path.write_bytes(drawn.data)
    assert run(path)[1:] == (
        "It is no scorecard of a vendor, but a portfolio: there is nothing to score.",
        2,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(worked_example()["assessments"]))
def test_the_worked_examples_are_recomputed(name):
    small_framework()
    assert rescore(record_of(import_worked(name))).differences == []


@pytest.mark.django_db
@pytest.mark.parametrize("make", [waived, rejected])
def test_decided_ones_are_recomputed(make):
    found = rescore(record_of(make()))
    assert found.differences == []
    assert json.dumps([part.figures for part in found.parts])
