"""People and organizations, under /api/v1/o/<organization>/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api import reminders, views
from accounts.api.branding import BrandingView, LogoView

router = SimpleRouter()
router.register("functions", views.FunctionViewSet, basename="function")
router.register("members", views.MemberViewSet, basename="member")
router.register("invitations", views.InvitationViewSet, basename="invitation")
router.register("trail", views.TrailViewSet, basename="trail")

urlpatterns = [
    path("branding/", BrandingView.as_view(), name="branding"),
    path("branding/logo/", LogoView.as_view(), name="branding_logo"),
    path("", views.OrganizationView.as_view(), name="organization"),
    path("me/reminders/", reminders.ReminderView.as_view(), name="reminders"),
    path("", include(router.urls)),
]
