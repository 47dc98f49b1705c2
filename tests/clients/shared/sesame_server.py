"""The server under test, started on a free port, and the calls of its control surface. Knows no cloud's client."""

import datetime
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import pytest

BINARY = os.environ.get("SESAME_BIN") or str(pathlib.Path(__file__).resolve().parents[3] / "target/debug/sesame")
# However this suite ends, the other end of the guard's input is closed then: the server must not outlive it.
GUARD = "import os, signal, sys; sys.stdin.read(); os.kill(int(sys.argv[1]), signal.SIGKILL)"


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def format_time(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Reply:
    status: int
    body: object
    text: str


class RunningServer:
    """One running server."""

    def __init__(self, log_path):
        if not os.path.exists(BINARY):
            pytest.exit(f"there is no server to test at {BINARY}: build it, or name it in SESAME_BIN", returncode=3)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.endpoint = f"127.0.0.1:{port}"
        self.log_path = log_path
        self._log = open(log_path, "wb")
        environment = {"SESAME_LOG__FILTER": "debug", **os.environ}
        self._process = subprocess.Popen(
            [BINARY, "--listen", self.endpoint],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        self._guard = subprocess.Popen(
            [sys.executable, "-c", GUARD, str(self._process.pid)], stdin=subprocess.PIPE, start_new_session=True
        )
        self._wait_until_healthy()

    def _wait_until_healthy(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                if self.control("GET", "/_sesame/health").status == 200:
                    return
            except OSError:
                pass
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self.log_path.read_text(errors="replace")
                self.stop()
                pytest.exit(f"the server did not come up:\n{log}", returncode=3)
            time.sleep(0.02)

    def stop(self):
        for process in (self._guard, self._process):
            process.kill()
            process.wait()
        self._guard.stdin.close()
        self._log.close()

    def control(self, method, path, body=None):
        """One call of the control surface, whatever its status."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.endpoint}{path}", data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            parsed = json.loads(text) if text else None
        except ValueError:
            parsed = None
        return Reply(status, parsed, text)

    def ask(self, method, path, body=None):
        """A control call that has to succeed; its JSON."""
        reply = self.control(method, path, body)
        assert 200 <= reply.status < 300, f"{method} {path} -> {reply.status} {reply.text}"
        return reply.body


class Clock:
    """The clock of one account."""

    def __init__(self, server, account_id):
        self._server, self._query = server, f"?account={account_id}"

    def now(self):
        return parse_time(self._server.ask("GET", f"/_sesame/clock{self._query}")["now"])

    def freeze(self):
        """Stop the clock on a whole second and say which."""
        return self.set(self.now().replace(microsecond=0) + datetime.timedelta(seconds=1))

    def set(self, moment):
        """Stop the clock at a moment."""
        self._server.ask("PUT", f"/_sesame/clock{self._query}", {"now": format_time(moment)})
        return moment

    def advance(self, **duration):
        seconds = int(datetime.timedelta(**duration).total_seconds())
        answer = self._server.ask("POST", f"/_sesame/clock/advance{self._query}", {"seconds": seconds})
        return parse_time(answer["now"])
