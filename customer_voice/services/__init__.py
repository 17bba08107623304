"""Everything that changes metrics, feedback and their roll-up."""

from customer_voice.services.rollup import rebuild_rollup, refresh_rollup

__all__ = ["rebuild_rollup", "refresh_rollup"]
