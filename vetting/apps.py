"""Names of this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VettingConfig(AppConfig):
    """Settings, users, sign-in and wiring."""

    name = "vetting"
    label = "vetting"
    verbose_name = _("Vetting")
