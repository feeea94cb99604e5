"""A PDF with its record inside and a page with nothing on it: for tests that need no renderer."""

from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from scorecards.paper.kinds import PAPERS, VENDOR
from scorecards.paper.pdf import Drawn


def tiny_pdf(text: str, kind: str = VENDOR, *, name: str = "") -> bytes:
    """The record under the name that its kind has, or another."""
    writer = PdfFileWriter(stream_xrefs=False)
    contents = writer.add_object(generic.StreamObject(stream_data=b"q Q\n"))
    page = PageObject(contents=contents, media_box=generic.ArrayObject(_numbers(0, 0, 595, 842)))
    writer.insert_page(page)
    data = EmbeddedFileObject.from_file_data(writer, text.encode(), compress=False)
    name = name or PAPERS[kind].attachment
    embed_file(writer, FileSpec(name, file_name=name, embedded_data=data))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def draw_tiny(text: str, *, digest: str, number: str, kind: str = VENDOR) -> Drawn:
    """Stands in for `typeset.draw_scorecard`."""
    del digest, number
    return Drawn(tiny_pdf(text, kind), 1)


def _numbers(*values: int) -> list[generic.NumberObject]:
    return [generic.NumberObject(value) for value in values]
