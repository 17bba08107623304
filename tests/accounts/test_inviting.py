"""Inviting many, sending again, copying a link; and a mail server that is down."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.choices import Role
from accounts.errors import InvitationNotUsable
from accounts.importers import PersonLine, columns_not_read, read_people
from accounts.mail import send_invitation
from accounts.models import AuditEvent, Invitation, Membership
from common.derived import SecretLost
from common.errors import InvalidValues
from tabular.encodings import text_of
from tests.conftest import _member
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.accounts import LetterFactory
from tests.tabular.books import workbook

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def boss(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Boss")


def url(name, *args):
    return reverse(f"accounts:{name}", args=["northwind", *args])


def opens(secret) -> bool:
    try:
        services.accept_invitation(secret=secret, user=None, name="Nia", password=PASSWORD)
    except InvitationNotUsable:
        return False
    return True


# --- reading a list -------------------------------------------------------------------------------


def line(number, email, **more) -> PersonLine:
    return PersonLine(line=number, email=email, **more)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("", []),
        ("\n \n", []),
        ("a@x.org", [line(1, "a@x.org")]),
        ("a@x.org\n\n b@x.org \r\nc@x.org", [line(1, "a@x.org"), line(3, "b@x.org"), line(4, "c@x.org")]),
        ("a@x.org, b@x.org; c@x.org", [line(1, "a@x.org"), line(1, "b@x.org"), line(1, "c@x.org")]),
        ("Ann Lee <a@x.org>", [line(1, "a@x.org", name="Ann Lee")]),
        ('"Bo" <b@x.org>, c@x.org', [line(1, "b@x.org", name="Bo"), line(1, "c@x.org")]),
        ("李雷 <a@x.org>，b@x.org", [line(1, "a@x.org", name="李雷"), line(1, "b@x.org")]),
        (
            "E-Mail,Name,Role,Function\na@x.org,Ann,auditor,Finance\n\nb@x.org,,,\n",
            [line(2, "a@x.org", name="Ann", role="auditor", function="Finance"), line(4, "b@x.org")],
        ),
        ("name;email\nLee, Ann;a@x.org", [line(2, "a@x.org", name="Lee, Ann")]),
        ("name\temail\nAnn\ta@x.org", [line(2, "a@x.org", name="Ann")]),
        ('email,name\na@x.org,"A\nL"\nb@x.org,', [line(2, "a@x.org", name="A\nL"), line(4, "b@x.org")]),
        ("email,extra,name\na@x.org,x,Ann,more", [line(2, "a@x.org", name="Ann")]),
        ("姓名,邮箱\n李雷,a@x.org", [line(2, "a@x.org", name="李雷")]),
        ("email,name\n,Ann", [line(2, "", name="Ann")]),
        ("a@x.org\x00", [line(1, "a@x.org")]),
    ],
)  # fmt: skip
def test_a_list_is_read_line_by_line(text, people):
    assert read_people(text) == people


@pytest.mark.parametrize(
    "data",
    [
        "é@x.org".encode(),
        "é@x.org".encode("utf-8-sig"),
        "é@x.org".encode("utf-16"),
        "é@x.org".encode("cp1252"),
    ],
)
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(data):
    assert text_of(data) == "é@x.org"


def test_a_list_of_chinese_windows_is_read():
    text = "姓名,邮箱\n李雷,a@x.org"
    assert text_of(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    ("head", "person"),
    [
        ("email;name;Rolle;Abteilung", ["a@x.org", "Ann", "auditor", "Finance"]),
        ("Name;E-Mail;Rolle;Funktion", ["Ann", "a@x.org", "auditor", "Finance"]),
        ("email;name;roles;department", ["a@x.org", "Ann", "auditor", "Finance"]),
        ("E-Mail-Adresse;Vorname;Nachname;Bereich", ["a@x.org", "Ann", "Lee", "Finance"]),
        ("Nom complet;Courriel;Rôle;Département", ["Ann", "a@x.org", "auditor", "Finance"]),
        ("Correo electrónico;Nombre;Apellidos;Rol;Área", ["a@x.org", "Ann", "Lee", "auditor", "Finance"]),
        ("姓名;电子邮箱;角色;所属部门", ["Ann", "a@x.org", "auditor", "Finance"]),
        ("姓;名;邮箱;角色;部门", ["李", "雷", "a@x.org", "auditor", "Finance"]),
        ("Display Name;Work e-mail;User role;Business Unit", ["Ann", "a@x.org", "auditor", "Finance"]),
    ],
)
def test_the_usual_heads_of_other_languages_are_read(head, person):
    text = f"{head}\n{';'.join(person)}"
    (read,) = read_people(text)
    assert columns_not_read(text) == []
    assert (read.email, read.function) == ("a@x.org", "Finance")
    assert read.name in {"Ann", "Ann Lee", "李雷"}
    assert read.role == ("auditor" if "auditor" in person else "")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("email;name;Kostenstelle;Titel\na@x.org;Ann;12;Dr", ["Kostenstelle", "Titel"]),
        ("email,department,team\na@x.org,Finance,Care", ["team"]),
        ("email,name,first name\na@x.org,Ann,Ann", ["first name"]),
        ("email,name,\na@x.org,Ann,auditor,more", ["column 3", "column 4"]),
        ("email,name,\na@x.org,Ann,", []),
        ("a@x.org, b@x.org", []),
        ("", []),
    ],
)
def test_columns_that_are_not_read_are_named(text, named):
    assert columns_not_read(text) == named


# --- inviting many --------------------------------------------------------------------------------

GOOD = "email,name,role,function\na@x.org,Ann,Auditor,Finance\nb@x.org,Bo,审计员,finance\nc@x.org,,,\n"


def post(client, text, **more):
    return client.post(url("invite_many"), {"people": text, "role": Role.CONTRIBUTOR, **more})


def test_a_preview_invites_nobody(boss, client_of):
    BusinessFunctionFactory(organization=boss.organization, key="finance", name="Finance")
    page = post(client_of(boss), GOOD)
    assert page.status_code == 200
    assert "3 people will be invited" in page.text
    assert "Send the invitations" in page.text
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_the_check_says_which_columns_it_has_not_read(boss, client_of):
    page = post(client_of(boss), "email;name;Befugnis;Titel\na@x.org;Ann;auditor;Dr")
    assert "Not read: Befugnis, Titel." in page.text
    assert "Not read" not in post(client_of(boss), GOOD.replace("role,function", "Rolle,Abteilung")).text


def test_everybody_on_a_good_list_is_invited(boss, client_of):
    finance = BusinessFunctionFactory(organization=boss.organization, key="finance", name="Finance")
    assert post(client_of(boss), GOOD, confirm="yes").status_code == 302
    found = Invitation.objects.order_by("email").values_list("email", "name", "role", "function")
    assert list(found) == [
        ("a@x.org", "Ann", "auditor", finance.pk),
        ("b@x.org", "Bo", "auditor", finance.pk),
        ("c@x.org", "", "contributor", None),
    ]
    assert sorted(message.to[0] for message in mail.outbox) == ["a@x.org", "b@x.org", "c@x.org"]
    assert AuditEvent.objects.filter(verb="person.invited").count() == 3


def test_a_file_works_like_what_is_pasted(boss, client_of):
    file = SimpleUploadedFile("people.csv", b"email\na@x.org\nb@x.org")
    page = post(client_of(boss), "", file=file)
    assert "2 people will be invited" in page.text
    assert "email\na@x.org\nb@x.org" in page.text, "the list goes along to the next step"


def test_a_workbook_works_like_what_is_pasted(boss, client_of):
    BusinessFunctionFactory(organization=boss.organization, key="finance", name="Finance")
    rows = [["People to invite"], [], ["E-mail", "Name", "Role", "Function"]]
    rows += [["a@x.org", "Lee,\nAnn", "auditor", "Finance"], ["b@x.org", None, None, None]]
    content = workbook(("Read me", [["Fill in the next sheet."]]), ("People", rows))
    client = client_of(boss)
    page = post(client, "", file=SimpleUploadedFile("people.xlsx", content))
    assert "2 people will be invited" in page.text
    shown = page.context["form"]["people"].value()
    assert shown == 'E-mail,Name,Role,Function\na@x.org,"Lee, Ann",auditor,Finance\nb@x.org,,,\n'
    assert post(client, shown, confirm="yes").status_code == 302
    found = Invitation.objects.order_by("email").values_list("email", "name", "role", "function__key")
    assert list(found) == [
        ("a@x.org", "Lee, Ann", "auditor", "finance"),
        ("b@x.org", "", "contributor", None),
    ]


def test_a_workbook_that_cannot_be_opened_is_explained_beside_the_field(boss, client_of):
    file = SimpleUploadedFile("people.xlsx", b"PK\x03\x04" + b"\x00" * 99)
    page = post(client_of(boss), "", file=file)
    assert page.status_code == 422
    assert "cannot be opened" in page.context["form"].errors["file"][0]
    long = workbook(("People", [["email", "name"], *(["a@x.org", "x" * 30] for _ in range(5001))]))
    page = post(client_of(boss), "", file=SimpleUploadedFile("people.xlsx", long))
    assert page.context["form"].errors["file"] == ["The file has more than 5000 rows."]
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nobody", "is not an e-mail address"),
        ("email\n@x.org", "is not an e-mail address"),
        ("email,name\n,Ann", "is not an e-mail address"),
        ("a@x.org\nA@X.ORG", "The same address is in line 1"),
        ("ben@northwind.example", "This person is already a member"),
        ("email,role\na@x.org,emperor", "There is no role “emperor”. Use one of: Administrator, CX leader,"),
        ("E-Mail;Rolle\na@x.org;Chef", "There is no role “Chef”"),
        ("email,function\na@x.org,Alchemy", "There is no business function “Alchemy”"),
        ("email,name\na@x.org," + "x" * 151, "This name is too long"),
    ],
)
def test_one_bad_line_invites_nobody_and_says_which(boss, ben, client_of, text, problem):
    page = post(client_of(boss), f"{text}\nfine@x.org", confirm="yes")
    assert page.status_code == 422
    assert problem in page.text
    assert "1 line must be corrected" in page.text
    assert "Send the invitations" not in page.text
    assert "fine@x.org" in page.text
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_a_list_with_an_unknown_function_says_which_there_are_and_where_one_is_added(boss, client_of):
    link = reverse("accounts:function_create", args=["northwind"])
    wrong = "email,function\na@x.org,Alchemy"
    page = post(client_of(boss), wrong)
    assert "None has been added yet. Add it in the settings, under Business functions." in page.text
    assert link in page.text
    for number in range(1, 9):
        BusinessFunctionFactory(organization=boss.organization, name=f"Branch {number}")
    page = post(client_of(boss), wrong)
    names = ", ".join(f"Branch {number}" for number in range(1, 9))
    assert f"add it in the settings, under Business functions: {names}." in page.text
    BusinessFunctionFactory(organization=boss.organization, name="Branch 9")
    assert f"{names} and 1 more." in post(client_of(boss), wrong).text
    assert link not in post(client_of(boss), "nobody").text
    assert link not in post(client_of(boss), "email,function\na@x.org,Branch 9").text


def test_a_leader_invites_no_administrators_by_a_list_either(ada, client_of):
    page = post(client_of(ada), "email,role\na@x.org,administrator", confirm="yes")
    assert page.status_code == 422
    assert not Invitation.objects.exists()
    assert post(client_of(ada), "a@x.org", role=Role.ADMINISTRATOR, confirm="yes").status_code == 422
    assert not Invitation.objects.exists()


def test_an_empty_list_and_a_list_too_long_are_refused(boss, client_of):
    assert post(client_of(boss), " ", confirm="yes").status_code == 422
    many = "\n".join(f"p{number}@x.org" for number in range(501))
    page = post(client_of(boss), many, confirm="yes")
    assert "at most 500 people" in page.text
    assert not Invitation.objects.exists()


def test_the_service_is_all_or_nothing(boss):
    lines = [line(1, "a@x.org"), line(2, "nobody")]
    with pytest.raises(InvalidValues):
        services.invite_people(by=boss, lines=lines)
    with pytest.raises(InvalidValues):
        services.invite_people(by=boss, lines=[])
    assert not Invitation.objects.exists()


def test_the_number_of_queries_of_a_preview_does_not_grow_with_the_list(boss, django_assert_num_queries):
    with django_assert_num_queries(2):
        services.check_people(by=boss, lines=[line(n, f"p{n}@x.org") for n in range(400)])


def test_the_name_is_offered_to_who_joins(boss, client):
    _invitation, secret = services.invite_person(
        by=boss, email="a@x.org", role=Role.AUDITOR, name="Ann\r\nLee"
    )
    assert 'value="Ann Lee"' in client.get(reverse("join", args=[secret])).text


# --- links ----------------------------------------------------------------------------------------


def invited(by, role=Role.AUDITOR, email="new@example.org") -> tuple[Invitation, str]:
    return services.invite_person(by=by, email=email, role=role)


def test_the_secret_is_not_in_the_database_and_follows_from_the_servers_key(boss, settings):
    invitation, secret = invited(boss)
    assert secret not in repr(Invitation.objects.values().get())
    assert services.secret_of(invitation) == secret
    assert len(secret) == 64
    other, second = invited(boss, email="other@example.org")
    assert second != secret
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    with pytest.raises(SecretLost):
        services.secret_of(other)
    with pytest.raises(InvitationNotUsable, match="Send this invitation again first"):
        services.show_invitation_link(by=boss, invitation=other)
    assert not AuditEvent.objects.filter(verb="invitation.link_shown").exists()
    resent, fresh = services.resend_invitation(by=boss, invitation=other)
    assert services.secret_of(resent) == fresh
    settings.SECRET_KEY_FALLBACKS = [former]
    assert services.show_invitation_link(by=boss, invitation=invitation) == secret


def test_the_inviter_copies_a_link_that_works_and_the_trail_says_so(boss, client_of, client, settings):
    invitation, _secret = invited(boss)
    page = client_of(boss).get(url("invitation_show", invitation.pk))
    link = re.search(r'value="(http[^"]+/join/[^"]+)"', page.text).group(1)
    assert page["Cache-Control"] == "no-store"
    assert client.get(link.removeprefix(settings.SITE_URL)).status_code == 200
    event = AuditEvent.objects.get(verb="invitation.link_shown")
    assert (event.actor, event.subject) == (boss.user, "new@example.org")


def test_nobody_else_sees_the_link(boss, ada, client_of):
    """A leader who holds an administrator's invitation could become an administrator."""
    invitation, secret = invited(boss, Role.ADMINISTRATOR)
    answer = client_of(ada).get(url("invitation_show", invitation.pk))
    assert answer.status_code == 409
    assert secret not in answer.text
    assert not AuditEvent.objects.filter(verb="invitation.link_shown").exists()


