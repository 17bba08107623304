"""The program's costs and its return in the API."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from accounts.choices import Currency
from common.strict import KnownFields
from cxstats.program import ProgramReturn
from impact.choices import LedgerKind, SignOff
from impact.models import ExchangeRate, LedgerYear, ProgramCase
from impact.selectors import LedgerPage, ProgramView, program_view


class LedgerLineSerializer(KnownFields, serializers.Serializer[Any]):
    """One cost in the currency in which it was paid."""

    kind = serializers.ChoiceField(choices=LedgerKind.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=Decimal(0))
    currency = serializers.ChoiceField(choices=Currency.choices)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a column of that name
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class LedgerYearSerializer(KnownFields, serializers.Serializer[Any]):
    """The costs of one fiscal year, written as a whole."""

    year = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(
        required=False, min_value=0, help_text="As it was read; another one is refused (`ledger_changed`)."
    )
    budget = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=Decimal(0), allow_null=True, default=None
    )
    lines = LedgerLineSerializer(many=True)
    changed_at = serializers.DateTimeField(read_only=True)
    changed_by = serializers.CharField(read_only=True, source="changed_by.user.name", default="")
    sign_off = serializers.ChoiceField(choices=SignOff.choices, read_only=True)
    sign_off_by = serializers.CharField(read_only=True, source="sign_off_by.user.name", default="")
    sign_off_at = serializers.DateTimeField(read_only=True)
    sign_off_comment = serializers.CharField(read_only=True)
    voided = serializers.JSONField(
        read_only=True,
        help_text="Finance's word that a later change took away: state, by, at, changed_by, changed_at and "
        "because (costs, rates, or months where fiscal years begin in another one).",
    )

    def to_representation(self, instance: LedgerYear) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {**shown, "voided": _voided(instance) if instance.sign_off == SignOff.OPEN else None}


def _voided(row: LedgerYear) -> dict[str, Any] | None:
    """With its times in the zone of all other times of the answer."""
    if not row.voided:
        return None
    times = {name: parse_datetime(row.voided[name] or "") for name in ("at", "changed_at")}
    told = {
        name: None if at is None else serializers.DateTimeField().to_representation(at)
        for name, at in times.items()
    }
    return {"because": "costs", **row.voided, **told}


class LedgerSerializer(serializers.Serializer[Any]):
    """All years, and what is missing among them: a year that is missing is not one that cost nothing."""

    currency = serializers.CharField()
    first_month = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.IntegerField())
    without_rate = serializers.ListField(
        child=serializers.IntegerField(), help_text="Years with amounts that no rate converts."
    )
    years = LedgerYearSerializer(many=True)


class LedgerSignOffSerializer(KnownFields, serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=[SignOff.SIGNED.value, SignOff.DISPUTED.value])
    comment = serializers.CharField(allow_blank=True, default="", max_length=2000)
    version = serializers.IntegerField(
        help_text="That was read; another one is refused (`ledger_changed`). Nobody signs what they have not "
        "read."
    )


class ExchangeRateSerializer(KnownFields, serializers.Serializer[Any]):
    """What one unit of a currency was worth on a day."""

    currency = serializers.ChoiceField(choices=Currency.choices)
    into = serializers.CharField(read_only=True)
    day = serializers.DateField()
    rate = serializers.DecimalField(max_digits=18, decimal_places=8)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a column of that name

    class Meta:
        model = ExchangeRate


class ProgramSpanSerializer(serializers.Serializer[Any]):
    """Expected value and the range that holds 90 %."""

    mean = serializers.FloatField()
    p5 = serializers.FloatField()
    p50 = serializers.FloatField()
    p95 = serializers.FloatField()


class ProgramLineSerializer(serializers.Serializer[Any]):
    """claimed - overlap - luck = share.mean: present values of benefits."""

    key = serializers.CharField()
    backing = serializers.CharField()
    claimed = serializers.FloatField()
    overlap = serializers.FloatField()
    luck = serializers.FloatField()
    share = ProgramSpanSerializer()
    costs = serializers.FloatField()
    why = serializers.CharField(
        allow_blank=True, help_text="Why another amount counts than its study found, where the two differ."
    )


class ProgramPartSerializer(serializers.Serializer[Any]):
    backing = serializers.CharField()
    initiatives = serializers.ListField(child=serializers.CharField())
    benefits = ProgramSpanSerializer()


class ProgramApartSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    state = serializers.CharField(help_text="Why it is in no sum.")


class ProgramSerializer(serializers.Serializer[Any]):
    """The return that counts. Net value, return and payback are null while the ledger has gaps."""

    number = serializers.IntegerField()
    state = serializers.CharField(help_text="Of the newest computation: queued, running, done or failed.")
    is_current = serializers.BooleanField(help_text="False where inputs may have changed since.")
    computed_at = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    first_year = serializers.IntegerField()
    last_year = serializers.IntegerField()
    sentence = serializers.CharField()
    missing = serializers.ListField(child=serializers.IntegerField())
    without_rate = serializers.ListField(child=serializers.IntegerField())
    refusal = serializers.CharField()
    net_present_value = ProgramSpanSerializer(allow_null=True)
    net_present_value_hard = ProgramSpanSerializer(allow_null=True)
    roi = ProgramSpanSerializer(allow_null=True)
    probability_of_loss = serializers.FloatField(allow_null=True)
    payback_years = serializers.FloatField(allow_null=True, help_text="Null where it is not reached.")
    without_best = ProgramSpanSerializer(allow_null=True)
    best = serializers.CharField(allow_blank=True)
    benefits = ProgramSpanSerializer(allow_null=True)
    costs = ProgramSpanSerializer(allow_null=True)
    parts = ProgramPartSerializer(many=True)
    lines = ProgramLineSerializer(many=True)
    apart = ProgramApartSerializer(many=True)
    input_digest = serializers.CharField()
    engine_version = serializers.CharField()
    seed = serializers.IntegerField(allow_null=True)


def program_content(
    case: ProgramCase, *, newest: ProgramCase, is_current: bool, afterwards: bool
) -> dict[str, Any]:
    """The shape of `ProgramSerializer`; figures that the ledger's gaps forbid are null."""
    view = program_view(case, with_look_backs=afterwards)
    found = view.found
    key = "whole" if view.with_look_backs else "main"
    return {
        "number": case.number,
        "state": newest.job_state,
        "is_current": is_current,
        "computed_at": case.finished_at,
        "currency": view.currency,
        "first_year": view.first_year,
        "last_year": view.last_year,
        "sentence": view.sentence,
        "missing": case.inputs["missing"],
        "without_rate": case.inputs["without_rate"],
        "refusal": view.refusal,
        **_money(view, found),
        "benefits": found and found.benefits,
        "costs": found and found.costs,
        "parts": found.parts if found else (),
        "lines": list(_lines(view, found)) if found else (),
        "apart": [
            one
            for one in case.inputs["initiatives"]
            if one["state"] != "counted" and not (key == "whole" and one["state"] == "afterwards")
        ],
        "input_digest": case.input_digest,
        "engine_version": case.engine_version,
        "seed": ((case.result or {}).get(key) or {}).get("seed"),
    }


def _lines(view: ProgramView, found: ProgramReturn) -> Iterator[dict[str, Any]]:
    whys = {line.reference: line.why for line in view.lines}
    for line in found.lines:
        figures = {name: getattr(line, name) for name in _LINE}
        yield {**figures, "why": whys[line.key]}


_LINE = ("key", "backing", "claimed", "overlap", "luck", "share", "costs")


def _money(view: ProgramView, found: ProgramReturn | None) -> dict[str, Any]:
    told = found if view.has_figure else None
    return {
        "net_present_value": told and told.net_present_value,
        "net_present_value_hard": told and told.net_present_value_hard,
        "roi": told and told.roi,
        "probability_of_loss": told and told.probability_of_loss,
        "payback_years": told and told.payback_p50.value,
        "without_best": told and told.without_best,
        "best": told.best if told else "",
    }


def ledger_content(page: LedgerPage) -> dict[str, Any]:
    return {
        "currency": page.currency,
        "first_month": page.fiscal.year_begins,
        "missing": page.missing,
        "without_rate": [year.year for year in page.without_rate],
        "years": [year.row for year in page.years if year.row is not None],
    }
