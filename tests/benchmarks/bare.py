"""A hand-tuned WeasyPrint without the app around it: the floor that drawing is compared with.

It holds one set of fonts and parsed styles and draws the HTML files that it is told on its standard
input, one a line; for each it answers with the CPU seconds that it took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import weasyprint
from weasyprint.text.fonts import FontConfiguration

STATIC = Path(__file__).resolve().parents[2] / "static"


class Static(weasyprint.urls.URLFetcher):  # type: ignore[misc]
    """app:/css/scorecard.css and the like from the static folder."""

    def fetch(self, url: str, headers: object = None) -> object:  # noqa: ARG002
        path = STATIC / url.removeprefix("app:/").lstrip("/")
        return weasyprint.urls.URLFetcherResponse(url, path.read_bytes(), {})


def main() -> None:
    """Read names of files until the input ends."""
    fonts, fetcher = FontConfiguration(), Static(allowed_protocols=("app",))
    style = weasyprint.CSS(url="app:/css/scorecard.css", url_fetcher=fetcher, font_config=fonts)
    print("ready", flush=True)
    for line in sys.stdin:
        source = Path(line.strip()).read_text(encoding="utf-8")
        attached = Path(line.strip()).with_suffix(".json").read_text(encoding="utf-8")
        start = time.process_time()
        weasyprint.HTML(string=source, base_url="app:/", url_fetcher=fetcher).write_pdf(
            font_config=fonts,
            stylesheets=[style],
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            pdf_identifier=bytes(16),
            attachments=[weasyprint.Attachment(string=attached, name="scorecard.json")],
        )
        print(time.process_time() - start, flush=True)


if __name__ == "__main__":
    main()