@pytest.mark.parametrize("end", ["expired", "revoked", "old"])
def test_a_link_that_does_not_work_is_not_shown(boss, end):
    invitation, _secret = invited(boss)
    changes = {
        "expired": {"expires_at": timezone.now()},
        "revoked": {"revoked_at": timezone.now()},
        "old": {"nonce": ""},
    }
    Invitation.objects.filter(pk=invitation.pk).update(**changes[end])
    with pytest.raises(InvitationNotUsable):
        services.show_invitation_link(by=boss, invitation=Invitation.objects.get())


def test_sending_again_makes_a_new_link_and_new_days(boss, client_of):
    invitation, old = invited(boss)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "link expired on" in client_of(boss).get(url("people")).text
    client_of(boss).post(url("invitation_resend", invitation.pk))
    new = re.search(r"/join/([0-9a-f]+)/", mail.outbox[-1].body).group(1)
    assert not opens(old)
    assert (Invitation.objects.get().expires_at - timezone.now()).days == 13
    assert opens(new)
    assert AuditEvent.objects.filter(verb="invitation.resent").count() == 1


def test_an_invitation_of_an_older_version_can_be_sent_again(boss):
    invitation, _secret = invited(boss)
    Invitation.objects.update(nonce="", token_digest="0" * 64)
    again, secret = services.resend_invitation(by=boss, invitation=invitation)
    assert again.nonce
    assert opens(secret)


