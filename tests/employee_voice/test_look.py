"""The organization's logo and color on respondents' pages: light, the same for everybody, told to nobody."""

import gzip
import io
import re

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Branding
from accounts.pictures import PHONE_BYTES, light_logo
from accounts.services import remove_logo, save_branding
from employee_voice import services
from employee_voice.choices import WorkKind
from employee_voice.models import WaveFunction
from tests.employee_voice.test_weight import MOST_BYTES, file_of, loaded
from tests.factories.employee_voice import closed, do, people_of, planned, survey_of

pytestmark = pytest.mark.django_db
ACCENT = "#7a1f5c"
PAGES = ("invitation", "thanks", "promise", "technical")


def png(width, height, *, noise=False):
    shape = (height, width, 4)
    dots = np.random.default_rng(1).integers(0, 256, shape) if noise else np.full(shape, (122, 31, 92, 255))
    made = io.BytesIO()
    Image.fromarray(dots.astype("uint8"), "RGBA").save(made, "PNG")
    return made.getvalue()


def size_of(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.size


@pytest.fixture
def wave(ada, tree):
    wave = planned(ada, {"Care": 5, "Finance": 5}, survey_of(ada, bank="employee-voice"))
    field = WaveFunction.objects.get(wave=wave, name="Field")
    services.plan_slips(by=ada, wave=wave, counts={field.pk: 5})
    services.start_opening(by=ada, wave=wave)
    return do(wave, WorkKind.OPEN)


@pytest.fixture
def brand(ada):
    return save_branding(by=ada, accent=ACCENT, logo=png(300, 100))


def address(name, wave):
    return reverse(f"answer:{name}", args=[wave.public_id])


def head_and_logo(page):
    return re.findall(r"""(?:href|src)="([^"]*(?:look\.css|logo\.png|/brand/)[^"]*)\"""", page)


# --- pictures ---------------------------------------------------------------------------------------------


def test_a_logo_is_as_large_as_a_phone_shows_it():
    assert size_of(light_logo(png(1_200, 400))) == (240, 80)
    assert size_of(light_logo(png(1_200, 40))) == (480, 16)
    assert size_of(light_logo(png(60, 30))) == (60, 30)  # never drawn larger than it is


def test_the_worst_picture_is_light_too_and_keeps_its_shape():
    made = light_logo(png(1_200, 400, noise=True))
    width, height = size_of(made)
    assert len(made) <= PHONE_BYTES == 6_000
    assert (width, height) in {(120, 40), (60, 20)}


def test_what_is_transparent_stays_so():
    image = Image.new("RGBA", (200, 80), (0, 0, 0, 0))
    image.paste((10, 20, 30, 255), (0, 0, 100, 80))
    made = io.BytesIO()
    image.save(made, "PNG")
    with Image.open(io.BytesIO(light_logo(made.getvalue()))) as shown:
        shown = shown.convert("RGBA")
        assert shown.getpixel((10, 40)) == (10, 20, 30, 255)
        assert shown.getpixel((190, 40))[3] == 0


# --- pages ------------------------------------------------------------------------------------------------


def test_each_page_of_a_wave_carries_the_look_from_the_wave_s_own_addresses(ada, wave, brand):
    expected = [address("look", wave), address("logo", wave)]
    assert all(one.startswith("/e/") for one in expected)
    for name in PAGES:
        assert head_and_logo(Client().get(address(name, wave)).content.decode()) == expected, name
    group = WaveFunction.objects.get(wave=wave, name="Field").group
    [code, *_rest] = services.print_slips(by=ada, wave=wave, group=group)
    page = Client().post("/s/questions/", {"code": code}).content.decode()
    assert "data-slip" in page
    assert head_and_logo(page) == expected
    assert head_and_logo(Client().get("/s/").content.decode()) == []  # which survey is not known yet
    assert closed(ada, wave).is_open is False
    assert head_and_logo(Client().get(address("invitation", wave)).content.decode()) == expected


def test_color_and_logo_are_those_of_the_organization_that_asks(ada, wave, brand):
    style = Client().get(address("look", wave))
    assert style["Content-Type"] == "text/css; charset=utf-8"
    assert f"--tblr-primary: {ACCENT}" in style.content.decode()
    shown = Client().get(address("logo", wave))
    assert shown["Content-Type"] == "image/png"
    assert size_of(shown.content) == (240, 80)
    save_branding(by=ada, logo=png(40, 40))  # another one is shown at once, at the same address
    assert size_of(Client().get(address("logo", wave)).content) == (40, 40)


def test_what_an_organization_does_not_have_is_not_asked_for(ada, wave, brand, dora):
    save_branding(by=dora, accent="#123456", logo=png(50, 50))
    remove_logo(by=ada)
    assert head_and_logo(Client().get(address("thanks", wave)).content.decode()) == [address("look", wave)]
    assert Client().get(address("logo", wave)).status_code == 404
    save_branding(by=ada, accent="")
    assert head_and_logo(Client().get(address("thanks", wave)).content.decode()) == []
    assert Client().get(address("look", wave)).status_code == 404


def test_a_wave_that_has_not_opened_shows_no_look(ada, tree, brand):
    wave = planned(ada, {"Care": 5})
    for name in ("look", "logo"):
        assert Client().get(reverse(f"answer:{name}", args=[wave.public_id or "nothing"])).status_code == 404


def test_nothing_about_the_look_tells_who_looks(ada, wave, brand, client_of):
    """The same bytes for everybody; no cookie is read or set; no browser keeps them, so that nothing follows
    from what is not asked for again."""
    signed_in, somebody = client_of(ada), Client()
    for name in ("look", "logo", "invitation"):
        answers = [browser.get(address(name, wave)) for browser in (signed_in, somebody)]
        assert answers[0].content == answers[1].content
        for response in answers:
            assert not response.cookies
            assert response["Cache-Control"] == "no-store"
            assert response["Referrer-Policy"] == "no-referrer"
            assert not {"ETag", "Last-Modified"} & set(response.headers)
            assert "Cookie" not in response.get("Vary", "")
    for person in people_of(wave)[:2]:  # what tells people apart stands behind the # of a link alone
        assert person.path == address("invitation", wave)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_with_the_heaviest_logo_a_page_stays_below_60_kilobytes(ada, wave, client, language):
    save_branding(by=ada, accent=ACCENT, logo=png(1_200, 400, noise=True))
    page = client.get(address("invitation", wave), {"lang": language})
    files = [file_of(name) for name in loaded(page.content.decode())]
    style, keys = client.get(address("look", wave)).content, client.get(address("keys", wave)).content
    weights = [len(gzip.compress(content)) for content in (page.content, keys, style, *files)]
    logo = client.get(address("logo", wave)).content
    assert len(logo) > 500
    assert sum(weights) + len(logo) < MOST_BYTES


def test_a_logo_whose_file_is_gone_stops_nobody(ada, wave, brand):
    Branding.objects.get().logo.delete(save=False)
    Branding.objects.update(logo="branding/gone.png", logo_digest="0" * 64)
    assert Client().get(address("logo", wave)).status_code == 410
    assert Client().get(address("invitation", wave)).status_code == 200
