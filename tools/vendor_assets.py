#!/usr/bin/env python3
"""Brings the front-end files of other projects into static/ and records where they are from.

    .venv/bin/python tools/vendor_assets.py            fetch all again, write VENDOR.json
    .venv/bin/python tools/vendor_assets.py --record   hash what is there, write VENDOR.json

Fetching uses `npm pack name@version`, for the faces of other scripts `apt-get download` of Debian;
neither they nor this script are needed to run the app.
After a change of a version here, look at the pages and at a scorecard before committing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parent.parent / "static"
RECORD = STATIC / "vendor" / "VENDOR.json"
SCREEN_SUBSETS = ("latin", "latin-ext", "vietnamese", "cyrillic", "greek")
# Latin, Latin Extended, Vietnamese, Greek, Cyrillic, punctuation, currency, arrows, some signs.
PDF_UNICODES = (
    "U+0020-007E,U+00A0-024F,U+0250-02AF,U+02B0-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,"
    "U+1F00-1FFF,U+2000-206F,U+2070-209C,U+20A0-20C0,U+2100-2189,U+2190-21FF,U+2200-22FF,"
    "U+25A0-25FF,U+2713,U+2717,U+FFFD"
)
# The scripts of sites that Inter lacks, each a face of Noto Sans.
NOTO_SCRIPTS = (
    "Arabic",
    "Armenian",
    "Bengali",
    "Devanagari",
    "Ethiopic",
    "Georgian",
    "Gujarati",
    "Gurmukhi",
    "Hebrew",
    "Kannada",
    "Khmer",
    "Lao",
    "Malayalam",
    "Myanmar",
    "Sinhala",
    "Symbols2",
    "Tamil",
    "Telugu",
    "Thai",
)
PDF_FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "liga", "calt", "tnum", "lnum", "case"]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of ours: the package and member it comes from, and what is done to it."""

    file: str
    package: str
    version: str
    member: str
    licence: str
    note: str = ""
    kind: str = "copy"  # copy, css, css-range, pdf-font, kept, deb or licence


def assets() -> list[Asset]:
    """Return every vendored file."""
    boot, icons = ("bootstrap", "5.3.9"), ("bootstrap-icons", "1.13.2")
    htmx, plex = ("htmx.org", "2.0.11"), ("@fontsource/ibm-plex-mono", "5.3.0")
    screen, pdf = ("@fontsource-variable/inter", "5.3.0"), ("inter-ui", "4.1.1")
    mono = "files/ibm-plex-mono-latin{}-400-normal.woff2"
    found = [
        Asset(
            "vendor/bootstrap-5.3.9.min.css",
            *boot,
            "dist/css/bootstrap.min.css",
            "MIT",
            "without the comment that names a source map",
            "css",
        ),
        Asset("vendor/LICENSE-bootstrap-MIT.txt", *boot, "LICENSE", "MIT"),
        Asset(
            "vendor/icons.css",
            *icons,
            "icons/*.svg",
            "MIT",
            "some icons as CSS masks; add one by copying its paths, then --record",
            "kept",
        ),
        Asset("vendor/LICENSE-bootstrap-icons-MIT.txt", *icons, "LICENSE", "MIT"),
        Asset("vendor/htmx-2.0.11.min.js", *htmx, "dist/htmx.min.js", "0BSD"),
        Asset("vendor/LICENSE-htmx-0BSD.txt", *htmx, "LICENSE", "0BSD"),
        Asset(
            "vendor/fonts/inter.css",
            *screen,
            "wght.css",
            "OFL-1.1",
            "only the subsets that are here",
            "css-range",
        ),
        Asset("vendor/fonts/LICENSE-inter-OFL.txt", *screen, "LICENSE", "OFL-1.1"),
        Asset("vendor/fonts/LICENSE-ibm-plex-mono-OFL.txt", *plex, "LICENSE", "OFL-1.1"),
        Asset("fonts/pdf/LICENSE-inter-OFL.txt", *pdf, "LICENSE.txt", "OFL-1.1"),
        Asset("fonts/pdf/LICENSE-vetting-mono-OFL.txt", *plex, "LICENSE", "OFL-1.1"),
        Asset(
            "fonts/pdf/VettingMono-Regular.ttf",
            *plex,
            mono.format(""),
            "OFL-1.1",
            "TrueType, renamed because Plex is a reserved font name",
            "pdf-font",
        ),
    ]
    found += [
        Asset(
            f"vendor/fonts/inter-{part}-wght-normal.woff2",
            *screen,
            f"files/inter-{part}-wght-normal.woff2",
            "OFL-1.1",
        )
        for part in SCREEN_SUBSETS
    ]
    found += [
        Asset(
            f"vendor/fonts/ibm-plex-mono-latin{part}-400-normal.woff2",
            *plex,
            mono.format(part),
            "OFL-1.1",
        )
        for part in ("", "-ext")
    ]
    found += [
        Asset(
            f"fonts/pdf/Inter-{cut}.ttf",
            *pdf,
            f"web/Inter-{cut}.woff2",
            "OFL-1.1",
            "TrueType subset: Latin, Latin Extended, Vietnamese, Greek and Cyrillic",
            "pdf-font",
        )
        for cut in ("Regular", "SemiBold", "Bold")
    ]
    return found + fallback_faces()


