"""Runs the web server and a worker together, on this machine."""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from vetting.staticfiles import collect_if_stale
from vetting.supervisor import Child, Supervisor


class Command(BaseCommand):
    """`manage.py serve`: web and worker as two child processes, stopped together."""

    help = "Runs the web server and a worker on this machine until Ctrl-C."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own type

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port and the address to listen on."""
        parser.add_argument("--port", type=int, default=8000, help="default 8000")
        parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check what could go wrong, then run until stopped."""
        host, port = str(options["host"]), int(options["port"])
        refuse_unready_database()
        refuse_demo_users_on_the_network(host)
        refuse_taken_port(host, port)
        collect_if_stale()
        connections.close_all()
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment.setdefault("SITE_URL", address)
        # Celery warns about root whatever the message format; ours is JSON only.
        environment.setdefault("PYTHONWARNINGS", "ignore::Warning:celery.platforms")
        supervisor = Supervisor(
            [Child("web server", web_command(host, port)), Child("worker", worker_command())],
            environment=environment,
            folder=str(settings.BASE_DIR),
            say=self._say,
        )
        is_done = supervisor.run(
            lambda: is_answering(host, port),
            lambda: self._say(f"{settings.SITE_NAME} runs at {address} (Ctrl-C stops it)."),
        )
        if not is_done:
            raise CommandError("It could not be started; the reason is above.")

    def _say(self, message: str) -> None:
        self.stdout.write(message)
        self.stdout.flush()


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_unready_database() -> None:
    """Stop where the database does not answer or lacks its tables."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}") from error
    if plan:
        raise CommandError("The database is not up to date: run `manage.py migrate` first.")


def refuse_demo_users_on_the_network(host: str) -> None:
    """Stop where people with printed passwords could be tried from elsewhere."""
    has_demo = get_user_model().objects.filter(is_demo=True, is_active=True).exists()
    if has_demo and not is_loopback(host):
        raise CommandError(
            f"The demo users are there, so it is served on 127.0.0.1 only, not on {host}. "
            "Use another VETTING_DATA_DIR or DATABASE_URL for a real installation."
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Stop where another program listens there already, or nobody may."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CommandError(
                f"Port {port} on {host} cannot be used ({reason}): choose another with --port."
            ) from error


def is_answering(host: str, port: int) -> bool:
    """Return whether the web server says that it is well."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    link = http.client.HTTPConnection(reachable, port, timeout=2)
    try:
        link.request("GET", "/healthz?only=database", headers={"Host": "localhost"})
        return link.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def web_command(host: str, port: int) -> list[str]:
    """Return the command of the web server."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "vetting.wsgi", "--bind", bind]
    command += ["--worker-class", "gthread", "--workers", str(settings.WEB_PROCESSES)]
    command += ["--threads", str(settings.WEB_THREADS), "--graceful-timeout", "10"]
    return [*command, "--no-control-socket", "--log-level", "warning"]


def worker_command() -> list[str]:
    """Return the command of the worker; it keeps the clock for the sweeper as well."""
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "vetting", "worker", "--beat"]
    command += ["--concurrency", str(settings.WORKER_PROCESSES), "--loglevel", "WARNING"]
    return [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"]
