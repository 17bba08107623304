"""`make screens`: photographs every page and every page of every document into var/screens.

Screens are <language>/<theme>/<width>/<name>.png, pages of documents documents/<name>-<page>.png;
index.html shows all of them. The data live in var/screens-data and are made once; `--fresh` makes them anew.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA, OUTPUT = ROOT / "var" / "screens-data", ROOT / "var" / "screens"
LANGUAGES, THEMES, WIDTHS = ("en", "zh-hans"), ("light", "dark"), (1280, 390)
# What a page that is not among the main ones is photographed in.
ENOUGH = {("en", "light", 1280), ("en", "light", 390), ("en", "dark", 1280), ("zh-hans", "light", 1280)}
HEIGHT = {1280: 900, 390: 844}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
READY_SECONDS = 180
STYLE = (
    "body{font:14px sans-serif;margin:24px;background:#f4f5f7}section{margin-bottom:32px}"
    "div{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:16px;align-items:start}"
    "figure{margin:0;background:#fff;border:1px solid #ddd}img{width:100%;display:block}"
    "figcaption{padding:6px 8px;color:#555}"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.screens", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="make the data anew")
    parser.add_argument("--only", default="", help="only pages whose name begins so")
    options = parser.parse_args()
    started = time.monotonic()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return _stop(
            f"No browser found ({', '.join(BROWSERS)}). On Debian or Ubuntu: apt-get install chromium"
        )
    if options.fresh:
        shutil.rmtree(DATA, ignore_errors=True)
    if not options.only:
        shutil.rmtree(OUTPUT, ignore_errors=True)
    os.environ |= {
        "CXPROGRAM_MODE": "embedded",
        "CXPROGRAM_VAR": str(DATA),
        "CXPROGRAM_DATABASE_URL": "",
        "CXPROGRAM_REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # the browser's driver keeps an event loop in this thread
    }
    pages, documents = prepare()
    wanted = [page for page in pages if page.name.startswith(options.only)]
    with serving() as address:
        shots, problems = photograph(browser, address, wanted)
    sheets = 0 if options.only else draw_documents(documents)
    write_index()
    say(
        f"{shots} screens of {len(wanted)} pages, {sheets} pages of {len(documents)} documents "
        f"in {time.monotonic() - started:.0f} s: {OUTPUT.relative_to(ROOT)}/index.html"
    )
    for problem in problems:
        say(f"  {problem}")
    return 1 if problems else 0


def prepare() -> tuple[list[Any], list[tuple[str, Path]]]:
    """The pages to look at and the finished documents, on data made once."""
    import django  # noqa: PLC0415  # settings read the environment above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from accounts.models import Organization, User  # noqa: PLC0415
    from cxprogram.demo.people import email_of  # noqa: PLC0415
    from reports.models import Report  # noqa: PLC0415
    from scripts import pages  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    if not Organization.objects.exists():
        say("Making the demo organization (once) ...")
        call_command("demo", verbosity=0)
        pages.add_unfinished_work()
        User.objects.filter(email=email_of(pages.ADMINISTRATOR)).update(is_staff=True)
    if not Report.objects.filter(job_state="done").exists():
        say("Making the documents (once) ...")
        pages.make_documents()
    reports = Report.objects.filter(job_state="done").order_by("pk")
    found = [(f"{item.kind}-{item.pk}-{item.language}", Path(item.file.path)) for item in reports]
    return pages.demo_pages(), found


@contextmanager
def serving() -> Iterator[str]:
    """The product's own web server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "manage.py", "start", "--only", "web", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{address}/health/", timeout=5).close()  # noqa: S310
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.3)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def photograph(executable: str, address: str, pages: list[Any]) -> tuple[int, list[str]]:
    """Every page in every combination that it deserves; returns how many pictures and what went wrong.

    A page is loaded once for a language; theme and width then change under it, as they do on a device.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415

    shots, problems = 0, list[str]()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        signed_in = {person: _signed_in(browser, address, person) for person in {p.person for p in pages}}
        for language in LANGUAGES:
            windows = {}
            for person, state in signed_in.items():
                context = browser.new_context(
                    base_url=address, storage_state=state, reduced_motion="reduce", locale=language
                )
                context.add_cookies([{"name": "django_language", "value": language, "url": address}])
                windows[person] = context.new_page()
                windows[person].on("pageerror", lambda error: problems.append(f"script: {error}"))
            for page in pages:
                window = windows[page.person]
                try:
                    window.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT[WIDTHS[0]]})
                    answer = window.goto(page.path, wait_until="networkidle")
                    if answer is None or (not answer.ok and page.name != "not-found"):
                        problems.append(f"{page.name}: answers {answer and answer.status}")
                    for width in WIDTHS:
                        for theme in THEMES:
                            if page.is_main or (language, theme, width) in ENOUGH:
                                _shoot(window, page.name, language, theme, width)
                                shots += 1
                except Error as error:
                    problems.append(f"{page.name} ({language}): {error.message.splitlines()[0]}")
            for window in windows.values():
                window.context.close()
        browser.close()
    return shots, problems


def _signed_in(browser: Any, address: str, person: str) -> Any:
    """The cookies of a demo person who came in through the form; none for somebody outside."""
    from cxprogram.demo.people import email_of  # noqa: PLC0415
    from cxprogram.management.commands.demo import PASSWORD  # noqa: PLC0415

    context = browser.new_context(base_url=address)
    if person:
        window = context.new_page()
        window.goto("/accounts/login/")
        window.locator("#id_login").fill(email_of(person))
        window.locator("#id_password").fill(PASSWORD)
        window.locator("form[method=post] button.btn-primary").click()
        window.wait_for_url("**/o/**")
    state = context.storage_state()
    context.close()
    return state


def _shoot(window: Any, name: str, language: str, theme: str, width: int) -> None:
    folder = OUTPUT / language / theme / str(width)
    folder.mkdir(parents=True, exist_ok=True)
    window.set_viewport_size({"width": width, "height": HEIGHT[width]})
    window.emulate_media(color_scheme=theme)
    if window.locator("[data-chart]").count():
        window.wait_for_timeout(350)  # charts are drawn anew
    window.screenshot(path=folder / f"{name}.png", full_page=True)


def draw_documents(documents: list[tuple[str, Path]]) -> int:
    """Each page of each PDF as a picture; returns how many."""
    folder = OUTPUT / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    drawing = shutil.which("pdftoppm")
    if drawing is None:
        _stop("No documents drawn, pdftoppm is missing. On Debian or Ubuntu: apt-get install poppler-utils")
        return 0
    for name, file in documents:
        subprocess.run([drawing, "-r", "75", "-png", str(file), str(folder / name)], check=True)  # noqa: S603
    return len(list(folder.glob("*.png")))


def write_index() -> None:
    """The contact sheet: one section for each folder."""
    sections = []
    for folder in sorted({file.parent for file in OUTPUT.rglob("*.png")}):
        pictures = "".join(
            f'<figure><a href="{escape(where)}"><img src="{escape(where)}" alt="" loading="lazy"></a>'
            f"<figcaption>{escape(file.stem)}</figcaption></figure>"
            for file in sorted(folder.glob("*.png"))
            for where in [file.relative_to(OUTPUT).as_posix()]
        )
        title = " · ".join(folder.relative_to(OUTPUT).parts)
        sections.append(f"<section><h2>{escape(title)}</h2><div>{pictures}</div></section>")
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title>'
        f"<style>{STYLE}</style><h1>Screens</h1>{''.join(sections)}</html>\n"
    )
    (OUTPUT / "index.html").write_text(page, encoding="utf-8")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _stop(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
