"""Rules of the repository itself, so that nobody has to remember them."""

import ast
import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from django.template import engines
from packaging.requirements import Requirement

from tests.conftest import require
from tests.site import ROOT

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
CODE = ["vetting", "scorecards", "vendors"]
TEXT = {
    ".cfg", ".conf", ".css", ".html", ".in", ".ini", ".js", ".json", ".lock", ".md", ".py", ".sh",
    ".svg", ".toml", ".txt", ".yaml", ".yml", "",
}  # fmt: skip
# Spelled in parts, so that this file does not name what it forbids.
HOSTS = [
    "py" + "pi.org",
    "files.python" + "hosted.org",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "deb." + "debian.org",
    "un" + "pkg.com",
    "jsdeli" + "vr.net",
    "cdn" + "js.",
    "fonts.google" + "apis",
    "--index" + "-url",
    "--find" + "-links",
]
MACHINE_PATHS = ["/" + "root/", "/" + "work/", "/" + "home/", "/opt/" + "wheels"]
FORBIDDEN_IN_CODE = {
    "mark" + "_safe": "text is escaped; markup belongs into templates",
    "csrf" + "_exempt": "every POST carries its token",
    "NotImplemented" + "Error": "no stubs",
    "TO" + "DO": "no notes to oneself",
    "FIX" + "ME": "no notes to oneself",
}
INLINE = {
    "inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "inline style": re.compile(r"<style[\s>]|\sstyle\s*=", re.IGNORECASE),
    "inline event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|\{%\s*autoescape\s+off"),
    "another host's file": re.compile(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE),
}


def tracked():
    """Return the files that are, or would be, in the repository."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.split("\0")  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        require(None, "not a git checkout")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def texts():
    return {
        path.relative_to(ROOT): path.read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix in TEXT
    }


def code_files():
    return [
        path
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def plain(lines):
    """Return requirements in one spelling, to compare them."""
    return sorted(str(Requirement(line)) for line in lines)


def locked(name):
    """Return {package: version} of a locked file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("words", [HOSTS, MACHINE_PATHS], ids=["registries", "machine paths"])
def test_no_file_names_a_host_or_a_folder_of_one_machine(words):
    found = [
        f"{path}: {word}"
        for path, text in texts().items()
        for word in words
        if word in text.casefold()
    ]
    assert not found


def test_vendored_files_are_what_the_record_says():
    record = json.loads((ROOT / "static/vendor/VENDOR.json").read_text(encoding="utf-8"))
    for entry in record:
        assert all(entry[key] for key in ("name", "version", "licence", "source")), entry
        digest = hashlib.sha256((ROOT / "static" / entry["file"]).read_bytes()).hexdigest()
        assert digest == entry["sha256"], (
            f"{entry['file']} changed: look at it, then tools/vendor_assets.py --record"
        )
    folders = [ROOT / "static/vendor", ROOT / "static/fonts"]
    present = {
        str(path.relative_to(ROOT / "static"))
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }
    assert present == {entry["file"] for entry in record}


def test_each_dependency_has_a_reason():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    end = lines.index("[tool.ruff]")
    for before, line in zip(lines[start:end], lines[start + 1 : end], strict=False):
        if re.match(r'    "', line):
            assert before.startswith("    # "), f"no reason above {line.strip()}"


def test_the_requirement_files_agree_with_the_project():
    stated = project()
    assert plain(requirements("requirements.in")) == plain(stated["project"]["dependencies"])
    groups = stated["dependency-groups"]
    assert plain(requirements("requirements-dev.in")) == plain(groups["dev"])
    assert plain(requirements("requirements-services.in")) == plain(groups["services"])


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-services.txt"]
)
def test_every_locked_package_has_hashes(name):
    entries = re.split(
        r"^(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    for entry in filter(str.strip, entries):
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
    for wanted in requirements(name.replace(".txt", ".in")):
        assert Requirement(wanted).name.casefold() in locked(name), f"{wanted}: run `make lock`"


def test_the_development_set_contains_the_runtime_set():
    development = locked("requirements-dev.txt")
    for package, version in locked("requirements.txt").items():
        assert development[package] == version


def test_files_and_functions_stay_short():
    long = []
    for path in code_files():
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if (lines := source.count("\n")) > LONGEST_FILE:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if ast.get_docstring(node):
                    length -= node.body[0].end_lineno - node.body[0].lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name}: {node.name} has {length} lines")
    assert not long


def test_no_own_module_is_imported_inside_a_function():
    late = []
    for path in code_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for inner in ast.walk(node):
                modules = []
                if isinstance(inner, ast.ImportFrom):
                    modules = [inner.module or ""]
                elif isinstance(inner, ast.Import):
                    modules = [alias.name for alias in inner.names]
                late += [
                    f"{path.relative_to(ROOT)}: {module}"
                    for module in modules
                    if module.partition(".")[0] in CODE
                ]
    assert not late


def test_what_the_code_never_does():
    found = [
        f"{path.relative_to(ROOT)}: {word} ({reason})"
        for path in code_files()
        for word, reason in FORBIDDEN_IN_CODE.items()
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found


def templates():
    folders = [ROOT / "templates", *((ROOT / app / "templates") for app in CODE)]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def test_every_template_parses():
    engine = engines["django"]
    for path in templates():
        try:
            engine.from_string(path.read_text(encoding="utf-8"))
        except Exception as error:  # noqa: BLE001  the file is named with whatever it was
            pytest.fail(f"{path.relative_to(ROOT)}: {error}")


def test_templates_keep_to_the_content_policy():
    found = []
    for path in templates():
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
        found += [
            f"{path.relative_to(ROOT)}: {what}: {match.group()[:60]}"
            for what, pattern in INLINE.items()
            for match in pattern.finditer(text)
        ]
    assert not found


def test_our_scripts_keep_to_the_content_policy():
    for path in (ROOT / "static/js").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("eval(", "new Function", "document.write", "setAttribute('style'"):
            assert word not in text, f"{path.name}: {word}"


@pytest.mark.services
def test_the_layers_hold():
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_migrations_are_complete(make_site):
    ended = make_site().manage("makemigrations", "--check", "--dry-run", check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_containers_are_pinned_guarded_and_watched():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    for name, service in services.items():
        assert re.search(r":\d+\.\d+", service["image"]), f"{name}: no pinned tag"
        watched = "healthcheck" in service or name == "web"  # web has the image's own
        assert watched, f"{name}: no health check"
        for address in service.get("ports", []):
            assert address.startswith("127.0.0.1:"), f"{name}: open to the network"
    redis = services["redis"]["command"]
    assert redis[redis.index("--appendonly") + 1] == "yes"
    assert redis[redis.index("--maxmemory-policy") + 1] == "noeviction"
    assert "--requirepass" in redis
    assert services["web"]["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^FROM python:3\.\d+\.\d+-", image, re.MULTILINE)
    assert re.search(r"^USER vetting$", image, re.MULTILINE)


def test_the_table_of_settings_is_complete():
    read = set(
        re.findall(
            r'env\.\w+\(\s*"([A-Z_]+)"',
            (ROOT / "vetting/settings.py").read_text(encoding="utf-8"),
        )
    )
    table = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == read


def test_links_between_documents_lead_somewhere():
    lost = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / Path(target)).exists()
    ]
    assert not lost
