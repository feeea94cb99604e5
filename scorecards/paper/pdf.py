"""HTML to PDF: the only importer of WeasyPrint.

The library needs Pango, which a machine may lack. It is imported when the first document is drawn,
so that every page works without it, and what is missing is said in one line.
"""

from __future__ import annotations

import ctypes
import logging
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from scorecards.paper import faces
from scorecards.paper.kinds import ATTACHMENT_NAME, PAPERS, TEMPLATE_VERSION, VENDOR

__all__ = ["ATTACHMENT_NAME", "PAPERS", "TEMPLATE_VERSION", "Drawn", "draw"]

INSTALL_LINE = "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
#: What WeasyPrint loads when it is imported, by its names on Linux.
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
#: What a document may fetch: files of these kinds below the app's own static folder.
_KINDS = {".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml"}


class RendererUnavailable(Exception):  # noqa: N818  a state of the machine, said in words
    """Documents cannot be drawn on this machine; the message says what to install."""


class NotWhole(Exception):  # noqa: N818  the same
    """The renderer left a part out, as where memory ends; trying again may help."""


class DocumentRefused(Exception):  # noqa: N818  the same
    """A document asked for something outside the app, so it is not drawn."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished document."""

    data: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class _Renderer:
    """What a process prepares once: fonts cost more to read than to use."""

    library: Any
    fetcher: Any
    fonts: Any


def missing_libraries() -> list[str]:
    """The system libraries that cannot be loaded. Quick; on Linux only, elsewhere always empty."""
    if platform.system() != "Linux":
        return []
    missing = []
    for name in LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def unavailable() -> str:
    """Why scorecards cannot be built on this machine and what helps; "" where they can."""
    if missing_libraries():
        return _advice()
    gone = faces.absent()
    return _faces_advice(gone) if gone else ""


def _advice() -> str:
    return _(
        "Scorecards cannot be built on this machine: Pango is missing. Install it with: %(line)s"
    ) % {"line": INSTALL_LINE}


def _faces_advice(names: list[str]) -> str:
    return _(
        "Scorecards cannot be built: these fonts are missing or are not the ones shipped: %(names)s."
        " Put the folder static/fonts back as it was released."
    ) % {"names": ", ".join(names)}


def draw(
    html: str, *, identifier: bytes, attachment: str, moment: datetime, kind: str = VENDOR
) -> Drawn:
    """Lay out HTML and write it as a tagged PDF/A-3a with its content attached.

    Raises RendererUnavailable, DocumentRefused, and NotWhole where a part was left out.
    """
    renderer = _renderer()
    fetcher = renderer.fetcher()
    with _left_out(renderer.library, fetcher):
        document = renderer.library.HTML(string=html, base_url="app:/", url_fetcher=fetcher).render(
            font_config=renderer.fonts, stylesheets=_styles(kind)
        )
        data = document.write_pdf(
            finisher=_finish,
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            pdf_identifier=identifier,
            attachments=[
                renderer.library.Attachment(
                    string=attachment,
                    name=PAPERS[kind].attachment,
                    description="The content of this document as canonical JSON",
                    relationship="Data",
                    created=moment,
                    modified=moment,
                )
            ],
        )
    return Drawn(data=data, pages=len(document.pages))


#: How warnings begin that mean another file; each error means one, but for a link that leads nowhere.
_GRAVE = ("Font-face ", "Unable to ")
_HARMLESS = "No anchor "


