"""Where the figures of a run are kept: `var/bench.json`, one entry a part, replaced by its next run."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "var" / "bench.json"


def record(part: str, figures: list[dict[str, Any]], *, adds: bool = False, file: Path = FILE) -> None:
    """Replace the figures of one part, or with `adds` those of the same name alone; others stay."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    named = {figure["what"] for figure in figures}
    kept = [figure for figure in known.get(part, []) if adds and figure["what"] not in named]
    known[part] = [*kept, *figures]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
