from decimal import Decimal

import pytest
from django.utils import timezone

from accounts import services
from accounts.choices import Role
from accounts.errors import AlreadyInvited, AlreadyMember, InvitationNotUsable, LastAdministrator, NoAccess
from accounts.models import ApiToken, AuditEvent, Event, Invitation, Membership, User
from common.errors import InvalidValues
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.coalition import InitiativeFactory

pytestmark = pytest.mark.django_db


def test_founder_of_an_organization_becomes_its_administrator():
    founder = User.objects.create_user("fay@example.org", "correct horse battery")
    member = services.create_organization(name="Fay Ltd", slug="fay", founder=founder)
    assert member.role == Role.ADMINISTRATOR
    assert AuditEvent.objects.of(member.organization).get().verb == "organization.created"


def test_a_taken_short_name_is_refused(organization):
    founder = User.objects.create_user("fay@example.org", "correct horse battery")
    with pytest.raises(InvalidValues) as refusal:
        services.create_organization(name="Other", slug=organization.slug, founder=founder)
    assert "slug" in refusal.value.fields


def test_an_invited_person_joins_with_the_invited_role(ada):
    function = BusinessFunctionFactory(organization=ada.organization)
    _invitation, secret = services.invite_person(
        by=ada, email="New@Example.org", role=Role.EXECUTIVE, function=function
    )
    member = services.accept_invitation(
        secret=secret, user=None, name="Nia", password="correct horse battery"
    )
    assert (member.role, member.function, member.user.email) == (Role.EXECUTIVE, function, "new@example.org")
    assert member.user.check_password("correct horse battery")


def test_an_invitation_works_once(ada):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    services.accept_invitation(secret=secret, user=None, name="Nia", password="correct horse battery")
    with pytest.raises(InvitationNotUsable):
        services.accept_invitation(secret=secret, user=None, name="Nia", password="correct horse battery")


@pytest.mark.parametrize("end", ["expired", "revoked", "unknown"])
def test_a_dead_link_is_refused(ada, end):
    invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    if end == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    elif end == "revoked":
        services.revoke_invitation(by=ada, invitation=invitation)
    else:
        secret = "made up"
    with pytest.raises(InvitationNotUsable):
        services.accept_invitation(secret=secret, user=None, name="Nia", password="correct horse battery")
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_signed_in_person_cannot_use_an_invitation_for_another_address(ada, dora):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    with pytest.raises(InvitationNotUsable):
        services.accept_invitation(secret=secret, user=dora.user)


def test_a_known_person_joins_a_second_organization(ada, dora):
    _invitation, secret = services.invite_person(by=ada, email=dora.user.email, role=Role.AUDITOR)
    with pytest.raises(InvitationNotUsable):
        services.accept_invitation(secret=secret, user=None, name="x", password="correct horse battery")
    member = services.accept_invitation(secret=secret, user=dora.user)
    assert member.organization == ada.organization
    assert dora.user.memberships.count() == 2


def test_sending_again_makes_the_first_link_useless_and_inviting_again_is_refused(ada):
    first, old = services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    with pytest.raises(AlreadyInvited):
        services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    services.resend_invitation(by=ada, invitation=first)
    with pytest.raises(InvitationNotUsable):
        services.accept_invitation(secret=old, user=None, name="Nia", password="correct horse battery")


def test_a_member_is_not_invited_twice(ada, ben):
    with pytest.raises(AlreadyMember):
        services.invite_person(by=ada, email=ben.user.email.upper(), role=Role.CONTRIBUTOR)


def test_only_an_administrator_hands_out_the_administrator_role(ada, ben):
    with pytest.raises(InvalidValues):
        services.invite_person(by=ada, email="new@example.org", role=Role.ADMINISTRATOR)
    with pytest.raises(InvalidValues):
        services.change_member(by=ada, member=ben, role=Role.ADMINISTRATOR, function=None)
    boss = MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR)
    with pytest.raises(InvalidValues):
        services.deactivate_member(by=ada, member=boss)
    services.change_member(by=boss, member=ben, role=Role.ADMINISTRATOR, function=None)
    assert Membership.objects.get(pk=ben.pk).role == Role.ADMINISTRATOR


