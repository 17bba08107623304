from django.apps import AppConfig


class CxprogramConfig(AppConfig):
    name = "cxprogram"
    verbose_name = "cxprogram"
