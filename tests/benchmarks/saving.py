"""Twenty editors at once, each in an assessment of their own: saves with chains, and without."""

from __future__ import annotations

import threading
import time
import uuid
from itertools import count
from statistics import median
from unittest.mock import patch

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_assessment, make_framework, make_user
from vendors.models import Assessment, AuditEvent
from vendors.services.audit import record_event

EDITORS = 20
CODE = "LAB-05"
TO_REACH = 0.9
_numbers = count(1)


def _unchained(*, action, by, assessment, subject, before, after):
    """The same event without lock, head and hash."""
    AuditEvent.objects.create(
        at=timezone.now(),
        actor=by,
        actor_label=str(by),
        actor_role=by.role,
        action=action,
        assessment=assessment,
        vendor_id=assessment.vendor_id,
        subject=subject,
        before=before,
        after=after,
        chain=f"x:{uuid.uuid4()}",
        sequence=1,
        previous="",
        digest="",
    )


def measure(*, rounds: int, seconds: float) -> bool:
    """Print saves a second of both kinds and the queries of one save; whether 0.9 is reached.

    Rounds are short and take turns, with the first of each pair changing, so that whatever else the
    machine does falls on both; the medians are compared.
    """
    framework = make_framework()
    owners = [make_user() for _ in range(EDITORS)]
    assessments = [make_assessment(owner=owner, framework=framework) for owner in owners]
    _save(_client(assessments[0]), assessments[0])
    print(f"answer save: {_queries(assessments[0])} queries")
    records = {"without": _unchained, "with": record_event}
    rates: dict[str, list[float]] = {name: [] for name in records}
    for number in range(rounds + 1):
        for name in sorted(records, reverse=bool(number % 2)):
            with patch("vendors.services.answers.record_event", records[name]):
                rate = _rate(assessments, seconds)
            if number:  # the first round warms up
                rates[name].append(rate)
    for name, found in rates.items():
        print(
            f"{EDITORS} editors {name} chains: median {median(found):.1f} saves/s"
            f" ({min(found):.1f} to {max(found):.1f} in {len(found)} rounds of {seconds:g} s)"
        )
    ratio = median(rates["with"]) / median(rates["without"])
    is_reached = ratio >= TO_REACH
    verdict = "ok" if is_reached else "MISSED"
    print(f"with / without: {ratio:.3f} (to reach: {TO_REACH}) {verdict}")
    return is_reached


def _client(assessment: Assessment) -> Client:
    client = Client()
    client.force_login(assessment.owner)
    return client


def _save(client: Client, assessment: Assessment) -> None:
    version = assessment.answers.values_list("version", flat=True).get(code=CODE)
    url = reverse("vendors:answer-save", args=[assessment.public_id, CODE])
    response = client.post(
        url,
        {f"{CODE}-value": next(_numbers) % 90, f"{CODE}-version": version},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 200, response.content[:300]


def _queries(assessment: Assessment) -> int:
    client = _client(assessment)
    version = assessment.answers.values_list("version", flat=True).get(code=CODE)
    url = reverse("vendors:answer-save", args=[assessment.public_id, CODE])
    with CaptureQueriesContext(connection) as captured:
        client.post(
            url,
            {f"{CODE}-value": 95, f"{CODE}-version": version},
            headers={"HX-Request": "true"},
        )
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].startswith(marks) for query in captured.captured_queries)


def _rate(assessments: list[Assessment], seconds: float) -> float:
    """Saves a second of all editors together."""
    done = [0] * len(assessments)
    barrier = threading.Barrier(len(assessments) + 1)
    end = [0.0]

    def edit(place: int, assessment: Assessment) -> None:
        client = _client(assessment)
        barrier.wait()
        while time.monotonic() < end[0]:
            _save(client, assessment)
            done[place] += 1
        connections.close_all()

    threads = [threading.Thread(target=edit, args=pair) for pair in enumerate(assessments)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    end[0] = started + 3600
    barrier.wait()
    started = time.monotonic()
    end[0] = started + seconds
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - started)
