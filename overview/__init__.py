"""Pages that read across all rooms below: one touchpoint with its figures, words and initiatives.

No model and no rule of its own; nothing below knows it.
"""
