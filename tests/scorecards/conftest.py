"""Fixtures of the comparison's tests."""

import pytest
from django.urls import reverse

from tests.factories import import_worked, make_user, small_framework
from vendors.permissions import Role


@pytest.fixture
def comparison_page(client):
    """A function that opens the comparison of some vendors as an auditor."""
    client.force_login(make_user(Role.AUDITOR))

    def get(*vendors, **query):
        ids = [str(getattr(vendor, "public_id", vendor)) for vendor in vendors]
        return client.get(reverse("scorecards:comparison"), {"v": ids, **query})

    return get


@pytest.fixture
def worked():
    """The vendors of the worked example by name, each with an open assessment."""
    small_framework()
    names = ["Aurora", "Borealis", "Cinder", "Dune", "Ember", "Fjord"]
    return {name: import_worked(name).vendor for name in names}
