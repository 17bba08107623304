"""Customers who come back: the same person answers at one touchpoint and, some days later, at the next."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

# touchpoint -> from where so many of its answers come, and after how many days as a rule
WAYS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "store-visit": (("online-order", 0.06, 4.0),),
    "welcome-call": (("online-order", 0.32, 6.0), ("store-visit", 0.3, 5.0)),
    "installation-visit": (("welcome-call", 0.22, 9.0), ("service-hotline", 0.1, 4.0)),
    "mobile-app": (("installation-visit", 0.45, 8.0),),
    "chat-support": (("mobile-app", 0.05, 20.0), ("outage-information", 0.03, 1.5)),
    "service-hotline": (("chat-support", 0.3, 2.0), ("monthly-bill", 0.02, 5.0)),
    "monthly-bill": (("installation-visit", 0.3, 15.0), ("mobile-app", 0.3, 18.0)),
    "contract-renewal": (("mobile-app", 0.15, 25.0), ("online-order", 0.05, 3.0)),
}
SPREAD = 0.6  # of the logarithm of the days


def let_customers_return(said: Iterable[dict[str, str]]) -> None:
    """Give answers the customers of earlier ones elsewhere; each of them goes on from a touchpoint once.

    Only `customer` is changed, and by a randomness of its own: all scores stay as they were drawn.
    """
    rng = np.random.default_rng([20261121, 97])
    waiting: dict[tuple[str, str], list[str]] = {}  # touchpoint and day -> who was there
    for answer in sorted(said, key=lambda one: (one["occurred_at"], one["external_id"])):
        day = datetime.fromisoformat(answer["occurred_at"]).date()
        luck = rng.random()
        for source, share, days in WAYS.get(answer["touchpoint"], ()):
            luck -= share
            if luck >= 0:
                continue
            before = max(1, round(float(rng.lognormal(np.log(days), SPREAD))))
            people = waiting.get((source, (day - timedelta(days=before)).isoformat()), [])
            if people:
                answer["customer"] = people.pop()
            break
        waiting.setdefault((answer["touchpoint"], day.isoformat()), []).append(answer["customer"])
