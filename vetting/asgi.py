"""For an ASGI server. The app is synchronous: gunicorn with threads is the tested way."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")

application = get_asgi_application()
