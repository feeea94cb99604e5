"""The pages of findings: the list, recording one, working on it, and closing it."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
)
from tests.vendors.test_findings import close, make_file, make_finding, reported
from vendors.models import Assessment, CorrectiveAction, Finding, Severity
from vendors.permissions import Role
from vendors.services.actions import edit_action, send_back

pytestmark = pytest.mark.django_db

LIST = "/findings/"


@pytest.fixture
def owner():
    return make_user(Role.PROCUREMENT, name="Lindiwe Khumalo")


@pytest.fixture
def reviewer():
    return make_user(Role.PROCUREMENT, name="Tomas Lindqvist")


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, name="Maya Okafor")


@pytest.fixture
def vendor(owner):
    return make_vendor(by=owner, name="Skerry Voice")


@pytest.fixture
def finding(vendor, owner, reviewer):
    return make_finding(vendor, owner, reviewer)


@pytest.fixture
def sign_in(client):
    def signed(user):
        client.force_login(user)
        return client

    return signed


def page(response):
    return response.content.decode()


def address(finding, part=""):
    return f"/findings/{finding.public_id}/{part}"


def send(client, finding, part, **typed):
    typed.setdefault("version", CorrectiveAction.objects.get(finding=finding).version)
    return client.post(address(finding, part), typed)


def is_late(finding, days=3):
    due_on = timezone.localdate() - timedelta(days=days)
    CorrectiveAction.objects.filter(finding=finding).update(due_on=due_on)


def test_an_empty_list_says_what_belongs_there(sign_in, owner):
    content = page(sign_in(owner).get(LIST))
    assert "No findings yet" in content
    assert "Record a finding" in content
    content = page(sign_in(make_user(Role.AUDITOR)).get(LIST))
    assert "No findings yet" in content
    assert "/findings/new/" not in content


def test_the_list_shows_the_most_urgent_first_with_counts(
    sign_in, vendor, owner, reviewer, manager
):
    soon = make_finding(vendor, owner, reviewer, severity="critical", title="Fees at the gate")
    late = make_finding(vendor, owner, reviewer, title="No fire drill")
    is_late(late)
    waiting = make_finding(vendor, owner, reviewer, title="Shuttle firms")
    reported(waiting)
    done = make_finding(vendor, owner, reviewer, title="Blocked exits")
    close(reported(done), manager)
    client = sign_in(manager)
    content = page(client.get(LIST))
    places = [content.index(title) for title in ("No fire drill", "Fees at", "Shuttle firms")]
    assert places == sorted(places)
    assert "Blocked exits" not in content
    assert "3 days late" in content
    assert "You confirm</span>" in content
    assert "3 open, 1 overdue, median 0 days to close" in content
    for view, title in {
        "confirm": "Shuttle firms",
        "overdue": "No fire drill",
        "soon": "Fees at the gate",
        "closed": "Blocked exits",
    }.items():
        response = client.get(LIST, {"view": view})
        shown = [row.title for row in response.context["page_obj"]]
        assert shown == [title], view
    assert "Nothing waits for your check" in page(sign_in(owner).get(LIST, {"view": "confirm"}))
    assert soon.label == "F-001"


def test_the_list_filters_by_text_severity_vendor_and_owner(
    sign_in, vendor, owner, reviewer, manager
):
    one = make_finding(vendor, owner, reviewer, code="HR-07", severity="major")
    other = make_finding(make_vendor(by=owner, name="Larkfield"), manager, reviewer, title="Gap")
    client = sign_in(reviewer)

    def shown(**query):
        return [row.pk for row in client.get(LIST, query).context["page_obj"]]

    assert shown(q=" f-001 ") == shown(q="1") == shown(q="hr-07") == shown(q="firms") == [one.pk]
    assert shown(q="larkfield") == shown(severity="minor") == [other.pk]
    assert shown(vendor=str(other.vendor.public_id)) == [other.pk]
    assert shown(owner=str(owner.public_id)) == [one.pk]
    assert shown(sort="severity") == shown(sort="due") == [one.pk, other.pk]
    assert shown(sort="-severity") == [other.pk, one.pk]
    assert shown(view="rubbish", vendor="x", owner="'", sort="--", severity="?") == [
        one.pk,
        other.pk,
    ]
    assert shown(q="9" * 40) == []
    assert "No finding matches" in page(client.get(LIST, {"q": "zzz"}))


def test_the_table_for_spreadsheets_runs_nothing(sign_in, vendor, owner, reviewer):
    make_finding(vendor, owner, reviewer, title='=HYPERLINK("x")', severity="major")
    make_finding(vendor, owner, reviewer, title="Other")
    response = sign_in(make_user(Role.AUDITOR)).get(f"{LIST}findings.csv", {"severity": "major"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Disposition"] == 'attachment; filename="findings.csv"'
    assert len(rows) == 2
    cells = dict(zip(rows[0], rows[1], strict=True))
    assert cells["What is wrong"] == '\'=HYPERLINK("x")'
    assert cells["Due on"] == (timezone.localdate() + timedelta(days=90)).isoformat()
    assert (cells["State"], cells["Days late"], cells["Files of proof"]) == ("Under way", "0", "0")


@pytest.mark.parametrize("count", [25, 100])
def test_the_list_takes_as_many_queries_however_long(
    sign_in, vendor, owner, reviewer, count, django_assert_max_num_queries
):
    for _ in range(count):
        make_finding(vendor, owner, reviewer)
    client = sign_in(reviewer)
    with django_assert_max_num_queries(12):
        response = client.get(LIST)
    assert response.context["page_obj"].paginator.count == count
    # an export is an event: the first of the site's chain makes the chain as well
    with django_assert_max_num_queries(17):
        client.get(f"{LIST}findings.csv")


def typed(vendor, owner, **fields):
    """What a browser sends to record a finding."""
    names = ["code", "detail", "due_on", "vendor_person", "root_cause", "action"]
    return (
        dict.fromkeys(names, "")
        | {
            "vendor": str(vendor.public_id),
            "title": "No fire drill",
            "severity": "major",
            "owner": str(owner.public_id),
        }
        | fields
    )


def test_a_finding_is_recorded_by_hand(sign_in, vendor, owner, reviewer):
    small_framework()
    client = sign_in(reviewer)
    form = page(client.get(f"{LIST}new/", {"vendor": vendor.public_id, "code": "L1"}))
    assert f'<option value="{vendor.public_id}" selected>Skerry Voice' in form
    assert 'value="L1"' in form
    response = client.post(f"{LIST}new/", typed(vendor, owner, code="l1", vendor_person="R. V."))
    finding = Finding.objects.get()
    assert response.url == finding.get_absolute_url()
    assert (finding.code, finding.source, finding.raised_by) == ("L1", "hand", reviewer)
    assert finding.action.due_on == timezone.localdate() + timedelta(days=90)
    content = page(client.get(response.url))
    assert "At the vendor: R. V." in content
    assert "in 90 days" in content


def test_a_reviewers_finding_belongs_to_the_review(sign_in, owner, reviewer):
    assessment = make_assessment(owner=owner, framework=small_framework())
    Assessment.objects.filter(pk=assessment.pk).update(reviewer=reviewer)
    url = f"{LIST}new/?assessment={assessment.public_id}&code=L1"
    client = sign_in(reviewer)
    assert f"From assessment {assessment.title}" in page(client.get(url))
    client.post(url, typed(assessment.vendor, owner, code="L1"))
    finding = Finding.objects.get()
    assert (finding.source, finding.assessment) == ("review", assessment)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, vendor, owner, reviewer):
    small_framework()
    client = sign_in(reviewer)
    late = (timezone.localdate() + timedelta(days=200)).isoformat()
    for wrong, said in (
        ({"title": ""}, "This field is required."),
        ({"code": "ZZ-1"}, "There is no criterion &quot;ZZ-1&quot;"),
        ({"due_on": late}, "Later than its severity allows. The latest day is"),
        ({"severity": "dreadful"}, "Select a valid choice"),
        ({"owner": str(make_user(Role.AUDITOR).public_id)}, "Select a valid choice"),
        ({"vendor": ""}, "This field is required."),
    ):
        data = typed(vendor, owner, detail="Seen in Cebu.") | wrong
        response = client.post(f"{LIST}new/", data)
        assert response.status_code == 422
        assert said in page(response), wrong
        assert "Seen in Cebu." in page(response)
    assert not Finding.objects.exists()


def test_its_owner_plans_proves_and_reports_it(
    sign_in, finding, owner, settings, tmp_path, django_assert_max_num_queries
):
    settings.MEDIA_ROOT = tmp_path
    client = sign_in(owner)
    content = page(client.get(address(finding)))
    assert "Write down the action first" in content
    assert "Owner and due date" not in content
    plan = {"root_cause": "Bought by order.", "plan": "Add both.", "vendor_person": ""}
    assert send(client, finding, "plan/", **plan).status_code == 302
    upload = SimpleUploadedFile("drill.txt", b"Fire drill, 4 November.")
    assert send(client, finding, "proof/", upload=upload, title="Drill").status_code == 302
    register = make_file(finding.vendor, name="code.pdf")
    response = send(client, finding, "proof/", documents=[str(register.public_id)])
    assert response.status_code == 302
    drop = client.post(address(finding, "proof/drop/"), {"file": str(register.public_id)})
    assert drop.status_code == 302
    assert send(client, finding, "report/", note="See page 2.").status_code == 302
    with django_assert_max_num_queries(20):
        content = page(client.get(address(finding)))
    assert "You own this action, so somebody else closes it." in content
    assert "drill.txt" in content
    assert "Add proof" in content
    assert "Close F-001" not in content
    for said in ("Recorded", "Proof added", "Proof taken off", "Reported done", "See page 2."):
        assert said in content


def test_what_is_refused_stands_at_the_form(sign_in, finding, owner):
    client = sign_in(owner)
    response = send(client, finding, "report/", note="Finished.")
    assert response.status_code == 422
    assert "Write down what was done first" in page(response)
    assert "Finished." in page(response)
    response = send(client, finding, "proof/")
    assert response.status_code == 422
    assert "Choose a document that is not named yet, or a file." in page(response)
    response = send(client, finding, "plan/", root_cause="Known", plan="")
    assert response.status_code == 422
    assert "Known" in page(response)
    assert client.post(address(finding, "proof/drop/")).status_code == 422


def test_who_is_too_late_sees_both_and_may_save_again(sign_in, finding, owner, reviewer):
    edit_action(
        action=finding.action,
        root_cause="",
        plan="Theirs",
        vendor_person="",
        version=1,
        by=reviewer,
    )
    client = sign_in(owner)
    response = send(client, finding, "plan/", plan="Mine", version=1)
    assert response.status_code == 409
    content = page(response)
    assert "Somebody changed this finding meanwhile" in content
    assert "Theirs" in content
    assert "Mine</textarea>" in content
    assert 'name="version" value="2"' in content
    assert send(client, finding, "plan/", plan="Mine", version=2).status_code == 302


def test_a_second_person_checks_and_closes_it(sign_in, finding, manager):
    action = reported(finding)
    file = action.proof.get()
    client = sign_in(manager)
    content = page(client.get(address(finding)))
    assert "You may close F-001: you do not own it and did not work on it." in content
    response = send(client, finding, "close/", close_note="Called both firms.")
    assert response.status_code == 422
    assert "Check each piece of proof. Open: list.pdf." in page(response)
    assert "Called both firms." in page(response)
    response = send(client, finding, "close/", close_note="Called.", checked=[str(file.public_id)])
    assert response.url == finding.get_absolute_url()
    content = page(client.get(response.url))
    assert "By Maya Okafor" in content
    assert "Called." in content
    assert "<form" not in content.split("<main")[1].split("</main")[0]
    assert send(client, finding, "close/").status_code == 403


def test_it_goes_back_with_a_comment(sign_in, finding, manager, owner):
    action = reported(finding)
    client = sign_in(manager)
    assert send(client, finding, "send-back/", reason=" ").status_code == 422
    assert send(client, finding, "send-back/", reason="Page 2 is cut.").status_code == 302
    action.refresh_from_db()
    assert action.state == "open"
    content = page(sign_in(owner).get(address(finding)))
    assert "Sent back by Maya Okafor" in content
    assert "Page 2 is cut." in content
    assert ">Sent back</span>" in content


def test_who_may_not_close_it_is_told_why(sign_in, finding, owner, reviewer, manager):
    action = finding.action
    reported(finding, by=reviewer)
    assert "You worked on this action" in page(sign_in(reviewer).get(address(finding)))
    content = page(sign_in(make_user(Role.AUDITOR)).get(address(finding)))
    assert "Procurement or a manager who had no part in it" in content
    send_back(action=action, reason="No.", version=action.version, by=manager)
    response = send(sign_in(manager), finding, "close/")
    assert response.status_code == 403
    assert "neither its owner nor reported it" in page(response)


def test_a_manager_gives_it_another_owner_date_and_severity(sign_in, finding, owner, manager):
    client = sign_in(manager)
    new = make_user(Role.PROCUREMENT, name="Hana Novak")
    due_on = timezone.localdate() + timedelta(days=300)
    response = send(
        client, finding, "assign/", owner=str(new.public_id), due_on=due_on, reason="Leave."
    )
    assert response.status_code == 302
    action = CorrectiveAction.objects.get()
    assert (action.owner, action.due_on) == (new, due_on)
    assert "extended; the severity allows" in page(client.get(address(finding)))
    response = send(client, finding, "severity/", severity="critical", reason="Injuries.")
    assert response.status_code == 302
    content = page(client.get(address(finding)))
    assert "in 30 days" in content
    assert "Injuries." in content
    assert send(client, finding, "severity/", severity="minor", reason="").status_code == 422
    past = timezone.localdate() - timedelta(days=1)
    response = send(client, finding, "assign/", owner=str(owner.public_id), due_on=past, reason="x")
    assert response.status_code == 422
    assert "This day is past" in page(response)


@pytest.fixture
def in_force(owner, manager):
    assessment = make_assessment(owner=owner, framework=small_framework())
    answer_all(assessment)
    assessment.answers.filter(code="L2").update(level="claimed")
    approved(assessment, by=manager)
    assessment.refresh_from_db()
    return assessment


def test_a_closed_finding_leads_to_a_reassessment(sign_in, in_force, owner, reviewer, manager):
    finding = make_finding(
        in_force.vendor, owner, reviewer, assessment=in_force, code="L2", severity=Severity.MAJOR
    )
    close(reported(finding), manager)
    client = sign_in(owner)
    content = page(client.get(address(finding)))
    assert "New rating of L2" in content
    assert "Closing alone moves no score" in content
    url = reverse("vendors:reassessment-start", args=[in_force.public_id])
    assert f'href="{url}?codes=L2"' in content
    assert f'href="{url}?codes=L2"' not in page(sign_in(manager).get(address(finding)))
    client = sign_in(owner)
    form = client.get(f"{url}?codes=L2,nonsense")
    assert 'value="L2" id="code-L2" checked' in page(form)
    assert page(form).count(" checked") == 1
    data = {"owner": owner.pk, "due_on": "", "reason": "F-001 is closed.", "codes": []}
    response = client.post(url, data)
    assert response.status_code == 422
    assert "Choose at least one criterion." in page(response)
    assert "F-001 is closed." in page(response)
    response = client.post(url, data | {"codes": ["L2"]})
    new = Assessment.objects.get(previous=in_force)
    assert response.url == new.get_absolute_url()
    assert (new.targets, new.owner) == (["L2"], owner)
    assert new.title in page(client.get(address(finding)))
    blocked = client.get(url)
    assert "Only one at a time" in page(blocked)
    response = client.post(url, data | {"codes": ["L3"]})
    assert response.status_code == 422
    assert "has an open assessment on this framework already" in page(response)


def test_what_is_not_in_force_is_not_asked_again(sign_in, owner):
    assessment = make_assessment(owner=owner, framework=small_framework())
    url = reverse("vendors:reassessment-start", args=[assessment.public_id])
    response = sign_in(owner).get(url)
    assert response.status_code == 403
    assert "while an assessment is approved and in force" in page(response)
