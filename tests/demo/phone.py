"""A person's phone: it enrolls as people do, at the command line, and shows one-time codes."""

from __future__ import annotations

import subprocess
import sys
import time

import pyotp

from .cluster import Cluster, DemoError, as_person

STEP = 30
"""Seconds a code is shown (RFC 6238)."""


class Phone:
    """An authenticator app that holds one secret. Each code it gives is newer than the one before."""

    def __init__(self, cluster: Cluster, person: str) -> None:
        self._cluster = cluster
        self.person = person
        self._app: pyotp.TOTP | None = None
        self._used = 0

    def enroll(self) -> str:
        """`cupel codes enroll`: scan what it shows, type the code the app shows. Answers its last line."""
        command = [sys.executable, "-u", "-m", "cupel.cli", "codes", "enroll", *as_person(self.person)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        said: list[str] = []
        with subprocess.Popen(command, env=self._cluster.environment(), text=True, **pipes) as child:  # type: ignore[call-overload]
            for line in child.stdout:
                said.append(line)
                if line.startswith("otpauth://"):
                    self._scan(line.strip())
                    child.stdin.write(f"{self.code()}\n")
                    child.stdin.close()
                    break
            said += list(child.stdout)
        if child.returncode:
            raise DemoError(f"{self.person} could not enroll: {''.join(said)}")
        return said[-1].strip()

    def _scan(self, address: str) -> None:
        app = pyotp.parse_uri(address)
        if not isinstance(app, pyotp.TOTP):
            raise DemoError("what was shown is no time-based secret")
        self._app = app

    def code(self) -> str:
        """The code of the first step that was not used yet, waited for until the service takes it."""
        if self._app is None:
            raise DemoError(f"{self.person} is not enrolled")
        step = max(int(time.time()) // STEP, self._used + 1)
        while int(time.time()) // STEP < step - 1:  # the service takes a code one step early
            time.sleep(0.2)
        self._used = step
        return self._app.generate_otp(step)
