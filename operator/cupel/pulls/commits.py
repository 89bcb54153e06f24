"""A revision as commits: the same revision over the same base makes the same commits, anywhere, at any time.

So nothing has to be remembered about what was pushed: it is made again and compared by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dulwich.objects import Blob, Commit, ShaFile, Tree

from cupel.api.tool_revision import ToolRevision
from cupel.decide.pull_files import files
from cupel.decide.pulls import Pushed

WHO = b"Cupel <cupel@localhost>"
FILE = 0o100644
FOLDER = 0o040000
NOTE = (
    "Branches of this name are made by Cupel, one for each pull request, and hold what was approved before.\n"
    "Merge the pull request to approve; nothing else that is done to this branch has a meaning.\n"
)


@dataclass(frozen=True)
class Made:
    """Both commits of one pull request, and all objects they consist of."""

    pushed: Pushed
    objects: tuple[ShaFile, ...]


def made(rev: ToolRevision, before: ToolRevision | None) -> Made:
    """The base holds what was approved before (a note, where nothing was), the head this revision."""
    old = files(before.namespace, before.spec.bundle) if before else {}
    base_tree, base_objects = _tree(old | {"README.md": NOTE.encode()})
    name = f"{rev.namespace}/{rev.spec.tool}"
    since = before.spec.digest if before else "nothing"
    base = _commit(rev, base_tree, (), f"What was approved of {name}: {since}")
    head_tree, objects = _tree(files(rev.namespace, rev.spec.bundle) | {"README.md": NOTE.encode()})
    head = _commit(rev, head_tree, (base,), f"Review {name}\n\nDigest: {rev.spec.digest}")
    pushed = Pushed(_name(base), _name(head), _name(head_tree))
    return Made(pushed, (*base_objects, *objects, base, head))


def _commit(rev: ToolRevision, tree: Tree, parents: Iterable[Commit], message: str) -> Commit:
    created = rev.metadata.creation_timestamp
    commit = Commit()
    commit.tree = tree.id
    commit.parents = [parent.id for parent in parents]
    commit.author = commit.committer = WHO
    commit.author_time = commit.commit_time = int(created.timestamp()) if created else 0
    commit.author_timezone = commit.commit_timezone = 0
    commit.encoding = b"UTF-8"
    commit.message = f"{message}\n".encode()
    return commit


def _tree(content: Mapping[str, bytes]) -> tuple[Tree, list[ShaFile]]:
    """The tree of these paths, and every object below it and itself."""
    tree, objects = Tree(), list[ShaFile]()
    folders: dict[str, dict[str, bytes]] = {}
    for path, text in sorted(content.items()):
        first, inside, rest = path.partition("/")
        if inside:
            folders.setdefault(first, {})[rest] = text
            continue
        blob = Blob.from_string(text)
        objects.append(blob)
        tree.add(first.encode(), FILE, blob.id)
    for name, below in folders.items():
        folder, found = _tree(below)
        objects += found
        tree.add(name.encode(), FOLDER, folder.id)
    return tree, [*objects, tree]


def _name(of: ShaFile) -> str:
    return of.id.decode("ascii")
