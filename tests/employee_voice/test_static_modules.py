"""Scripts that import each other keep doing so under the hashed names that browsers get."""

import posixpath
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from cxprogram.storage import HashedStaticFilesStorage
from tests.employee_voice.little_server import SCRIPTS

PACKAGE = "@cloudflare/blindrsa-ts/lib/src"
IMPORT = re.compile(r"""^import [^'"]*["']([^'"]+)["'];""", re.MULTILINE)
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("static")
    names = [str(file.relative_to(SCRIPTS)) for file in SCRIPTS.rglob("*.js")]
    names += [f"npm/{PACKAGE}/{name}.js" for name in ("blindrsa", "util", "sjcl/index")]
    for name in names:
        found = (
            SCRIPTS / name
            if name.startswith("employee")
            else settings.PACKAGES_DIR / name.removeprefix("npm/")
        )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(found.read_bytes())
    storage = HashedStaticFilesStorage(location=str(folder), base_url="/static/")
    # as they are collected: files of packages are known by their path within the folder of packages
    paths = {name: (FileSystemStorage(location=str(folder)), name.removeprefix("npm/")) for name in names}
    paths |= {
        name: (FileSystemStorage(location=str(folder / "npm")), path)
        for name, (_source, path) in paths.items()
        if name != path
    }
    for name, hashed, processed in storage.post_process(paths):
        assert processed is True, f"{name} {hashed}: {processed}"
    return folder


def test_every_import_leads_to_a_hashed_file(served):
    hashed = list(served.rglob("*.js"))
    assert all(HASHED.search(file.name) for file in hashed)  # nothing stays under its plain name
    assert len({HASHED.sub("", file.name) for file in hashed}) == len(list(SCRIPTS.rglob("*.js"))) + 3
    imports = 0
    for file in hashed:
        for target in IMPORT.findall(file.read_text(encoding="utf-8")):
            found = Path(posixpath.normpath(file.parent / target))
            assert found.is_file(), f"{file.name} imports {target}"
            assert HASHED.search(target), f"{file.name} imports {target}"
            imports += 1
    assert imports >= 15


@pytest.mark.parametrize("name", ["blindrsa", "util", "sjcl/index"])
def test_the_modules_that_blind_are_served(name):
    assert finders.find(f"npm/{PACKAGE}/{name}.js")


@pytest.mark.parametrize("name", ["index", "partially_blindrsa", "blindrsa.d"])
def test_the_package_is_not_served_as_a_whole(name):
    assert not finders.find(f"npm/{PACKAGE}/{name}.js")
