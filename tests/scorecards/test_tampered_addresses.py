"""Every page of comparisons and the portfolio under addresses that somebody tampered with."""

import pytest
from django.urls import reverse

from tests.factories import make_user
from tests.scorecards.test_comparison_tampered import NAMES, ODD
from tests.scorecards.test_saved_comparisons import kept, rated
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
MORE = [
    *NAMES,
    "page",
    "q",
    "find",
    "about",
    "kind",
    "sort",
    "score_from",
    "per_page",
    "w_LAB",
    "w_²",
]
EXTRA = ["²", "1e2", "1_0", "８", "-0.0", "100.0000000000000000000000000000001", "\ud7ff\ufffe"]
READ = [
    "comparison",
    "comparison-live",
    "comparison-find",
    "comparison-save",
    "comparison-list",
    "portfolio",
    "scorecard-list",
]
SEND = [
    "comparison-csv",
    "comparison-xlsx",
    "comparison-pdf",
    "comparison-save",
    "portfolio-csv",
    "portfolio-pdf",
]


def query_of(odd, vendors):
    return {name: [odd, odd] for name in MORE} | {
        "v": [*(str(vendor.public_id) for vendor in vendors), odd]
    }


@pytest.mark.parametrize("odd", [*ODD, *EXTRA], ids=ascii)
def test_no_page_falls_over(client, odd):
    manager = make_user(Role.MANAGER)
    client.force_login(manager)
    client.raise_request_exception = True
    one, other = rated("Aurora"), rated("Borealis", "documented")
    saved = kept(one, other, by=manager)
    query = query_of(odd, (one, other))
    for name in READ:
        assert client.get(reverse(f"scorecards:{name}"), query).status_code in {200, 422}, name
    assert client.get(reverse("vendors:vendor-list"), query).status_code == 200
    for name in SEND:
        for form in ({}, {"purpose": odd, "note": odd, "profile": odd}):
            answer = client.post(reverse(f"scorecards:{name}"), form, query_params=query)
            assert answer.status_code in {200, 302, 422}, name
    url = reverse("scorecards:comparison-choose", args=[saved.public_id])
    form = {"vendor": odd, "reason": odd, "seen": odd}
    assert client.post(url, form, query_params=query).status_code == 422
    form = {"vendor": str(one.public_id), "reason": "Best", "seen": odd}
    assert client.post(url, form, query_params=query).status_code in {302, 409, 422}
    framework = one.latest_result.assessment.framework
    url = reverse("vendors:profile-add", args=[framework.public_id])
    assert client.get(url, query).status_code in {200, 302}
    form = dict.fromkeys(("name", "description", "reason", "seen", "weight_LAB"), odd)
    assert client.post(url, form, query_params=query).status_code in {302, 422}


@pytest.mark.parametrize(
    "raw", ["&".join(f"w_{n}=1" for n in range(10_000)), "v=%ED%A0%80&w_%FF=%FF"]
)
def test_too_many_parameters_and_broken_bytes_are_no_fault_of_ours(client, raw):
    client.force_login(make_user(Role.MANAGER))
    wanted = {400} if raw.startswith("w_") else {200, 302, 422}
    for name in READ:
        answer = client.get(f"{reverse(f'scorecards:{name}')}?{raw}")
        assert answer.status_code in wanted, name
    for name in SEND:
        answer = client.post(f"{reverse(f'scorecards:{name}')}?{raw}")
        if name not in {"portfolio-csv", "portfolio-pdf"}:  # these read their form alone
            assert answer.status_code in wanted, name
