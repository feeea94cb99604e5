"""The people who ask, as a process of their own: `python -m tests.faults.asking prepare|ask|again`.

`ask` prints "key id" once the service has returned, and asks again, as a person would, until it
has. What it prints is kept outside the app: that is what the app may not lose.
"""

import json
import os
import sys
import time

import django

PAUSE_SECONDS, RETRY_SECONDS = 0.02, 0.5


def prepare(renders):
    """Assessments of the shipped framework, the first of them approved."""
    from tests import factories

    framework = factories.make_framework()
    for number in range(renders):
        assessment = factories.make_assessment(framework=framework)
        factories.answer_all(assessment)
        if number == 0:
            factories.approved(assessment)


def planned(plan):
    """(key, function that asks) in their order: the renders spread over the jobs."""
    from scorecards.models import Kind
    from scorecards.services import scorecards
    from scorecards.services.documents import Wanted, asked_for
    from vendors import scoring
    from vendors.models import Assessment

    assessments = list(Assessment.objects.select_related("owner").order_by("pk"))
    owner = assessments[0].owner

    def tiny(key, **probe):
        text = scoring.canonical_json({"probe": {"key": key, **probe}})
        return asked_for(Wanted(Kind.COMPARISON, text, is_draft=True), by=owner, wakes=True)

    def render(number):
        # what a person sees is read anew by each request
        assessment = Assessment.objects.get(pk=assessments[number].pk)
        return scorecards.request_scorecard(assessment=assessment, by=assessment.owner)

    every = max(1, plan["jobs"] // max(1, plan["renders"]))
    drawn = 0
    for does in plan["poison"]:
        yield f"poison-{does}", lambda does=does: tiny(f"poison-{does}", does=does)
    for number in range(plan["jobs"]):
        if number % every == 0 and drawn < plan["renders"]:
            yield f"render-{drawn}", lambda drawn=drawn: render(drawn)
            drawn += 1
        yield f"job-{number}", lambda number=number: tiny(f"job-{number}")


def ask(plan):
    from django.db import connection

    from scorecards import waking

    for key, request in planned(plan):
        while True:
            try:
                row = request()
                break
            except Exception as error:  # noqa: BLE001  whatever it is, a person tries again
                sys.stderr.write(f"asking for {key}: {type(error).__name__}: {error}\n")
                connection.close()
                time.sleep(RETRY_SECONDS)
        sys.stdout.write(f"{key} {row.public_id}\n")
        sys.stdout.flush()
        for _copy in range(plan["copies"] - 1):
            waking.wake_builder(row.public_id)
        time.sleep(PAUSE_SECONDS)


def again(ids):
    """Wake a worker for each once more, as a broker that delivers late would."""
    from scorecards import waking

    for public_id in ids:
        waking.wake_builder(public_id)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
    django.setup()
    given = json.loads(sys.argv[2])
    {"prepare": prepare, "ask": ask, "again": again}[sys.argv[1]](given)
