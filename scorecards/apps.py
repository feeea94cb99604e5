"""Names of this app for Django."""

from importlib import import_module

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from scorecards.checks import renderer_check


class ScorecardsConfig(AppConfig):
    """Comparisons and the scorecard documents."""

    name = "scorecards"
    label = "scorecards"
    verbose_name = _("Scorecards")

    def ready(self) -> None:
        """Let `manage.py check` say whether documents can be drawn; let bundles hear the builder."""
        checks.register(renderer_check)
        import_module("scorecards.services.bundles")
