"""Listening, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from customer_voice.api.customers import ContactViewSet, CustomerAccountViewSet
from customer_voice.api.feeds import MailboxViewSet, WatchedFolderViewSet, WebhookViewSet
from customer_voice.api.surveys import CustomerSurveyViewSet
from customer_voice.api.taking_back import FormerMergeViewSet, TakenListViewSet
from customer_voice.api.views import (
    ChannelViewSet,
    FeedbackViewSet,
    ImportViewSet,
    MetricViewSet,
    RecipeViewSet,
    SourceViewSet,
)

router = SimpleRouter()
router.register("metrics", MetricViewSet, basename="metric")
router.register("feedback", FeedbackViewSet, basename="feedback")
router.register("imports", ImportViewSet, basename="import")
router.register("import-recipes", RecipeViewSet, basename="import-recipe")
router.register("sources", SourceViewSet, basename="source")
router.register("channels", ChannelViewSet, basename="channel")
router.register("customer-accounts", CustomerAccountViewSet, basename="customer-account")
router.register("contacts", ContactViewSet, basename="contact")
router.register("customer-lists", TakenListViewSet, basename="customer-list")
router.register("customer-merges", FormerMergeViewSet, basename="customer-merge")
router.register("customer-surveys", CustomerSurveyViewSet, basename="customer-survey")
router.register("incoming-webhooks", WebhookViewSet, basename="incoming-webhook")
router.register("mailboxes", MailboxViewSet, basename="mailbox")
router.register("watched-folders", WatchedFolderViewSet, basename="watched-folder")
urlpatterns = router.urls
