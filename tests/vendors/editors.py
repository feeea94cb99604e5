"""Many people at the same answers: what was accepted, what was refused, what the trail says."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connections

from vendors.models import Answer, Assessment, AuditEvent
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.refusals import StaleAnswer
from vetting.models import User


@dataclass
class Tally:
    """What became of the saves: the accepted values by code, and how many came too late."""

    accepted: dict[str, list[str]] = field(default_factory=dict)
    refused: int = 0
    faults: list[Exception] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def kept(self) -> int:
        """How many saves were accepted."""
        return sum(map(len, self.accepted.values()))


def edit_at_once(
    assessment: Assessment, editors: Sequence[User], saves: int, codes: Sequence[str]
) -> Tally:
    """Each editor saves so often, in turn at each code, on the version that they read just before."""
    tally = Tally({code: [] for code in codes})
    barrier = threading.Barrier(len(editors))

    def edit(place: int, editor: User) -> None:
        try:
            mine = Assessment.objects.select_related("vendor", "framework").get(pk=assessment.pk)
            barrier.wait()
            for number in range(saves):
                _save_one(
                    mine, codes[(number + place) % len(codes)], f"{place}.{number}", editor, tally
                )
        except Exception as fault:  # noqa: BLE001 - any fault at all is told by the tally
            tally.faults.append(fault)
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=edit, args=pair) for pair in enumerate(editors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def _save_one(mine: Assessment, code: str, comment: str, by: User, tally: Tally) -> None:
    """One save; its comment names it, so that the trail shows which ones it holds."""
    answer = mine.answers.get(code=code)
    change = AnswerChange(comment=comment)
    try:
        save_answer(assessment=mine, answer=answer, change=change, version=answer.version, by=by)
    except StaleAnswer:
        with tally.lock:
            tally.refused += 1
    else:
        with tally.lock:
            tally.accepted[code].append(comment)


def lost_saves(assessment: Assessment, tally: Tally) -> list[str]:
    """What went wrong: accepted saves that the trail lacks, and versions that do not add up."""
    wrong = [repr(fault) for fault in tally.faults]
    for code, accepted in tally.accepted.items():
        row = Answer.objects.get(assessment=assessment, code=code)
        events = AuditEvent.objects.filter(
            assessment=assessment, action="answer.save", subject=code
        ).order_by("pk")
        recorded = [event.after["comment"] for event in events]
        if Counter(recorded) != Counter(accepted):
            wrong.append(f"{code}: {len(accepted)} accepted, {len(recorded)} recorded")
        if row.version != len(accepted) or (recorded and row.comment != recorded[-1]):
            wrong.append(f"{code}: version {row.version} after {len(accepted)} accepted saves")
        states = [({}, None), *((event.after, event.before) for event in events)]
        if any((before or {}) != last for (last, _), (_, before) in pairwise(states)):
            wrong.append(f"{code}: a save was recorded upon another state than it left")
    return wrong
