"""Screens of people, organizations and keys."""
