"""Incoming webhooks, under /hooks/."""

from django.urls import path

from customer_voice.views import hooks

app_name = "hooks"
urlpatterns = [path("<str:public_id>/", hooks.receive, name="receive")]
