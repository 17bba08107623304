"""Screens under /o/<organization>/listen/."""
