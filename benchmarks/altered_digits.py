"""How many single changed digits of the evidence in a document are found, each in a file of its own.

python -m benchmarks.altered_digits FILE [--digits 1000] [--seed 20261130]

FILE is an ROI document as it was downloaded. Each time another digit of its attachment becomes another one,
the file is written anew and verified as `manage.py verify_report` does it. Said beside it: how many of them
the computation finds alone, when whoever changed the digit has made the code of the file fit. What it cannot
find then are names and days that no figure follows from, and digits beyond the ninth of a figure.
"""

import argparse
import io
import json
import os
import random
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import django
import pikepdf

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxprogram.settings")
django.setup()

from cxstats.codec import canonical_text  # noqa: E402
from reports.pdf import Attached, UnreadableDocument, attached_evidence  # noqa: E402
from reports.services import Outcome, verify_file, verifying  # noqa: E402
from reports.services.verifying import Verification, verify_evidence  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--digits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261130)
    options = parser.parse_args()
    began = time.perf_counter()
    whole = verify_file(options.file)
    took = time.perf_counter() - began
    if whole.outcome is not Outcome.SAME:
        sys.exit(f"{options.file}: {whole.outcome.value}, so it says nothing")
    print(f"{options.file.name}: unchanged, verified in {took:.1f} s")
    compute_each_input_once()
    attached, chance = attached_evidence(options.file), random.Random(options.seed)
    digits = [place for place, sign in enumerate(attached.content) if chr(sign).isdecimal()]
    drawn = chance.sample(digits, min(options.digits, len(digits)))
    missed, alone = [], 0
    for place in drawn:
        text = with_another_digit(attached.content, place, chance)
        if not is_found(options.file, text):
            missed.append(attached.content[max(0, place - 40) : place + 40])
        alone += is_found_by_computation(attached, text)
    print(f"{len(digits):,} digits in {len(attached.content):,} bytes; {len(drawn):,} changed one by one")
    print(f"found {len(drawn) - len(missed):,}; by the computation alone {alone:,}")
    for context in missed:
        print(f"  missed: {context!r}")
    sys.exit(bool(missed))


def compute_each_input_once() -> None:
    """The engine gives the same for the same input; what a changed digit leaves alone is computed once."""
    finding, figures = verifying.finding_from, verifying.roi_figures
    find = cache(lambda inputs, seed: finding(json.loads(inputs), seed))
    value = cache(lambda inputs: canonical_text(figures(json.loads(inputs))))
    verifying.finding_from = lambda inputs, seed: find(canonical_text(inputs), seed)
    verifying.roi_figures = lambda inputs: json.loads(value(canonical_text(inputs)))


def with_another_digit(content: bytes, place: int, chance: random.Random) -> bytes:
    digit = chance.choice([sign for sign in b"0123456789" if sign != content[place]])
    return content[:place] + bytes([digit]) + content[place + 1 :]


def is_found(original: Path, text: bytes) -> bool:
    with pikepdf.open(original) as pdf, tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        (name,) = pdf.attachments
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, text, filename=name)
        made = io.BytesIO()
        pdf.save(made)
        file.write(made.getvalue())
        file.flush()
        return is_refused(lambda: verify_file(Path(file.name)))


def is_found_by_computation(attached: Attached, text: bytes) -> bool:
    """Whether a step other than that of the code differs."""

    def figures() -> Verification:
        found = verify_evidence(Attached(code=attached.code, content=text, identifier=""))
        return Verification(
            schema=found.schema,
            code=found.code,
            digest=found.digest,
            content=found.content,
            steps=found.steps[1:],
        )

    return is_refused(figures)


def is_refused(verify) -> bool:
    try:
        return verify().outcome is Outcome.DIFFERS
    except UnreadableDocument:
        return True


if __name__ == "__main__":
    main()
