"""Server-side time and queries of the ten main pages, and memory of a worker against a bare Django worker.

python -m benchmarks.pages [--rounds 7]
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.demo_place import demo_place, machine

PAGES = (
    "/o/aurelia/", "/o/aurelia/assess/", "/o/aurelia/assess/2/result/", "/o/aurelia/touchpoints/",
    "/o/aurelia/listen/", "/o/aurelia/listen/metrics/nps/", "/o/aurelia/decide/", "/o/aurelia/decide/4/vote/",
    "/o/aurelia/prove/", "/o/aurelia/prove/1/",
)  # fmt: skip
BARE = (
    "import django; from django.conf import settings; settings.configure(INSTALLED_APPS=["
    "'django.contrib.auth','django.contrib.contenttypes']); django.setup(); import celery"
)
OURS = (
    "import django; django.setup(); import cxprogram.celery; "
    "cxprogram.celery.app.loader.import_default_modules()"
)
MEMORY = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rounds)
        return
    with demo_place() as environment:
        print(machine())
        arguments = [sys.executable, "-m", "benchmarks.pages", "--inside", "--rounds", str(options.rounds)]
        subprocess.run(arguments, env=environment, check=True)
        sizes = {}
        for name, code in (("bare Django worker", BARE), ("our worker", OURS)):
            run = subprocess.run(
                [sys.executable, "-c", code + MEMORY],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
            sizes[name] = int(run.stdout.split()[-1])
            print(f"{name:22} {sizes[name] / 1024:6.0f} MiB resident")
        print(f"ratio                  {sizes['our worker'] / sizes['bare Django worker']:6.2f}")


class Counter:
    """Counts what goes to the database."""

    count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def measure(rounds: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from accounts.models import User

    settings.WHITENOISE_AUTOREFRESH = True
    client = Client()
    client.force_login(
        User.objects.get(email="maya@aurelia.example"), backend=settings.AUTHENTICATION_BACKENDS[0]
    )
    trivial = []
    print(f"{'page':36} {'median ms':>10} {'queries':>8} {'x health':>9}")
    rows = []
    for page in PAGES:
        times = []
        queries = Counter()
        with connection.execute_wrapper(queries):
            status = client.get(page).status_code
        for _round in range(rounds):
            start = time.perf_counter()
            client.get(page)
            times.append(time.perf_counter() - start)
            start = time.perf_counter()
            client.get("/health/")
            trivial.append(time.perf_counter() - start)
        rows.append((page, status, statistics.median(times), queries.count))
    base = statistics.median(trivial)
    for page, status, seconds, queries in rows:
        mark = "" if status == 200 else f"  HTTP {status}"
        print(f"{page:36} {seconds * 1000:10.1f} {queries:8} {seconds / base:9.1f}{mark}")


if __name__ == "__main__":
    main()
