"""The backup of a ledger as a file: written whole or not at all, read with nothing taken on trust."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cupel.api.approval_ledger import ApprovalLedgerSpec, ApprovalLedgerStatus
from cupel.api.bundle import canonical
from cupel.api.common import JsonObject

from .output import Exit, Failure

FORMAT = "cupel.dev/ledger-backup/v2"
FIELDS = ("format", "namespace", "takenAt", "takenBy", "spec", "condemned", "sha256")
MAX_BYTES = 8 * 2**20
"""Several times what the API server takes in one object."""


@dataclass(frozen=True)
class Backup:
    """One ledger at one moment, as the API server had it."""

    namespace: str
    taken_at: str
    taken_by: str
    spec: JsonObject
    condemned: Mapping[str, str]

    @property
    def decisions(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.spec.get("decisions") or {}
        return found

    @property
    def settings(self) -> JsonObject:
        return {key: value for key, value in self.spec.items() if key != "decisions"}

    @property
    def content(self) -> str:
        """A sha256 over what would come back: two ledgers that say the same have the same."""
        spec = self.settings | {"decisions": dict(self.decisions)}
        return hashlib.sha256(canonical({"spec": spec, "condemned": dict(self.condemned)})).hexdigest()

    @property
    def sha256(self) -> str:
        """Over the whole file but this: also of what, when and by whom it was taken."""
        return hashlib.sha256(canonical(self._unsealed())).hexdigest()

    @classmethod
    def of(cls, ledger: JsonObject, taken_at: str, taken_by: str) -> Backup:
        condemned = (ledger.get("status") or {}).get("condemned") or {}
        return cls(ledger["metadata"]["namespace"], taken_at, taken_by, ledger["spec"], condemned)

    def document(self) -> JsonObject:
        return self._unsealed() | {"sha256": self.sha256}

    def _unsealed(self) -> JsonObject:
        return {
            "format": FORMAT,
            "namespace": self.namespace,
            "takenAt": self.taken_at,
            "takenBy": self.taken_by,
            "spec": self.spec,
            "condemned": dict(self.condemned),
        }


def write(kept: Backup, file: str) -> None:
    """A new file, complete before it has its name. Raises Failure; never overwrites."""
    text = json.dumps(kept.document(), indent=2, sort_keys=True) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    path = Path(file)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("x", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, path)  # unlike a rename it never replaces what is there
    except FileExistsError as error:
        raise Failure(
            f"{file} exists, and a backup is never overwritten: name another file", Exit.UNUSABLE
        ) from error
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}", Exit.UNUSABLE) from error
    finally:
        unfinished.unlink(missing_ok=True)


def read(file: str) -> Backup:
    """Raises Failure that names what is wrong with the file."""
    try:
        content = sys.stdin.buffer.read(MAX_BYTES + 1) if file == "-" else _bytes(Path(file))
        if len(content) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MiB")
        return parse(json.loads(content))
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}", Exit.UNUSABLE) from error
    except (ValueError, RecursionError) as error:
        raise Failure(f"{file} is no backup of a ledger: {error}", Exit.UNUSABLE) from error


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def parse(document: Any) -> Backup:
    """Raises ValueError with one sentence that names the field."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"its field `format` must be {FORMAT}")
    if odd := sorted(set(FIELDS) ^ set(document)):
        raise ValueError(f"its field `{odd[0]}` is {'missing' if odd[0] in FIELDS else 'unknown'}")
    for name in ("namespace", "takenAt", "takenBy", "sha256"):
        if not isinstance(document[name], str):
            raise ValueError(f"its field `{name}` must be a text")
    _check("spec", ApprovalLedgerSpec, document["spec"])
    _check("", ApprovalLedgerStatus, {"condemned": document["condemned"]})
    kept = Backup(
        document["namespace"],
        document["takenAt"],
        document["takenBy"],
        document["spec"],
        document["condemned"],
    )
    if kept.sha256 != document["sha256"]:
        raise ValueError("its content is not what its `sha256` says: it was changed after it was taken")
    return kept


def _check(where: str, model: type[ApprovalLedgerSpec | ApprovalLedgerStatus], value: Any) -> None:
    try:
        model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in (where, *first["loc"]) if part != "")
        raise ValueError(f"its field `{place}`: {first['msg']}") from error
