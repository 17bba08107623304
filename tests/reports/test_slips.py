"""Printed slips: codes that let one answer in, on sheets that are drawn once and kept nowhere."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest
import qrcode
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.choices import Role
from accounts.errors import RoleTooSmall
from accounts.models import AuditEvent
from common.errors import DomainError, InvalidValues
from employee_voice import services as employees
from employee_voice.choices import WorkKind
from employee_voice.errors import SlipUnknown
from employee_voice.models import Slip, Wave, WaveFunction
from employee_voice.selectors import slip_link
from reports import services, tasks
from reports.documents import html_of_slips, pictures_of_slips
from reports.errors import SheetsGone
from reports.models import SlipSheets
from reports.pdf import ForbiddenResource
from tests.conftest import _member
from tests.factories.employee_voice import do, functions_of, planned

pytestmark = pytest.mark.django_db

CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{3}\b")


@pytest.fixture
def wave(ada) -> Wave:
    """Twenty slips for Field, five addresses of Care."""
    functions_of(ada)
    found = planned(ada, {"Care": 5}, slip_place="The depot")
    row = WaveFunction.objects.get(wave=found, name="Field")
    employees.plan_slips(by=ada, wave=found, counts={row.pk: 20})
    employees.start_opening(by=ada, wave=found)
    return do(found, WorkKind.OPEN)


@pytest.fixture
def group(wave):
    return WaveFunction.objects.get(wave=wave, name="Field").group


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """What would be typeset: the documents as HTML."""
    from reports.services import slips

    found: list[str] = []

    class Sheets:
        content = b"%PDF"

    def render_sheets(html, *, pictures):
        found.append(unescape(html))
        return Sheets

    monkeypatch.setattr(slips, "render_sheets", render_sheets)
    return found


def printed(by, wave, group):
    """Asked for, drawn and fetched."""
    sheets = services.request_slips(by=by, wave=wave, group=group, language="en")
    tasks.run_slips(sheets.pk)
    sheets.refresh_from_db()
    return services.fetch_slips(by=by, sheets=sheets)


def files_of(settings, wave):
    return sorted(path.name for path in (settings.KEYS_DIR / "slips" / wave.public_id).glob("*"))


def address(wave, group) -> str:
    return reverse("reports:wave_slips", args=["northwind", wave.pk, group.number])


def opens(wave, code) -> bool:
    try:
        employees.group_of_slip(wave=wave, code=code)
    except SlipUnknown:
        return False
    return True


def test_every_slip_has_a_code_of_its_own_that_opens_the_survey(ada, wave, group, drawn):
    printed(ada, wave, group)
    codes = CODE.findall(drawn[0])
    assert len(codes) == len(set(codes)) == 20
    assert all(opens(wave, code) for code in codes)
    words = " ".join(drawn[0].split())
    assert words.count("Anonymous survey, until") == 21  # the poster has it too
    assert len(re.findall(r"(?<=[a-z0-9])/s/(?=[<\"\s])", words)) == 22
    assert wave.public_id not in words  # the code alone says which survey
    assert "sheet 2 of 2" in words
    assert "Slips are available here: The depot" in words
    assert "Field" in words


def test_the_poster_says_the_keys_as_every_invitation_does(ada, wave, group, drawn):
    printed(ada, wave, group)
    do(wave, WorkKind.INVITE)
    letter = wave.invitations.first().letter
    (told,) = re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", letter.body)
    assert told in drawn[0]


def test_no_code_is_kept_anywhere(ada, wave, group, drawn):
    printed(ada, wave, group)
    codes = {code.replace("-", "") for code in CODE.findall(drawn[0])}
    kept = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                text = " ".join(str(cell) for cell in row).replace("-", "").upper()
                kept += [table for code in codes if code in text]
    assert kept == []


def test_what_was_printed_is_told_in_the_trail_and_not_how_many_were_used(ada, wave, group, drawn):
    printed(ada, wave, group)
    employees.hand_in_slip(
        wave=wave,
        code=CODE.findall(drawn[0])[0],
        sealed=employees.seal_for(wave=wave, group=group, typed={"enps": ["9"]}),
    )
    printed(ada, wave, group)
    told = AuditEvent.objects.filter(verb="wave.slips_printed").values_list("actor", "after")
    assert list(told) == [(ada.user_id, {"groups": group.number, "slips": 20})] * 2
    fetched = AuditEvent.objects.filter(verb="wave.slips_fetched").values_list("actor", "after")
    assert list(fetched) == [(ada.user_id, {"ending": "pdf"})] * 2


def test_printing_again_makes_new_codes_and_the_old_ones_stop_working(ada, wave, group, drawn, client_of):
    page = client_of(ada).get(reverse("employee_voice:wave_detail", args=["northwind", wave.pk]))
    words = " ".join(page.content.decode().split())
    assert "printing again makes new ones, and the sheets of before stop working." in words
    assert f'action="{address(wave, group)}"' in words
    for _time in range(2):
        printed(ada, wave, group)
    first, second = (set(CODE.findall(html)) for html in drawn)
    assert not first & second
    assert not any(opens(wave, code) for code in first)
    assert all(opens(wave, code) for code in second)
    assert Slip.objects.count() == 20


def test_where_nothing_can_be_drawn_the_old_slips_still_work(ada, wave, group, drawn, monkeypatch):
    from reports.services import slips

    printed(ada, wave, group)

    def render_sheets(html, *, pictures):
        raise ForbiddenResource("no room")

    monkeypatch.setattr(slips, "render_sheets", render_sheets)
    sheets = services.request_slips(by=ada, wave=wave, group=group, language="en")
    with pytest.raises(ForbiddenResource):
        tasks.run_slips(sheets.pk)
    sheets.refresh_from_db()
    assert (sheets.job_state, sheets.name) == ("failed", "")
    assert all(opens(wave, code) for code in CODE.findall(drawn[0]))
    assert AuditEvent.objects.filter(verb="wave.slips_printed").count() == 1


def test_a_group_without_planned_slips_prints_none(ada, wave):
    care = WaveFunction.objects.get(wave=wave, name="Care").group
    with pytest.raises(InvalidValues):
        printed(ada, wave, care)


@pytest.mark.parametrize("codes", [[], ["AAAA-BBBB-CCC"]])
def test_codes_of_addresses_have_their_quiet_zone(codes):
    *_poster, png = pictures_of_slips(codes).values()
    with Image.open(io.BytesIO(png)) as image:
        wide, high = image.size
        assert wide == high
        edge = [image.convert("L").getpixel((x, 4 * 8 - 1)) for x in range(wide)]
        corner = image.convert("L").getpixel((4 * 8, 4 * 8))
    assert set(edge) == {255}  # four modules of white around
    assert corner == 0  # where the first finder pattern begins


def test_each_slip_has_the_code_that_stands_beside_it(wave):
    """Module by module what the code of that very address is; no two slips have the same."""
    codes = ["AAAA-BBBB-CCC", "AAAA-BBBB-CCD"]
    pictures = pictures_of_slips(codes)
    html = html_of_slips(wave, codes=codes, names=["Field"])
    for code in codes:
        cell = html[html.index(f"<strong>{code}</strong>") :]
        name = re.search(r'src="asset:/([^"]+)"', cell)[1]
        expected = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=1)
        expected.add_data(f"{slip_link()}#{code}")
        matrix = expected.get_matrix()
        with Image.open(io.BytesIO(pictures[name])) as image:
            small = image.convert("L").resize((len(matrix), len(matrix)), Image.Resampling.NEAREST)
            drawn = [[small.getpixel((x, y)) == 0 for x in range(len(matrix))] for y in range(len(matrix))]
        assert drawn == matrix
    assert len(set(pictures.values())) == 3


def test_slips_speak_the_language_of_who_prints_them(ada, wave, group):
    from django.utils import translation

    with translation.override("zh-hans"):
        html = html_of_slips(wave, codes=["AAAA-BBBB-CCC"], names=["Field"])
    assert 'lang="zh-hans"' in html
    assert "本次调查的密钥摘要" in html
    assert "Draw one slip" not in html


@pytest.mark.drawn
def test_the_file_is_a_poster_and_sheets_on_a4_that_no_browser_keeps(
    organization, wave, group, client_of, opened, settings
):
    """Drawn by the worker, fetched once."""
    paula = _member(organization, "Paula", Role.ADMINISTRATOR)
    browser = client_of(paula)
    page = browser.post(address(wave, group))["Location"]
    assert 'data-hx-trigger="every 1s"' in browser.get(page).content.decode()
    assert Slip.objects.count() == 0
    sheets = SlipSheets.objects.get()
    tasks.run_slips(sheets.pk)
    assert len(files_of(settings, wave)) == 1
    shown = " ".join(browser.get(page, headers={"hx-request": "true"}).content.decode().split())
    assert "A poster and 20 slips are ready." in shown
    assert "<html" not in shown
    response = browser.post(f"{page}file/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Cache-Control"] == "no-store"
    pdf = opened(response.content)
    assert len(pdf.pages) == 3
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pdf.pages} == {(595, 842)}
    assert bool(pdf.Root.MarkInfo.Marked)
    assert Slip.objects.count() == 20
    assert files_of(settings, wave) == []
    again = browser.post(f"{page}file/", follow=True)
    assert "These sheets were fetched already" in again.content.decode()


def made(by, wave, group):
    sheets = services.request_slips(by=by, wave=wave, group=group, language="en")
    tasks.run_slips(sheets.pk)
    sheets.refresh_from_db()
    return sheets


def test_nobody_but_whoever_asked_fetches_sheets(ada, organization, wave, group, drawn, client_of, settings):
    sheets = made(ada, wave, group)
    paula = _member(organization, "Paula", Role.ADMINISTRATOR)
    place = reverse("reports:slips_detail", args=["northwind", sheets.pk])
    for way in (client_of(paula).get(place), client_of(paula).post(f"{place}file/")):
        assert way.status_code == 404
    with pytest.raises(RoleTooSmall):
        services.fetch_slips(by=paula, sheets=sheets)
    assert len(files_of(settings, wave)) == 1
    ada.role = Role.AUDITOR
    ada.save()
    assert client_of(ada).post(f"{place}file/").status_code == 403
    with pytest.raises(RoleTooSmall):
        services.fetch_slips(by=ada, sheets=sheets)
    assert len(files_of(settings, wave)) == 1


def test_sheets_that_nobody_fetches_are_destroyed_after_an_hour_and_with_the_wave(
    ada, wave, group, drawn, settings
):
    sheets = made(ada, wave, group)
    made_at = timezone.now()
    assert abs(sheets.expires_at - made_at - timedelta(hours=1)) < timedelta(minutes=1)
    assert services.drop_slips(now=sheets.expires_at) == 0
    assert len(files_of(settings, wave)) == 1
    assert services.drop_slips(now=sheets.expires_at + timedelta(seconds=1)) == 1
    assert files_of(settings, wave) == []
    with pytest.raises(SheetsGone):
        services.fetch_slips(by=ada, sheets=sheets)
    sheets = made(ada, wave, group)
    employees.start_closing(by=ada, wave=wave)
    do(wave, WorkKind.CLOSE)
    assert files_of(settings, wave) == []
    with pytest.raises(SheetsGone):
        services.fetch_slips(by=ada, sheets=sheets)


def test_new_sheets_destroy_those_of_before_and_run_once_at_a_time(
    ada, organization, wave, group, drawn, settings
):
    first = made(ada, wave, group)
    second = services.request_slips(by=ada, wave=wave, group=group, language="en")
    assert second.pk != first.pk
    assert files_of(settings, wave) == []
    assert services.request_slips(by=ada, wave=wave, group=group, language="en").pk == second.pk
    paula = _member(organization, "Paula", Role.ADMINISTRATOR)
    with pytest.raises(DomainError):
        services.request_slips(by=paula, wave=wave, group=group, language="en")
    with pytest.raises(SheetsGone):
        services.fetch_slips(by=ada, sheets=first)


def test_sheets_are_not_drawn_for_somebody_who_may_not_print_any_more(ada, wave, group, drawn):
    sheets = services.request_slips(by=ada, wave=wave, group=group, language="en")
    ada.role = Role.AUDITOR
    ada.save()
    tasks.run_slips(sheets.pk)
    sheets.refresh_from_db()
    assert sheets.job_state == "failed"
    assert not drawn
    assert Slip.objects.count() == 0


def test_sheets_of_a_wave_that_closes_meanwhile_let_nobody_in(ada, wave, group, drawn, settings, monkeypatch):
    from reports.services import slips

    sheets = services.request_slips(by=ada, wave=wave, group=group, language="en")
    keep = employees.keep_sheets

    def close_then_keep(**about):
        keep(**about)
        Wave.objects.filter(pk=wave.pk).update(state="closing")

    monkeypatch.setattr(slips.employees, "keep_sheets", close_then_keep)
    tasks.run_slips(sheets.pk)
    sheets.refresh_from_db()
    assert (sheets.job_state, Slip.objects.count(), files_of(settings, wave)) == ("failed", 0, [])


def test_a_wave_that_is_not_open_prints_nothing_and_says_so(ada, ben, wave, group, client_of):
    assert client_of(ben).post(address(wave, group)).status_code == 403
    assert client_of(ada).get(address(wave, group)).status_code == 405
    Wave.objects.filter(pk=wave.pk).update(state="closed")
    response = client_of(ada).post(address(wave, group), follow=True)
    assert "This is not possible while the wave is in the state" in response.content.decode()
    assert Slip.objects.count() == 0
