"""What an initiative did and what it was worth: studies, value models, ROI cases, drivers.

Every finding comes out of `cxstats.evaluate` and nothing else.
"""
