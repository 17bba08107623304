"""`manage.py start`: database, web server and worker with one command; Ctrl-C stops all of it."""

import contextlib
import ctypes
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from accounts.services import has_organization, write_first_code
from cxprogram import env, front_end
from cxprogram.demo import HERE
from cxprogram.upgrades import OLDER, is_whole

READY_SECONDS = 180
STOP_SECONDS = 15
MOST_FALLS, WITHIN_SECONDS = 3, 60  # a worker that falls more often is not started again
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def ask_to_end_with(parent: int) -> Callable[[], None] | None:
    """Called in a new child: has the system end it when its parent is gone, however that ended. None where
    the system knows no such thing."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(END_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != parent:  # gone before it was asked
            os.kill(os.getpid(), signal.SIGTERM)

    return ask


def _site(port: int, served: list[str]) -> str:
    """Where links lead to if nobody says so: this machine, unless other hosts alone are served."""
    here = f"http://127.0.0.1:{port}"
    if env.is_served(here, served):
        return here
    return next((f"http://{name}:{port}" for name in served if not name.startswith(".")), here)


class Command(BaseCommand):
    help = "Prepare the database, then serve the product and run its worker until Ctrl-C."
    processes: dict[str, subprocess.Popen[bytes]]
    falls: list[float]  # when the worker fell
    is_stopping = False
    first_code = ""  # opens the page of the first organization

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="web processes (default 2)")
        parser.add_argument(
            "--demo", action="store_true", help="make the demo organization if there is none yet"
        )
        parser.add_argument("--only", choices=["web", "worker"], help="start one part (production)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.processes, self.falls = {}, []
        host, port, only = options["host"], options["port"], options["only"]
        if not settings.PRODUCTION:  # links in mail and on reports lead to where it really runs
            os.environ.setdefault("CXPROGRAM_SITE_URL", _site(port, settings.ALLOWED_HOSTS))
        if only != "worker":
            self._refuse_taken_port(host, port)
        if options["demo"] and settings.PRODUCTION:
            raise CommandError("The password of the demo people is public: no --demo in production.")
        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # for this user alone
        self._prepare_database(is_alone=only is None)
        if only is None:
            if options["demo"] and not Organization.objects.exists():
                self._say("Making the demo organization (once) ...")
                call_command("demo")
            self._prepare_first()
        if only != "worker":
            front_end.collect(on_start=lambda: self._say("Preparing the static files ..."))
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        try:
            self._run(only, host, port, options["workers"])
        finally:  # whatever went wrong: a child that goes on would keep the port
            self._stop_all()

    def _run(self, only: str | None, host: str, port: int, workers: int) -> None:
        if only != "web":
            self._start("worker", self._worker_command())
        if only != "worker":
            self._say("Starting ...")
            self._start("web server", self._web_command(host, port, workers))
            self._wait_until_ready(host, port)
            if not self.is_stopping:
                self._greet(host, port)
        self._watch(is_alone=only is None)

    def _prepare_database(self, *, is_alone: bool) -> None:
        """Alone, this command brings the tables to this version; a part of production asks that somebody has.
        Before any child is started."""
        if is_alone:
            self._say("Preparing the database ...")
            call_command("migrate", verbosity=0, interactive=False)
        elif not is_whole():
            raise CommandError(OLDER)

    def _prepare_first(self) -> None:
        """Where there is no organization: what the first one needs, and how it is made."""
        self.first_code = write_first_code()
        if not has_organization():
            call_command("load_frameworks", stdout=io.StringIO())

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _refuse_taken_port(self, host: str, port: int) -> None:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} on {host} cannot be used ({error.strerror}). "
                    f"Try another: make run PORT={port + 1}"
                ) from error

    def _worker_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "celery", "--app", "cxprogram", "--quiet", "worker"),
            *("--loglevel", "WARNING", "--concurrency", "1", "--without-gossip", "--without-mingle"),
            "--beat",
        ]

    def _web_command(self, host: str, port: int, workers: int) -> list[str]:
        # One blocking thread per process: SQLite serves its writers one by one.
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "cxprogram.wsgi:application"),
            *("--host", host, "--port", str(port), "--workers", str(workers)),
            *("--blocking-threads", "1" if settings.EMBEDDED else "4", "--no-ws", "--log-level", "warning"),
        ]

    def _start(self, name: str, command: list[str]) -> None:
        # A session of its own: Ctrl-C reaches this process alone, which then stops its children in order.
        # Killed, it stops nobody: then the system tells its children (Linux).
        self.processes[name] = subprocess.Popen(  # noqa: S603
            command, start_new_session=True, preexec_fn=ask_to_end_with(os.getpid())
        )

    def _wait_until_ready(self, host: str, port: int) -> None:
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/health/"  # noqa: S104
        # Asked as the proxy asks; else production answers with a redirect to the outside.
        headers = {"Host": settings.ALLOWED_HOSTS[0].lstrip(".*") or host, "X-Forwarded-Proto": "https"}
        request = urllib.request.Request(address, headers=headers)
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and not self.is_stopping:
            try:
                with urllib.request.urlopen(request, timeout=2):  # noqa: S310
                    return
            except OSError:
                if self.processes["web server"].poll() is not None:
                    break
                time.sleep(0.2)
        if not self.is_stopping:
            raise CommandError("The web server did not start. What it said stands above.")

    def _greet(self, host: str, port: int) -> None:
        self._say(f"\n  cxprogram is ready:  http://{host}:{port}/\n")
        file = settings.VAR_DIR / "demo-sign-ins.txt"
        if file.exists() and Organization.objects.filter(is_demo=True).exists():
            self._say(file.read_text(encoding="utf-8").replace(HERE, f"http://{host}:{port}"))
        if self.first_code:
            self._say("  There is no organization yet. Set up the first one, on this machine, at")
            self._say(f"  http://127.0.0.1:{port}/first/?code={self.first_code}")
            self._say(
                "  (once; the code is new at each start). Or with: manage.py create_organization --help\n"
            )
        elif not has_organization():
            self._say("  There is no organization yet: manage.py create_organization --help\n")
        self._say("  Ctrl-C stops it.\n")

    def _watch(self, *, is_alone: bool) -> None:
        """Until somebody stops it. Alone, nobody else looks after a fallen worker: it is started again."""
        while not self.is_stopping:
            for name, process in self.processes.items():
                if process.poll() is None:
                    continue
                text = f"The {name} stopped by itself (code {process.returncode})."
                if not (is_alone and name == "worker" and self._may_start_again()):
                    raise CommandError(text)
                self._say(f"{text} It is started again.")
                self._end_session(process)
                self._start(name, self._worker_command())
                break  # the processes are others now
            time.sleep(0.3)
        self._stop_all()
        self._say("Stopped.")

    def _may_start_again(self) -> bool:
        now = time.monotonic()
        self.falls = [*(one for one in self.falls if now - one < WITHIN_SECONDS), now]
        return len(self.falls) <= MOST_FALLS

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def _stop_all(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._end_session(process)
        self.processes.clear()

    def _end_session(self, process: "subprocess.Popen[bytes]") -> None:
        """A worker that fell or had to be killed leaves its clock and its pool behind: they are of its
        session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
