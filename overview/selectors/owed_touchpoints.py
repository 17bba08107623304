"""What the inventory and suggestions leave to do: the rows behind their kinds in `needs`."""

from overview.selectors.desk import Desk, Owed


def touchpoints_left(desk: Desk) -> list[Owed]:
    """Touchpoints whose responsible person has left, for who runs the program."""
    return [
        Owed(words={"touchpoint": row.name, "name": row.owner_person}, address=(row.key,))
        for row in desk.left_touchpoints
    ]
