"""A map of 60 live steps against the list of touchpoints; how customers go on; keys in a map of 200 steps.

    python -m benchmarks.map_speed [--rounds 7] [--server postgresql://postgres@127.0.0.1 --rows 1000000]

Made on the demo, on SQLite; with --server on PostgreSQL, with so many answers of known customers more. The
keys are pressed in a browser where one is installed: from the key to the next frame that it draws.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.demo_place import ROOT, demo_place, machine
from benchmarks.pages import Counter

if TYPE_CHECKING:
    from accounts.models import Membership

LIVE, LONG = 60, 200
FRAME = 1000 / 60
ADDRESS = "127.0.0.1:8971"
# From the key to the frame after it, and what is laid out anew by itself (layout shift) while figures arrive.
WATCH = """
window.frames = []; window.shift = 0;
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput)
  window.shift += one.value; }).observe({type: "layout-shift", buffered: true});
document.addEventListener("keydown", () => { const began = performance.now();
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => window.frames.push(performance.now() - began);
    channel.port2.postMessage(0);
  }); }, true);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--server", help="PostgreSQL; default: SQLite")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options.rounds, options.rows if options.server else 0)
        return
    with demo_place(options.server) as environment:
        print(machine())
        chosen = ["--rounds", str(options.rounds), "--rows", str(options.rows)]
        chosen += ["--server", options.server] if options.server else []
        arguments = [sys.executable, "-m", "benchmarks.map_speed", "--inside", *chosen]
        subprocess.run(arguments, env=environment, check=True)
        if not options.server:
            press_keys(environment)


def measure(rounds: int, rows: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import Membership

    settings.WHITENOISE_AUTOREFRESH = True
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by content
    member = Membership.objects.get(user__email="maya@aurelia.example")
    made = {steps: make_map(member, steps) for steps in (10, LIVE, LONG)}
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    base = "/o/aurelia/"
    pages = {
        "touchpoint list": f"{base}touchpoints/",
        "map of 10 steps": f"{base}journeys/{made[10]}/",
        f"map of {LIVE} live steps": f"{base}journeys/{made[LIVE]}/",
        "how customers go on": f"{base}journeys/a-repair-at-home/flow/",
    }
    if rows:
        known_customers(member, rows)
    reference = 0.0
    for name, path in pages.items():
        seconds, queries = timed(client, path, rounds)
        reference = reference or seconds
        print(f"{name:26} {seconds * 1000:7.0f} ms {queries:5} queries  ratio {seconds / reference:5.2f}")


def timed(client: Any, path: str, rounds: int) -> tuple[float, int]:
    from django.db import connection

    client.get(path)  # templates and code are loaded
    asked = Counter()
    with connection.execute_wrapper(asked):
        answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - began)
    return statistics.median(times), asked.count


