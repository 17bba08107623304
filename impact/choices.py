"""Value models and their inputs, parameter distributions, finance's word. Pure data."""

import re
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxstats import kinds


class ValueKind(models.TextChoices):
    """The engine's kinds with words; the formula keeps the value that stored models and clients know."""

    RETENTION = kinds.ValueKind.RETENTION, _("Customers kept × margin")
    AVOIDED_CONTACTS = kinds.ValueKind.AVOIDED_CONTACTS, _("Contacts avoided × cost of a contact")
    RESOLUTION_HOURS = kinds.ValueKind.RESOLUTION_HOURS, _("Hours saved × cost of an hour")
    REFERRAL = kinds.ValueKind.REFERRAL, _("Customers won by recommendation × margin")
    FORMULA = "formula", _("Own formula: a product of named factors")


class Distribution(models.TextChoices):
    """The engine's shapes that a person can enter, with words; Student's t comes from studies alone."""

    FIXED = kinds.Distribution.FIXED, _("Fixed")
    NORMAL = kinds.Distribution.NORMAL, _("Normal (mean, standard deviation)")
    LOGNORMAL = kinds.Distribution.LOGNORMAL_P10_P90, _("Skewed (from the 10th and the 90th percentile)")
    PERT = kinds.Distribution.PERT, _("Low, most likely, high")
    TRIANGULAR = kinds.Distribution.TRIANGULAR, _("Triangle: low, most likely, high")
    BETA = kinds.Distribution.BETA, _("Share (beta)")


class SourceKind(models.TextChoices):
    """Where a number comes from: the engine's kinds of parameters with words."""

    MEASURED = kinds.ParameterKind.MEASURED, _("Measured")
    FINANCE = kinds.ParameterKind.FINANCE, _("From finance")
    ASSUMPTION = kinds.ParameterKind.ASSUMPTION, _("Assumption")
    ASSOCIATION = kinds.ParameterKind.ASSOCIATION, _("Association from own data")


class LibraryMeasure(models.TextChoices):
    """What a figure of the library counts: which inputs can be taken from it follows."""

    MONEY = "money", _("Money")
    SHARE = "share", _("Share, 0 to 1")
    COUNT = "count", _("Another number")


class OutcomeKind(models.TextChoices):
    """What customers did in the year after their score: the engine's kinds with words."""

    STAYED = kinds.OutcomeKind.STAYED, _("Stayed or left")
    REVENUE = kinds.OutcomeKind.REVENUE, _("Revenue in the year after")
    CONTACTS = kinds.OutcomeKind.CONTACTS, _("Contacts in the year after")


class AssociationSource(models.TextChoices):
    ACCOUNTS = "accounts", _("Customer accounts")
    FILE = "file", _("File")


class Recomputed(models.TextChoices):
    """What computing a study again from its stored inputs came to."""

    SAME = "same", _("The same finding")
    OTHER_VERSION = "other_version", _("Another finding, of another engine")
    OTHER_FIGURES = "other_figures", _("Other figures than are stored")
    OTHER_INPUTS = "other_inputs", _("What is stored does not fit together")

    @property
    def is_alarm(self) -> bool:
        """Whether what is stored was changed, or is computed wrongly now."""
        return self in (Recomputed.OTHER_FIGURES, Recomputed.OTHER_INPUTS)


class SignOff(models.TextChoices):
    OPEN = "open", _("Not reviewed by finance")
    SIGNED = "signed", _("Signed off by finance")
    DISPUTED = "disputed", _("Disputed by finance")


SIGN_OFF_DAYS = 14
"""Within so many days of its computation finance's word on a value is wanted."""


class LedgerKind(models.TextChoices):
    """What a program spends money on, beside its initiatives."""

    PEOPLE = "people", _("People")
    TOOLS = "tools", _("Tools")
    SURVEYS = "surveys", _("Surveys")
    INCENTIVES = "incentives", _("Incentives")
    OTHER = "other", pgettext_lazy("cost", "Other")


FIRST_LEDGER_YEAR, LAST_LEDGER_YEAR = 1990, 2100
MOST_LEDGER_LINES = 60  # of one year

