"""Logo and color: what is taken, what is refused in words, who sees what of it."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, PngImagePlugin

from accounts import services
from accounts.brand import brand_of, style_of
from accounts.models import AuditEvent, Branding
from accounts.pictures import MOST_BYTES, logo_of
from common.errors import InvalidValues

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 90"><defs><g id="dot"><circle r="9"/></g>'
    '</defs><rect width="90" height="90" fill="#7a1f5c"/>{more}'
    '<rect x="100" width="200" height="90" fill="#123"/></svg>'
)


def png(width=200, height=60, color=(122, 31, 92, 255), **more) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA", (width, height), color).save(made, "PNG", **more)
    return made.getvalue()


def said(content: bytes) -> str:
    with pytest.raises(InvalidValues) as refused:
        logo_of(content)
    assert set(refused.value.fields) == {"logo"}
    return str(refused.value.fields["logo"])


# --- pictures ---------------------------------------------------------------------------------------------


def test_a_picture_is_written_anew_without_what_was_hidden_in_it():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "salary list")
    logo = logo_of(png(2_400, 800, pnginfo=words))
    assert b"salary" not in logo.content
    with Image.open(io.BytesIO(logo.content)) as image:
        assert (image.format, image.size) == ("PNG", (1_200, 400))
    assert (logo.width, logo.height) == (1_200, 400)


def test_margins_of_nothing_are_cut():
    image = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    image.paste((10, 20, 30, 255), (50, 20, 150, 60))
    made = io.BytesIO()
    image.save(made, "PNG")
    logo = logo_of(made.getvalue())
    assert (logo.width, logo.height) == (100, 40)


def test_a_drawing_becomes_a_picture():
    logo = logo_of(SVG.format(more="").encode())
    assert logo.content.startswith(b"\x89PNG")
    assert (logo.width, logo.height) == (1_200, 360)
    again = logo_of(b"\xef\xbb\xbf" + SVG.format(more='<use href="#dot" x="95" y="45"/>').encode())
    assert again.width == 1_200


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("<script>alert(1)</script>", "scripts, animations"),
        ('<rect onload="alert(1)"/>', "runs a script"),
        ('<rect fill="url(https://elsewhere.example/x)"/>', "outside itself: url(https://elsewhere"),
        ('<use href="https://elsewhere.example/x.svg#a"/>', "outside itself"),
        ('<a href="javascript:alert(1)"><rect/></a>', "outside itself"),
        ('<image href="data:image/png;base64,AAAA"/>', "pictures inside"),
        ("<style>@import 'x.css';</style>", "outside itself"),
        ("<foreignObject><p>x</p></foreignObject>", "foreignobject"),
        ('<animate attributeName="href" to="x"/>', "animations"),
        ("<text>Aurelia</text>", "outlines"),
        ('<g id="two"><use href="#dot"/><use href="#dot"/></g><use href="#two"/>', "copies of copies"),
    ],
)
def test_what_a_drawing_may_not_hold_is_named(more, words):
    assert words in said(SVG.format(more=more).encode())


def test_a_document_type_is_refused_before_anything_is_read():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + SVG.format(more="&b;")
    assert "document type" in said(bomb.encode())


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(  # asks for 19 gigabytes, upon which the drawing engine ends its process
            '<filter id="f" x="-50" y="-50" width="100" height="100"><feTurbulence/></filter>'
            '<rect width="300" height="90" filter="url(#f)"/>',
            id="memory",
        ),
        pytest.param("<g>" * 4_000 + "</g>" * 4_000, id="depth"),
        pytest.param(  # one name for two things: it seems to copy the second, and copies copies
            '<g id="b"><use href="#dot"/></g><g id="c">' + '<use href="#b"/>' * 1_500 + "</g>"
            '<g id="d">' + '<use href="#c"/>' * 1_500 + '</g><g id="b"/><g id="c"/>',
            id="copies",
        ),
    ],
)
def test_a_drawing_that_asks_for_too_much_ends_nothing_but_itself(more):
    assert "cannot be drawn" in said(SVG.format(more=more).encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a", "neither a PNG nor an SVG"),
        (b"", "neither a PNG nor an SVG"),
        (b"<html><body/></html>", "neither a PNG nor an SVG"),
        (b"<svg", "damaged"),
        (b"\x89PNG\r\n\x1a\nnothing", "damaged"),
        (SVG.format(more="").replace(' viewBox="0 0 300 90"', "").encode(), "how large"),
        (SVG.format(more="").encode("utf-16"), "neither a PNG nor an SVG"),
        (SVG.format(more="\xe9").encode("latin-1"), "UTF-8"),
        (png(8, 8), "8 by 8 pixels"),
        (png(4_001, 20), "4001 by 20 pixels"),
        (png(40, 40, (0, 0, 0, 0)), "empty"),
        (b"x" * (50 * 1024 * 1024), "50 MB"),
    ],
)
def test_what_is_no_logo_is_refused_in_words(content, words):
    assert words in said(content)


def test_a_picture_that_would_unpack_to_gigabytes_is_refused_by_what_it_says_of_itself():
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    assert "damaged" in said(b"\x89PNG\r\n\x1a\n" + chunk) or "60000" in said(b"\x89PNG\r\n\x1a\n" + chunk)


# --- services ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_color_and_logo_are_set_apart_and_the_trail_says_so(ada, organization):
    services.save_branding(by=ada, accent=" #7A1F5C ")
    first = brand_of(organization)
    assert (first.accent, first.logo) == ("#7a1f5c", "")
    services.save_branding(by=ada, logo=png())
    second = brand_of(organization)
    assert second.accent == "#7a1f5c"
    assert second.logo_digest
    assert second.public_id != first.public_id  # nobody is shown what was kept of before
    verbs = list(AuditEvent.objects.filter(verb="organization.branded").values_list("after", flat=True))
    assert [(after["accent"], bool(after["logo_digest"])) for after in verbs] == [
        ("#7a1f5c", True),
        ("#7a1f5c", False),
    ]
    services.save_branding(by=ada, logo=png())
    assert AuditEvent.objects.filter(verb="organization.branded").count() == 2
    services.save_branding(by=ada, accent="")
    services.remove_logo(by=ada)
    services.remove_logo(by=ada)
    assert brand_of(organization) is None
    assert AuditEvent.objects.filter(verb="organization.branded").count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("accent", ["#ffcc00", "red", "#12345", "#777777"])
def test_a_color_that_nobody_could_read_changes_nothing(ada, organization, accent):
    with pytest.raises(InvalidValues) as refused:
        services.save_branding(by=ada, accent=accent, logo=png())
    assert set(refused.value.fields) == {"accent"}
    assert not Branding.objects.exists()


@pytest.mark.django_db
def test_the_nearest_color_that_can_be_read_is_named(ada):
    with pytest.raises(InvalidValues) as refused:
        services.save_branding(by=ada, accent="#ffcc00")
    text = str(refused.value.fields["accent"])
    assert "1.5 to 1" in text
    shade = text.split("read is ")[1].rstrip(".")
    services.save_branding(by=ada, accent=shade)


def test_the_style_of_pages_holds_a_lighter_shade_for_the_dark():
    style = style_of("#7a1f5c")
    light, dark = style.split("@media (prefers-color-scheme: dark)")[0::2]
    assert "--tblr-link-color: #7a1f5c" in style
    assert "--tblr-link-color: #7a1f5c" not in dark
    assert light
    assert "--tblr-primary: #7a1f5c" in style
    assert "#7a1f5c" not in dark  # a button in it could hardly be told from the ground
    assert style_of("").count("tblr") == 0


# --- pages ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_keeps_the_color_that_was_refused_and_says_why(ada, client_of):
    client, address = client_of(ada), reverse("accounts:branding", args=["northwind"])
    assert "Nothing is set" in client.get(address).text
    refused = client.post(address, {"accent": "#ffcc00"})
    assert refused.status_code == 422
    assert "#ffcc00" in refused.text
    assert "too light" in refused.text
    large = SimpleUploadedFile("logo.png", b"x" * (MOST_BYTES + 1), "image/png")
    assert "may have at most 2 MB" in client.post(address, {"accent": "", "logo": large}).text
    file = SimpleUploadedFile("logo.png", png(), "image/png")
    assert client.post(address, {"accent": "#7a1f5c", "logo": file}).status_code == 302
    page = client.get(address).text
    assert "/brand/" in page
    assert 'fill="#7a1f5c"' in page
    client.post(reverse("accounts:logo_remove", args=["northwind"]))
    assert brand_of(ada.organization).logo == ""


@pytest.mark.django_db
def test_anybody_reads_the_files_by_their_address_and_no_other(ada, client):
    row = services.save_branding(by=ada, accent="#7a1f5c", logo=png())
    style = client.get(reverse("brand_style", args=[row.public_id]))
    assert style.headers["Content-Type"].startswith("text/css")
    assert "#7a1f5c" in style.text
    assert not style.cookies
    logo = client.get(reverse("brand_logo", args=[row.public_id]))
    assert b"".join(logo.streaming_content).startswith(b"\x89PNG")
    assert client.get(reverse("brand_style", args=["0" * 32])).status_code == 404
    services.remove_logo(by=ada)
    assert client.get(reverse("brand_logo", args=[row.public_id])).status_code == 404


@pytest.mark.django_db
def test_programs_set_what_pages_set(ada, api_of):
    api, address = api_of(ada), "/api/v1/o/northwind/branding/"
    assert api.get(address).json()["accent"] == ""
    assert api.put(address, {"accent": "#ffcc00"}).status_code == 422
    assert api.put(address, {"accent": "#7a1f5c"}).json()["accent"] == "#7a1f5c"
    file = SimpleUploadedFile("logo.svg", SVG.format(more="<script/>").encode(), "image/svg+xml")
    refused = api.put(f"{address}logo/", {"logo": file}, format="multipart")
    assert refused.status_code == 422
    file = SimpleUploadedFile("logo.svg", SVG.format(more="").encode(), "image/svg+xml")
    taken = api.put(f"{address}logo/", {"logo": file}, format="multipart")
    assert taken.json()["logo_width"] == 1_200
    assert api.delete(f"{address}logo/").status_code == 204
    assert api.get(address).json()["logo_url"] == ""
