"""Listening in the API, on the same services as the screens."""
