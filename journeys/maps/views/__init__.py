"""Screens that make and change maps; the page of a map, with what is live on it, is in `overview`."""
