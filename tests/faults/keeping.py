"""Worker and beat, restarted when they end, as systemd or a container's host would.

What `manage.py serve` is on the embedded default, with the worker's own command and supervisor.
"""

import os
import sys

import django


def main():
    django.setup()
    from vetting.management.commands.serve import worker_command
    from vetting.supervisor import Child, Supervisor

    worker = [word for word in worker_command() if word != "--beat"]
    beat = [sys.executable, "-m", "celery", "--quiet", "-A", "vetting", "beat"]
    Supervisor(
        [Child("worker", worker), Child("beat", [*beat, "--loglevel", "WARNING", "--pidfile="])],
        environment=os.environ,
        folder=str(os.getcwd()),  # noqa: PTH109
        say=lambda message: sys.stdout.write(f"{message}\n"),
    ).run(lambda: True, lambda: None)


if __name__ == "__main__":
    main()
