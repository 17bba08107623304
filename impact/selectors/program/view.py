"""A finished return of the program in words and figures, from what is stored with it. No query."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cxstats.codec import decoded
from cxstats.design import Verdict
from cxstats.program import Program, ProgramLine, ProgramReturn, Span
from impact.choices import SignOff
from impact.models import ProgramCase
from impact.selectors.program import charts
from impact.selectors.program.rows import (
    BudgetRow,
    ForecastRow,
    LineRow,
    Money,
    PartRow,
    ProgramView,
    Step,
    YearRow,
)
from impact.selectors.program.words import (
    apart_rows,
    cautions_of,
    ledger_alone,
    ledger_words,
    line_cautions,
    overlap_rows,
)
from impact.wording import (
    chance_text,
    digits_of,
    ends_beside,
    money_range_text,
    percent_text,
    verdict_title,
    verdict_tone,
    whole_money_text,
    years_text,
)
from impact.wording.engines import value_engine_text
from impact.wording.program import (
    APART,
    BACKINGS,
    best_text,
    missing_text,
    moved_text,
    payback_range,
    program_sentence,
    refused_text,
    without_return_text,
)
from wording.formats import reader

_TELLING = 0.1  # of an amount: what moves less needs no words


def program_view(case: ProgramCase, *, with_look_backs: bool = False) -> ProgramView:
    """Look-backs stand apart unless the reader asks for them."""
    content = case.inputs
    has_look_backs = content["whole"] is not None
    key = "whole" if with_look_backs and has_look_backs else "main"
    stored = (case.result or {}).get(key)
    program_key = "whole" if key == "whole" else "program"
    gap = missing_text(content["missing"], content["without_rate"])
    first = content["whole_first_year" if key == "whole" else "first_year"] or content["current_year"]
    program = decoded(Program, content[program_key]) if content[program_key] else None
    common: dict[str, Any] = {
        "case": case,
        "currency": content["currency"],
        "content": content,
        "is_complete": not gap,
        "with_look_backs": key == "whole",
        "has_look_backs": has_look_backs,
        "gap": gap,
        "first_year": first,
        "last_year": first + (program.years if program else 0),
        "apart": tuple(apart_rows(content, is_whole=key == "whole")),
        "overlaps": tuple(overlap_rows(content, program)),
        "cautions": tuple(cautions_of(content)),
        "discount_rate": _("%(rate)s a year") % {"rate": reader().in_percents(content["discount_rate_pct"])},
        "engine": value_engine_text(case.engine_version),
    }
    if not stored or "refusal" in stored:
        text = refused_text(stored["refusal"] if stored else "no_data")
        return ProgramView(
            **common, found=None, sentence=text, refusal=text, years=tuple(ledger_alone(content))
        )
    found: ProgramReturn = decoded(ProgramReturn, stored["return"])
    return _Told(content=content, found=found, program=program, first=first, is_complete=not gap).view(common)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """One rounding for all amounts that are added up on the page."""

    content: Mapping[str, Any]
    found: ProgramReturn
    program: Program | None
    first: int
    is_complete: bool

    @property
    def currency(self) -> str:
        return str(self.content["currency"])

    @property
    def digits(self) -> int:
        found = self.found
        return digits_of((found.net_present_value.mean, found.benefits.mean, found.costs.mean))

    def rounded(self, amount: float) -> float:
        return float(round(amount, self.digits))

    def text(self, amount: float) -> str:
        return whole_money_text(self.rounded(amount), self.currency)

    def money(self, span: Span, shown: float | None = None) -> Money:
        shown = self.rounded(span.mean) if shown is None else shown
        ends = ends_beside(span.p5, span.p95, self.currency, mean=span.mean, shown=shown, digits=self.digits)
        return Money(
            text=whole_money_text(shown, self.currency),
            range=_("%(low)s to %(high)s") % ends,
            value=span.mean,
        )

    @property
    def net(self) -> float:
        return self.rounded(self.found.net_present_value.mean)

    @property
    def costs(self) -> float:
        return self.rounded(self.found.costs.mean)

    def view(self, common: dict[str, Any]) -> ProgramView:
        found, is_complete = self.found, self.is_complete
        benefits = self.net + self.costs  # as they are shown, benefits less costs are the net value
        net = self.money(found.net_present_value, self.net)
        lines = tuple(self.lines(benefits))
        told: dict[str, Any] = {
            "benefits": self.money(found.benefits, benefits),
            "hard": self.money(found.hard),
            "soft": self.money(found.soft, benefits - self.rounded(found.hard.mean)),
            "costs": self.money(found.costs, self.costs),
            "parts": tuple(self.parts(benefits)),
            "steps": tuple(self.steps(benefits)),
            "lines": lines,
            "forecasts": tuple(self.forecasts()),
            "years": tuple(self.years()),
            "budgets": tuple(self.budgets()),
            "chart": charts.lines_chart(found, self.content),
        }
        if not is_complete:
            sentence = without_return_text(told["benefits"].text, common["gap"])
            return ProgramView(**common, **told, found=found, sentence=sentence, refusal="")
        ends = ends_beside(
            found.net_present_value.p5,
            found.net_present_value.p95,
            self.currency,
            mean=found.net_present_value.mean,
            shown=self.net,
            digits=self.digits,
        )
        amounts = {"middle": whole_money_text(abs(self.net), self.currency), **ends}
        roi = found.roi
        return ProgramView(
            **common,
            **told,
            found=found,
            sentence=program_sentence(found, amounts, (common["first_year"], common["last_year"])),
            refusal="",
            net=net,
            hard_net=self.money(found.net_present_value_hard),
            roi="–" if roi is None else percent_text(roi.mean),
            roi_range=""
            if roi is None
            else _("%(low)s to %(high)s") % {"low": percent_text(roi.p5), "high": percent_text(roi.p95)},
            payback=years_text(found.payback_p50.value)
            if found.payback_p50.value is not None
            else _("not within the years counted"),
            payback_range=payback_range(found.payback_p5.value, found.payback_p95.value),
            never=chance_text(found.probability_never_paid_back),
            chance_of_loss=chance_text(found.probability_of_loss),
            best=self.best(),
            cash_chart=charts.years_chart(found, self.first, self.currency, self._rate()),
        )

    # --- parts of it ------------------------------------------------------------------------------

    def parts(self, benefits: float) -> Iterator[PartRow]:
        shown = self._adding_up([part.benefits.mean for part in self.found.parts], benefits)
        titles = self._titles()
        for part, amount in zip(self.found.parts, shown, strict=True):
            name, meaning = BACKINGS[part.backing]
            yield PartRow(
                backing=part.backing,
                name=str(name),
                meaning=str(meaning),
                benefits=self.money(part.benefits, amount),
                initiatives=tuple(f"{key} {titles[key]}" for key in part.initiatives),
                share_pct=min(max(round(100 * amount / benefits), 0), 100) if benefits > 0 else 0,
            )

    def steps(self, benefits: float) -> Iterator[Step]:
        found = self.found
        claims = sum(line.claimed for line in found.lines)
        own = sum(line.costs for line in found.lines)
        shown = self._adding_up([claims, -found.overlap, -found.luck], benefits)
        yield Step(label=_("What the studies found, added up"), amount=self.text(shown[0]))
        yield Step(
            label=_("Counted in two studies"),
            amount=self.text(shown[1]),
            note=_("what others did at the same touchpoints in the same days"),
        )
        yield Step(
            label=_("Chance"),
            amount=self.text(shown[2]),
            note=_("the largest finding is often the luckiest; what it loses the others gain"),
        )
        yield Step(label=_("Benefits, present value"), amount=self.text(benefits), is_sum=True)
        spent = self._adding_up([own, found.program_costs], self.costs)
        yield Step(label=_("Costs of the initiatives"), amount=self.text(-spent[0]))
        yield Step(
            label=_("Costs of the program"),
            amount=self.text(-spent[1]),
            note=_("from the ledger"),
            is_of_ledger=True,
        )
        if self.is_complete:
            yield Step(label=_("Net present value"), amount=self.text(self.net), is_sum=True)

    def lines(self, benefits: float) -> Iterator[LineRow]:
        told = {one["reference"]: one for one in self.content["initiatives"]}
        shown = self._adding_up([line.share.mean for line in self.found.lines], benefits)
        rows = sorted(
            zip(self.found.lines, shown, strict=True), key=lambda row: (-row[0].share.mean, row[0].key)
        )
        for line, amount in rows:
            one = told[line.key]
            value = one["value"]
            kinds = _kinds(value)
            yield LineRow(
                reference=line.key,
                number=one["number"],
                study=value["study"],
                title=one["title"],
                grade=one["grade"],
                verdict=verdict_title(Verdict(one["verdict"])),
                tone=verdict_tone(Verdict(one["verdict"])),
                backing=str(BACKINGS[line.backing][0]),
                claimed=self.text(line.claimed),
                overlap=self.text(-line.overlap),
                luck=self.text(-line.luck),
                counted=self.money(line.share, amount),
                kinds=kinds,
                costs=self.text(line.costs),
                net=whole_money_text(amount - self.rounded(line.costs), self.currency),
                sign_off=_("Disputed in part by finance")
                if value.get("disputed_lines")
                else str(SignOff(value["sign_off"]).label),
                cautions=tuple(line_cautions(one, self.content)),
                why=self._why(line, one, amount),
                is_look_back=one["is_look_back"],
                has_overlap=bool(self.rounded(line.overlap)),
            )

    def _why(self, line: ProgramLine, one: Mapping[str, Any], counted: float) -> str:
        """Where the other initiatives or the first year counted move it by a tenth or more: from what to
        what, and why."""
        is_moved = self._tells(line.claimed, line.share.mean)
        own = self._own(one, line.claimed - line.costs)
        if not is_moved and not own:
            return ""
        costs = self.rounded(line.costs)
        return moved_text(
            found=whole_money_text(self.rounded(line.claimed) - costs, self.currency),
            counted=whole_money_text(counted - costs, self.currency),
            overlap=self.text(line.overlap) if is_moved and self.rounded(line.overlap) > 0 else "",
            by_chance=line.luck if is_moved and self.rounded(line.luck) else 0.0,
            own=own,
            year=self.first,
        )

    def _own(self, one: Mapping[str, Any], found: float) -> str:
        """The net value on the initiative's own page, where discounting alone makes it another amount here;
        "" where it does not, or stands in another currency, which is said with its rate."""
        value = one["value"]
        shown = float(value["net_present_value"][0])
        has_less = bool(value.get("disputed_lines"))  # said beside it
        if has_less or value["currency"] != self.currency or not self._tells(shown, found):
            return ""
        return self.text(shown)

    def _tells(self, before: float, after: float) -> bool:
        """Whether one amount is another in a way that needs words."""
        moved = after - before
        return abs(moved) >= _TELLING * max(abs(before), abs(after)) and bool(self.rounded(moved))

    def forecasts(self) -> Iterator[ForecastRow]:
        found = {forecast.key: forecast for forecast in self.found.forecasts}
        for one in self.content["forecasts"]:
            row, why = found.get(one["reference"]), ""
            if row is None:
                why = str(APART[one["state"]])
            elif row.refusal is not None:
                why = _("fewer than four measured initiatives had a plan with an expected effect")
            yield ForecastRow(
                reference=one["reference"],
                number=one["number"],
                title=one["title"],
                planned=self._alone(row.planned) if row else "",
                expected=self._alone(row.expected) if row and row.expected else "",
                costs=self.text(row.costs) if row else "",
                why_not=why,
            )

    def years(self) -> Iterator[YearRow]:
        found, rate = self.found, self._rate()
        ledger = {year["year"]: year for year in self.content["ledger"]}
        missing = set(self.content["missing"])
        sums = charts.cumulative(found, rate)
        step = digits_of([*found.benefits_by_year, *found.costs_by_year])
        shown = [float(round(total, step)) for total in sums]
        if shown:
            shown[-1] = self.net if self.is_complete else shown[-1]
        for place, total in enumerate(shown):
            year = self.first + place
            benefit = round(found.benefits_by_year[place], step)
            cost = round(found.costs_by_year[place], step)
            row = ledger.get(year)
            yield YearRow(
                year=year,
                benefit=whole_money_text(benefit, self.currency),
                cost=whole_money_text(cost, self.currency),
                net=whole_money_text(benefit - cost, self.currency),
                cumulative=whole_money_text(total, self.currency),
                **ledger_words(row, self.currency, is_missing=year in missing),
                is_missing=year in missing,
                is_to_come=year > self.content["current_year"],
                has_ledger=row is not None and row["version"] > 0,
            )

    def budgets(self) -> Iterator[BudgetRow]:
        for year in sorted(self.content["ledger"], key=lambda one: one["year"]):
            if year["budget"] is not None or year["lines"]:
                yield BudgetRow(
                    name=_("Program, %(year)s") % {"year": year["year"]},
                    asked=reader().money(Decimal(year["budget"]), self.currency) if year["budget"] else "–",
                    used=reader().money(Decimal(year["total"]), self.currency) if year["lines"] else "–",
                    year=year["year"],
                )
        counted = {line.key for line in self.found.lines}
        asked = [
            Decimal(one["budget"]["total"])
            for one in self.content["initiatives"]
            if one["reference"] in counted and one["budget"]
        ]
        if asked:
            yield BudgetRow(
                name=_("Initiatives that count, over all their years"),
                asked=whole_money_text(self.rounded(float(sum(asked))), self.currency),
                used=self.text(self._undiscounted()),
            )

    def best(self) -> str:
        span = self.found.without_best
        if span is None:
            return ""
        ends = ends_beside(
            span.p5,
            span.p95,
            self.currency,
            mean=span.mean,
            shown=self.rounded(span.mean),
            digits=self.digits,
        )
        return best_text(
            self._titles()[self.found.best],
            is_loss=span.mean < 0,
            amount=whole_money_text(abs(self.rounded(span.mean)), self.currency),
            low=ends["low"],
            high=ends["high"],
        )

    def _alone(self, span: Span) -> str:
        """An amount that stands beside no sum, with its range."""
        if span.p5 == span.p95:
            return self.text(span.mean)
        return _("%(amount)s (%(range)s)") % {
            "amount": self.text(span.mean),
            "range": money_range_text(span.p5, span.p95, self.currency),
        }

    def _adding_up(self, amounts: Sequence[float], total: float) -> list[float]:
        """Rounded amounts that come to the total as it is shown: the largest one takes what rounding lost."""
        shown = [self.rounded(amount) for amount in amounts]
        if shown:
            largest = max(range(len(shown)), key=lambda place: abs(shown[place]))
            shown[largest] += total - sum(shown)
        return shown

    def _titles(self) -> dict[str, str]:
        return {one["reference"]: one["title"] for one in self.content["initiatives"]}

    def _rate(self) -> float:
        return self.program.discount_rate if self.program else 0.0

    def _undiscounted(self) -> float:
        """What the initiatives cost in all years, without the ledger."""
        program = self.program
        own = sum(cost.amount.args[0] for cost in program.costs) if program else 0.0
        return sum(self.found.costs_by_year) - own


def _kinds(value: Mapping[str, Any]) -> str:
    if value.get("is_mixed"):
        return pgettext("benefit", "hard and soft")
    return pgettext("benefit", "hard") if value["is_hard"] else pgettext("benefit", "soft")
