"""Documents: PDF with the evidence attached, and their verification.

Reads everything below, owns no domain rule.
"""
