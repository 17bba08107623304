"""What a database of before held: contents, and the digests under which they were voted on and proved."""

import json
from pathlib import Path
from typing import Any

STORED: dict[str, Any] = json.loads((Path(__file__).parent / "stored.json").read_text(encoding="utf-8"))
# Studies as engines 1.0 and 1.2 computed and wrote them: inputs, digest, seed, finding.
ENGINES: dict[str, Any] = json.loads((Path(__file__).parent / "engines.json").read_text(encoding="utf-8"))
