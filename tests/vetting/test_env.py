"""A wrong setting stops the start and is named; secrets in it are not repeated."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from vetting.env import Environment

WRONG = [
    ({"DEBUG": "maybe"}, "DEBUG='maybe'", "true or false"),
    ({"SITE_URL": "vetting.example.org"}, "SITE_URL", "https://"),
    ({"SITE_URL": "https://vetting.example.org/app"}, "SITE_URL", "root"),
    ({"SITE_URL": "http://vetting.example.org:99999"}, "SITE_URL", "65535"),
    ({"TIME_ZONE": "Mars"}, "TIME_ZONE='Mars'", "Europe/Berlin"),
    ({"TIME_ZONE": "../etc/passwd"}, "TIME_ZONE", "Europe/Berlin"),
    ({"DATABASE_URL": "foo"}, "DATABASE_URL", "postgresql://"),
    ({"DATABASE_URL": "mysql://me:hidden@host/x"}, "DATABASE_URL", "postgresql://"),
    ({"DATABASE_URL": "postgresql://me:hidden@host"}, "DATABASE_URL", "no database"),
    ({"DATABASE_URL": "postgresql://me:hidden@host:port/x"}, "DATABASE_URL", "postgresql://"),
    ({"DATABASE_URL": "sqlite://:memory:"}, "DATABASE_URL", "no database"),
    ({"CELERY_BROKER_URL": "kafka://hidden"}, "CELERY_BROKER_URL", "redis://"),
    ({"CONN_MAX_AGE": "-1"}, "CONN_MAX_AGE='-1'", "from 0 to 86400"),
    ({"WEB_THREADS": "0"}, "WEB_THREADS='0'", "from 1 to 64"),
    ({"CSRF_TRUSTED_ORIGINS": "vetting.example.org"}, "CSRF_TRUSTED_ORIGINS", "https://"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL='loud'", "WARNING"),
    ({"SECRET_KEY": "hidden"}, "SECRET_KEY", "50 random characters"),
    ({"VETTING_DATADIR": "/srv"}, "VETTING_DATADIR", "did you mean VETTING_DATA_DIR?"),
    ({"VETTING_DATA_DIR": "/proc/none"}, "VETTING_DATA_DIR", "/proc/none"),
]


@pytest.mark.parametrize(("values", "named", "hint"), WRONG)
def test_the_start_stops_and_says_why(make_site, values, named, hint):
    site = make_site()
    site.environment.update(values)
    ended = site.manage("check", check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert named in ended.stderr
    assert hint in ended.stderr
    assert "hidden" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_empty_values_count_as_unset():
    empty = Environment(dict.fromkeys(("DEBUG", "CONN_MAX_AGE", "SITE_NAME"), " "))
    assert empty.flag("DEBUG", default=True)
    assert empty.number("CONN_MAX_AGE", 600, least=0, most=999) == 600
    assert empty.text("SITE_NAME", "Vetting") == "Vetting"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://vetting.example.org/", "https://vetting.example.org"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_the_address_of_the_site_has_no_slash_at_its_end(given, kept):
    assert Environment({"SITE_URL": given}).site_url("SITE_URL", "") == kept


def test_a_relative_sqlite_path_starts_at_the_base(tmp_path):
    found = Environment({"DATABASE_URL": "sqlite:///x.sqlite3"}).database(
        "DATABASE_URL", tmp_path, base=tmp_path
    )
    assert found["NAME"] == str(tmp_path / "x.sqlite3")


def test_options_in_the_address_reach_postgresql(tmp_path):
    address = "postgresql://me:p%40ss@db:5433/vetting?sslmode=require"
    found = Environment({"DATABASE_URL": address}).database("DATABASE_URL", tmp_path, base=tmp_path)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["PASSWORD"], found["PORT"], found["NAME"]) == ("p@ss", 5433, "vetting")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_the_file_broker_has_a_folder(tmp_path):
    given = Environment({"CELERY_BROKER_URL": f"filesystem://{tmp_path}/q"})
    assert given.broker("CELERY_BROKER_URL", tmp_path)[1] == tmp_path / "q"
    assert Environment({}).broker("CELERY_BROKER_URL", tmp_path)[1] == tmp_path


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    file = tmp_path / "secret_key"
    first = Environment({}).secret_key("SECRET_KEY", file)
    assert len(first) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Environment({}).secret_key("SECRET_KEY", file) == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_cut_key_file_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="too short"):
        Environment({}).secret_key("SECRET_KEY", tmp_path / "secret_key")
