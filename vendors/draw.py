"""The program that draws pages: a process of its own, with nothing to lose.

It knows neither Django nor the database, gets one file and one folder, limits its own memory, time
and output before it opens anything, and writes plain PNG. It is the only importer of the PDF and
image libraries; `vendors.previews` starts it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

#: Bytes of address space, seconds of processor, and bytes of one image.
MEMORY, PROCESSOR_SECONDS, IMAGE_BYTES = 1024**3, 60, 32 * 1024**2
#: Pixels of the longer side of an image, pages that are drawn, seconds that drawing may go on.
LONGEST, MOST_PAGES, SECONDS = 1600, 50, 45.0
#: Pixels of a picture that is opened.
MAX_PIXELS = 50_000_000
#: Pixels a point: 144 dpi, where the page is not larger than that allows.
SCALE = 2.0


def limit_self() -> None:
    """Let the system end this process where it takes too much."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (IMAGE_BYTES, IMAGE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def draw_picture(source: Path, folder: Path) -> tuple[int, int]:
    """One picture as one page, turned as its camera noted, without its metadata."""
    with Image.open(source, formats=["PNG", "JPEG"]) as opened:
        opened.draft("RGB", (LONGEST, LONGEST))
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((LONGEST, LONGEST))
        picture.convert("RGBA" if "A" in picture.getbands() else "RGB").save(folder / "1.png")
    return 1, 1


def draw_pdf(source: Path, folder: Path) -> tuple[int, int]:
    """The first pages of a PDF, as many as time allows; how many there are and how many it has."""
    ends = time.monotonic() + SECONDS
    document = pypdfium2.PdfDocument(source)
    document.init_forms()
    total, drawn = len(document), 0
    for index in range(min(total, MOST_PAGES)):
        if drawn and time.monotonic() > ends:
            break
        page = document[index]
        scale = min(SCALE, LONGEST / max(*page.get_size(), 1.0))
        bitmap = page.render(scale=scale, rev_byteorder=True)
        bitmap.to_pil().convert("RGB").save(folder / f"{index + 1}.png")
        bitmap.close()
        page.close()
        drawn += 1
    return drawn, total


def main(kind: str, source: str, folder: str) -> None:
    """Draw, and say on the standard output how many images there are of how many pages."""
    limit_self()
    draw = draw_pdf if kind == "pdf" else draw_picture
    drawn, total = draw(Path(source), Path(folder))
    sys.stdout.write(json.dumps({"drawn": drawn, "total": total}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