class _Heard(logging.Handler):
    """Keeps what the renderer says of things that it then leaves out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        line = str(record.msg)
        is_error = record.levelno >= logging.ERROR and not line.startswith(_HARMLESS)
        if is_error or line.startswith(_GRAVE):
            self.said.append(record.getMessage()[:200])


@contextmanager
def _left_out(library: Any, fetcher: Any) -> Iterator[None]:
    """Let no error pass that the renderer swallows: of images, fonts and what it may not fetch.

    Raises DocumentRefused or NotWhole.
    """
    heard, log = _Heard(), logging.getLogger("weasyprint")
    log.addHandler(heard)
    # Whoever silenced this log must not make a file that lacks something pass as whole.
    before = log.disabled, log.level
    log.disabled = False
    log.setLevel(logging.WARNING)
    try:
        yield
    except library.urls.FatalURLFetchingError as error:
        if fetcher.blocked:
            raise DocumentRefused(_refusal(fetcher.blocked)) from error
        raise NotWhole(str(error)) from error
    finally:
        log.removeHandler(heard)
        log.disabled, level = before
        log.setLevel(level)
    if fetcher.blocked:
        raise DocumentRefused(_refusal(fetcher.blocked))
    if heard.said:
        raise NotWhole("; ".join(heard.said))


def _finish(_document: Any, pdf: Any) -> None:
    """Mend what the library leaves: the scope of heads, and attachments that are named twice."""
    _scope_heads(pdf)
    named = pdf.catalog["AF"]
    named[:] = dict.fromkeys(named)


def _scope_heads(pdf: Any) -> None:
    """Say of each head of a table whether it is that of a column or of a row.

    The library links cells to heads by their names alone; readers that ask for the scope of a head
    find it here. Heads in a thead are those of columns.
    """
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/TH" and "A" in item:
            line = pdf.objects[_number(item["P"])]
            part = pdf.objects[_number(line["P"])]
            item["A"]["Scope"] = "/Column" if part.get("S") == "/THead" else "/Row"


def _number(reference: bytes) -> int:
    """The number of the object that a reference such as b"12 0 R" leads to."""
    return int(reference.split(b" ", 1)[0])


def _refusal(addresses: list[str]) -> str:
    return _("The document asked for something outside the app: %s") % ", ".join(addresses)


def warm_up() -> None:
    """Read fonts and styles and draw one small page. Raises RendererUnavailable."""
    for kind in PAPERS:
        _styles(kind)
    draw(
        '<!doctype html><html lang="en"><title>-</title><p>Vetting <b>1</b>',
        identifier=bytes(16),
        attachment="{}",
        moment=datetime(2026, 1, 1, tzinfo=UTC),
    )


@cache
def _renderer() -> _Renderer:
    """Import the library, which reads the shipped faces. Raises RendererUnavailable."""
    wrong = faces.damaged()
    if wrong:
        raise RendererUnavailable(_faces_advice(wrong))
    with faces.only_shipped():
        try:
            import weasyprint  # it fails without Pango
            from weasyprint.text.fonts import FontConfiguration
        except OSError as error:
            raise RendererUnavailable(_advice()) from error
        fonts = FontConfiguration()
    return _Renderer(library=weasyprint, fetcher=_closed_fetcher(weasyprint), fonts=fonts)


@cache
def _styles(kind: str) -> list[Any]:
    """The styles of a kind of document, read once a process."""
    return [_style(url) for url in PAPERS[kind].styles]


@cache
def _style(url: str) -> Any:
    """One stylesheet with the fonts that it names. Raises RendererUnavailable."""
    renderer = _renderer()
    reader = renderer.fetcher()
    with _left_out(renderer.library, reader):
        return renderer.library.CSS(url=url, url_fetcher=reader, font_config=renderer.fonts)


def _closed_fetcher(weasyprint: Any) -> Any:
    """A fetcher class that opens the app's own static files, app:/..., and nothing else."""
    urls = weasyprint.urls

    class StaticOnly(urls.URLFetcher):  # type: ignore[misc, name-defined]
        """Remembers what it refused: the library swallows some of the errors."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("app",), allow_redirects=False, fail_on_errors=True)
            self.blocked: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002  the library's
            path = static_file(url)
            if path is None:
                self.blocked.append(url[:200])
                raise urls.FatalURLFetchingError(f"{url[:200]} is not a file of this app")
            return urls.URLFetcherResponse(
                url, path.read_bytes(), {"Content-Type": _KINDS[path.suffix]}
            )

    return StaticOnly


def static_file(url: str) -> Path | None:
    """The static file that an app:/ address names; None for every other address."""
    parts = urlsplit(url)
    root = Path(settings.BASE_DIR, "static").resolve()
    if parts.scheme != "app" or parts.netloc or "\0" in url or "%00" in url:
        return None
    path = (root / unquote(parts.path).lstrip("/")).resolve()
    if not path.is_relative_to(root) or path.suffix not in _KINDS or not path.is_file():
        return None
    return path
