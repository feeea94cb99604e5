"""Names of this app for Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScorecardsConfig(AppConfig):
    """Comparisons and the scorecard documents."""

    name = "scorecards"
    label = "scorecards"
    verbose_name = _("Scorecards")
