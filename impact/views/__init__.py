"""Screens of findings and their value, of the program's costs and its return."""
