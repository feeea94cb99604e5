"""All settings, read top to bottom. Everything that differs between hosts is a variable.

docs/deployment.md has the table of variables. A value that makes no sense stops the
start with `ImproperlyConfigured`, naming the variable and what to put there.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from vetting.clock import SCHEDULE
from vetting.env import Environment
from vetting.logs import logging_at

env = Environment(os.environ)

# --- Where things lie -------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("VETTING_DATA_DIR", BASE_DIR / "var", base=BASE_DIR)
MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = env.folder("VETTING_STATIC_ROOT", DATA_DIR / "static", base=BASE_DIR)

VERSION = "0.1.0"

# --- The site ---------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret_key("SECRET_KEY", DATA_DIR / "secret_key")
# Chains the audit trail. Kept apart from the database, so that nobody with the database alone can
# rewrite what happened; losing it means that old events can no longer be checked.
TRAIL_KEY = env.secret_key("TRAIL_KEY", DATA_DIR / "trail_key")
SITE_URL = env.site_url("SITE_URL", "http://127.0.0.1:8000")
SITE_NAME = env.text("SITE_NAME", "Vetting")
SITE_HOST = urlsplit(SITE_URL).hostname or "127.0.0.1"
IS_HTTPS = SITE_URL.startswith("https://")
# The loopback names are always served: health probes and `serve` ask there.
ALLOWED_HOSTS = [SITE_HOST, *env.names("ALLOWED_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", [SITE_URL] if IS_HTTPS else [])
# Only where a proxy sets these headers itself may they be believed.
SECURE_PROXY = env.flag("SECURE_PROXY", default=False)
WEB_PROCESSES = env.number("WEB_PROCESSES", 1, least=1, most=64)
WEB_THREADS = env.number("WEB_THREADS", 8, least=1, most=64)
WORKER_PROCESSES = env.number("WORKER_PROCESSES", 1, least=1, most=64)

# --- What the site is made of -----------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "axes",
    "csp",
    "django_htmx",
    "vetting",
    "scorecards",
    "vendors",
]
MIDDLEWARE = [
    "vetting.middleware.RequestIdMiddleware",
    "vetting.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vetting.middleware.ResponseHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "vetting.middleware.MethodMiddleware",
]
ROOT_URLCONF = "vetting.urls"
WSGI_APPLICATION = "vetting.wsgi.application"
ASGI_APPLICATION = "vetting.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vetting.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# Dotted paths of functions that return "" when all is well, else what is wrong.
HEALTH_CHECKS = ["vetting.health.database", "scorecards.queries.queue.queue_health"]

# --- Database ---------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "vetting.sqlite3", base=BASE_DIR)}
DATABASES["default"]["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", 600, least=0, most=86_400)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if IS_SQLITE:
    # WAL and IMMEDIATE and the timeout only work together: each alone refuses writes under
    # load. FULL survives a power cut; recursive triggers hold the trail against REPLACE.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        ),
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

# --- People and sign-in -----------------------------------------------------------------

AUTH_USER_MODEL = "vetting.User"
# E-mail addresses are unique by an index on their lower case, which this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "/sign-in/?out=1"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "vetting.throttle.client_address"
AXES_USERNAME_CALLABLE = "vetting.throttle.sign_in_name"

# --- Sessions, cookies and headers ------------------------------------------------------

SESSION_ENGINE = "vetting.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "vetting-session"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "vetting-csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
# Probes ask in plain HTTP on the machine itself.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    },
}
if IS_HTTPS:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

# --- Language and time ------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")

# --- Static files and media -------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Pages name the hashed files only; without the others collecting takes half the time.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "woff", "woff2", "ttf", "gz", "br")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Writes no more of a file than may be kept, and remembers the name that it was sent with.
FILE_UPLOAD_HANDLERS = ["vendors.uploads.CarefulUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- Queue: the database row is the job, this only wakes a worker -----------------------

CELERY_BROKER_URL, QUEUE_DIR = env.broker("CELERY_BROKER_URL", DATA_DIR / "queue")
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 150
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
# A child reads fonts and styles before its first job, which a busy host makes slow.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60.0
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE
IS_BROKER_EMBEDDED = CELERY_BROKER_URL.startswith("filesystem")
if IS_BROKER_EMBEDDED:
    for part in ("messages", "control", "processed"):
        (QUEUE_DIR / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
else:
    # A message held by a killed worker comes back within seconds after the visibility
    # timeout, which lies above the longest task; publishing to a broker that is down or
    # frozen fails quickly instead of blocking the request.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "max_retries": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    }
    # Whoever asks waits for the message to go out; the sweeper sends what did not.
    CELERY_PUBLISH_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1}

# --- Documents --------------------------------------------------------------------------

# A key and its certificate in PKCS#12; without one documents are not signed.
SIGNING_KEY = env.file("SIGNING_KEY", base=BASE_DIR)
SIGNING_PASSWORD = env.text("SIGNING_PASSWORD", "")
# The address of an RFC 3161 service; without one the signature carries this machine's time.
SIGNING_TIMESTAMP_URL = env.text("SIGNING_TIMESTAMP_URL", "")
# What the public page tells of a scorecard, beside whether it is genuine and in force.
CHECK_DISCLOSES = env.choices(
    "CHECK_DISCLOSES",
    ["vendor", "band", "dates"],
    ["vendor", "band", "score", "must-haves", "dates", "framework", "issuer", "reason"],
)
CHECKS_A_MINUTE = env.number("CHECKS_A_MINUTE", 30, least=1, most=10_000)
# A job that waits longer than this makes /healthz fail: nobody is working.
QUEUE_PATIENCE = timedelta(minutes=5)
# What one build may take of memory before it is ended, in MiB.
WORKER_MEMORY = env.number("WORKER_MEMORY", 1024, least=256, most=65_536)

# --- Logs -------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"])
LOGGING = logging_at(LOG_LEVEL)

env.refuse_unknown()
