"""Which web server: granian and gunicorn serve the same pages in turn, eight clients at once.

python -m benchmarks.servers [--server postgresql://postgres@127.0.0.1] [--requests 240]
"""

import argparse
import http.client
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.demo_place import ROOT, demo_place, machine

CLIENTS = 8
PATHS = ("/accounts/login/", "/verify/", "/health/", "/static/cxprogram/site.css")


def commands(port: int, threads: int) -> dict[str, list[str]]:
    application = "cxprogram.wsgi:application"
    return {
        "granian": [
            sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1",
            "--port", str(port), "--workers", "2", "--blocking-threads", str(threads), "--no-ws",
            "--log-level", "warning",
        ],
        "gunicorn": [
            sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2",
            "--threads", str(threads), "--log-level", "warning",
        ],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", help="PostgreSQL; default: SQLite")
    parser.add_argument("--requests", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    threads = 4 if options.server else 1
    with demo_place(options.server) as environment:
        print(f"{machine()}; {'PostgreSQL' if options.server else 'SQLite'}, {threads} thread(s) a process")
        rates: dict[str, list[float]] = {"granian": [], "gunicorn": []}
        slowest: dict[str, list[float]] = {"granian": [], "gunicorn": []}
        for _round in range(options.rounds):
            for name in rates:
                port = free_port()
                process = subprocess.Popen(commands(port, threads)[name], cwd=ROOT, env=environment)
                try:
                    wait(port)
                    load(port, options.requests // 2)  # until every process has loaded the application
                    seconds, times = load(port, options.requests)
                finally:
                    process.terminate()
                    process.wait()
                rates[name].append(options.requests / seconds)
                slowest[name].append(statistics.quantiles(times, n=20)[-1])
        for name, found in rates.items():
            late = statistics.median(slowest[name]) * 1000
            print(f"{name:9} {statistics.median(found):7.0f} requests/s, 95 % within {late:.0f} ms")
        ratios = [a / b for a, b in zip(rates["granian"], rates["gunicorn"], strict=True)]
        print(f"granian / gunicorn {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            get(port, "/health/")
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def get(port: int, path: str) -> float:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: HTTP {answer.status}")
    return time.perf_counter() - start


def load(port: int, requests: int) -> tuple[float, list[float]]:
    """All requests by eight clients: whole time, and each request's."""
    for path in PATHS:
        get(port, path)
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        times = list(clients.map(lambda number: get(port, PATHS[number % len(PATHS)]), range(requests)))
    return time.perf_counter() - start, times


if __name__ == "__main__":
    main()
