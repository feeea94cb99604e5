"""A weight profile that starts from weights tried out on the comparison page."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from scorecards.comparison import Asked, compare
from scorecards.comparison.handles import keep_query
from tests.factories import import_worked, make_user, small_framework
from vendors import scoring
from vendors.forms.frameworks import weights_asked
from vendors.models import Vendor, WeightProfile
from vendors.permissions import Role
from vendors.services.profiles import save_profile

pytestmark = pytest.mark.django_db
CODES = ("LAB", "SEC", "ENV")


@pytest.fixture
def framework():
    return small_framework()


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def page(client, manager):
    client.force_login(manager)
    return client


def weights(response):
    form = response.context["form"]
    return {code: form[f"weight_{code}"].value() for code in CODES}


def address(framework):
    return reverse("vendors:profile-add", args=[framework.public_id])


def kept(framework, manager):
    typed = {"LAB": Decimal(60), "SEC": Decimal(20), "ENV": Decimal(20)}
    return save_profile(
        framework=framework,
        name="Labour first",
        description="",
        weights=typed,
        reason="Board",
        seen=0,
        by=manager,
    )


def test_the_form_starts_from_the_weights_of_the_address(page, framework):
    response = page.get(
        address(framework), {"w_LAB": "50", "w_SEC": "29.166667", "w_ENV": "20.833333"}
    )
    assert weights(response) == {"LAB": "50", "SEC": "29.17", "ENV": "20.83"}


def test_thirds_still_sum_to_100_and_can_be_saved(page, framework):
    thirds = dict.fromkeys(("w_LAB", "w_SEC", "w_ENV"), "33.333333")
    typed = weights(page.get(address(framework), thirds))
    assert sorted(typed.values()) == ["33.33", "33.33", "33.34"]
    data = {f"weight_{code}": text for code, text in typed.items()}
    data |= {"name": "Thirds", "reason": "Equal parts", "seen": 0}
    assert page.post(f"{address(framework)}?w_LAB=33.333333", data).status_code == 302
    assert WeightProfile.objects.get(name="Thirds").version == 1


def test_without_weights_it_starts_from_those_of_the_framework(page, framework):
    own = {
        category.code: scoring.number_text(category.weight)
        for category in framework.rules.categories
    }
    assert weights(page.get(address(framework))) == own
    assert weights(page.get(address(framework), {"w_XXX": "5"})) == own


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"w_LAB": "-1", "w_SEC": "50"}, "each is from 0 to 100"),
        ({"w_LAB": "101"}, "each is from 0 to 100"),
        ({"w_LAB": "much"}, "each is from 0 to 100"),
        ({"w_LAB": "1e-999999"}, "each is from 0 to 100"),
        ({"w_LAB": "1e999999"}, "each is from 0 to 100"),
        ({"w_LAB": "NaN"}, "each is from 0 to 100"),
        ({"w_LAB": "0", "w_SEC": "0"}, "they sum to 0"),
    ],
)
def test_weights_that_cannot_be_used_are_left_with_a_sentence(page, framework, query, said):
    response = page.get(address(framework), query)
    assert response.status_code == 200
    assert said in response.content.decode()
    assert weights(response)["LAB"] == scoring.number_text(framework.rules.category("LAB").weight)


def test_a_name_leads_to_the_next_version_of_that_profile(page, framework, manager):
    profile = kept(framework, manager)
    query = {"w_LAB": "50", "w_SEC": "25", "w_ENV": "25", "profile": "labour first"}
    response = page.get(address(framework), query, follow=True)
    change = reverse("vendors:profile-edit", args=[profile.public_id])
    assert response.redirect_chain[0][0].partition("?")[0] == change
    assert weights(response) == {"LAB": "50", "SEC": "25", "ENV": "25"}
    assert response.context["form"]["seen"].value() == 1


@pytest.mark.parametrize("name", [scoring.BALANCED, "Nobody's", ""])
def test_another_name_leads_to_a_new_profile(page, framework, name):
    response = page.get(address(framework), {"w_LAB": "50", "w_SEC": "50", "profile": name})
    assert response.status_code == 200
    assert weights(response) == {"LAB": "50", "SEC": "50", "ENV": "0"}


def test_only_managers_get_there(client, framework):
    client.force_login(make_user(Role.AUDITOR))
    assert client.get(address(framework), {"w_LAB": "50", "profile": "Any"}).status_code == 403


def test_the_comparison_hands_over_its_weights(page, framework):
    vendors = [import_worked(name).vendor for name in ("Aurora", "Borealis")]
    asked = {"v": [str(vendor.public_id) for vendor in vendors], "w_LAB": ["70"], "lock": ["LAB"]}
    line = compare(Vendor.objects.all(), Asked.from_query(asked)).table.line
    typed = weights(page.get(f"{address(framework)}?{keep_query(line)}"))
    assert typed["LAB"] == "70"
    assert sum(map(Decimal, typed.values())) == 100


@given(parts=st.lists(st.integers(0, 100_000_000), min_size=3, max_size=3).filter(any))
def test_rounding_keeps_the_sum_and_stays_within_a_hundredth(parts):
    rules = small_framework().rules
    query = {
        f"w_{code}": str(Decimal(part).scaleb(-6)) for code, part in zip(CODES, parts, strict=True)
    }
    found, fault = weights_asked(rules, query)
    assert not fault
    assert sum(map(Decimal, found.values())) == 100
    for code, part in zip(CODES, parts, strict=True):
        assert abs(Fraction(found[code]) - Fraction(100 * part, sum(parts))) < Fraction(1, 100)
