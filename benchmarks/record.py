"""Where the figures of a run are kept: `var/bench.json`, one entry a part, replaced by its next run."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "var" / "bench.json"


def record(part: str, figures: list[dict[str, Any]], *, file: Path = FILE) -> None:
    """Replace the figures of one part; what other parts wrote stays."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known[part] = figures
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
