"""The file of slides written again, so that the same slides are the same bytes: without the time of day at
which they were drawn, in it and in the sheets behind its charts.
"""

import io
import re
import zipfile
from datetime import UTC, datetime

_CREATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def packed(content: bytes, moment: datetime) -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.endswith(".xlsx"):
                part = packed(part, moment)
            elif name == "docProps/core.xml":
                stamp = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z").encode()
                part = _CREATED.sub(rb"\g<1>" + stamp + rb"\g<3>", part)
            entry = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            target.writestr(entry, part)
    return made.getvalue()
