"""How much one theme pulls a score up or down."""

from math import sqrt

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import Moments, NpsCounts, two_sided_z
from cxstats.voc.promoters import adjusted_wald


def theme_impact(*, total: NpsCounts | Moments, theme: NpsCounts | Moments, level: float = 0.95) -> Estimate:
    """Score minus the score without the answers that mention the theme.

    Parameters
    ----------
    total : NpsCounts or Moments
        All answers (n).
    theme : NpsCounts or Moments
        The answers among them that mention the theme (n_t < n); the same kind as `total`.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Estimate
        n_t (S_t - S) / (n - n_t), in points for counts, on the answer scale for moments. Negative: the
        theme pulls the score down. Impacts of overlapping themes do not add up. An arithmetic share in
        the score, not a cause.

    Raises
    ------
    NotEstimable
        NO_DATA when no answer is left without the theme; NO_VARIATION when moments leave no spread.
    InvalidInput
        Different kinds, or a theme that is not a part of the total.

    Notes
    -----
    With f = n_t/n and S_w the score without the theme the impact is f (S_t - S_w). Its variance is
    f^2 (v_t + v_w) + f (1 - f) (S_t - S_w)^2 / n, where v_t and v_w are the variances of the two scores.

    Source
    ------
    Identity S = f S_t + (1 - f) S_w; variance by the delta method on independent f, S_t, S_w
    (Cochran 1977, section 2.13, domain means).

    Examples
    --------
    >>> impact = theme_impact(total=NpsCounts(promoters=50, detractors=30, n=100),
    ...                       theme=NpsCounts(promoters=2, detractors=16, n=20))
    >>> round(impact.value, 6)
    -22.5
    """
    z = two_sided_z(level)
    if isinstance(total, NpsCounts) and isinstance(theme, NpsCounts):
        gap, middle, spread, rest = _nps_parts(total, theme)
        unit, factor = Unit.POINTS, 100.0
    elif isinstance(total, Moments) and isinstance(theme, Moments):
        gap, spread, rest = _mean_parts(total, theme)
        middle, unit, factor = gap, Unit.SCORE, 1.0
    else:
        raise InvalidInput("theme", "counts of the same kind as total")
    part = theme.n / total.n
    value = part * gap
    error = sqrt(part**2 * spread + part * (1 - part) * gap**2 / total.n)
    low, high = part * middle - z * error, part * middle + z * error
    return Estimate(
        value=factor * value,
        interval=Interval(low=factor * min(value, low), high=factor * max(value, high), level=level),
        n=theme.n + rest,
        unit=unit,
        method="score minus score without the theme (answers)",
        standard_error=factor * error,
    )


def _nps_parts(total: NpsCounts, theme: NpsCounts) -> tuple[float, float, float, int]:
    """Gap observed, gap adjusted, variance of the gap, answers without the theme."""
    rest = _rest(total.n, theme.n)
    promoters, detractors = total.promoters - theme.promoters, total.detractors - theme.detractors
    if promoters < 0 or detractors < 0 or promoters + detractors > rest:
        raise InvalidInput("theme", "a part of total")
    with_theme, v_with = adjusted_wald(theme.promoters / theme.n, theme.detractors / theme.n, 1 / theme.n)
    without, v_without = adjusted_wald(promoters / rest, detractors / rest, 1 / rest)
    gap = (theme.promoters - theme.detractors) / theme.n - (promoters - detractors) / rest
    return gap, float(with_theme - without), float(v_with + v_without), rest


def _mean_parts(total: Moments, theme: Moments) -> tuple[float, float, int]:
    rest = _rest(total.n, theme.n)
    without = (total.n * total.mean - theme.n * theme.mean) / rest
    squares = (
        (total.n - 1) * total.variance
        + total.n * total.mean**2
        - (theme.n - 1) * theme.variance
        - theme.n * theme.mean**2
        - rest * without**2
    )
    # Rounding may leave a hair below zero; a real deficit means that the theme is no part of the total.
    scale = (total.n - 1) * total.variance + total.n * total.mean**2
    if squares < -1e-9 * scale:
        raise InvalidInput("theme", "a part of total")
    within = max(squares, 0.0) / max(rest - 1, 1)
    spread = theme.variance / theme.n + within / rest
    gap = theme.mean - without
    if squares <= 1e-12 * scale and theme.variance == 0:
        raise NotEstimable(Reason.NO_VARIATION, n=total.n)
    return gap, spread, rest


def _rest(n: int, with_theme: int) -> int:
    if with_theme > n:
        raise InvalidInput("theme", "a part of total")
    if with_theme == n:
        raise NotEstimable(Reason.NO_DATA, without_theme=0)
    return n - with_theme
