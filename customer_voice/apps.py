from django.apps import AppConfig


class CustomerVoiceConfig(AppConfig):
    name = "customer_voice"
