"""Addresses that somebody tampered with: a sentence at most, and the rest is still shown."""

import uuid

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.comparison import MOST, Asked, compare
from scorecards.comparison.asked import LOOKED_UP
from tests.factories import import_worked, make_user, make_vendor, small_framework
from tests.scorecards.comparing import words
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
NAMES = ["v", "draft", "profile", "lock", "open", "differ", "pair", "line", "on", "w_LAB", "w_\x00"]
ODD = [
    "\x00",
    "9" * 5000,
    "-9" * 40,
    "1e999999999",
    "NaN",
    "sNaN",
    "Infinity",
    "-0",
    "٣",
    "½",
    "%s%(name)s{0}",
    "'; drop table vendors_vendor; --",
    "<script>alert(1)</script>",
    "0001-01-01",
    "9999-12-31",
    "2999-W01-7",
    "{00000000-0000-0000-0000-000000000000}",
    "urn:uuid:00000000-0000-4000-8000-000000000000",
    "\u202e\ufeff\U0010ffff",
    " ",
    "",
]
AURORA = "Aurora"


def test_no_address_raises(worked):
    ids = [str(vendor.public_id) for vendor in worked.values()]
    text = st.sampled_from([*ODD, *ids, "LAB", "all", "none"]) | st.text(max_size=60)
    names = st.sampled_from(NAMES) | st.text(max_size=20).map(lambda name: f"w_{name}")

    @settings(max_examples=150)
    @given(query=st.dictionaries(names, st.lists(text, max_size=5), max_size=8))
    def holds(query):
        asked = Asked.from_query({**query, "v": [*ids[:2], *query.get("v", [])]})
        comparison = compare(Vendor.objects.all(), asked)
        assert comparison.chosen[:2] == (worked["Aurora"], worked["Borealis"])
        assert len(comparison.chosen) <= MOST
        if comparison.table is not None:
            weights = comparison.table.line.weighting.weights
            assert sum(weights.values()) == 100
            assert all(weight >= 0 for weight in weights.values())

    holds()


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_text_anywhere_leaves_the_page_standing(client, worked, odd):
    client.force_login(make_user("auditor"))
    ids = [str(worked[name].public_id) for name in ("Aurora", "Borealis")]
    query = {name: [odd] for name in NAMES} | {"v": [*ids, odd]}
    for page in ("scorecards:comparison", "scorecards:comparison-live"):
        response = client.get(reverse(page), query)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
    table = response.context["table"]
    if odd == "0001-01-01":
        assert table is None  # nobody had a result then
    else:
        assert [column.name for column in table.columns] == ["Borealis", "Aurora"]


def test_ten_thousand_parameters_ask_for_no_more_than_a_few_vendors(worked):
    ids = [str(uuid.uuid4()) for _ in range(10_000)]
    asked = Asked.from_query(
        {
            "v": [str(worked[AURORA].public_id), *ids],
            "draft": ids,
            "lock": ids,
            "open": ids,
            **{f"w_{name}": ["1"] for name in ids},
        }
    )
    assert len(asked.vendor_ids) == LOOKED_UP
    comparison = compare(Vendor.objects.all(), asked)
    assert comparison.chosen == (worked[AURORA],)
    assert "The address names 49 vendors that do not exist here. They are left out." in [
        notice.text for notice in comparison.notices
    ]
    assert max(len(notice.text) for notice in comparison.notices) < 500


def test_vendors_that_somebody_may_not_see_are_like_those_that_do_not_exist():
    small_framework()
    seen, hidden = import_worked("Aurora").vendor, import_worked("Dune").vendor
    asked = Asked.from_query(
        {
            "v": [str(seen.public_id), str(hidden.public_id)],
            "draft": [str(hidden.public_id)],
            "pair": [str(seen.public_id), str(hidden.public_id)],
        }
    )
    comparison = compare(Vendor.objects.exclude(pk=hidden.pk), asked)
    assert comparison.chosen == (seen,)
    assert [column.name for column in comparison.table.columns] == ["Aurora"]
    said = [notice.text for notice in comparison.notices]
    assert "The address names 1 vendor that does not exist here. It is left out." in said
    assert "Dune" not in " ".join(said)
    nobody = compare(Vendor.objects.visible_to(make_user("")), asked)
    assert nobody.is_refused
    assert nobody.table is None


def test_more_than_ten_are_named_and_left_out(comparison_page, worked):
    more = [make_vendor(name=f"More {number}") for number in range(6)]
    response = comparison_page(*worked.values(), *more)
    assert response.status_code == 200
    assert ("A comparison takes at most 10 vendors. Left out: More 4 and More 5.") in words(
        response
    )
    assert len(response.context["comparison"].chosen) == MOST
