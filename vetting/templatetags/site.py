"""What the page frame says about the installation, with or without a request."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def site_name() -> str:
    """The product's name; error pages are drawn without any context, so it is a tag."""
    return str(getattr(settings, "SITE_NAME", "Vetting"))