def fallback_faces() -> list[Asset]:
    """Return the faces of other scripts, as Debian has them, with their licences."""
    noto, droid = ("fonts-noto-core", "20201225-1"), ("fonts-droid-fallback", "1:6.0.1r16-1.1")
    folder, fonts = "fonts/pdf/fallback", "usr/share/fonts/truetype"
    found = [
        Asset(
            f"{folder}/NotoSans{script}-Regular.ttf",
            *noto,
            f"{fonts}/noto/NotoSans{script}-Regular.ttf",
            "OFL-1.1",
            "unchanged",
            "deb",
        )
        for script in NOTO_SCRIPTS
    ]
    return [
        *found,
        Asset(
            f"{folder}/DroidSansFallback.ttf",
            *droid,
            "usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
            "Apache-2.0",
            "Han, Kana and Hangul; unchanged",
            "deb",
        ),
        Asset(
            f"{folder}/LICENSE-noto-OFL.txt",
            *noto,
            "usr/share/doc/fonts-noto-core/copyright",
            "OFL-1.1",
            "",
            "deb",
        ),
        Asset(
            f"{folder}/LICENSE-droid-Apache-2.0.txt",
            *droid,
            "usr/share/doc/fonts-droid-fallback/copyright",
            "Apache-2.0",
            "with the licence that it names",
            "licence",
        ),
        Asset(
            "fonts/pdf/fonts.conf",
            "vetting",
            "4",
            "static/fonts/pdf/fonts.conf",
            "MIT",
            "ours: which faces a document may use, in their order",
            "kept",
        ),
    ]


def unpack(package: str, version: str, folder: Path) -> Path:
    """Fetch one package into the folder and return where its files lie."""
    target = folder / package.replace("/", "-").strip("@")
    if not target.exists():
        target.mkdir()
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(target)],
            check=True,
            capture_output=True,
        )
        with tarfile.open(next(target.glob("*.tgz"))) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


def unpack_debian(package: str, version: str, folder: Path) -> Path:
    """Fetch one package of Debian into the folder, without installing it."""
    target = folder / package
    if not target.exists():
        target.mkdir()
        subprocess.run(["apt-get", "download", f"{package}={version}"], check=True, cwd=target)
        archive = next(target.glob("*.deb"))
        subprocess.run(["dpkg", "-x", str(archive), "."], check=True, cwd=target)
    return target


def bring(asset: Asset, source: Path) -> None:
    """Write one file under static/."""
    target = STATIC / asset.file
    target.parent.mkdir(parents=True, exist_ok=True)
    if asset.kind == "pdf-font":
        cut_font(source, target)
    elif asset.kind == "css":
        text = source.read_text(encoding="utf-8")
        target.write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/\s*", "", text), encoding="utf-8")
    elif asset.kind == "licence":
        common = Path("/usr/share/common-licenses") / asset.licence
        target.write_bytes(source.read_bytes() + b"\n" + common.read_bytes())
    elif asset.kind == "css-range":
        target.write_text(only_ours(source.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        target.write_bytes(source.read_bytes())


def only_ours(css: str) -> str:
    """Return the @font-face rules of the subsets that are brought, with their file paths."""
    rules = re.findall(
        r"/\* inter-([a-z-]+)-wght-normal \*/\s*(@font-face \{.*?\})", css, re.DOTALL
    )
    kept = [rule for part, rule in rules if part in SCREEN_SUBSETS]
    return "\n\n".join(kept).replace("./files/", "") + "\n"


def cut_font(source: Path, target: Path) -> None:
    """Write a TrueType subset with the glyphs and features that the documents need."""
    font = TTFont(source)
    options = subset.Options()
    options.layout_features = PDF_FEATURES
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(PDF_UNICODES.replace("U+", "")))
    cutter.subset(font)
    if "Mono" in target.name:
        rename(font, "Vetting Mono", target.stem)
    font.flavor = None
    font["head"].modified = font["head"].created  # the same bytes whenever it is run
    font.recalcTimestamp = False
    font.save(target)


def rename(font: TTFont, family: str, postscript: str) -> None:
    """Give a font another name in each record that carries one."""
    for record in list(font["name"].names):
        names = {1: family, 3: postscript, 4: family, 6: postscript, 16: family}
        if record.nameID in names:
            font["name"].setName(
                names[record.nameID],
                record.nameID,
                record.platformID,
                record.platEncID,
                record.langID,
            )
        elif record.nameID in {7, 18, 20, 21, 25}:
            font["name"].removeNames(record.nameID)


def record(found: list[Asset]) -> None:
    """Write the name, version, source, licence and hash of each file."""
    entries = [
        {
            "file": asset.file,
            "name": asset.package,
            "version": asset.version,
            "source": asset.member,
            "licence": asset.licence,
            "note": asset.note,
            "sha256": hashlib.sha256((STATIC / asset.file).read_bytes()).hexdigest(),
        }
        for asset in sorted(found, key=lambda one: one.file)
    ]
    RECORD.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Fetch, unless only the record is asked for; then write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="do not fetch, only hash")
    wanted = parser.parse_args()
    found = assets()
    if not wanted.record:
        with tempfile.TemporaryDirectory() as folder:
            for asset in found:
                if asset.kind != "kept":
                    is_debian = asset.kind in {"deb", "licence"}
                    fetch = unpack_debian if is_debian else unpack
                    package = fetch(asset.package, asset.version, Path(folder))
                    bring(asset, package / asset.member)
    record(found)
    print(f"{len(found)} files recorded in {RECORD.name}")


if __name__ == "__main__":
    main()
