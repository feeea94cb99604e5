"""Pages of the evidence register: adding, downloads and their headers, answers, and bad input."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.corpus import ITEMS, outcome_of, plain_pdf, png
from tests.factories import (
    answer_all,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors import filestore, uploads
from vendors import pages as drawing
from vendors.filetypes import CONTENT_TYPES, Kind
from vendors.models import AnswerEvidence, AuditEvent, Evidence, EvidenceFile
from vendors.permissions import Role
from vendors.services.evidence import add_evidence, link_evidence, remove_evidence, replace_evidence

pytestmark = pytest.mark.django_db
ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def vendor(officer):
    return make_vendor(by=officer, name="Skerry Voice")


@pytest.fixture
def assessment(vendor, officer):
    return make_assessment(vendor=vendor, owner=officer, framework=small_framework())


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def evidence(vendor, officer):
    return add_evidence(vendor=vendor, upload=sent(), title="Privacy policy", by=officer)


def sent(content=None, name="policy.pdf"):
    return SimpleUploadedFile(name, plain_pdf() if content is None else content)


def register(vendor):
    return f"{vendor.get_absolute_url()}evidence/"


def page_of(evidence, part=""):
    return f"/evidence/{evidence.public_id}/{part}"


def file_of(evidence, part=""):
    return f"/evidence-files/{evidence.files.get(is_current=True).public_id}/{part}"


def at_answer(assessment, code="L1", part=""):
    return f"/assessments/{assessment.public_id}/answers/{code}/evidence/{part}"


def raw_post(client, url, name, content):
    """What a client may send that no browser does: the name goes out as it is."""
    body = (
        b'--cut\r\nContent-Disposition: form-data; name="documents"; filename="'
        + name
        + b'"\r\nContent-Type: application/pdf\r\n\r\n'
        + content
        + b"\r\n--cut--\r\n"
    )
    return client.generic(
        "POST",
        url,
        body,
        content_type="multipart/form-data; boundary=cut",
        headers={"hx-request": "true"},
    )


# --- the register ---------------------------------------------------------------------------


def test_an_empty_register_says_so_and_offers_to_add(as_officer, vendor):
    page = as_officer.get(register(vendor)).content.decode()
    assert "No document here" in page and f"{register(vendor)}new/" in page
    assert register(vendor) in as_officer.get(vendor.get_absolute_url()).content.decode()


def test_the_register_shows_documents_and_who_cites_them(
    as_officer, assessment, vendor, officer, evidence
):
    answer = assessment.answers.get(code="L1")
    link_evidence(
        assessment=assessment, answer=answer, evidence=evidence, page="4", version=0, by=officer
    )
    page = as_officer.get(register(vendor)).content.decode()
    assert "E-1 Privacy policy" in page and ">L1</a>" in page and "Nobody yet" in page
    assert (
        "Privacy policy" not in as_officer.get(f"{register(vendor)}?show=removed").content.decode()
    )
    assert as_officer.get(f"{register(vendor)}?show=nonsense").status_code == 200


def test_who_may_only_read_is_offered_nothing_to_change(client, vendor, evidence):
    client.force_login(make_user(Role.AUDITOR))
    for url in [register(vendor), page_of(evidence)]:
        page = client.get(url).content.decode()
        assert "Add files" not in page and "/replace/" not in page and "/remove/" not in page


def test_several_files_are_added_at_once(as_officer, vendor):
    files = [sent(), sent(png(), "photo.png"), sent(b"a,b\n", "list.csv")]
    response = as_officer.post(
        f"{register(vendor)}new/", {"documents": files, "title": "Not for three"}
    )
    assert response.status_code == 302
    assert list(Evidence.objects.values_list("title", flat=True)) == [
        "policy.pdf",
        "photo.png",
        "list.csv",
    ]


def test_one_file_takes_the_details(as_officer, vendor):
    data = {
        "documents": sent(),
        "title": "Policy",
        "issuer": "Sample",
        "issued_on": "2026-01-02",
        "expires_on": "2 Jan 2027",
    }
    assert as_officer.post(f"{register(vendor)}new/", data).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.title, str(evidence.expires_on)) == ("Policy", "2027-01-02")


def test_a_refused_file_holds_the_others_back_not_and_keeps_what_was_typed(as_officer, vendor):
    files = [sent(b"<html><script>", "a.txt"), sent()]
    response = as_officer.post(f"{register(vendor)}new/", {"documents": files, "issuer": "Typed"})
    page = response.content.decode()
    assert response.status_code == 422
    assert (
        "a.txt was not added. It is a web page." in page and "policy.pdf is in the register" in page
    )
    assert 'value="Typed"' in page
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"documents": [sent()], "issued_on": "2027-01-02", "expires_on": "2026-01-02"},
        {"documents": [sent()], "expires_on": "31 Feb 2027"},
        {"documents": [sent()], "title": "t" * 201},
    ],
)
def test_faulty_details_store_nothing(as_officer, vendor, data):
    response = as_officer.post(f"{register(vendor)}new/", data)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Evidence.objects.exists()
    assert not list(filestore.folder_of(filestore.FOLDER).iterdir())


def test_the_same_file_again_is_said(as_officer, vendor, evidence):
    page = as_officer.post(
        f"{register(vendor)}new/", {"documents": sent()}, follow=True
    ).content.decode()
    assert "E-1 Privacy policy has this very file already" in page
    assert EvidenceFile.objects.count() == 1


@pytest.mark.parametrize(
    "name", [b"../../etc/passwd.pdf", b"..\\\\up.pdf", b"a\x01b.pdf", b"/etc/x.pdf", b"../"]
)
def test_a_name_that_browsers_never_send_is_refused_with_the_reason(as_officer, vendor, name):
    response = raw_post(as_officer, f"{register(vendor)}new/", name, plain_pdf())
    assert response.status_code == 422
    assert "holds a path or characters" in response.content.decode()
    event = AuditEvent.objects.get(action="evidence.refuse")
    assert event.after["why"] == "name"
    assert not Evidence.objects.exists()


def test_an_oversize_upload_is_not_written_to_its_end(as_officer, vendor):
    response = raw_post(
        as_officer, f"{register(vendor)}new/", b"big.txt", b"x" * (filestore.MAX_SIZE + 70_000)
    )
    assert response.status_code == 422 and "larger than 25 MB" in response.content.decode()
    event = AuditEvent.objects.get(action="evidence.refuse")
    assert event.after["size"] == filestore.MAX_SIZE + 70_000


def test_a_request_writes_no_more_than_its_share(as_officer, vendor, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_REQUEST", 1000)
    files = [sent(b"a" * 900, "a.txt"), sent(b"b" * 900, "b.txt")]
    response = as_officer.post(f"{register(vendor)}new/", {"documents": files})
    assert response.status_code == 422
    assert "b.txt was not added. It is larger than 25 MB" in response.content.decode()
    assert Evidence.objects.get().title == "a.txt"


def test_a_script_gets_a_line_a_file(as_officer, vendor):
    url, script = f"{register(vendor)}new/", {"hx-request": "true"}
    added = as_officer.post(url, {"documents": sent()}, headers=script)
    assert added.status_code == 200 and "<html" not in added.content.decode()
    assert "E-1 policy.pdf" in added.content.decode()
    refused = as_officer.post(url, {"documents": sent(b"")}, headers=script)
    assert refused.status_code == 422 and "It is empty." in refused.content.decode()


# --- one document ---------------------------------------------------------------------------


def test_a_documents_page_shows_versions_citations_and_history(
    as_officer, assessment, officer, evidence
):
    answer = assessment.answers.get(code="L1")
    link_evidence(
        assessment=assessment, answer=answer, evidence=evidence, page="4", version=0, by=officer
    )
    replace_evidence(
        evidence=evidence, upload=sent(plain_pdf(2), "v2.pdf"), reason="Renewed.", by=officer
    )
    page = as_officer.get(page_of(evidence)).content.decode()
    for words in ["v2.pdf", "policy.pdf", "version 1", "Renewed.", ">4<", "File replaced", "being drawn",
                  evidence.files.get(is_current=True).sha256]:  # fmt: skip
        assert words in page


def test_details_are_edited(as_officer, evidence):
    assert "Privacy policy" in as_officer.get(page_of(evidence, "edit/")).content.decode()
    assert as_officer.post(page_of(evidence, "edit/"), {"title": ""}).status_code == 422
    assert as_officer.post(page_of(evidence, "edit/"), {"title": "New"}).status_code == 302
    evidence.refresh_from_db()
    assert evidence.title == "New"


def test_a_file_is_replaced_with_a_reason(as_officer, evidence):
    url = page_of(evidence, "replace/")
    assert "earlier version" in as_officer.get(url).content.decode()
    assert (
        as_officer.post(url, {"documents": sent(b"x\n", "x.txt"), "reason": ""}).status_code == 422
    )
    refused = as_officer.post(url, {"documents": sent(b"", "x.txt"), "reason": "Typed reason"})
    assert refused.status_code == 422 and "Typed reason" in refused.content.decode()
    assert (
        as_officer.post(url, {"documents": sent(b"x\n", "x.txt"), "reason": "Renewed"}).status_code
        == 302
    )
    assert evidence.files.count() == 2


def test_removal_asks_and_keeps_the_record(as_officer, vendor, evidence):
    url = page_of(evidence, "remove/")
    assert "Remove E-1 Privacy policy?" in as_officer.get(url).content.decode()
    assert as_officer.post(url, {"reason": " "}).status_code == 422
    assert as_officer.post(url, {"reason": "Wrong vendor"}).status_code == 302
    page = as_officer.get(page_of(evidence)).content.decode()
    assert "Removed on" in page and "Wrong vendor" in page and "/replace/" not in page
    assert "Wrong vendor" in as_officer.get(f"{register(vendor)}?show=removed").content.decode()
    assert as_officer.get(file_of(evidence)).status_code == 200
    assert as_officer.post(url, {"reason": "Again"}).status_code == 422


# --- downloads and page images ----------------------------------------------------------------


@pytest.mark.parametrize(
    "item", [i for i in ITEMS if i.is_accepted and "25 MB" not in i.title], ids=lambda i: i.title
)
def test_each_accepted_file_downloads_whole_and_sealed(item, as_officer, vendor, officer):
    content = item.make()
    file = sent(content)
    file.raw_name = item.name
    evidence = add_evidence(vendor=vendor, upload=file, title="", by=officer)
    response = as_officer.get(file_of(evidence))
    assert response.content == content
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert not re.search(r"[\r\n\u202e]", response["Content-Disposition"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == CONTENT_TYPES[Kind(outcome_of(content, item.name))]


def test_a_name_in_another_script_is_offered_as_it_is(as_officer, vendor, officer):
    evidence = add_evidence(vendor=vendor, upload=sent(name="Pläne.pdf"), title="", by=officer)
    assert as_officer.get(file_of(evidence))["Content-Disposition"] == (
        "attachment; filename*=utf-8''Pl%C3%A4ne.pdf"
    )


def test_a_download_is_on_the_trail(as_officer, officer, evidence):
    as_officer.get(file_of(evidence))
    event = AuditEvent.objects.get(action="evidence.download")
    assert event.actor == officer and event.subject == "E-1"
    assert event.after["sha256"] == evidence.files.get().sha256


@pytest.mark.parametrize("change", ["flip", "remove"])
def test_a_file_that_was_tampered_with_is_not_given_out(change, as_officer, evidence):
    path = filestore.path_of(evidence.files.get().stored_name)
    if change == "remove":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    response = as_officer.get(file_of(evidence), follow=True)
    assert "missing or was changed" in response.content.decode()
    assert not AuditEvent.objects.filter(action="evidence.download").exists()


def test_an_address_is_no_permission(evidence):
    for client in [Client(), Client()]:
        for url in [file_of(evidence), file_of(evidence, "pages/1/"), page_of(evidence)]:
            assert client.get(url).status_code == 302
    nobody = Client()
    nobody.force_login(make_user(""))
    assert nobody.get(file_of(evidence)).status_code == 403


@pytest.mark.parametrize(
    "url",
    [f"/evidence/{ABSENT}/", f"/evidence-files/{ABSENT}/", f"/evidence-files/{ABSENT}/pages/1/"],
)
def test_what_does_not_exist_is_not_found(as_officer, url):
    assert as_officer.get(url).status_code == 404


def test_page_images_are_png_of_our_own_making(as_officer, evidence):
    assert as_officer.get(file_of(evidence, "pages/1/")).status_code == 404
    drawing.draw(evidence.files.get().public_id)
    response = as_officer.get(file_of(evidence, "pages/1/"))
    assert response.content.startswith(b"\x89PNG") and response["Content-Type"] == "image/png"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert as_officer.get(file_of(evidence, "pages/2/")).status_code == 404
    assert as_officer.get(file_of(evidence, "pages/0/")).status_code == 404
    page = as_officer.get(page_of(evidence)).content.decode()
    assert file_of(evidence, "pages/1/") in page and "Page 1 of policy.pdf" in page


def test_failed_pages_are_drawn_again_on_request(as_officer, evidence):
    EvidenceFile.objects.update(page_state="failed", page_error="The pages cannot be drawn.")
    assert "Draw again" in as_officer.get(page_of(evidence)).content.decode()
    assert as_officer.post(file_of(evidence, "redraw/")).status_code == 302
    assert evidence.files.get().page_state == "queued"
    page = as_officer.post(file_of(evidence, "redraw/"), follow=True).content.decode()
    assert "nothing to draw again" in page


# --- at answers ---------------------------------------------------------------------------------


def test_a_new_file_is_cited_without_a_script(as_officer, assessment):
    page = as_officer.get(at_answer(assessment)).content.decode()
    assert "Evidence of L1" in page and 'enctype="multipart/form-data"' in page
    data = {"version": 0, "documents": [sent(), sent(png(), "b.png")], "page": "4"}
    assert as_officer.post(at_answer(assessment), data).status_code == 302
    assert AnswerEvidence.objects.filter(page="4").count() == 2
    assert assessment.answers.get(code="L1").version == 2
    page = as_officer.get(at_answer(assessment)).content.decode()
    assert "E-1 policy.pdf" in page and "p. 4 cited" in page


def test_a_document_of_the_register_is_cited_and_taken_off(as_officer, assessment, evidence):
    data = {"version": 0, "evidence": str(evidence.public_id), "page": "2 to 3"}
    assert as_officer.post(at_answer(assessment), data).status_code == 302
    assert AnswerEvidence.objects.get().page == "2 to 3"
    data = {"version": 1, "evidence": str(evidence.public_id)}
    assert as_officer.post(at_answer(assessment, part="unlink/"), data).status_code == 302
    assert not AnswerEvidence.objects.exists() and Evidence.objects.exists()


def test_a_script_gets_the_part_of_the_page_and_the_versions(as_officer, assessment):
    script = {"hx-request": "true"}
    response = as_officer.post(
        at_answer(assessment), {"version": 0, "documents": sent()}, headers=script
    )
    assert response.status_code == 200 and response["X-Answer-Version"] == "0 1"
    part = response.content.decode()
    assert 'id="L1-ev"' in part and "E-1 policy.pdf" in part and "<html" not in part
    identity = str(Evidence.objects.get().public_id)
    response = as_officer.post(
        at_answer(assessment, part="unlink/"), {"version": 1, "evidence": identity}, headers=script
    )
    assert response.status_code == 200 and response["X-Answer-Version"] == "1 2"
    assert "E-1" not in response.content.decode()


def test_a_save_by_somebody_else_does_not_lose_a_file(as_officer, assessment):
    assessment.answers.filter(code="L1").update(version=5)
    response = as_officer.post(
        at_answer(assessment), {"version": 3, "documents": sent()}, headers={"hx-request": "true"}
    )
    assert response.status_code == 200 and response["X-Answer-Version"] == "5 6"
    assert AnswerEvidence.objects.count() == 1


def test_a_file_that_is_there_already_is_cited_and_said(as_officer, assessment, evidence):
    data = {"version": 0, "documents": sent()}
    page = as_officer.post(at_answer(assessment), data, follow=True).content.decode()
    assert "E-1 Privacy policy has this very file already" in page
    data = {"version": 1, "documents": sent()}
    part = as_officer.post(at_answer(assessment), data, headers={"hx-request": "true"})
    assert 'data-said="E-1 Privacy policy has this very file' in part.content.decode()
    assert AnswerEvidence.objects.count() == EvidenceFile.objects.count() == 1


def test_a_stale_removal_changes_nothing_and_says_so(as_officer, assessment, officer, evidence):
    answer = assessment.answers.get(code="L1")
    link_evidence(assessment=assessment, answer=answer, evidence=evidence, version=0, by=officer)
    data = {"version": 0, "evidence": str(evidence.public_id)}
    page = as_officer.post(
        at_answer(assessment, part="unlink/"), data, follow=True
    ).content.decode()
    assert "Somebody changed the answer meanwhile" in page
    assert AnswerEvidence.objects.count() == 1


def test_a_refused_file_at_an_answer_links_nothing(as_officer, assessment):
    script = {"hx-request": "true"}
    data = {"version": 0, "documents": sent(b"MZ\x00\x00", "a.pdf")}
    response = as_officer.post(at_answer(assessment), data, headers=script)
    assert response.status_code == 422 and "a.pdf was not added." in response.content.decode()
    assert response["X-Answer-Version"] == "0 0"
    assert not AnswerEvidence.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": "x"},
        {"version": 0},
        {"version": 0, "evidence": ABSENT},
        {"version": 0, "evidence": "x"},
    ],
)
def test_faulty_input_at_an_answer_changes_nothing(as_officer, assessment, data):
    assert as_officer.post(at_answer(assessment), data).status_code == 422
    assert as_officer.post(at_answer(assessment, part="unlink/"), data).status_code == 302
    assert not AnswerEvidence.objects.exists()


def test_another_vendors_document_is_no_choice(as_officer, assessment, officer):
    other = add_evidence(
        vendor=make_vendor(by=officer), upload=sent(), title="Other's secret", by=officer
    )
    assert "secret" not in as_officer.get(at_answer(assessment)).content.decode()
    data = {"version": 0, "evidence": str(other.public_id)}
    assert as_officer.post(at_answer(assessment), data).status_code == 422


def test_removed_and_ended_documents_are_marked_at_answers(
    as_officer, assessment, officer, vendor, evidence
):
    ended = add_evidence(
        vendor=vendor, upload=sent(b"x\n", "x.txt"), title="Old", by=officer,
        expires_on=timezone.localdate() - timedelta(days=1),
    )  # fmt: skip
    for version, document in enumerate([evidence, ended]):
        answer = assessment.answers.get(code="L1")
        link_evidence(
            assessment=assessment, answer=answer, evidence=document, version=version, by=officer
        )
    remove_evidence(evidence=evidence, reason="Wrong.", by=officer)
    page = as_officer.get(at_answer(assessment)).content.decode()
    assert ">Removed</span>" in page.replace("</span>Removed", ">Removed") and "Ended " in page


@pytest.mark.parametrize("code", ["L1", "NONE"])
def test_locked_answers_and_unknown_codes(as_officer, assessment, code):
    answer_all(assessment)
    submitted(assessment)
    expected = 403 if code == "L1" else 404
    assert as_officer.get(at_answer(assessment, code)).status_code == expected
    response = as_officer.post(at_answer(assessment, code), {"version": 1, "documents": sent()})
    assert response.status_code == expected
    assert not Evidence.objects.exists()


def test_a_form_without_its_token_is_refused(officer, vendor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    assert client.post(f"{register(vendor)}new/", {"documents": sent()}).status_code == 403
    assert not Evidence.objects.exists()


def test_names_are_text_on_every_page(as_officer, vendor, officer):
    name = "x<img src=q onerror=alert(1)>.pdf"
    evidence = add_evidence(
        vendor=vendor, upload=sent(name="x.pdf"), title=name, issuer=name, by=officer
    )
    for url in [
        register(vendor),
        page_of(evidence),
        page_of(evidence, "edit/"),
        page_of(evidence, "remove/"),
    ]:
        assert "<img src=q" not in as_officer.get(url).content.decode()


def test_the_documents_page_costs_few_queries(as_officer, evidence, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        as_officer.get(page_of(evidence))
