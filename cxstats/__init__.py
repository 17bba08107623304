"""The pure core: numbers from numbers.

Owns every computation of the product. Knows nothing of Django, files, clocks or
hidden randomness: inputs are plain sequences, NumPy arrays and frozen dataclasses,
outputs are frozen dataclasses, time and random generators are arguments.
A question without an answer raises `NotEstimable` with a reason from a closed list.
"""

ENGINE_VERSION = "1.3.0"