def make_map(member: "Membership", steps: int) -> str:
    """Key of a map with so many steps in stages of ten, each on a touchpoint that is heard."""
    from journeys.maps import services
    from journeys.maps.operations import Doing
    from journeys.models import Touchpoint

    keys = list(Touchpoint.objects.of(member.organization).current().values_list("key", flat=True))
    row = services.new_map(by=member, values=services.MapValues(name=f"Bench {steps}"))
    for stage in range(1, -(-steps // 10)):
        told = {"name": f"Stage {stage + 1}"}
        row = services.edit_map(by=member, map=row, doings=[Doing(do="add_stage", told=told)])
    for place in range(steps):
        stage_key = row.content["stages"][place // 10]
        told = {"stage": stage_key, "name": f"Step number {place + 1}"}
        row = services.edit_map(by=member, map=row, doings=[Doing(do="add_step", told=told)])
        step = row.content[f"order.{stage_key}"][-1]
        told = {"step": step, "touchpoints": [keys[place % len(keys)]], "emotion": place % 5 - 2}
        row = services.edit_map(by=member, map=row, doings=[Doing(do="set_step", told=told)])
    return row.key


def known_customers(member: "Membership", rows: int) -> None:
    """So many answers more, of the last year, four of each customer at touchpoints one after another."""
    from django.db import connection

    from customer_voice.models import Source

    source = Source.objects.create(organization=member.organization, name="bench")
    o, people = member.organization_id, rows // 4
    with connection.cursor() as cursor:
        for statement in (
            "INSERT INTO customer_voice_contact (organization_id, external_reference, name, email, segment,"
            f" language, consent) SELECT {o}, 'bench' || n, '', '', '', '', 'unknown'"
            f" FROM generate_series(1, {people}) n",
            "INSERT INTO customer_voice_submission (organization_id, source_id, external_id, received_at,"
            f" language) SELECT {o}, {source.pk}, n::text, now(), '' FROM generate_series(1, {rows}) n",
            "INSERT INTO customer_voice_feedback (organization_id, submission_id, metric_key, touchpoint_id,"
            " occurred_at, score, reopened_count, merged_into, text, contact_id, segment, received_at)"
            f" SELECT {o}, s.id, '', (SELECT array_agg(id ORDER BY id) FROM journeys_touchpoint"
            f" WHERE organization_id = {o})[1 + (s.external_id::bigint * 7919 % 12)::int],"
            " now() - make_interval(secs => 31536000.0 * ((s.external_id::bigint / 4 * 104729) % 1000003)"
            " / 1000003 - 86400.0 * 7 * (s.external_id::int % 4)), 9, 0, '', '', c.id, '', now()"
            " FROM customer_voice_submission s JOIN customer_voice_contact c"
            " ON c.external_reference = 'bench' || (1 + (s.external_id::int - 1) / 4)"
            f" WHERE s.source_id = {source.pk}",
            "ANALYZE",
        ):
            cursor.execute(statement)


def press_keys(environment: dict[str, str]) -> None:
    """A browser in the map of 200 steps: arrow keys, and letters in a cell."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("SKIPPED: no browser to press keys in.")
        return
    command = [sys.executable, "manage.py", "start", "--port", ADDRESS.rsplit(":", 1)[1]]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with sync_playwright() as playwright:
            options = {"executable_path": "/usr/bin/chromium"} if Path("/usr/bin/chromium").exists() else {}
            browser = playwright.chromium.launch(args=["--no-sandbox"], **options)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            sign_in(page)
            page.add_init_script(WATCH)
            for steps in (10, LONG):  # the small one says what the machine can do at all
                press_in(page, steps)
            browser.close()
    finally:
        server.terminate()
        server.wait()


def press_in(page: Any, steps: int) -> None:
    page.goto(f"http://{ADDRESS}/o/aurelia/journeys/bench-{steps}/#map")
    page.wait_for_timeout(3000)
    print(f"layout shift while a map of {steps} steps arrives {page.evaluate('window.shift'):.3f}")
    page.locator("td[data-at^='cell.']").first.click()
    page.keyboard.press("Escape")
    report_frames(page, "arrow key", ["ArrowRight"] * 40)
    page.keyboard.press("Enter")
    report_frames(page, "letter in a cell", list("what a customer thinks here") * 2)


def sign_in(page: Any) -> None:
    for _attempt in range(60):
        try:
            page.goto(f"http://{ADDRESS}/")
            break
        except Exception:  # not up yet, whatever the browser calls that
            time.sleep(2)
    page.fill("input[name=login]", "maya@aurelia.example")
    page.fill("input[name=password]", "follow the customer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/o/**")


def report_frames(page: Any, name: str, keys: list[str]) -> None:
    page.evaluate("window.frames = []")
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    times = sorted(page.evaluate("window.frames"))
    middle, late = statistics.median(times), times[int(0.95 * len(times))]
    print(f"{name:26} {middle:7.1f} ms to its frame, 95 % within {late:.1f} ms; a frame is {FRAME:.1f} ms")


if __name__ == "__main__":
    main()
