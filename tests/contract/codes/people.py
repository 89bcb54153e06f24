"""People with kubeconfigs and authenticator apps, who use the command line as people do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from tests.contract.admission.server import Server
from typer.testing import CliRunner, Result

from cupel.cli.app import app

ROOT = Path(__file__).parents[3]
STEP = 30
APPROVERS = "cupel-approvers"


@dataclass
class Person:
    """Somebody whom the API server knows; their app, once they are enrolled."""

    server: Server
    name: str = field(default_factory=lambda: f"p-{uuid.uuid4().hex[:8]}")
    groups: tuple[str, ...] = (APPROVERS,)
    app: pyotp.TOTP | None = None

    @property
    def who(self) -> list[str]:
        groups = (f"--as-group={group}" for group in (*self.groups, "system:authenticated"))
        return ["--as", self.name, *groups]

    def cupel(self, *args: str, text: str = "") -> Result:
        return CliRunner().invoke(app, [*args, *self.who], input=text)

    def code(self, ahead: int = 0) -> str:
        """The code of this step, or of one nearby; taken early enough in the step to be used in it."""
        end = time.monotonic() + STEP
        while time.time() % STEP > STEP - 6 and time.monotonic() < end:
            time.sleep(0.2)
        assert self.app is not None
        return self.app.generate_otp(int(time.time()) // STEP + ahead)

    def enroll(self, current: str | None = None) -> tuple[int, str]:
        """At a terminal: read the address, answer with a code of the last step. Answers exit code and output."""
        command = [sys.executable, "-m", "cupel.cli", "codes", "enroll", *self.who]
        pipes = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
        }
        values = os.environ | {"PYTHONPATH": str(ROOT / "operator"), "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, env=values, **pipes) as child:  # type: ignore[call-overload]
            seen = []
            for line in child.stdout:
                seen.append(line)
                if line.startswith("otpauth://"):
                    parsed = pyotp.parse_uri(line.strip())
                    assert isinstance(parsed, pyotp.TOTP)
                    before, self.app = self.app, parsed
                    child.stdin.write(f"{self.code(-1)}\n{current or ''}\n")
                    child.stdin.close()
                    break
            seen += list(child.stdout)
            code = child.wait(60)
        if code and "before" in locals():
            self.app = before
        return code, "".join(seen)