@pytest.mark.parametrize("end", ["accepted", "revoked", "left", "out of reach"])
def test_what_is_over_is_not_sent_again(boss, ada, end):
    invitation, secret = invited(boss if end == "out of reach" else ada, Role.AUDITOR)
    if end == "accepted":
        assert opens(secret)
    elif end == "revoked":
        services.revoke_invitation(by=boss, invitation=invitation)
    elif end == "left":
        Membership.objects.filter(pk=ada.pk).update(is_active=False)
    else:
        Invitation.objects.update(role=Role.ADMINISTRATOR)
        invitation.refresh_from_db()
    with pytest.raises((InvitationNotUsable, InvalidValues)):
        services.resend_invitation(by=ada if end == "out of reach" else boss, invitation=invitation)


def test_the_api_sends_again(boss, api_of):
    invitation, old = invited(boss)
    path = reverse("api:invitation-resend", args=["northwind", invitation.pk])
    assert api_of(boss).post(path).status_code == 200
    assert not opens(old)
    assert mail.outbox[-1].to == ["new@example.org"]


# --- mail is down ---------------------------------------------------------------------------------


def test_an_invitation_that_did_not_arrive_says_so_and_offers_its_link(boss, client_of):
    """By what Background work knows: a letter that waits after a failed try, or was given up."""
    client = client_of(boss)
    client.post(url("invite"), {"email": "new@example.org", "role": "auditor"})
    client.post(url("invite"), {"email": "other@example.org", "role": "auditor"})
    assert "could not be delivered" not in client.get(url("people")).text
    LetterFactory(recipient="new@example.org", organization=boss.organization)
    page = client.get(url("people")).text
    assert page.count("could not be delivered") == 1
    assert page.count("Copy link") == 2


