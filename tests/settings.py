"""Settings of the test suite: the app's own, with a folder of its own and quick passwords.

The environment of whoever runs the tests is left out, but for DATABASE_URL, and TEST_ON,
which runs the same suite on a private PostgreSQL: `TEST_ON=postgresql make test`.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.services import start_postgres

OURS = [
    "ALLOWED_HOSTS",
    "CHECKS_A_MINUTE",
    "CHECK_DISCLOSES",
    "CELERY_BROKER_URL",
    "CONN_MAX_AGE",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "LOG_LEVEL",
    "SECRET_KEY",
    "SECURE_PROXY",
    "SIGNING_KEY",
    "SIGNING_PASSWORD",
    "SIGNING_TIMESTAMP_URL",
    "SITE_NAME",
    "SITE_URL",
    "TIME_ZONE",
    "TRAIL_KEY",
    "VETTING_STATIC_ROOT",
    "WEB_PROCESSES",
    "WEB_THREADS",
    "WORKER_MEMORY",
    "WORKER_PROCESSES",
]
for name in OURS:
    os.environ.pop(name, None)

folder = tempfile.mkdtemp(prefix="vetting-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["VETTING_DATA_DIR"] = folder

if os.environ.get("TEST_ON") == "postgresql" and "DATABASE_URL" not in os.environ:
    # The workers of pytest-xdist inherit the address and do not start servers of their own.
    # Nothing of it has to survive; tests of what does start servers of their own.
    server = start_postgres("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    atexit.register(server.stop)
    os.environ["DATABASE_URL"] = server.url

from vetting.settings import *  # noqa: E402, F403
from vetting.settings import DATABASES, IS_SQLITE  # noqa: E402

if IS_SQLITE:
    # A file, so that the threads of the live server see the same tables.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(folder) / "test.sqlite3")}
    # Nothing of it has to survive a power cut.
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("=FULL;", "=OFF;")
# Connections of finished threads would keep the test database busy.
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