# What the columns of a table of costs are called, in small letters (`tabular.headers.plain_name`).
COLUMNS_OF_LEDGER: dict[str, tuple[str, ...]] = {
    "year": ("year", "fiscal year", "jahr", "geschäftsjahr", "année", "exercice", "año", "年度", "财年",
             "年份"),
    "kind": ("kind", "kind of cost", "type", "category", "art", "kostenart", "type de coût", "tipo", "种类",
             "成本种类", "类别"),
    "amount": ("amount", "cost", "sum", "betrag", "kosten", "montant", "importe", "金额", "成本"),
    "currency": ("currency", "währung", "devise", "moneda", "货币", "币种"),
    "source": ("source", "quelle", "beleg", "justificatif", "fuente", "来源"),
    "note": ("note", "comment", "remark", "notiz", "bemerkung", "remarque", "nota", "备注", "说明"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class InputPreset:
    """One input that a value model of some kind needs. No figure is preset: they are brought."""

    key: str
    label: str | Promise
    unit: str | Promise
    help: str | Promise
    is_share: bool = False
    is_money: bool = False
    source_kind: str = SourceKind.ASSUMPTION

    @property
    def measure(self) -> LibraryMeasure:
        """What a figure of the library has to be for this input to be taken from it."""
        if self.is_share:
            return LibraryMeasure.SHARE
        return LibraryMeasure.MONEY if self.is_money else LibraryMeasure.COUNT


CUSTOMERS = InputPreset(
    key="customers",
    label=_("Customers affected per year"),
    unit=_("customers per year"),
    help=_("Only those who pass through the touchpoints of this initiative, not the whole base."),
    source_kind=SourceKind.MEASURED,
)
ATTRIBUTION = InputPreset(
    key="attribution",
    label=_("Attribution: share of the effect due to the initiative"),
    unit=_("share, 0 to 1"),
    help=_("What is left after other causes are taken out. Write 1 for all of it."),
    is_share=True,
)
CONFIDENCE = InputPreset(
    key="confidence",
    label=_("Confidence in the link from metric to money"),
    unit=_("share, 0 to 1"),
    help=_(
        "How sure you are that the benefit follows if the metric moves. Links taken from the "
        "literature deserve a low value."
    ),
    is_share=True,
)
PERSISTENCE = InputPreset(
    key="persistence",
    label=_("Persistence: share of the benefit left a year later"),
    unit=_("share, 0 to 1"),
    help=_("1 means that the effect does not fade."),
    is_share=True,
)
HAIRCUTS: tuple[InputPreset, ...] = (ATTRIBUTION, CONFIDENCE, PERSISTENCE)

# The inputs of each kind, multiplied with the effect; the haircuts come with every kind.
PRESETS: dict[str, tuple[InputPreset, ...]] = {
    ValueKind.RETENTION: (
        CUSTOMERS,
        InputPreset(
            key="retention_per_unit",
            label=_("Additional customers kept per unit of the metric"),
            unit=_("share, 0 to 1"),
            help=_(
                "A thousandth: one more customer in a thousand stays per unit. Ideally from your own cohorts."
            ),
            is_share=True,
        ),
        InputPreset(
            key="margin",
            label=_("Margin per customer per year"),
            unit=_("money per year"),
            is_money=True,
            help=_("Contribution margin, not revenue."),
            source_kind=SourceKind.FINANCE,
        ),
    ),
    ValueKind.AVOIDED_CONTACTS: (
        CUSTOMERS,
        InputPreset(
            key="contacts_per_unit",
            label=_("Contacts avoided per customer per unit of the metric"),
            unit=_("contacts"),
            help=_("Compare how often satisfied and dissatisfied customers contact you again."),
        ),
        InputPreset(
            key="unit_cost",
            label=_("Cost of one contact"),
            unit=_("money"),
            is_money=True,
            help=_("Only the cost saved when a contact does not happen."),
            source_kind=SourceKind.FINANCE,
        ),
    ),
    ValueKind.RESOLUTION_HOURS: (
        InputPreset(
            key="cases",
            label=_("Cases per year"),
            unit=_("cases per year"),
            help=_("Cases of the touchpoints of this initiative."),
            source_kind=SourceKind.MEASURED,
        ),
        InputPreset(
            key="hours_per_unit",
            label=_("Working hours saved per case per unit of the metric"),
            unit=_("hours"),
            help=_(
                "Times change by a percentage, so one unit is the whole time: working hours per case today."
            ),
        ),
        InputPreset(
            key="hourly_cost",
            label=_("Cost per hour"),
            unit=_("money"),
            is_money=True,
            help=_("Full cost per working hour of the people who resolve cases."),
            source_kind=SourceKind.FINANCE,
        ),
    ),
    ValueKind.REFERRAL: (
        CUSTOMERS,
        InputPreset(
            key="referrals_per_unit",
            label=_("New customers per customer per unit of the metric"),
            unit=_("customers"),
            help=_("Customers who came by recommendation, from your own records."),
        ),
        InputPreset(
            key="margin",
            label=_("Margin per new customer per year"),
            unit=_("money per year"),
            is_money=True,
            help=_("Contribution margin, not revenue."),
            source_kind=SourceKind.FINANCE,
        ),
    ),
    ValueKind.FORMULA: (),
}
RESERVED_KEYS = frozenset({"effect", "percent", "discount_rate", *(preset.key for preset in HAIRCUTS)})
_OF_A_COST = re.compile(r"cost_\d+")  # the engine's names of costs
FORMULA_FACTORS = 5  # named factors of an own formula
LONGEST_HORIZON = 10


def is_reserved(key: str) -> bool:
    """Whether the product keeps this key of an input for itself."""
    return key in RESERVED_KEYS or _OF_A_COST.fullmatch(key) is not None


# Which input of which kind of model is what an association of this outcome says for one unit of the metric.
# Of an own formula it is a factor under this key.
INPUT_OF_OUTCOME: dict[str, tuple[str, str]] = {
    OutcomeKind.STAYED: (ValueKind.RETENTION, "retention_per_unit"),
    OutcomeKind.REVENUE: (ValueKind.FORMULA, "revenue_per_unit"),
    OutcomeKind.CONTACTS: (ValueKind.AVOIDED_CONTACTS, "contacts_per_unit"),
}

# What the columns of a table of scores and outcomes are called, in small letters.
COLUMNS_OF_HISTORIES: dict[str, tuple[str, ...]] = {
    "customer": ("customer", "customer id", "account", "account id", "kunde", "kundennummer", "client",
                 "cliente", "客户", "客户编号", "客户账户"),
    "day": ("day", "date", "score day", "survey date", "answered", "datum", "tag", "jour", "fecha", "日期",
            "评分日期", "调查日期"),
    "score": ("score", "answer", "rating", "nps", "csat", "bewertung", "note", "puntuación", "得分", "评分"),
    "end": ("end day", "end", "end date", "left", "left on", "churned", "churn date", "ende", "kündigung",
            "fin", "fin de contrat", "结束日期", "离开日期", "流失日期"),
    "start": ("start day", "start", "start date", "started", "customer since", "beginn", "kunde seit",
              "début", "inicio", "开始日期", "成为客户日期"),
    "segment": ("segment", "segments", "segmento", "客群", "细分"),
    "revenue": ("revenue", "revenue after", "revenue next year", "umsatz", "chiffre d'affaires", "ingresos",
                "收入", "之后收入", "次年收入"),
    "revenue_before": ("revenue before", "revenue last year", "previous revenue", "umsatz vorher",
                       "之前收入", "上年收入"),
    "contacts": ("contacts", "contacts after", "contacts next year", "calls", "tickets", "kontakte", "anrufe",
                 "contacts après", "contactos", "联系次数", "之后联系次数", "次年联系次数"),
    "contacts_before": ("contacts before", "contacts last year", "previous contacts", "kontakte vorher",
                        "之前联系次数", "上年联系次数"),
}  # fmt: skip


def inputs_of(kind: str) -> tuple[InputPreset, ...]:
    """The inputs that a value model of this kind must have, haircuts last; a formula adds its own."""
    return (*PRESETS.get(kind, ()), *HAIRCUTS)
