"""`skill export`: a tool as an Agent Skill, in a folder of its name."""

from __future__ import annotations

from pathlib import Path

from cupel.api.bundle import bundle_of
from cupel.templates.skill import skill_files, skill_name

from .output import Exit, Failure, note
from .seen import look
from .session import Session


async def export(session: Session, tool: str, folder: str) -> Exit:
    """Write what the tool's spec asks for now."""
    seen = await look(session, tool)
    stopped = seen.stopped
    if stopped is not None and stopped.status == "False":
        raise Failure(
            f"{tool} was refused at {stopped.type} ({stopped.reason}), so nobody can call it: see kubectl "
            f"cupel explain {tool} -n {session.namespace}"
        )
    name = skill_name(tool)
    version = seen.version(seen.revision) if seen.revision else None
    write(skill_files(bundle_of(seen.tool), name, version), Path(folder) / name)
    note(f"written to {Path(folder) / name}")
    if name != tool:
        note(f"the skill is called {name}: names of skills have single hyphens, and at most 64 characters")
    if seen.tool.status.serving is None:
        note(f"{tool} does not serve yet: until it does, who follows the skill finds no such tool")
    return Exit.OK


def write(files: dict[str, str], folder: Path) -> None:
    """Write the files, over what is there of the same names. Raises Failure when the disk refuses."""
    for path, text in files.items():
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise Failure(f"{folder / path}: {error.strerror}", Exit.UNUSABLE) from None