def test_somebody_always_remains_who_can_manage_people(ada):
    with pytest.raises(LastAdministrator):
        services.deactivate_member(by=ada, member=ada)
    with pytest.raises(LastAdministrator):
        services.change_member(by=ada, member=ada, role=Role.EXECUTIVE, function=None)


def test_the_only_administrator_stays_though_others_manage_people(ada):
    """Nobody else could make another administrator."""
    boss = MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        services.deactivate_member(by=boss, member=boss)
    with pytest.raises(LastAdministrator):
        services.change_member(by=boss, member=boss, role=Role.CX_LEADER, function=None)
    services.change_member(by=boss, member=boss, role=Role.ADMINISTRATOR, function=None, job_title="CIO")
    assert Membership.objects.get(pk=boss.pk).role == Role.ADMINISTRATOR


def test_one_of_two_administrators_may_go(ada):
    boss, other = (MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR) for _ in "ab")
    services.deactivate_member(by=boss, member=boss)
    with pytest.raises(LastAdministrator):
        services.deactivate_member(by=other, member=other)


def test_an_administrator_of_another_organization_does_not_count(ada, dora):
    MembershipFactory(organization=dora.organization, role=Role.ADMINISTRATOR)
    boss = MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        services.deactivate_member(by=boss, member=boss)


def test_a_removed_administrator_does_not_count(ada):
    boss, other = (MembershipFactory(organization=ada.organization, role=Role.ADMINISTRATOR) for _ in "ab")
    services.deactivate_member(by=boss, member=other)
    with pytest.raises(LastAdministrator):
        services.change_member(by=boss, member=boss, role=Role.CX_LEADER, function=None)


def test_a_changed_role_is_in_the_trail_with_both_states(ada, ben):
    services.change_member(by=ada, member=ben, role=Role.EXECUTIVE, function=None, job_title="COO")
    event = AuditEvent.objects.of(ada.organization).get(verb="person.changed")
    assert (event.before["role"], event.after["role"]) == (Role.COALITION_MEMBER, Role.EXECUTIVE)
    assert event.actor == ada.user


def test_saving_what_is_there_already_is_no_event(ada, ben):
    care = BusinessFunctionFactory(organization=ada.organization, name="Care")
    for _time in range(2):
        services.change_member(by=ada, member=ben, role=Role.EXECUTIVE, function=care, job_title="COO")
        services.save_function(by=ada, name="Customer care", function=care)
    verbs = AuditEvent.objects.of(ada.organization).values_list("verb", flat=True)
    assert sorted(verbs) == ["function.saved", "person.changed"]
    services.change_member(by=ada, member=ben, role=Role.EXECUTIVE, function=care, job_title="CFO")
    newest = AuditEvent.objects.of(ada.organization).first()
    assert (newest.before["job_title"], newest.after["job_title"]) == ("COO", "CFO")


def test_nothing_is_changed_for_somebody_who_was_removed(ada, ben):
    services.deactivate_member(by=ada, member=ben)
    with pytest.raises(NoAccess, match="no longer has access"):
        services.change_member(by=ada, member=ben, role=Role.EXECUTIVE, function=None)
    with pytest.raises(NoAccess):
        services.deactivate_member(by=ada, member=ben)
    assert Membership.objects.get(pk=ben.pk).role == Role.COALITION_MEMBER
    assert AuditEvent.objects.filter(verb="person.removed").count() == 1
    assert not AuditEvent.objects.filter(verb="person.changed").exists()


def test_the_trail_can_only_grow(ada):
    services.record_event(
        organization=ada.organization, actor=ada.user, verb="test.happened", subject=ada.organization
    )
    event = AuditEvent.objects.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_the_secret_of_a_key_is_not_stored(ada):
    token, secret = services.create_api_token(member=ada, name=" nightly import ")
    stored = ApiToken.objects.get(pk=token.pk)
    assert secret not in {stored.token_digest, stored.prefix}
    assert stored.name == "nightly import"
    services.revoke_api_token(by=ada, token=token)
    assert not ApiToken.objects.usable(timezone.now()).exists()


