"""What customers say: metric definitions, feedback, imports and metric series.

Knows touchpoints; knows nothing of initiatives.
"""
