"""Screens under /o/<organization>/decide/."""
