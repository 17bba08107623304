"""What browsers get: files of our own, named files of npm packages, and of Tabler's CSS the rules in use.

A package's folder is never served as a whole: it holds files that refer to others which it does not ship.
"""

import functools
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from cxprogram.styles import used_rules

STYLES = "tabler.css"  # what is left of Tabler's style sheet, served as npm/tabler.css
WHOLE_STYLES = "@tabler/core/dist/css/tabler.min.css"
PACKAGE_FILES = (
    "@tabler/core/dist/js/tabler.min.js",
    "vega/build/vega.min.js",
    "vega-lite/build/vega-lite.min.js",
    "vega-embed/build/vega-embed.min.js",
    # Modules that import each other: what blinds a credential (employee_voice), no other file
    *(f"@cloudflare/blindrsa-ts/lib/src/{name}.js" for name in ("blindrsa", "util", "sjcl/index")),
    *(f"@fontsource/inter/files/inter-latin-{weight}-normal.woff2" for weight in (400, 500, 600, 700)),
    *(f"@fontsource/inter/files/inter-latin-ext-{weight}-normal.woff2" for weight in (400, 600)),
)
HTMX_APP, HTMX_FILE = (
    "django_htmx",
    "django_htmx/htmx-2.min.js",
)  # of its many files, what {% htmx_script %} loads
_MAKER = Path(__file__).with_name("styles.py")
_MADE_BY_SCRIPTS = frozenset({"show"})  # Bootstrap's drop-downs
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_CUSTOM_PROPERTY = re.compile(r"--[A-Za-z0-9_-]+")
_STAMP = "collected"


class AppFiles(finders.AppDirectoriesFinder):
    """The `static` folders of our own apps, and htmx; others bring files for pages that we do not have."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__([*(config.name for config in _our_apps()), HTMX_APP], *args, **kwargs)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name, storage in super().list(ignore_patterns):
            if not name.startswith(f"{HTMX_APP}/") or name == HTMX_FILE:
                yield name, storage


class PackageFiles(finders.BaseFinder):
    """The named files of packages and the style sheet, at `npm/<path>`."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.removeprefix("npm/")
        if name == path or name not in (STYLES, *PACKAGE_FILES):
            return []
        file = str(styles_file() if name == STYLES else settings.PACKAGES_DIR / name)
        return [file] if find_all else file

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        packages = _NpmFolder(settings.PACKAGES_DIR)
        yield from ((name, packages) for name in PACKAGE_FILES)
        yield STYLES, _NpmFolder(styles_file().parent)


class _NpmFolder(FileSystemStorage):
    """A folder whose files are collected below `npm/`."""

    prefix = "npm"


def _our_apps() -> list[Any]:
    return [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]


@functools.cache
def styles_file() -> Path:
    """The style sheet, made when a page's source, the package or the way of making it changed."""
    whole = (settings.PACKAGES_DIR / WHOLE_STYLES).read_text(encoding="utf-8")
    words, properties = _words_of_the_pages()
    sources = (_MAKER.read_text(encoding="utf-8"), whole, *sorted(words), *sorted(properties))
    digest = hashlib.sha256("\n".join(sources).encode()).hexdigest()[:16]
    file: Path = settings.VAR_DIR / "styles" / digest / STYLES
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_text(used_rules(whole, words=words, properties=properties), encoding="utf-8")
        unfinished.rename(file)  # another process may be making the same one
    return file


def _words_of_the_pages() -> tuple[frozenset[str], frozenset[str]]:
    """All words of templates, Python and scripts; custom properties of these and of our style sheets."""
    folders = [Path(config.path) for config in _our_apps()]
    sources = [settings.BASE_DIR / "templates", *folders]
    pages = [
        file.read_text(encoding="utf-8")
        for folder in sources
        for file in folder.rglob("*")
        if file.suffix in {".html", ".py", ".js"} and "migrations" not in file.parts
    ]
    sheets = [
        file.read_text(encoding="utf-8") for folder in folders for file in folder.rglob("static/**/*.css")
    ]
    words = {word for text in pages for word in _WORD.findall(text)}
    properties = {name for text in (*pages, *sheets) for name in _CUSTOM_PROPERTY.findall(text)}
    return frozenset(words | _MADE_BY_SCRIPTS), frozenset(properties)


def collect(on_start: Callable[[], None]) -> None:
    """Brings every file to its hashed and compressed place, unless none changed since the last time."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    stamp, now = settings.STATIC_ROOT / _STAMP, _digest_of_all_files()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    on_start()
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(now, encoding="utf-8")


def _digest_of_all_files() -> str:
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            with storage.open(name) as file:
                digest.update(name.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return digest.hexdigest()
