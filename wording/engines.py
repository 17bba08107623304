"""Words about the engine that computed a figure: today's, or another whose figures stay as they are."""

from django.utils.translation import gettext as _

from cxstats import ENGINE_VERSION


def is_of_other_engine(version: str) -> bool:
    """Whether a figure was computed with another version than today's. What is not computed yet was not."""
    return bool(version) and version != ENGINE_VERSION


def version_text(version: str) -> str:
    """As people say it: 1.3 for 1.3.0, and 1.3.1 where the last part tells two apart."""
    return version.removesuffix(".0") if version.count(".") == 2 else version


def computed_text(version: str) -> str:
    """With which engine a figure was computed; beside today's where that is another."""
    if not is_of_other_engine(version):
        return _("Computed with engine %(version)s, which is today's.") % {"version": version_text(version)}
    return _("Computed with engine %(version)s; today's is %(today)s.") % {
        "version": version_text(version),
        "today": version_text(ENGINE_VERSION),
    }
