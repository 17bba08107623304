"""The list of a wave, address by address, for whoever sets it up. Who was given a credential is not in it."""

from django.db.models import QuerySet

from employee_voice.models import Invitation, Wave


def listed_people(wave: Wave, *, text: str = "", refused: bool = False) -> QuerySet[Invitation]:
    """Addresses on the list with function and last letter: all, those that hold the text, or of an open
    wave those whose last letter was refused. One query when it is read.
    """
    everybody = Invitation.objects.filter(wave=wave)
    rows: QuerySet[Invitation] = everybody.select_related("wave_function", "letter").order_by("email")
    if refused:
        rows = refused_people(wave) if wave.is_open else everybody.none()
    return rows.filter(email__icontains=text) if text else rows


def refused_people(wave: Wave) -> QuerySet[Invitation]:
    """Whose last letter was refused, by address, with it and their function. One query when it is read."""
    rows = Invitation.objects.filter(wave=wave, is_drawn=True).refused()
    return rows.select_related("letter", "wave_function").order_by("email")