def test_two_functions_of_one_name_are_refused(ada):
    first = services.save_function(by=ada, name="Service")
    with pytest.raises(InvalidValues):
        services.save_function(by=ada, name="service")
    renamed = services.save_function(by=ada, name="Customer service", function=first)
    assert renamed.key == "service"


def test_functions_with_names_that_make_the_same_key_both_exist(ada):
    assert {services.save_function(by=ada, name=name).key for name in ("R&D", "R D", "研发")} == {
        "rd",
        "r-d",
        "function",
    }


# --- rules that hold whoever calls -----------------------------------------------------------------


def refused_fields(call):
    with pytest.raises(InvalidValues) as refusal:
        call()
    return sorted(refusal.value.fields)


def test_nobody_is_invited_to_a_role_or_function_that_is_not_there(ada):
    foreign = BusinessFunctionFactory()
    invite = {"by": ada, "email": "new@example.org"}
    assert refused_fields(lambda: services.invite_person(**invite, role="emperor")) == ["role"]
    assert refused_fields(lambda: services.invite_person(**invite, role=Role.AUDITOR, function=foreign)) == [
        "function"
    ]
    assert refused_fields(
        lambda: services.invite_person(by=ada, email="new\n@example.org", role=Role.AUDITOR)
    ) == ["email"]
    assert not Invitation.objects.exists()


def test_nobody_gets_a_role_or_function_that_is_not_there(ada, ben):
    change = {"by": ada, "member": ben}
    assert refused_fields(lambda: services.change_member(**change, role="emperor", function=None)) == ["role"]
    foreign = BusinessFunctionFactory()
    assert refused_fields(lambda: services.change_member(**change, role=Role.AUDITOR, function=foreign)) == [
        "function"
    ]
    ben.refresh_from_db()
    assert (ben.role, ben.function) == (Role.COALITION_MEMBER, None)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("Nia", "password12", "password"), ("Nia", "short", "password"), (" ", "correct horse battery", "name")],
)
def test_a_guessable_password_or_no_name_is_refused_whoever_asks(ada, name, password, field):
    _invitation, secret = services.invite_person(by=ada, email="new@example.org", role=Role.CONTRIBUTOR)
    assert refused_fields(
        lambda: services.accept_invitation(secret=secret, user=None, name=name, password=password)
    ) == [field]
    assert not User.objects.filter(email="new@example.org").exists()
    services.accept_invitation(secret=secret, user=None, name="Nia", password="correct horse battery")


def test_names_are_one_line_and_never_empty(ada):
    assert services.set_preferences(
        user=ada.user, name=" Ada\r\nBcc: x@y.z ", language="", theme="dark"
    ).name == ("Ada Bcc: x@y.z")
    assert services.save_function(by=ada, name="Field\nservice").name == "Field service"
    assert refused_fields(lambda: services.save_function(by=ada, name=" ")) == ["name"]
    assert refused_fields(
        lambda: services.set_preferences(user=ada.user, name="", language="tlh", theme="pink")
    ) == ["language", "name", "theme"]
    assert refused_fields(lambda: services.create_api_token(member=ada, name=" ")) == ["name"]
    same = {"currency": "EUR", "time_zone": "UTC", "language": "en", "discount_rate_pct": 8}
    assert refused_fields(lambda: services.update_organization(by=ada, name=" \n", **same)) == ["name"]


# --- settings of the organization -----------------------------------------------------------------


def saved(by, **changes):
    values = {
        "name": "Northwind",
        "currency": "EUR",
        "time_zone": "UTC",
        "language": "en",
        "discount_rate_pct": Decimal(8),
    }
    return services.update_organization(by=by, **values | changes)


def told(kind) -> list[dict]:
    return [event.content for event in Event.objects.filter(kind=kind)]


