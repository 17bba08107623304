"""For which touchpoints a seat speaks, where functions are parts of others."""

import pytest

from coalition.selectors import coverage
from coalition.selectors import seats as seats_of
from journeys.models import Touchpoint
from tests.factories.accounts import BusinessFunctionFactory
from tests.factories.coalition import CoalitionFactory, SeatFactory
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


def test_a_seat_speaks_for_the_parts_of_its_function_unless_one_is_nearer(organization, ada, ben, fay):
    service = BusinessFunctionFactory(organization=organization, name="Service")
    care = BusinessFunctionFactory(organization=organization, name="Care", parent=service)
    desk = BusinessFunctionFactory(organization=organization, name="Desk", parent=care)
    BusinessFunctionFactory(organization=organization, name="Finance")
    for name, owner in (("Call", desk), ("Letter", care), ("Visit", service)):
        TouchpointFactory(organization=organization, name=name, owner_function=owner)
    coalition = CoalitionFactory(organization=organization)
    SeatFactory(coalition=coalition, membership=ben, title="Head of service", function=service)

    def told() -> tuple[dict[str, list[str]], list[str]]:
        found = coverage(organization, tuple(seats_of(coalition)))
        rows = {row.touchpoint.name: [seat.title for seat in row.speakers] for row in found.rows}
        return rows, [function.name for function in found.silent_functions]

    everything = {name: ["Head of service"] for name in ("Call", "Letter", "Visit")}
    assert told() == (everything, ["Finance"])
    near = SeatFactory(coalition=coalition, membership=fay, title="Care lead", function=care)
    nearer = {name: ["Care lead"] for name in ("Call", "Letter")}
    assert told() == (everything | nearer, ["Finance"])
    # a seat that names its touchpoints speaks for those, and leaves the others to who is above it
    near.touchpoints.add(Touchpoint.objects.get(name="Letter"))
    assert told() == (everything | {"Letter": ["Care lead", "Head of service"]}, ["Finance"])
