"""What a cell of a list of touchpoints means: phases, channels, owners, metrics as people call them."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership, Organization
from common.registry import operational_metrics_of
from journeys.choices import EMPTIES, Channel, Phase
from wording.joining import listed

LONGEST_PROSE = 2000
_YES = frozenset({"yes", "y", "true", "1", "on purpose", "designed", "是", "有意设计", "ja", "oui"})
_NO = frozenset({"no", "n", "false", "0", "unintended", "happens anyway", "否", "nein", "non"})

type Read = tuple[Any, str]  # the value, and what is wrong with it instead


class Cells:
    """The words of one organization; each table is read once, when a cell asks for it."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization

    def read(self, field: str, text: str) -> Read:
        """What this text means in the column of a field. A dash empties what may be empty."""
        readers: Mapping[str, Callable[[str], Read]] = {
            "phase": self._phase,
            "channel": self._channel,
            "owner_function": self._function,
            "owner_person": self._person,
            "is_intended": self._intended,
            "purpose": self._prose,
            "operational_metric": self._metric,
            "side_effects": self._prose,
        }
        return readers[field](text)

    def _phase(self, text: str) -> Read:
        return _chosen(text, self._phases, Phase)

    def _channel(self, text: str) -> Read:
        return _chosen(text, self._channels, Channel)

    @cached_property
    def _phases(self) -> Mapping[str, str]:
        return _said_in_every_language(Phase)

    @cached_property
    def _channels(self) -> Mapping[str, str]:
        return _said_in_every_language(Channel)

    @cached_property
    def _functions(self) -> Mapping[str, BusinessFunction]:
        rows = list(BusinessFunction.objects.of(self.organization))
        return {word: row for row in rows for word in (row.key, row.name.casefold())}

    @cached_property
    def _people(self) -> Mapping[str, list[Membership]]:
        found: dict[str, list[Membership]] = {}
        for row in Membership.objects.of(self.organization).active().select_related("user"):
            for word in {row.user.email.casefold(), row.user.name.casefold()} - {""}:
                found.setdefault(word, []).append(row)
        return found

    @cached_property
    def _metrics(self) -> Mapping[str, str]:
        known = operational_metrics_of(self.organization)
        return {word: key for key, name in known.items() for word in (name.casefold(), key)}

    def _function(self, text: str) -> Read:
        if text in EMPTIES:
            return None, ""
        row = self._functions.get(text.casefold())
        return row, "" if row else _("There is no business function “%(text)s”.") % {"text": text[:80]}

    def _person(self, text: str) -> Read:
        if text in EMPTIES:
            return None, ""
        found = self._people.get(text.casefold(), [])
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, _("Several members are called “%(text)s”. Write the e-mail address.") % {
                "text": text
            }
        return None, _("No active member is called “%(text)s” or has this address.") % {"text": text[:80]}

    def _metric(self, text: str) -> Read:
        if text in EMPTIES:
            return "", ""
        key = self._metrics.get(text.casefold())
        return key, "" if key else _("There is no operational metric “%(text)s” in use.") % {
            "text": text[:80]
        }

    def _intended(self, text: str) -> Read:
        word = text.casefold()
        if word in _YES or word in _NO:
            return word in _YES, ""
        return None, _("Write “yes” where it was designed on purpose, or “no”.")

    def _prose(self, text: str) -> Read:
        if text in EMPTIES:
            return "", ""
        if len(text) > LONGEST_PROSE:
            return None, _("At most %(most)s characters fit here.") % {"most": LONGEST_PROSE}
        return text, ""


def _chosen(text: str, words: Mapping[str, str], choices: type[models.TextChoices]) -> Read:
    value = words.get(text.casefold())
    if value is not None:
        return value, ""
    known = listed(str(label) for label in choices.labels)
    return None, _("“%(text)s” is none of: %(known)s.") % {"text": text[:80], "known": known}


def _said_in_every_language(choices: type[models.TextChoices]) -> dict[str, str]:
    """By value and by label: files go from one reader to another."""
    found = {value: value for value in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(choices(value).label).casefold(): value for value in choices.values}
    return found
