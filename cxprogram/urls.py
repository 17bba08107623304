"""The site map. Everything of an organization lives under /o/<organization>/."""

from django.urls.resolvers import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
