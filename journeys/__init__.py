"""The inventory of touchpoints: where customers meet the organization, and who owns each one.

Pointed at by metrics and initiatives, points at neither.
"""
