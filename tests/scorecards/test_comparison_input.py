"""What the comparison page does with addresses that ask for nothing, too much or nonsense."""

import uuid

import pytest

from tests.factories import make_assessment, make_framework, make_vendor
from tests.scorecards.comparing import words

pytestmark = pytest.mark.django_db


def test_nobody_chosen_offers_a_search(comparison_page, worked):
    response = comparison_page()
    assert response.status_code == 200
    assert 'name="find"' in response.content.decode()
    assert "Choose vendors to compare" in words(response)


def test_one_vendor_is_shown_and_told_to_bring_another(comparison_page, worked):
    response = comparison_page(worked["Aurora"])
    text = words(response)
    assert response.status_code == 200
    assert "A comparison needs at least two vendors. Add another one." in text
    assert "Only Aurora can be ranked, with 79.8." in text


def test_ten_vendors_stand_side_by_side_and_leave_no_room(comparison_page, worked):
    more = [make_vendor(name=f"Fresh {number}") for number in range(4)]
    response = comparison_page(*worked.values(), *more)
    assert response.status_code == 200
    assert len(response.context["comparison"].chosen) == 10
    assert "takes at most" not in words(response)
    assert "Add a vendor" not in words(response)


def test_an_eleventh_vendor_is_named_and_left_out(comparison_page, worked):
    more = [make_vendor(name=f"Fresh {number}") for number in range(4)]
    eleventh = make_vendor(name="Eleventh")
    response = comparison_page(*worked.values(), *more, eleventh)
    text = words(response)
    assert response.status_code == 200
    assert "A comparison takes at most 10 vendors. Left out: Eleventh." in text
    assert len(response.context["table"].columns) == 6
    assert "Add a vendor" not in text


def test_what_the_address_gets_wrong_is_said_and_the_rest_shown(comparison_page, worked):
    response = comparison_page(
        "zz'<script>", worked["Aurora"], uuid.uuid4(), worked["Dune"], profile="<b>Rich</b>"
    )
    text = words(response)
    assert response.status_code == 200
    assert "The address names 1 vendor in a way that cannot be read. It is left out." in text
    assert "The address names 1 vendor that does not exist here. It is left out." in text
    assert "There is no weight profile “<b>Rich</b>”. The figures are under Balanced." in text
    assert b"<b>Rich" not in response.content
    assert [column.name for column in response.context["table"].columns] == ["Aurora", "Dune"]


@pytest.mark.parametrize("wrong", ["not-an-id", "00000000-0000-4000-8000-000000000000", "\x00"])
def test_nothing_but_wrong_vendors_is_refused_with_the_picker(comparison_page, worked, wrong):
    response = comparison_page(wrong)
    assert response.status_code == 422
    assert "Choose vendors to compare" in words(response)
    assert "left out" in words(response)


def test_a_vendor_without_assessment_is_named_with_a_link(comparison_page, worked):
    fresh = make_vendor(name="Fresh")
    response = comparison_page(worked["Aurora"], fresh, worked["Dune"])
    assert "Fresh has no approved and no open assessment, so there is nothing to compare." in words(
        response
    )
    assert f'href="{fresh.get_absolute_url()}"' in response.content.decode()
    assert len(response.context["table"].columns) == 2
    assert comparison_page(fresh).status_code == 200


def test_the_vendor_on_another_framework_is_left_out(comparison_page, worked):
    odd = make_assessment(vendor=make_vendor(name="Odd"), framework=make_framework()).vendor
    response = comparison_page(odd, worked["Aurora"], worked["Dune"])
    assert "Odd is assessed on Ethical BPO Vetting Framework 1.0.0, the others on" in words(
        response
    )
    assert [column.name for column in response.context["table"].columns] == ["Aurora", "Dune"]
    assert comparison_page(odd, worked["Aurora"]).context["table"].columns[0].name == "Odd"
