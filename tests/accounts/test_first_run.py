"""An installation that nobody has set up yet is no dead end, and opens to nobody but who started it."""

import stat

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.choices import Role
from accounts.models import Membership, Organization, User
from customer_voice.services import create_standard_metrics
from tests.factories import OrganizationFactory
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Northwind Télécom",
    "slug": "",
    "language": "en",
    "currency": "EUR",
    "time_zone": "Europe/Paris",
    "person": "Grace Kim",
    "email": "grace@northwind.example",
    "password": "four unrelated words here",
}


@pytest.fixture(autouse=True)
def embedded(settings, tmp_path):
    settings.EMBEDDED, settings.VAR_DIR = True, tmp_path


@pytest.fixture
def code(embedded) -> str:
    return services.write_first_code()


def sent(code, **changes):
    return Client().post(reverse("first"), {**TYPED, "code": code, **changes})


def test_who_started_it_makes_the_first_organization_and_signs_in(code, tmp_path):
    page = Client().get(reverse("first"), {"code": code})
    assert f'value="{code}"' in page.text
    answer = sent(code)
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login") + "?founded=yes")
    there = Client().get(answer["Location"])
    assert "The organization is set up. Sign in with the e-mail address and the password" in there.text
    assert "you were invited with" not in there.text
    member = Membership.objects.get()
    assert (member.role, str(member.user), member.user.email) == (
        Role.ADMINISTRATOR,
        "Grace Kim",
        "grace@northwind.example",
    )
    organization = member.organization
    assert (organization.name, organization.slug, organization.currency) == (
        "Northwind Télécom",
        "northwind-telecom",
        "EUR",
    )
    assert organization.time_zone == "Europe/Paris"
    browser = Client()
    signed_in = browser.post(
        reverse("account_login"), {"login": TYPED["email"], "password": TYPED["password"]}
    )
    assert signed_in.status_code == 302
    assert browser.get("/o/northwind-telecom/").status_code == 200


def test_the_code_is_used_up(code, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sent(code)
    assert not list(tmp_path.glob("first-code*"))
    assert sent(code).status_code == 404


def test_a_chinese_first_run_makes_a_chinese_organization(code):
    browser = Client(headers={"accept-language": "zh-CN"})
    page = browser.get(reverse("first"), {"code": code})
    assert '<option value="zh-hans" selected>' in page.text
    assert '<option value="en" selected>' not in page.text
    chosen = {"name": "北京银行", "slug": "beijing-bank", "language": "zh-hans", "currency": "CNY"}
    answer = browser.post(reverse("first"), {**TYPED, **chosen, "time_zone": "Asia/Shanghai", "code": code})
    assert answer.status_code == 302
    organization = Organization.objects.get()
    assert (organization.slug, organization.language, organization.currency, organization.time_zone) == (
        "beijing-bank", "zh-hans", "CNY", "Asia/Shanghai",
    )  # fmt: skip
    (metric,) = create_standard_metrics(organization, ["csat_5"])
    assert (metric.name, metric.wording) == ("客户满意度（5分制）", "您对这次体验的满意程度如何？")


def test_an_english_first_run_offers_english(code):
    page = Client(headers={"accept-language": "en-GB"}).get(reverse("first"), {"code": code})
    assert '<option value="en" selected>' in page.text


def test_a_language_that_is_not_there_is_refused(code):
    answer = sent(code, language="tlh")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"language"}
    assert not Organization.objects.exists()


def test_a_short_name_that_no_address_can_hold_is_refused(code):
    for slug in ("北京", "a/b", "x" * 51):
        assert set(sent(code, slug=slug).context["form"].errors) == {"slug"}
    assert not Organization.objects.exists()


def test_a_name_without_latin_letters_has_an_address_too(code):
    assert sent(code, name="北风电信").status_code == 302
    assert Organization.objects.get().slug == "organization"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"code": "guessed"}, "code"), ({"password": "short"}, "password"), ({"email": "nobody"}, "email")],
)
def test_another_code_and_a_weak_password_are_refused_beside_their_field(code, changes, field):
    answer = Client().post(reverse("first"), {**TYPED, "code": code, **changes})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not User.objects.exists()
    assert sent(code).status_code == 302  # the right one still opens


@pytest.mark.parametrize("why", ["organization", "person", "production", "elsewhere", "never started"])
def test_it_is_no_page_for_anybody_else(code, settings, why):
    where = "127.0.0.1"
    if why == "organization":
        OrganizationFactory()
    elif why == "person":
        UserFactory()
    elif why == "production":
        settings.EMBEDDED = False
    elif why == "elsewhere":
        where = "192.0.2.7"
    else:
        services.forget_first_code()
    people = User.objects.count()
    for method in ("get", "post"):
        answer = getattr(Client(), method)(reverse("first"), {**TYPED, "code": code}, REMOTE_ADDR=where)
        assert answer.status_code == 404
    assert User.objects.count() == people


@pytest.mark.parametrize("why", ["organization", "person", "production"])
def test_where_somebody_is_there_no_code_is_written_and_an_older_one_ends(code, settings, tmp_path, why):
    if why == "organization":
        OrganizationFactory()
    elif why == "person":
        UserFactory()
    else:
        settings.EMBEDDED = False
    assert services.write_first_code() == ""
    assert not list(tmp_path.glob("first-code*"))


def test_each_start_has_a_code_of_its_own_that_only_this_user_can_read(code, tmp_path):
    newer = services.write_first_code()
    assert newer != code
    assert len(newer) >= 32
    (file,) = tmp_path.glob("first-code*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sent(code).status_code == 422
    assert sent(newer).status_code == 302


def test_the_sign_in_page_says_how_the_first_one_is_made(settings):
    services.write_first_code()
    page = Client().get(reverse("account_login"))
    assert "The window in which the program was started shows the address" in page.text
    settings.EMBEDDED = False
    page = Client().get(reverse("account_login"))
    assert "manage.py create_organization" in page.text
    OrganizationFactory()
    assert "There is no organization yet" not in Client().get(reverse("account_login")).text
