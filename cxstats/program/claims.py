"""A claim that is in money already, without a value model behind it."""

from typing import Any

from cxstats.kinds import Distribution, ParameterKind, ValueKind
from cxstats.program.inputs import Initiative
from cxstats.roi.case import RoiCase
from cxstats.roi.parameters import Parameter
from cxstats.roi.value import BenefitLine, CostLine


def money_claim(
    *,
    key: str,
    value: float,
    standard_error: float,
    years: int,
    degrees_of_freedom: float | None = None,
    cost: float = 0.0,
    hard: bool = True,
    **more: Any,
) -> Initiative:
    """An initiative whose measured effect is money a year, the same in each of `years` years after year 0.

    Parameters
    ----------
    key : str
    value, standard_error : float
        Money a year; the error above 0.
    years : int
        1 and more.
    degrees_of_freedom : float, optional
        Of the error; it is taken as known if None.
    cost : float
        Money, spent in year 0.
    hard : bool
        Whether the money reaches the ledger.
    more
        Other fields of `Initiative`.

    Raises
    ------
    InvalidInput
        Numbers out of range.

    Source
    ------
    As `RoiCase`, of one benefit line with one factor.

    Examples
    --------
    >>> claim = money_claim(key="chat", value=60.0, standard_error=10.0, years=3, cost=40.0)
    >>> claim.claim.args, claim.case.benefits[0].profile
    ((60.0, 10.0), (0.0, 1.0, 1.0, 1.0))
    """
    tailed = degrees_of_freedom is not None
    spread = (
        (value, standard_error) if degrees_of_freedom is None else (value, standard_error, degrees_of_freedom)
    )

    def known(name: str, number: float) -> Parameter:
        return Parameter(
            key=name,
            distribution=Distribution.FIXED,
            args=(number,),
            source=key,
            owner="",
            kind=ParameterKind.FINANCE,
        )

    effect = Parameter(
        key="effect",
        distribution=Distribution.STUDENT_T if tailed else Distribution.NORMAL,
        args=spread,
        source=key,
        owner="",
        kind=ParameterKind.MEASURED,
    )
    lasting = (0.0,) + (1.0,) * years
    case = RoiCase(
        parameters=(effect, known("cost", cost), known("rate", 0.0)),
        benefits=(
            BenefitLine(
                key="benefit", kind=ValueKind.OWN_FORMULA, factors=("effect",), profile=lasting, hard=hard
            ),
        ),
        costs=(CostLine(key="cost", factors=("cost",), profile=(1.0,) + (0.0,) * years),),
        periods=years,
        discount_rate="rate",
        effect="effect",
    )
    return Initiative(key=key, case=case, **more)