def test_a_line_break_in_the_inviters_name_ends_no_header(boss):
    boss.user.name = "Boss\nBcc: everybody@example.org"
    boss.user.save()
    invitation, secret = invited(boss)
    send_invitation(invitation, secret)
    assert mail.outbox[-1].subject.startswith("Boss Bcc: everybody@example.org invites you")
    assert mail.outbox[-1].recipients() == ["new@example.org"]


# --- one invitation, and whose it is to withdraw ----------------------------------------------------


@pytest.mark.parametrize("way", ["another", "list", "API", "revoke", "revoke by API"])
def test_a_leader_undoes_no_invitation_of_an_administrator(boss, ada, api_of, client_of, way):
    invitation, secret = services.invite_person(by=boss, email="new@example.org", role=Role.ADMINISTRATOR)
    base = f"/api/v1/o/{boss.organization.slug}/invitations/"
    if way == "another":
        with pytest.raises(InvalidValues) as refusal:
            services.invite_person(by=ada, email="NEW@example.org", role=Role.CONTRIBUTOR)
        assert set(refusal.value.fields) == {"email"}
    elif way == "list":
        (line,) = services.check_people(by=ada, lines=read_people("new@example.org"))
        assert line.problem == "Only an administrator can grant or remove the administrator role."
    elif way == "API":
        assert api_of(ada).post(base, {"email": "new@example.org", "role": "contributor"}).status_code == 422
    elif way == "revoke":
        with pytest.raises(InvalidValues):
            services.revoke_invitation(by=ada, invitation=invitation)
        page = reverse("accounts:invitation_revoke", args=["northwind", invitation.pk])
        assert client_of(ada).post(page).status_code == 422
    else:
        assert api_of(ada).delete(f"{base}{invitation.pk}/").status_code == 422
    assert not AuditEvent.objects.filter(verb="invitation.revoked").exists()
    joined = services.accept_invitation(
        secret=secret, user=None, name="New", password="correct horse battery"
    )
    assert joined.role == Role.ADMINISTRATOR


