"""Tiny jobs: the real row, claim, file and event, but 60 ms instead of the drawing.

A record with a "probe" is drawn here, all others as ever. Each drawing leaves a mark with its
process while it lasts, so that the harness can strike in the middle of one.
"""

import contextlib
import json
import os
import signal
import time

from django.apps import AppConfig
from django.conf import settings

SECONDS = 0.06
HANGING_SECONDS = 600
TINY_BYTES = 2_000


class ProbeConfig(AppConfig):
    name = "tests.faults.probe"
    label = "faults_probe"

    def ready(self):
        from scorecards import builder
        from scorecards.paper import typeset

        really = typeset.draw_scorecard

        def draw(text, **about):
            probe = json.loads(text).get("probe")
            with _mark("real" if probe is None else "tiny", about["digest"]):
                return really(text, **about) if probe is None else _tiny(probe, about["digest"])

        typeset.draw_scorecard = draw
        store = builder.store_file

        def store_file(data, target, *, draft):
            store(data, target, draft=draft)
            _die_if_told("tiny" if len(data) < TINY_BYTES else "real")

        builder.store_file = store_file


@contextlib.contextmanager
def _mark(kind, digest):
    folder = settings.DATA_DIR / "drawing"
    folder.mkdir(exist_ok=True)
    mark = folder / f"{os.getpid()}-{kind}-{digest}"
    mark.touch()
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def _die_if_told(kind):
    """Die between the file and the row, once for each time that the harness says so."""
    with contextlib.suppress(FileNotFoundError):
        (settings.DATA_DIR / f"dies-storing-{kind}").unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _tiny(probe, digest):
    time.sleep(SECONDS)
    if probe.get("does") == "abort":
        os.abort()  # as the kernel would, or a fault in a library written in C
    if probe.get("does") == "hang":
        time.sleep(HANGING_SECONDS)
    from scorecards.paper.pdf import Drawn

    return Drawn(data=tiny_pdf(digest), pages=1)


def tiny_pdf(digest):
    """A whole PDF of one empty page; no two digests give the same bytes."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    data, places = f"%PDF-1.7\n%{digest}\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    lines = "".join(f"{place:010} 00000 n \n" for place in places)
    size, start = len(objects) + 1, len(data)
    data += f"xref\n0 {size}\n0000000000 65535 f \n{lines}"
    data += f"trailer\n<< /Size {size} /Root 1 0 R /ID [<{digest[:32]}> <{digest[:32]}>] >>\n"
    return f"{data}startxref\n{start}\n%%EOF\n".encode("ascii")
