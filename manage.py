#!/usr/bin/env python3
"""Runs the commands of this app; `manage.py help` lists them."""

import os
import sys
from pathlib import Path

MISSING = (
    "Django is not installed for this Python. Run `make setup` once, then use .venv/bin/python."
)


def main() -> None:
    """Run the command of this process's arguments."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        from vendors.trail import origin
    except ImportError:
        sys.exit(MISSING)
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(f"vetting: {error}")
    origin.set(" ".join(["command", *sys.argv[1:2]]))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
