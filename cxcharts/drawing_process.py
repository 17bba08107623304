"""Draw the SVG on standard input under limits, and write the PNG to standard output.

Started by `cxcharts.render.picture_of`, never imported. A few hundred bytes of SVG can ask for gigabytes or
for hours (filters, masks in masks, patterns in patterns), and the drawing engine ends its process rather
than raise: so somebody's drawing is drawn here, where that ends nothing else.
"""

import os
import resource
import sys
from contextlib import suppress

import vl_convert

# A drawing of 5,000 shapes on 1,200 by 400 pixels takes 130 MB and a second.
MEMORY = 512 * 2**20
SECONDS = 5


def main(scale: str) -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but the picture may reach whoever listens
    with suppress(ValueError, OSError):  # macOS takes no limit of memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    picture: bytes = vl_convert.svg_to_png(sys.stdin.buffer.read().decode(), scale=float(scale))
    out.write(picture)
    out.close()


if __name__ == "__main__":
    main(sys.argv[1])
