"""What was built into the simulated feedback, so that every finding can be held against it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltInEffect:
    """The change of an answer's mean (on its own scale) from go-live on, and what it amounts to."""

    initiative: str
    touchpoint: str
    metric: str
    latent_shift: float
    in_words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltInDriver:
    """How much of a customer's overall verdict a touchpoint carries, per point of its rating, and its mean rating."""

    touchpoint: str
    weight: float
    mean: float


DRIVERS = (
    BuiltInDriver(touchpoint="service-hotline", weight=0.60, mean=3.35),
    BuiltInDriver(touchpoint="monthly-bill", weight=0.40, mean=3.5),
    BuiltInDriver(touchpoint="mobile-app", weight=0.30, mean=3.85),
    BuiltInDriver(touchpoint="installation-visit", weight=0.15, mean=3.6),
    BuiltInDriver(touchpoint="store-visit", weight=0.05, mean=4.05),
    BuiltInDriver(touchpoint="online-order", weight=0.05, mean=3.95),
)

TRUTH = (
    BuiltInEffect(
        initiative="Two-hour windows for installation visits",
        touchpoint="installation-visit",
        metric="nps",
        latent_shift=0.5,
        in_words="a real rise of the answers by 0.5 on 0-10, about 13 NPS points",
    ),
    BuiltInEffect(
        initiative="Chat assistant answers first",
        touchpoint="chat-support",
        metric="csat_5",
        latent_shift=0.0,
        in_words="no effect at all",
    ),
    BuiltInEffect(
        initiative="A monthly bill that explains itself",
        touchpoint="monthly-bill",
        metric="ces_mean_7",
        latent_shift=0.25,
        in_words="a small rise by 0.25 on 1-7, too recent to be judged",
    ),
)
