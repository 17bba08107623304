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
