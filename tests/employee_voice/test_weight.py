"""What a respondent's phone loads: the page, its styles, every script that these import, and the keys."""

import gzip
import posixpath
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.employee_voice.test_static_modules import IMPORT
from tests.factories.employee_voice import opened, survey_of

pytestmark = pytest.mark.django_db
MOST_BYTES = 60_000  # compressed, as it is served
LOADED = re.compile(r"""(?:href|src)="/static/([^"]+)\"""")
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")


def file_of(name):
    found = finders.find(name)
    assert found, name
    with open(found, "rb") as file:
        return file.read()


def loaded(html):
    """Names of all static files that the page needs, with what its modules import."""
    waiting = [HASH.sub("", name) for name in LOADED.findall(html)]
    found = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name.endswith(".js"):
            targets = IMPORT.findall(file_of(name).decode())
            waiting += [posixpath.normpath(posixpath.join(posixpath.dirname(name), one)) for one in targets]
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_of_the_longest_survey_weighs_less_than_60_kilobytes(ada, tree, client, language):
    wave = opened(ada, {"Care": 5, "Field": 5, "Finance": 5}, survey_of(ada, bank="employee-voice"))
    page = client.get(reverse("answer:invitation", args=[wave.public_id]), {"lang": language})
    assert page.status_code == 200
    html = page.content.decode()
    names = loaded(html)
    assert {name.rpartition(".")[2] for name in names} == {"css", "js"}
    assert any("blindrsa" in name for name in names)
    assert not re.search(r"<(img|picture|video|svg)\b", html)
    keys = client.get(reverse("answer:keys", args=[wave.public_id])).content
    weights = [len(gzip.compress(content)) for content in (page.content, keys, *map(file_of, names))]
    assert sum(weights) < MOST_BYTES
