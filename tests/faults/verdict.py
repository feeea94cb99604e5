"""What became of the jobs: rows, events, notices and files against the log kept outside."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """One run, counted."""

    asked: int = 0
    done: int = 0
    lost: int = 0
    double: int = 0
    failed: int = 0
    started: int = 0
    seconds: float = 0.0
    struck: int = -1
    faults: list = field(default_factory=list)
    poison: int = 0

    @property
    def is_well(self):
        return not self.lost and not self.double and not self.faults and self.failed == self.poison


def judge(installation):
    """Count. Each fault found is said in `faults` as well."""
    found = Verdict(poison=len(installation.plan["poison"]))
    asked = installation.asked()
    rows = installation.select(
        "SELECT public_id, state, attempts, file, file_sha256, error, digest, id"
        " FROM scorecards_scorecard ORDER BY id"
    )
    by_id = {str(row[0]).replace("-", ""): row for row in rows}
    found.asked = len(asked)
    wanted = installation.plan["jobs"] + installation.plan["renders"] + found.poison
    if found.asked != wanted:
        found.faults.append(f"{wanted - found.asked} were never asked for")
    for key, public_id in asked.items():
        if public_id.replace("-", "") not in by_id:
            found.lost += 1
            found.faults.append(f"{key}: no row")
    for row in by_id.values():
        _judge_row(installation, row, found)
    found.started = sum(row[2] for row in by_id.values())
    _judge_doubles(installation, [row for row in by_id.values() if row[1] == "ready"], found)
    return found


def _judge_row(installation, row, found):
    public_id, state, attempts, file, file_sha256, error, *_rest = row
    if state == "failed" and error:
        found.failed += 1
        names = {value.replace("-", ""): key for key, value in installation.asked().items()}
        key = names.get(str(public_id).replace("-", ""), "?")
        if not key.startswith("poison"):
            found.faults.append(f"{key} failed after {attempts} attempts: {error}")
        return
    path = installation.folder / "media" / file
    if state != "ready":
        found.lost += 1
        found.faults.append(f"{public_id} is {state} after {attempts} attempts: {error}")
    elif not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file_sha256:
        found.lost += 1
        found.faults.append(f"{public_id} is ready without its file")
    else:
        found.done += 1


def _judge_doubles(installation, ready, found):
    """More than one event, file or notice for a row, and files and events without one."""
    events = Counter()
    for (after,) in installation.select(
        "SELECT after FROM vendors_auditevent WHERE action = 'scorecard.build'"
    ):
        events[(json.loads(after) if isinstance(after, str) else after)["file"]] += 1
    files = Counter(row[3] for row in ready)
    notices = Counter(
        number for (number,) in installation.select("SELECT scorecard_id FROM scorecards_notice")
    )
    folder = installation.folder / "media" / "scorecards"
    stored = {f"scorecards/{path.name}" for path in folder.glob("[!.]*")}
    said = [
        *(f"{name}: {count} build events" for name, count in events.items() if count != 1),
        *(f"{name}: a build event and no row" for name in set(events) - set(files)),
        *(f"{name}: a row and no build event" for name in set(files) - set(events)),
        *(f"{name}: the file of {count} rows" for name, count in files.items() if count != 1),
        *(f"{name}: a file that no row names" for name in stored - set(files)),
        *(f"row {number}: {count} notices" for number, count in notices.items() if count != 1),
    ]
    found.double += len(said)
    untold = [row for row in ready if row[-1] not in notices]
    found.lost += len(untold)
    found.faults.extend([*said, *(f"row {row[-1]}: ready, and nobody was told" for row in untold)])
