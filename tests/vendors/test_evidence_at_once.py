"""Several people with files at once: nothing is doubled, nothing is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.corpus import plain_pdf
from tests.factories import make_assessment, make_user, make_vendor, small_framework
from tests.vendors.test_concurrency import at_once, refusals
from vendors import filestore, previews
from vendors import pages as drawing
from vendors.models import AnswerEvidence, Assessment, Evidence, EvidenceFile
from vendors.permissions import Role
from vendors.services.evidence import add_evidence, link_evidence, replace_evidence

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def vendor(officer):
    return make_vendor(by=officer)


def adding(vendor, officer, content, name="a.txt"):
    upload = SimpleUploadedFile(name, content)
    return lambda: add_evidence(vendor=vendor, upload=upload, title="", by=officer)


def test_documents_added_at_once_have_numbers_of_their_own(vendor, officer):
    outcomes = at_once(*[adding(vendor, officer, b"text %d\n" % n) for n in range(8)])
    assert sorted(evidence.number for evidence in outcomes) == [*range(1, 9)]


def test_the_same_file_added_at_once_is_one_document(vendor, officer):
    outcomes = at_once(*[adding(vendor, officer, b"the same\n") for _ in range(6)])
    assert len({evidence.pk for evidence in outcomes}) == 1
    assert EvidenceFile.objects.count() == 1
    assert len(list(filestore.folder_of(filestore.FOLDER).iterdir())) == 1


def test_of_two_replacements_both_are_kept_and_one_is_current(vendor, officer):
    evidence = adding(vendor, officer, b"first\n")()

    def replacing(content):
        return lambda: replace_evidence(
            evidence=Evidence.objects.select_related("vendor").get(),
            upload=SimpleUploadedFile("a.txt", content),
            reason="Renewed.",
            by=officer,
        )

    at_once(replacing(b"second\n"), replacing(b"third\n"))
    assert sorted(evidence.files.values_list("version", flat=True)) == [1, 2, 3]
    assert evidence.files.filter(is_current=True).count() == 1


def test_of_links_with_one_version_one_wins(vendor, officer):
    assessment = make_assessment(vendor=vendor, owner=officer, framework=small_framework())
    documents = [adding(vendor, officer, b"text %d\n" % n)() for n in range(4)]

    def linking(evidence):
        held = Assessment.objects.get(pk=assessment.pk)
        answer = held.answers.get(code="L1")
        return lambda: link_evidence(
            assessment=held, answer=answer, evidence=evidence, version=0, by=officer
        )

    outcomes = at_once(*[linking(evidence) for evidence in documents])
    assert refusals(outcomes) == 3
    assert AnswerEvidence.objects.count() == 1
    assert assessment.answers.get(code="L1").version == 1


def test_pages_asked_for_five_times_are_drawn_once(vendor, officer, monkeypatch):
    file = adding(vendor, officer, plain_pdf(), "a.pdf")().files.get()
    drawn, draw_pages = [], previews.draw_pages

    def counted(*arguments):
        drawn.append(arguments)
        return draw_pages(*arguments)

    monkeypatch.setattr(previews, "draw_pages", counted)
    at_once(*[lambda: drawing.draw(file.public_id)] * 5)
    file.refresh_from_db()
    assert (len(drawn), file.page_state, file.attempts) == (1, "ready", 1)
