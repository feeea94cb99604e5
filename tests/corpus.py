"""The upload corpus: generated files, each with the one outcome that is expected.

`python tests/corpus.py` prints the table and fails where an outcome differs.
"""

from __future__ import annotations

import base64
import io
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from vendors.filetypes import MAX_SIZE, TEST_VIRUS, NotAcceptedError, recognise

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Item:
    """One file: what it is, its name, how it is made, and the kind or the reason expected."""

    title: str
    name: str
    make: Callable[[], bytes]
    expected: str

    @property
    def is_accepted(self) -> bool:
        return self.expected in {"pdf", "png", "jpeg", "docx", "xlsx", "csv", "txt", "eml"}


# --- PDF ----------------------------------------------------------------------------------


def pdf_of(
    *objects: bytes, trailer: bytes = b"", tail: bytes = b"%%EOF\n", head: bytes = b""
) -> bytes:
    """A PDF of numbered objects, the first of which is the catalogue."""
    out = bytearray(b"%PDF-1.7\n" + head)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out) + tail


def stream(content: bytes, dictionary: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(content), content)


def pages(count: int, content: bytes = b"0.2 0.4 0.8 rg 60 60 200 200 re f") -> list[bytes]:
    """A catalogue, a page tree and so many pages that share one content."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>"
    return [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        stream(content),
        *[page] * count,
    ]


def plain_pdf(count: int = 1) -> bytes:
    return pdf_of(*pages(count))


def pdf_with(extra: bytes, **options: bytes) -> bytes:
    """A page and another object."""
    return pdf_of(*pages(1), extra, **options)


def catalogue_with(entry: bytes) -> bytes:
    first, *others = pages(1)
    return pdf_of(first[:-2] + entry + b">>", *others)


def packed(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def object_stream(content: bytes) -> bytes:
    return pdf_with(stream(packed(content), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"))


def zeros(size: int) -> bytes:
    """So many zero bytes, deflated without ever holding them."""
    packer, out = zlib.compressobj(9), bytearray()
    for _ in range(size // MEGABYTE):
        out += packer.compress(bytes(MEGABYTE))
    return bytes(out + packer.flush())


def pdf_bomb() -> bytes:
    return pdf_with(stream(zeros(100 * MEGABYTE), b"/Filter/FlateDecode"))


def pdf_bomb_twice() -> bytes:
    twice = packed(zeros(1000 * MEGABYTE))
    return pdf_with(stream(twice, b"/Filter[/FlateDecode/FlateDecode]"))


def pdf_many_bombs() -> bytes:
    one = stream(zeros(60 * MEGABYTE), b"/Filter/FlateDecode")
    return pdf_of(*pages(1), *[one] * 12)


# --- Pictures -----------------------------------------------------------------------------


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int = 40, height: int = 30, *, extra: bytes = b"", rows: bytes | None = None
) -> bytes:
    """A grey picture."""
    content = (b"\x00" + b"\x80" * width) * height if rows is None else rows
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(content))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def jpeg(comment: bytes = b"", width: int = 16, height: int = 16) -> bytes:
    """A grey picture of one block, written out by hand."""
    out = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    if comment:
        out += b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    out += b"\xff\xdb\x00\x43\x00" + b"\x10" * 64
    out += b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    out += b"\xff\xc4\x00\x14\x00\x01" + bytes(15) + b"\x00"
    out += b"\xff\xc4\x00\x14\x10\x01" + bytes(15) + b"\x00"
    return out + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00\x00" + b"\xff\xd9"


# --- Office and archives ------------------------------------------------------------------

TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
WORD = b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'


def archive(
    parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as out:
        for name, content in parts.items():
            out.writestr(name, content)
        out.comment = comment
    return held.getvalue()


def word(
    extra: dict[str, bytes] | None = None, types: bytes = TYPES + b"</Types>"
) -> dict[str, bytes]:
    return {"[Content_Types].xml": types, "word/document.xml": WORD} | (extra or {})


def sheet(
    extra: dict[str, bytes] | None = None, types: bytes = TYPES + b"</Types>"
) -> dict[str, bytes]:
    book = b'<?xml version="1.0"?><workbook/>'
    return {"[Content_Types].xml": types, "xl/workbook.xml": book} | (extra or {})


def zip_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, content in word().items():
            out.writestr(name, content)
        with out.open("word/media/zeros.xml", "w", force_zip64=False) as part:
            for _ in range(200):
                part.write(bytes(MEGABYTE))
    return held.getvalue()


def flagged(flag: int) -> bytes:
    """A document whose directory says that its parts are encrypted."""
    data = bytearray(archive(word()))
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= flag
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


def overlapping() -> bytes:
    """A directory whose entries share the same packed bytes: more packed bytes than the file has."""
    data = archive(word({"word/a.xml": b"a" * 5000}, TYPES + b"</Types>"), zipfile.ZIP_STORED)
    end = data.rfind(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    directory = data[start:end]
    last = directory.rfind(b"PK\x01\x02")
    copies = b"".join(
        directory[last:].replace(b"word/a.xml", b"word/%d.xml" % number) for number in range(9)
    )
    total = 12
    ending = bytearray(data[end:])
    ending[8:12] = struct.pack("<HH", total, total)
    ending[12:16] = struct.pack("<I", len(directory + copies))
    return data[:start] + directory + copies + bytes(ending)


def many_parts() -> bytes:
    return archive(word({f"word/{number}.xml": b"<a/>" for number in range(5001)}))


def duplicate_parts() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        for name, content in word().items():
            out.writestr(name, content)
        out.writestr("WORD/document.xml", WORD)
    return held.getvalue()


# --- Text and mail ------------------------------------------------------------------------

LETTER = (
    b"From: Sample <sample@vendor.example>\r\nTo: staff@site.example\r\nSubject: Register\r\n"
    b"Date: Mon, 9 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
)


def mail(kind: str = "", name: str = "", content: bytes = b"") -> bytes:
    """A message, with a file attached where a name is given."""
    if not name:
        return (
            LETTER
            + b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe register is as agreed.\r\n"
        )
    packed_up = in_base64(content)
    return (
        LETTER
        + b'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n--cut\r\n'
        + b"Content-Type: text/plain\r\n\r\nSee the file.\r\n--cut\r\n"
        + f'Content-Type: {kind}; name="{name}"\r\n'.encode()
        + f'Content-Disposition: attachment; filename="{name}"\r\n'.encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + packed_up
        + b"\r\n--cut--\r\n"
    )


def mail_in_two_forms() -> bytes:
    return (
        LETTER
        + b'Content-Type: multipart/alternative; boundary="cut"\r\n\r\n--cut\r\n'
        + b"Content-Type: text/plain\r\n\r\nAgreed.\r\n--cut\r\n"
        + b"Content-Type: text/html\r\n\r\n<html><body>Agreed.</body></html>\r\n--cut--\r\n"
    )


def in_base64(content: bytes) -> bytes:
    return base64.encodebytes(content)


def filled(size: int) -> bytes:
    """Text of exactly so many bytes."""
    return (b"0123456789abcde\n" * (size // 16 + 1))[:size]


SCRIPT = b"<script>alert(1)</script>"
ITEMS = [
    # accepted
    Item("PDF of one page", "policy.pdf", plain_pdf, "pdf"),
    Item("PDF of 12 pages", "policy-12.pdf", lambda: plain_pdf(12), "pdf"),
    Item("PDF with a packed stream", "packed.pdf", lambda: pdf_with(stream(packed(b"0 0 m"), b"/Filter/FlateDecode")), "pdf"),
    Item("PDF with a harmless object stream", "objects.pdf", lambda: object_stream(b"9 0 <</Type/Font>>"), "pdf"),
    Item("PDF that opens on its second page", "opens.pdf", lambda: catalogue_with(b"/OpenAction[4 0 R/Fit]"), "pdf"),
    Item("PDF with a white page that packs 800 to 1", "scan.pdf", lambda: pdf_with(stream(zeros(8 * MEGABYTE), b"/Filter/FlateDecode")), "pdf"),
    Item("PNG", "photo.png", png, "png"),
    Item("PNG pasted from the clipboard", "image.png", lambda: png(3, 3), "png"),
    Item("JPEG", "photo.jpg", jpeg, "jpeg"),
    Item("JPEG with the long ending", "photo.JPEG", jpeg, "jpeg"),
    Item("DOCX", "plan.docx", lambda: archive(word()), "docx"),
    Item("XLSX", "hours.xlsx", lambda: archive(sheet()), "xlsx"),
    Item("XLSX, stored", "stored.xlsx", lambda: archive(sheet(), zipfile.ZIP_STORED), "xlsx"),
    Item("CSV, UTF-8", "list.csv", "name;Stadt\nÅsa;Köln\n".encode, "csv"),
    Item("CSV, UTF-8 with a mark", "excel.csv", "\ufeffa,b\n1,2\n".encode, "csv"),
    Item("CSV, Latin-1", "old.csv", lambda: "name;Köln\n".encode("latin-1"), "csv"),
    Item("CSV with a formula, kept as it is", "formula.csv", lambda: b"a\n=1+1\n", "csv"),
    Item("TXT, UTF-16", "notes.txt", lambda: "Notes\n".encode("utf-16"), "txt"),
    Item("TXT", "notes.txt", lambda: b"Seen on site on 9 Nov 2026.\n", "txt"),
    Item("E-mail", "reply.eml", mail, "eml"),
    Item("E-mail with its text as a page too", "page.eml", mail_in_two_forms, "eml"),
    Item("E-mail with a PDF", "attached.eml", lambda: mail("application/pdf", "a.pdf", plain_pdf()), "eml"),
    Item("25 MB less one byte", "almost.txt", lambda: filled(MAX_SIZE - 1), "txt"),
    Item("25 MB", "full.txt", lambda: filled(MAX_SIZE), "txt"),
    Item("A device's name", "CON.pdf", plain_pdf, "pdf"),
    Item("A name with a mark from right to left", "plan\u202efdp.pdf", plain_pdf, "pdf"),
    Item("A name of 255 characters", "n" * 251 + ".pdf", plain_pdf, "pdf"),
    Item("A name in another script", "\u0627\u0644\u0633\u062c\u0644.pdf", plain_pdf, "pdf"),
    # sizes
    Item("25 MB and one byte", "over.txt", lambda: filled(MAX_SIZE + 1), "too-large"),
    Item("Empty file", "empty.txt", lambda: b"", "empty"),
    Item("PDF of 0 bytes", "empty.pdf", lambda: b"", "empty"),
    # names
    Item("A path upwards", "../../etc/passwd.pdf", plain_pdf, "name"),
    Item("A path of Windows", "..\\secret.pdf", plain_pdf, "name"),
    Item("An absolute path", "/etc/cron.d/job.txt", lambda: b"text\n", "name"),
    Item("A NUL in the name", "policy.pdf\x00.png", plain_pdf, "name"),
    Item("A line end in the name", "policy\r\nX-Header: 1.pdf", plain_pdf, "name"),
    Item("An escape in the name", "a\x1b[31m.pdf", plain_pdf, "name"),
    Item("A name of 256 characters", "n" * 252 + ".pdf", plain_pdf, "name"),
    Item("A name of dots", "...", plain_pdf, "name"),
    Item("No ending", "policy", plain_pdf, "no-ending"),
    Item("Nothing before the ending", ".pdf", plain_pdf, "no-ending"),
    Item("A program's ending", "policy.pdf.exe", plain_pdf, "unknown"),
    # renamed
    Item("PNG named PDF", "renamed.pdf", png, "other-ending"),
    Item("PDF named TXT", "renamed.txt", plain_pdf, "other-ending"),
    Item("DOCX named XLSX", "renamed.xlsx", lambda: archive(word()), "other-ending"),
    Item("Text named PDF", "renamed.pdf", lambda: b"only text\n", "other-ending"),
    Item("Program named PDF", "setup.pdf", lambda: b"MZ\x90\x00\x03\x00\x00\x00\x04", "unknown"),
    Item("Program named TXT", "setup.txt", lambda: b"\x7fELF\x02\x01\x01\x00", "unknown"),
    # not accepted at all
    Item("SVG", "logo.svg", lambda: b"<svg onload='alert(1)'/>", "unknown"),
    Item("SVG named PNG", "logo.png", lambda: b"<svg onload='alert(1)'/>", "markup"),
    Item("HTML", "page.html", lambda: b"<!doctype html>" + SCRIPT, "unknown"),
    Item("HTML named TXT", "page.txt", lambda: b"<!DOCTYPE html>" + SCRIPT, "markup"),
    Item("HTML named CSV, after blanks", "page.csv", lambda: b"\n\n  <HTML>" + SCRIPT, "markup"),
    Item("Script within a CSV", "script.csv", lambda: b"a,b\n" + SCRIPT + b",2\n", "markup"),
    Item("HTML in UTF-16", "wide.txt", lambda: "<html><script>".encode("utf-16"), "markup"),
    Item("XML with an entity", "xxe.txt", lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "markup"),
    Item("Shell script named TXT", "run.txt", lambda: b"#!/bin/sh\nrm -rf x\n", "unknown"),
    Item("RTF named TXT", "letter.txt", lambda: b"{\\rtf1 hello}", "unknown"),
    Item("Text with a NUL", "nul.txt", lambda: b"a\x00b\n", "unknown"),
    Item("GIF", "moving.gif", lambda: b"GIF89a" + bytes(20), "unknown"),
    Item("Old Office", "old.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-office"),
    Item("Archive", "files.zip", lambda: archive({"a.txt": b"a"}), "unknown"),
    Item("Archive named DOCX", "files.docx", lambda: archive({"a.txt": b"a"}), "archive"),
    Item("The antivirus test file", "eicar.txt", lambda: TEST_VIRUS, "test-virus"),
    Item("The antivirus test file within a PDF", "eicar.pdf", lambda: pdf_with(stream(TEST_VIRUS)), "test-virus"),
    # more than one thing
    Item("PDF and HTML", "both.pdf", lambda: pdf_of(*pages(1), head=b"%<html>" + SCRIPT + b"\n"), "two-kinds"),
    Item("PDF and archive", "both.pdf", lambda: plain_pdf() + archive({"a.txt": b"a"}), "two-kinds"),
    Item("PDF and archive, made to end right", "both.pdf", lambda: pdf_with(stream(archive({"a.txt": b"a"}))), "two-kinds"),
    Item("Archive and PDF", "both.docx", lambda: archive(word(), comment=b"\n%%EOF"), "two-kinds"),
    Item("PDF with a page behind its end", "behind.pdf", lambda: plain_pdf() + SCRIPT, "two-kinds"),
    Item("GIF and script", "both.txt", lambda: b"GIF89a/*" + b"=1;alert(1)//*/", "unknown"),
    Item("PNG and HTML", "both.png", lambda: png(extra=chunk(b"tEXt", b"Comment\x00" + SCRIPT)), "two-kinds"),
    Item("PNG and archive", "both.png", lambda: png() + archive({"a.txt": b"a"}), "two-kinds"),
    Item("JPEG and script", "both.jpg", lambda: jpeg(SCRIPT), "two-kinds"),
    Item("JPEG and archive", "both.jpg", lambda: jpeg() + archive({"a.txt": b"a"}), "two-kinds"),
    Item("Text and PDF", "both.txt", lambda: b"hello\n" + plain_pdf(), "two-kinds"),
    # damaged
    Item("PDF cut off", "cut.pdf", lambda: plain_pdf()[:-60], "broken"),
    Item("PDF of its first bytes alone", "head.pdf", lambda: b"%PDF-1.7\n", "broken"),
    Item("PNG cut off", "cut.png", lambda: png()[:-20], "broken"),
    Item("JPEG cut off", "cut.jpg", lambda: jpeg()[:40], "broken"),
    Item("DOCX cut off", "cut.docx", lambda: archive(word())[:-30], "broken"),
    Item("HTML named EML", "page.eml", lambda: b"<!doctype html>" + SCRIPT, "markup"),
    Item("E-mail without headers", "none.eml", lambda: b"Hello,\n\nno headers here.\n", "broken"),
    # something that runs, hides or is carried
    Item("PDF protected by a password", "secret.pdf", lambda: pdf_of(*pages(1), b"<</Filter/Standard>>", trailer=b"/Encrypt 5 0 R"), "encrypted"),
    Item("PDF with JavaScript", "script.pdf", lambda: catalogue_with(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "active"),
    Item("PDF with JavaScript under an escaped name", "escaped.pdf", lambda: catalogue_with(b"/OpenAction<</S/J#61vaScript/J#53(1)>>"), "active"),
    Item("PDF with JavaScript in an object stream", "hidden.pdf", lambda: object_stream(b"9 0 <</S/JavaScript/JS(app.alert(1))>>"), "active"),
    Item("PDF that starts a program", "launch.pdf", lambda: catalogue_with(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "active"),
    Item("PDF with a file within", "carries.pdf", lambda: pdf_with(stream(b"x", b"/Type/EmbeddedFile")), "carries-files"),
    Item("DOCX with macros", "macro.docx", lambda: archive(word({"word/vbaProject.bin": b"x"})), "macros"),
    Item("DOCX whose list names macros", "listed.docx", lambda: archive(word(types=TYPES + b'<Default ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>')), "macros"),
    Item("XLSM", "macro.xlsm", lambda: archive(sheet({"xl/vbaProject.bin": b"x"})), "unknown"),
    Item("XLSM named XLSX", "macro.xlsx", lambda: archive(sheet({"xl/vbaProject.bin": b"x"})), "macros"),
    Item("XLSX with old macros", "excel4.xlsx", lambda: archive(sheet({"xl/macrosheets/sheet1.xml": b"<a/>"})), "macros"),
    Item("DOCX with a file within", "object.docx", lambda: archive(word({"word/embeddings/oleObject1.bin": b"x"})), "carries-files"),
    Item("DOCX with an archive within", "nested.docx", lambda: archive(word({"word/media/a.zip": b"x"})), "carries-files"),
    Item("DOCX with an archive under another name", "nested.docx", lambda: archive(word({"word/media/a.png": archive({"b": b"b"})})), "carries-files"),
    Item("DOCX with entities", "laughs.docx", lambda: archive(word({"word/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'})), "entities"),
    Item("XLSX with an outside entity", "xxe.xlsx", lambda: archive(sheet({"xl/styles.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'})), "entities"),
    Item("DOCX protected by a password", "flag.docx", lambda: flagged(1), "encrypted"),
    Item("DOCX whose parts lead outside", "slip.docx", lambda: archive(word({"../../evil.xml": b"<a/>"})), "broken"),
    Item("DOCX with two parts of one name", "double.docx", duplicate_parts, "broken"),
    Item("DOCX packed by another method", "bzip.docx", lambda: archive(word(), zipfile.ZIP_BZIP2), "broken"),
    Item("E-mail with a program", "virus.eml", lambda: mail("application/octet-stream", "a.exe", b"MZ"), "attachment"),
    Item("E-mail with a macro document", "macro.eml", lambda: mail("application/octet-stream", "a.docx", archive(word({"word/vbaProject.bin": b"x"}))), "attachment"),
    Item("E-mail with a page", "page.eml", lambda: mail("text/html", "a.html", SCRIPT), "attachment"),
    # bombs
    Item("Zip bomb in a DOCX, 200 MB", "bomb.docx", zip_bomb, "bomb"),
    Item("DOCX whose parts share their bytes", "overlap.docx", overlapping, "bomb"),
    Item("DOCX of 5,003 parts", "parts.docx", many_parts, "bomb"),
    Item("PDF bomb, 100 MB", "bomb.pdf", pdf_bomb, "bomb"),
    Item("PDF bomb packed twice, 1 GB", "twice.pdf", pdf_bomb_twice, "bomb"),
    Item("PDF of many streams, 720 MB", "many.pdf", pdf_many_bombs, "bomb"),
    Item("PNG of 10,000 megapixels", "bomb.png", lambda: png(100_000, 100_000, rows=b""), "too-many-pixels"),
    Item("JPEG of 4,000 megapixels", "bomb.jpg", lambda: jpeg(width=65_000, height=65_000), "too-many-pixels"),
]  # fmt: skip


def outcome_of(data: bytes, name: str) -> str:
    """The kind, or the reason for refusing it."""
    try:
        return str(recognise(data, name))
    except NotAcceptedError as error:
        return str(error.why)


def main() -> int:
    """Print the table; 1 where an outcome is not the expected one."""
    wrong, slowest = 0, 0.0
    print(f"{'outcome':<16} {'expected':<16} {'bytes':>10} {'ms':>6}  file")
    for item in ITEMS:
        data = item.make()
        begun = time.perf_counter()
        outcome = outcome_of(data, item.name)
        took = time.perf_counter() - begun
        slowest = max(slowest, took)
        is_right = outcome == item.expected
        wrong += not is_right
        mark = "" if is_right else "   <-- WRONG"
        print(
            f"{outcome:<16} {item.expected:<16} {len(data):>10,} {took * 1000:>6.0f}  {item.title}{mark}"
        )
    accepted = sum(item.is_accepted for item in ITEMS)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{len(ITEMS)} files: {accepted} accepted, {len(ITEMS) - accepted} refused, {wrong} not as"
        f" expected; slowest {slowest * 1000:.0f} ms, {memory} MB of memory at most"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
