"""Every measured claim, one after the other: `make bench`. Ratios within one run; nothing is asserted.

Parts that need PostgreSQL run only where it answers (CXPROGRAM_TEST_DATABASE_URL, else 127.0.0.1:5432).
"""

import os
import subprocess
import sys

import psycopg

SERVER = os.environ.get("CXPROGRAM_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/x").rsplit(
    "/", 1
)[0]
EVERYWHERE = (
    ["-m", "benchmarks.cxstats_speed"],
    ["benchmarks/dashboard_speed.py"],
    ["-m", "benchmarks.report_speed"],
    ["-m", "benchmarks.pages"],
    ["-m", "benchmarks.map_speed"],
    ["-m", "benchmarks.servers"],
    ["-m", "benchmarks.program_return"],
    ["benchmarks/files_speed.py"],
)
WITH_POSTGRES = (
    ["benchmarks/dashboard_speed.py", "--server", SERVER],
    ["benchmarks/series_speed.py", "--server", SERVER],
    ["benchmarks/import_speed.py", "--server", SERVER],
    ["benchmarks/answers_speed.py", "--server", SERVER],
    ["benchmarks/surveys_speed.py", "--server", SERVER],
    ["benchmarks/export_speed.py", "--server", SERVER],
    ["-m", "benchmarks.map_speed", "--server", SERVER],
    ["-m", "benchmarks.servers", "--server", SERVER],
)


def answers() -> bool:
    try:
        with psycopg.connect(f"{SERVER}/postgres", connect_timeout=3):
            return True
    except psycopg.Error:
        return False


def main() -> int:
    failed = 0
    parts = [*EVERYWHERE, *(WITH_POSTGRES if answers() else ())]
    for part in parts:
        print(f"\n=== {' '.join(part)} ===", flush=True)
        failed += subprocess.run([sys.executable, *part], check=False).returncode != 0
    if len(parts) == len(EVERYWHERE):
        print(f"\nSKIPPED: {len(WITH_POSTGRES)} parts that need PostgreSQL.")
    return failed


if __name__ == "__main__":
    sys.exit(main())
