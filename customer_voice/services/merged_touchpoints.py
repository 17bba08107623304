"""Two touchpoints become one: answers, surveys and feeds of the one that goes are those of the kept one.

Writers of answers are waited for, and what they write afterwards goes to the kept one: whoever reads rows of
a file looks again when they are stored (`importers.Storing`). Figures are counted anew in the same
transaction."""

from collections.abc import Callable, Iterator
from functools import partial

from django.db.models import Max, Min, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from common.registry import MergePart, Merging
from customer_voice.models import (
    CustomerSurvey,
    Feedback,
    FormerAnswer,
    IncomingWebhook,
    Mailbox,
    MetricTarget,
)
from customer_voice.selectors.recipes import recipes_of
from customer_voice.services.erasure import wait_for_writers
from customer_voice.services.rollup import recount
from journeys.models import Touchpoint
from wording.formats import reader
from wording.joining import listed


def wait_for_answers(organization: Model) -> Iterator[None]:
    """Nobody writes answers of the organization from here to the end of the transaction."""
    if isinstance(organization, Organization):
        wait_for_writers(organization)
    yield from ()


def moved_by_merge(question: Merging) -> Iterator[MergePart]:
    """What of feedback, surveys and feeds a merge moves. Seven queries."""
    kept, gone = question.kept, question.gone
    if not (isinstance(kept, Touchpoint) and isinstance(gone, Touchpoint)):
        return
    answers = Feedback.objects.of(gone.organization).filter(touchpoint=gone).count()
    yield MergePart(
        text=ngettext(
            "%(number)s answer moves, and its figures are counted again.",
            "%(number)s answers move, and their figures are counted again.",
            answers,
        )
        % {"number": reader().number(answers)},
        told={"answers": answers},
        act=partial(_move_answers, kept, gone),
    )
    yield from _named(
        "surveys",
        _("Surveys that ask there from now on: %(names)s."),
        [survey.name for survey in CustomerSurvey.objects.of(gone.organization).filter(touchpoint=gone)],
        partial(_point, CustomerSurvey, kept, gone),
    )
    yield from _named(
        "mailboxes",
        _("Mailboxes whose messages go there from now on: %(names)s."),
        [str(box) for box in Mailbox.objects.of(gone.organization).filter(touchpoint=gone)],
        partial(_point, Mailbox, kept, gone),
    )
    hooks = [
        hook
        for hook in IncomingWebhook.objects.of(gone.organization).order_by("name")
        if _fixed_place(hook) == gone.key
    ]
    yield from _named(
        "webhooks",
        _("Webhooks whose answers go there from now on: %(names)s."),
        [hook.name for hook in hooks],
        partial(_rename_fixed, kept, gone),
    )
    sources = dict.fromkeys(
        recipe.source.name
        for recipe in recipes_of(gone.organization)
        if recipe.told.get("defaults", {}).get("touchpoint") == gone.key
    )
    yield from _named(
        "recipes", _("Files read by a recipe that go there from now on: %(names)s."), [*sources], None
    )
    yield from _targets(kept, gone)


def _named(key: str, text: str, names: list[str], act: Callable[[], object] | None) -> Iterator[MergePart]:
    if names:
        yield MergePart(text=text % {"names": listed(names)}, told={key: names}, act=act)


def _targets(kept: Touchpoint, gone: Touchpoint) -> Iterator[MergePart]:
    """A target moves where the kept touchpoint has none for that metric, else it goes."""
    targets = list(MetricTarget.objects.of(gone.organization).filter(touchpoint__in=[kept, gone]))
    has = {target.metric_key for target in targets if target.touchpoint_id == kept.pk}
    moving = [one for one in targets if one.touchpoint_id == gone.pk and one.metric_key not in has]
    going = [one for one in targets if one.touchpoint_id == gone.pk and one.metric_key in has]
    if moving:
        count = len(moving)
        text = ngettext("%(count)d target moves.", "%(count)d targets move.", count) % {"count": count}
        yield MergePart(
            text=text,
            told={"targets": [one.metric_key for one in moving]},
            act=partial(_point, MetricTarget, kept, gone, [one.pk for one in moving]),
        )
    if going:
        count = len(going)
        text = ngettext(
            "%(count)d target goes: “%(kept)s” has its own.",
            "%(count)d targets go: “%(kept)s” has its own.",
            count,
        ) % {"count": count, "kept": kept}
        rows = MetricTarget.objects.filter(pk__in=[one.pk for one in going])
        yield MergePart(
            text=text, told={"targets_removed": [one.metric_key for one in going]}, act=rows.delete
        )


def _move_answers(kept: Touchpoint, gone: Touchpoint) -> None:
    answers = Feedback.objects.of(gone.organization).filter(touchpoint=gone)
    ends = answers.exclude(metric=None).order_by().values("metric_id")
    moved = list(
        ends.annotate(first=Min("occurred_at"), last=Max("occurred_at")).values_list(
            "metric_id", "first", "last"
        )
    )
    answers.update(touchpoint=kept)
    # what an import that is undone gives back is there too
    FormerAnswer.objects.of(gone.organization).filter(touchpoint=gone).update(touchpoint=kept)
    recount(
        organization=gone.organization,
        spans=[(metric, place.pk, first, last) for metric, first, last in moved for place in (kept, gone)],
    )


def _point(model: type[Model], kept: Touchpoint, gone: Touchpoint, keys: list[int] | None = None) -> None:
    rows = model._default_manager.filter(touchpoint=gone)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    rows.update(touchpoint=kept)


def _fixed_place(hook: IncomingWebhook) -> str:
    return str(hook.mapping.get("fixed", {}).get("touchpoint", ""))


def _rename_fixed(kept: Touchpoint, gone: Touchpoint) -> None:
    for hook in IncomingWebhook.objects.select_for_update(of=("self",)).filter(
        organization=gone.organization
    ):
        if _fixed_place(hook) == gone.key:
            hook.mapping = {**hook.mapping, "fixed": {**hook.mapping["fixed"], "touchpoint": kept.key}}
            hook.save(update_fields=["mapping"])
