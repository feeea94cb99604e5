"""Names of this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VendorsConfig(AppConfig):
    """Vendors, frameworks, assessments and answers."""

    name = "vendors"
    label = "vendors"
    verbose_name = _("Vendors")
