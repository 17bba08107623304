"""People and settings, under /o/<organization>/."""

from django.urls import path

from accounts.views import branding, people, security, settings, work

app_name = "accounts"
urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/organization/", settings.organization_edit, name="organization_edit"),
    path("settings/branding/", branding.branding, name="branding"),
    path("settings/branding/logo/remove/", branding.logo_remove, name="logo_remove"),
    path("settings/functions/new/", settings.function_edit, name="function_create"),
    path("settings/functions/<int:pk>/", settings.function_edit, name="function_edit"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.invite, name="invite"),
    path("settings/people/invite/many/", people.invite_many, name="invite_many"),
    path("settings/people/<int:pk>/", people.member_edit, name="member_edit"),
    path("settings/people/<int:pk>/confirm/", people.member_confirm, name="member_confirm"),
    path("settings/people/<int:pk>/deactivate/", people.member_deactivate, name="member_deactivate"),
    path("settings/invitations/<int:pk>/link/", people.invitation_show, name="invitation_show"),
    path("settings/invitations/<int:pk>/resend/", people.invitation_resend, name="invitation_resend"),
    path("settings/invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    path("settings/trail/", settings.trail, name="trail"),
    path("settings/work/", work.work, name="work"),
    path("settings/work/letters/<int:pk>/", work.letter_send_again, name="letter_send_again"),
    path("settings/work/events/<int:pk>/", work.event_try_again, name="event_try_again"),
    path("settings/trail/audit-trail.<slug:ending>", settings.trail_export, name="trail_export"),
    path("me/", settings.preferences, name="preferences"),
    path("me/reminders/", settings.reminders, name="reminders"),
    path("me/keys/", security.tokens, name="tokens"),
    path("me/keys/revoke/", security.token_revoke_all, name="token_revoke_all"),
    path("me/keys/<int:pk>/revoke/", security.token_revoke, name="token_revoke"),
    path("me/devices/", security.sessions, name="sessions"),
    path("me/devices/end/", security.sessions_end, name="sessions_end"),
    path("me/devices/<slug:mark>/end/", security.session_end, name="session_end"),
]
