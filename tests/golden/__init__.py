"""What a database of before held: contents, and the digests under which they were voted on and proved."""

import json
from pathlib import Path
from typing import Any

STORED: dict[str, Any] = json.loads((Path(__file__).parent / "stored.json").read_text(encoding="utf-8"))
