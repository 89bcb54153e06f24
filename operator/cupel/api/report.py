"""The sandbox's report: hostile input until it is sized, parsed and bound to its nonce."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, ValidationError

from .common import Digest, Model
from .proof import MutantsProof, PropertiesProof

MAX_REPORT_BYTES = 4096
Short = Annotated[str, Field(max_length=256)]
Milliseconds = Annotated[StrictInt, Field(ge=0, le=3_600_000)]


class Isolation(Model):
    """What a container found when it tried to get out. Empty string: held. Otherwise: what it could do."""

    kernel: Short = Field(description="Empty when the kernel is gVisor's.")
    token: Short = Field(description="Empty when no service account token is mounted.")
    filesystem: Short = Field(description="Empty when nothing but /tmp can be written.")
    network: Short = Field(description="Empty when no packet got out.")

    def breaches(self) -> tuple[str, ...]:
        """One sentence for each wall that did not hold."""
        return tuple(text for text in (self.kernel, self.token, self.filesystem, self.network) if text)


class Failure(Model):
    """One trial that did not go as it must."""

    kind: Literal["Example", "Test", "HeldOut"] = Field(description="Where the trial stood.")
    name: Annotated[str, Field(max_length=63)] = Field(description="Its name.")
    reason: Literal[
        "WrongResult", "WrongState", "ToolError", "NoError", "WrongError", "Timeout", "OutOfMemory",
        "Crashed", "UnrecordedCall", "TooLarge", "BadResult",
    ] = Field(description="What went wrong.")  # fmt: skip
    message: Short = Field(default="", description="For people.")


class Report(Model):
    """What the harness saw. Only its termination message of at most 4 KiB counts."""

    format: Literal["cupel.dev/report/v1"] = Field(description="Version of this format.")
    nonce: Annotated[str, Field(min_length=32, max_length=64)] = Field(
        description="The run's nonce, known to operator and harness only."
    )
    digest: Digest = Field(description="The digest that was tried.")
    harness: Isolation = Field(description="Probe from the harness container.")
    tool: Isolation = Field(description="Probe from the tool container, before any tool code ran.")
    import_error: Short = Field(default="", description="Empty when the tool could be imported.")
    import_milliseconds: Milliseconds = Field(default=0, description="Time the import took.")
    planted: Literal["Failed", "Passed", "NotRun"] = Field(description="The planted trial, which must fail.")
    passed: Annotated[StrictInt, Field(ge=0, le=1000)] = Field(default=0, description="Trials passed.")
    failed: Annotated[StrictInt, Field(ge=0, le=1000)] = Field(default=0, description="Trials failed.")
    failures: Annotated[tuple[Failure, ...], Field(max_length=5)] = Field(
        default=(), description="The first failures."
    )
    slowest_milliseconds: Milliseconds = Field(default=0, description="Slowest trial.")
    memory_kibibytes: Annotated[StrictInt, Field(ge=0, le=10_000_000)] = Field(
        default=0, description="Peak memory as the tool's launcher saw it; the limit is the cgroup's."
    )
    properties: PropertiesProof | None = Field(
        default=None, description="What calls drawn from its schemas showed; absent when none were made."
    )
    mutants: MutantsProof | None = Field(
        default=None,
        description="Whether its trials notice changes of its code; absent when none were tried.",
    )


def parse_report(text: str) -> Report | str:
    """The report, or one sentence why the text is none. Never raises, whatever the text."""
    if not text:
        return "the harness left no report"
    if len(text.encode("utf-8", "replace")) > MAX_REPORT_BYTES:
        return f"the report is larger than {MAX_REPORT_BYTES} bytes"
    try:
        return Report.model_validate_json(text)
    except (ValidationError, ValueError, RecursionError):
        return "the report is cut or not in the format cupel.dev/report/v1"
