"""The demo organization: made through the same services as everything else, from a fixed seed.

Its feedback is simulated. The truth behind it stands in `cxprogram.demo.truth` and is stored beside the data.
"""

HERE = "http://…"  # stands in the notes of the demo for wherever it is started
