"""Incoming webhooks, under /hooks/."""

from django.urls import path

from customer_voice.views import hooks

app_name = "hooks"
urlpatterns = [
    path("<str:public_id>/", hooks.receive, name="receive"),
    # a call that is sent without the last sign is not led on: its body would be lost on the way
    path("<str:public_id>", hooks.receive, name="receive_bare"),
]