def test_an_invitation_that_another_replaces_is_withdrawn_in_the_trail(boss, ada):
    services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    services.invite_person(by=boss, email="new@example.org", role=Role.AUDITOR)
    event = AuditEvent.objects.get(verb="invitation.revoked")
    assert (event.actor, event.before) == (boss.user, {"email": "new@example.org", "role": "contributor"})


def test_the_same_invitation_again_is_refused_and_changes_nothing(boss, api_of):
    sent = {"email": "new@example.org", "role": "contributor"}
    path = f"/api/v1/o/{boss.organization.slug}/invitations/"
    answers = [api_of(boss).post(path, sent) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [201, 409, 409]
    assert answers[1].json()["code"] == "already_invited"
    assert Invitation.objects.get().revoked_at is None
    assert AuditEvent.objects.filter(verb="person.invited").count() == 1
    assert not AuditEvent.objects.filter(verb="invitation.revoked").exists()


def test_a_list_pasted_twice_keeps_the_invitations(boss):
    lines = read_people("one@example.org\ntwo@example.org")
    first = services.invite_people(by=boss, lines=lines)
    again = services.invite_people(by=boss, lines=lines)
    assert [one.pk for one in again] == [one.pk for one in first]
    assert [services.secret_of(one) for one in again] == [services.secret_of(one) for one in first]
    assert AuditEvent.objects.filter(verb="person.invited").count() == 2


def test_an_expired_invitation_is_sent_anew_by_inviting_again(boss):
    first, _secret = services.invite_person(by=boss, email="new@example.org", role=Role.CONTRIBUTOR)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    second, _secret = services.invite_person(by=boss, email="new@example.org", role=Role.CONTRIBUTOR)
    assert second.pk != first.pk


def test_the_same_person_for_another_function_is_invited_anew_and_the_first_link_ends(boss):
    care, finance = (BusinessFunctionFactory(organization=boss.organization) for _ in "ab")
    first, _secret = services.invite_person(
        by=boss, email="new@example.org", role=Role.CONTRIBUTOR, function=care
    )
    second, _secret = services.invite_person(
        by=boss, email="new@example.org", role=Role.CONTRIBUTOR, function=finance
    )
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert second.function == finance


def test_who_has_an_account_is_told_to_sign_in_before_anything_is_asked(boss, dora):
    _invitation, secret = services.invite_person(by=boss, email=dora.user.email, role=Role.AUDITOR)
    with pytest.raises(InvitationNotUsable, match="You already have an account"):
        services.accept_invitation(secret=secret, user=None, name="", password="")


def test_five_hundred_people_are_invited_at_once_and_not_one_more(boss):
    lines = [line(number, f"p{number}@x.org") for number in range(1, 502)]
    assert len(services.check_people(by=boss, lines=lines[:500])) == 500
    with pytest.raises(InvalidValues):
        services.check_people(by=boss, lines=lines)


# --- a link that came to another address ------------------------------------------------------------


def test_a_forwarded_invitation_says_at_once_that_it_is_for_another_address(boss, ben, client_of):
    _invitation, secret = services.invite_person(by=boss, email="new@example.org", role=Role.ADMINISTRATOR)
    client = client_of(ben)
    page = client.get(reverse("join", args=[secret]))
    assert page.status_code == 200
    assert "sent to another e-mail address" in page.text
    assert "Sign out and go on" in page.text
    assert "Accept the invitation" not in page.text
    assert "Administrator" not in page.text  # what it offers is for the other
    assert "new@example.org" not in page.text
    answer = client.post(reverse("join", args=[secret]))
    assert answer.status_code in {409, 410, 422}
    assert "new@example.org" not in answer.text
    assert not Membership.objects.filter(user=ben.user, role=Role.ADMINISTRATOR).exists()
    out = client.post(reverse("account_logout"), {"next": reverse("join", args=[secret])})
    assert out["Location"] == reverse("join", args=[secret])
    assert "invited you as Administrator" in client.get(out["Location"]).text


def test_the_person_who_is_meant_accepts_however_the_address_is_written(boss, dora, client_of):
    _invitation, secret = services.invite_person(by=boss, email=dora.user.email.upper(), role=Role.AUDITOR)
    page = client_of(dora).get(reverse("join", args=[secret]))
    assert "Accept the invitation" in page.text
    assert "another e-mail address" not in page.text


# --- only what may be done is offered ----------------------------------------------------------


@pytest.mark.parametrize("page", ["invite", "invite_many"])
@pytest.mark.parametrize(("role", "is_offered"), [(Role.ADMINISTRATOR, True), (Role.CX_LEADER, False)])
def test_the_administrator_role_is_offered_to_administrators_alone(
    organization, client_of, page, role, is_offered
):
    reader = _member(organization, "Rita", role)
    shown = client_of(reader).get(reverse(f"accounts:{page}", args=["northwind"])).text
    assert ('<option value="administrator"' in shown) is is_offered
    assert '<option value="contributor"' in shown


def test_a_cx_leader_is_not_offered_to_remove_or_change_an_administrator(organization, client_of):
    leader, boss = (
        _member(organization, "Lena", Role.CX_LEADER),
        _member(organization, "Bo", Role.ADMINISTRATOR),
    )
    address = reverse("accounts:member_edit", args=["northwind", boss.pk])
    removal = reverse("accounts:member_deactivate", args=["northwind", boss.pk])
    shown = client_of(leader).get(address).text
    assert removal not in shown
    assert '<option value="contributor"' not in shown
    assert "Only an administrator can change this role or remove this access." in shown
    saved = client_of(leader).post(address, {"role": "administrator", "job_title": "Head", "function": ""})
    assert saved.status_code == 302  # the place of an administrator is anybody's to write who manages people
    boss.refresh_from_db()
    assert (boss.role, boss.job_title) == (Role.ADMINISTRATOR, "Head")
    own = client_of(boss).get(address).text
    assert removal in own
    assert '<option value="contributor"' in own
