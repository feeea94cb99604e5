"""Framework administration: upload, faults, differences, publishing; weight profiles."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import (
    WORKED,
    approved,
    make_assessment,
    make_user,
    small_framework,
)
from vendors import scoring
from vendors.models import AuditEvent, Framework, FrameworkDraft, WeightProfile
from vendors.permissions import Role
from vendors.services.frameworks import add_draft, publish_draft
from vendors.services.refusals import Refused

pytestmark = pytest.mark.django_db
TEXT = (WORKED / "worked-example-framework.yaml").read_text(encoding="utf-8")
NEXT = TEXT.replace("version: 1.0.0", "version: 1.1.0")


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def upload(user, text, name="framework.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, data)
    return client_of(user).post(reverse("vendors:framework-upload"), {"file": file})


def body(response):
    return " ".join(response.content.decode().split())


def test_the_list_says_which_version_is_in_force_and_who_uses_it(administrator):
    first = small_framework()
    approved(make_assessment(framework=first))
    add = add_draft(text=NEXT, by=administrator)
    second = publish_draft(draft=add, version="1.1.0", reason="Board", by=administrator)
    make_assessment(framework=second)
    lines = client_of(administrator).get(reverse("vendors:framework-list")).context["lines"]
    assert [(line.framework.version, line.is_in_force) for line in lines] == [
        ("1.1.0", True),
        ("1.0.0", False),
    ]
    assert [(line.under_way, line.rated) for line in lines] == [(1, 0), (0, 1)]


def test_an_upload_is_a_draft_and_publishes_nothing(administrator):
    small_framework()
    response = upload(administrator, NEXT)
    draft = FrameworkDraft.objects.get()
    assert response["Location"] == reverse("vendors:framework-draft", args=[draft.public_id])
    assert Framework.objects.count() == 1
    page = body(client_of(administrator).get(response["Location"]))
    assert (
        "Draft 1.1.0 against 1.0.0" in page and "Nothing that is asked or counted differs" in page
    )


def test_each_fault_is_named_with_its_line_and_nothing_is_kept(administrator):
    small_framework()
    broken = NEXT.replace("weight: 40", "weight: 39", 1).replace(
        "answer_type: percentage", "answer_type: tale", 1
    )
    assert broken != NEXT
    response = upload(administrator, broken)
    assert response.status_code == 422
    faults = response.context["faults"]
    assert faults and all(fault.path and fault.message for fault in faults)
    tale = [fault for fault in faults if fault.path.endswith("answer_type")]
    lines = broken.splitlines()
    assert "tale" in lines[tale[0].line - 1]
    assert not FrameworkDraft.objects.exists()
    assert "was not taken over" in body(response)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"a: 1\n" * 500_000, "larger than 2 MB"),
        (b"a: [1, 2", "not YAML"),
        (b"a: &a [1]\nb: *a\n", "was not taken over"),
        (b"&a [*a]", "was not taken over"),
        (b"[" * 5000, "was not taken over"),
    ],
    ids=["empty", "binary", "large", "no yaml", "anchor", "endless", "deep"],
)
def test_a_file_that_will_not_do_is_refused_in_words(administrator, data, said):
    response = upload(administrator, data)
    assert response.status_code == 422
    assert said in body(response)
    assert not FrameworkDraft.objects.exists()


def test_a_published_version_is_not_uploaded_again(administrator):
    small_framework()
    same = upload(administrator, TEXT)
    assert same.status_code == 422 and "is published already with this content" in body(same)
    other = upload(administrator, TEXT.replace("question: L1", "question: L one", 1))
    assert other.status_code == 422


def test_publishing_asks_for_the_version_and_a_reason(administrator):
    framework = small_framework()
    draft = add_draft(text=NEXT, by=administrator)
    url = reverse("vendors:framework-publish", args=[draft.public_id])
    client = client_of(administrator)
    wrong = client.post(url, {"version": "1.0.9", "reason": "Board, 12 Nov"})
    assert wrong.status_code == 422
    assert "Type 1.1.0 to publish it" in body(wrong) and "Board, 12 Nov" in body(wrong)
    assert client.post(url, {"version": "1.1.0", "reason": " "}).status_code == 422
    assert Framework.objects.count() == 1
    right = client.post(url, {"version": "1.1.0", "reason": "Board, 12 Nov"})
    assert right.status_code == 302
    assert not FrameworkDraft.objects.exists()
    event = AuditEvent.objects.get(action="framework.publish", actor=administrator)
    assert event.reason == "Board, 12 Nov"
    framework.refresh_from_db()
    assert framework.version == "1.0.0"


def test_of_two_who_publish_one_draft_one_is_told(administrator):
    small_framework()
    draft = add_draft(text=NEXT, by=administrator)
    publish_draft(draft=draft, version="1.1.0", reason="Board", by=administrator)
    with pytest.raises(Refused, match="meanwhile"):
        publish_draft(draft=draft, version="1.1.0", reason="Board", by=administrator)


def test_a_draft_says_what_rated_vendors_would_have(administrator):
    framework = small_framework()
    approved(make_assessment(framework=framework))
    draft = add_draft(text=NEXT, by=administrator)
    page = client_of(administrator).get(reverse("vendors:framework-draft", args=[draft.public_id]))
    (trial,) = page.context["trials"]
    assert trial.now.overall == trial.then.overall == 100
    assert trial.failing == () and trial.missing == 0


def test_dropping_a_draft_asks_and_leaves_a_trace(administrator):
    small_framework()
    draft = add_draft(text=NEXT, by=administrator)
    url = reverse("vendors:framework-drop", args=[draft.public_id])
    assert "Drop draft 1.1.0?" in body(client_of(administrator).get(url))
    assert FrameworkDraft.objects.exists()
    client_of(administrator).post(url)
    assert not FrameworkDraft.objects.exists()
    assert AuditEvent.objects.filter(action="framework.drop").count() == 1


def test_the_file_of_a_version_gives_the_version_again(manager):
    framework = small_framework()
    response = client_of(manager).get(
        reverse("vendors:framework-download", args=[framework.public_id])
    )
    assert response["Content-Disposition"].startswith("attachment")
    assert scoring.parse_framework(response.content.decode()).fingerprint == framework.fingerprint


def weights_of(framework, *values):
    codes = [category.code for category in framework.rules.categories]
    return {f"weight_{code}": value for code, value in zip(codes, values, strict=True)}


def in_order(profile):
    """Its weights in the order of the framework; PostgreSQL keeps the keys of JSON in its own."""
    return [profile.weights[category.code] for category in small_framework().rules.categories]


def test_a_profile_is_added_and_changed_as_versions(manager):
    framework = small_framework()
    client = client_of(manager)
    url = reverse("vendors:profile-add", args=[framework.public_id])
    typed = {"name": "Labour", "description": "", "reason": "Board", "seen": 0}
    assert client.post(url, typed | weights_of(framework, "60", "30,5", "9.5")).status_code == 302
    first = WeightProfile.objects.get(name="Labour")
    assert (first.version, in_order(first)) == (1, ["60", "30.5", "9.5"])
    edit = reverse("vendors:profile-edit", args=[first.public_id])
    again = {"description": "", "reason": "Less", "seen": 1}
    assert client.post(edit, again | weights_of(framework, "50", "30", "20")).status_code == 302
    first.refresh_from_db()
    second = WeightProfile.objects.get(name="Labour", retired_at=None)
    assert (second.version, first.retired_by) == (2, manager)
    assert in_order(first) == ["60", "30.5", "9.5"]
    # the page that was open before is told
    stale = client.post(
        reverse("vendors:profile-edit", args=[second.public_id]),
        again | weights_of(framework, "40", "40", "20"),
    )
    assert stale.status_code == 422 and "meanwhile" in body(stale)
    assert AuditEvent.objects.filter(action="profile.save", actor=manager).count() == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("50", "30", "30"), "The weights sum to 110; they must sum to 100."),
        (("0", "0", "0"), "The weights sum to 0; they must sum to 100."),
        (("-10", "60", "50"), "Enter points from 0 to 100."),
        (("101", "0", "0"), "Enter points from 0 to 100."),
        (("NaN", "50", "50"), "Enter points from 0 to 100."),
        (("", "50", "50"), "Enter points from 0 to 100."),
        (("33.3333", "33.3333", "33.3334"), "Three decimals are enough."),
    ],
)
def test_weights_that_will_not_do_are_kept_on_the_page(manager, values, said):
    framework = small_framework()
    before = WeightProfile.objects.count()
    response = client_of(manager).post(
        reverse("vendors:profile-add", args=[framework.public_id]),
        {"name": "Odd", "reason": "Board", "seen": 0} | weights_of(framework, *values),
    )
    assert response.status_code == 422
    assert said in body(response) and 'value="Odd"' in body(response)
    assert WeightProfile.objects.count() == before


def test_a_profile_is_retired_with_a_reason_and_balanced_never(manager):
    framework = small_framework()
    client = client_of(manager)
    typed = {"name": "Labour", "reason": "Board", "seen": 0}
    client.post(
        reverse("vendors:profile-add", args=[framework.public_id]),
        typed | weights_of(framework, "60", "30", "10"),
    )
    profile = WeightProfile.objects.get(name="Labour")
    url = reverse("vendors:profile-retire", args=[profile.public_id])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Not used"}).status_code == 302
    profile.refresh_from_db()
    assert profile.retired_by == manager
    balanced = WeightProfile.objects.get(name="Balanced", retired_at=None)
    refused = client.post(
        reverse("vendors:profile-retire", args=[balanced.public_id]), {"reason": "No"}
    )
    assert refused.status_code == 422 and "stays" in body(refused)


def test_pages_cost_few_queries(administrator, django_assert_max_num_queries):
    framework = small_framework()
    for _ in range(3):
        approved(make_assessment(framework=framework))
    draft = add_draft(text=NEXT, by=administrator)
    client = client_of(administrator)
    client.get(reverse("vendors:framework-list"))
    with django_assert_max_num_queries(10):
        client.get(reverse("vendors:framework-list"))
    with django_assert_max_num_queries(12):
        client.get(reverse("vendors:framework-draft", args=[draft.public_id]))