def test_weeks_and_fiscal_years_are_settings_that_the_trail_keeps(ada):
    organization = saved(ada, week_begins=6, year_begins=7)
    assert (organization.reckoning.week_begins, organization.reckoning.year_begins) == (6, 7)
    event = AuditEvent.objects.filter(verb="organization.changed").latest("pk")
    assert (event.before["week_begins"], event.before["year_begins"]) == (0, 1)
    assert (event.after["week_begins"], event.after["year_begins"]) == (6, 7)
    assert saved(ada, name="Northwind 2").week_begins == 6  # not given: stays


@pytest.mark.parametrize("wrong", [{"week_begins": 5}, {"year_begins": 0}, {"year_begins": 13}])
def test_a_week_begins_on_no_other_day_and_a_year_with_no_other_month(ada, wrong):
    assert refused_fields(lambda: saved(ada, **wrong)) == [*wrong]


@pytest.mark.parametrize("rate", ["0", "50"])
def test_the_discount_rate_may_be_anything_from_nothing_to_fifty_percent(ada, rate):
    assert saved(ada, discount_rate_pct=Decimal(rate)).discount_rate_pct == Decimal(rate)


@pytest.mark.parametrize("rate", ["-0.01", "50.01"])
def test_no_discount_rate_below_nothing_or_above_fifty_percent(ada, rate):
    assert refused_fields(lambda: saved(ada, discount_rate_pct=Decimal(rate))) == ["discount_rate_pct"]


def test_the_currency_changes_while_no_money_was_entered(ada):
    assert saved(ada, currency="JPY").currency == "JPY"


def test_the_currency_stays_once_money_was_entered(ada):
    InitiativeFactory(organization=ada.organization, owner=ada, one_off_cost=Decimal(1))
    assert refused_fields(lambda: saved(ada, currency="JPY")) == ["currency"]


def test_other_settings_change_while_money_keeps_the_currency(ada):
    InitiativeFactory(organization=ada.organization, owner=ada, one_off_cost=Decimal(1))
    assert saved(ada, name="Northwind Mobile").name == "Northwind Mobile"


def test_a_new_time_zone_is_told_to_higher_rooms_with_both(ada):
    saved(ada, time_zone="Asia/Tokyo")
    assert told("accounts.time_zone_changed") == [{"before": "UTC", "after": "Asia/Tokyo"}]


def test_settings_saved_with_the_same_time_zone_tell_nothing(ada):
    saved(ada, name="Northwind Mobile")
    assert told("accounts.time_zone_changed") == []


def test_a_territory_that_is_none_is_refused_and_no_territory_is_fine(ada):
    assert refused_fields(lambda: saved(ada, territory="ZZZZ")) == ["territory"]
    assert saved(ada, territory="").territory == ""


# --- what higher rooms are told about people ------------------------------------------------------


def test_a_new_role_is_told_to_higher_rooms_with_both(ada, ben):
    services.change_member(by=ada, member=ben, role=Role.AUDITOR, function=None)
    assert told("accounts.member_role_changed") == [
        {"membership": ben.pk, "before": "coalition_member", "after": "auditor", "by": ada.pk}
    ]


def test_a_new_title_is_no_new_role(ada, ben):
    services.change_member(by=ada, member=ben, role=Role.COALITION_MEMBER, function=None, job_title="COO")
    assert told("accounts.member_role_changed") == []


def test_somebody_who_was_removed_is_told_to_higher_rooms(ada, ben):
    services.deactivate_member(by=ada, member=ben)
    assert told("accounts.member_deactivated") == [
        {"membership": ben.pk, "role": "coalition_member", "by": ada.pk}
    ]


# --- the guided start -----------------------------------------------------------------------------


def test_the_guided_start_is_put_away_for_this_member_alone(ada, ben):
    services.hide_guide(by=ada)
    hidden = Membership.objects.exclude(guide_hidden_at=None)
    assert list(hidden) == [ada]


def test_the_guided_start_comes_out_for_this_member_alone(ada, ben):
    for member in (ada, ben):
        services.hide_guide(by=member)
    services.show_guide(by=ada)
    assert list(Membership.objects.filter(guide_hidden_at=None)) == [ada]
