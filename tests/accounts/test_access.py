"""Each door of the room: who gets which row, who is refused, and for whom there is nothing."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from accounts import access, services
from accounts.choices import Role
from accounts.models import EventDelivery, Invitation, Session
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.accounts import EventDeliveryFactory, LetterFactory

pytestmark = pytest.mark.django_db

# Door and how a row behind it is made in somebody's organization.
DOORS = {
    "member": (access.member_for, lambda by: MembershipFactory(organization=by.organization)),
    "invitation": (
        access.invitation_for,
        lambda by: services.invite_person(by=by, email=f"{by.pk}@x.org", role=Role.AUDITOR)[0],
    ),
    "function": (access.function_for, lambda by: BusinessFunctionFactory(organization=by.organization)),
    "letter": (access.letter_for, lambda by: LetterFactory(organization=by.organization)),
    "delivery": (
        access.delivery_for,
        lambda by: EventDeliveryFactory(event__organization=by.organization),
    ),
}


@pytest.fixture(params=DOORS)
def door(request):
    return DOORS[request.param]


def test_a_leader_gets_exactly_the_row_asked_for(ada, door):
    open_door, make = door
    _first, wanted, _last = (make(MembershipFactory(organization=ada.organization)) for _ in "abc")
    assert open_door(ada, wanted.pk) == wanted


def test_for_a_stranger_there_is_nothing(ada, dora, door):
    open_door, make = door
    with pytest.raises(Http404):
        open_door(dora, make(ada).pk)


def test_a_row_that_is_absent_is_not_found(ada, door):
    with pytest.raises(Http404):
        door[0](ada, 0)


@pytest.mark.parametrize(
    "role", ["coalition_member", "executive", "finance_reviewer", "contributor", "auditor"]
)
def test_a_lesser_role_is_refused(ada, door, role):
    open_door, make = door
    with pytest.raises(PermissionDenied):
        open_door(MembershipFactory(organization=ada.organization, role=role), make(ada).pk)


def test_an_accepted_invitation_is_no_longer_behind_its_door(ada):
    invitation, _secret = services.invite_person(by=ada, email="new@example.org", role=Role.AUDITOR)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now())
    with pytest.raises(Http404):
        access.invitation_for(ada, invitation.pk)


def test_an_event_that_was_dealt_with_is_not_tried_again(ada):
    delivery = EventDeliveryFactory(event__organization=ada.organization)
    EventDelivery.objects.filter(pk=delivery.pk).update(done_at=timezone.now())
    with pytest.raises(Http404):
        access.delivery_for(ada, delivery.pk)


def test_a_person_gets_the_own_key_that_was_asked_for(ada):
    keys = [services.create_api_token(member=ada, name=name)[0] for name in ("first", "second")]
    assert [access.token_for(ada, key.pk).name for key in keys] == ["first", "second"]


def test_a_revoked_key_is_not_found(ada):
    key, _secret = services.create_api_token(member=ada, name="nightly")
    services.revoke_api_token(by=ada, token=key)
    with pytest.raises(Http404):
        access.token_for(ada, key.pk)


def test_the_key_of_a_colleague_is_not_found_even_by_a_leader(ada, ben):
    key, _secret = services.create_api_token(member=ben, name="nightly")
    with pytest.raises(Http404):
        access.token_for(ada, key.pk)


def _session(user, key) -> Session:
    return Session.objects.create(
        session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=1), user=user
    )


def test_a_session_is_found_by_its_own_mark_and_not_by_that_of_another(ada):
    first, second = _session(ada.user, "a" * 32), _session(ada.user, "b" * 32)
    assert access.session_for(ada.user, access.session_mark(second)) == second
    assert access.session_for(ada.user, access.session_mark(first)) == first


def test_the_session_of_another_person_is_not_found(ada, ben):
    with pytest.raises(Http404):
        access.session_for(ada.user, access.session_mark(_session(ben.user, "b" * 32)))
