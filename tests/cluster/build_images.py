"""Build the two images: by docker where an engine answers, else by buildah on a base of Debian packages."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import base, images, machine, wheels
from .layout import CACHE
from .waiting import exclusive, step

ROOT = Path(__file__).parents[2]
IMAGES = CACHE / "images"
REFERENCES = ROOT / "build" / "images.json"
"""What this tree's images are called; the archives are in a cache that several trees may share."""
KEPT = 4
SOURCES = {
    "sandbox": ("Dockerfile", "sandbox"),
    "operator": (
        "Dockerfile",
        "operator",
        "sandbox",
        "requirements.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ),
}
DEBIAN_OF_THE_DOCKERFILE = "3.11"
"""The Python of the Dockerfile's default BASE, for which docker's wheels are fetched."""


def docker_answers() -> bool:
    """Whether there is an engine, not merely a command."""
    if not shutil.which("docker"):
        return False
    try:
        return not subprocess.run(["docker", "info"], capture_output=True, timeout=10, check=False).returncode
    except subprocess.TimeoutExpired:
        return False


def files(names: Iterable[str]) -> Iterable[Path]:
    """The files below these names of the tree, without what Python caches there."""
    for name in names:
        for path in sorted((ROOT / name).rglob("*")) if (ROOT / name).is_dir() else [ROOT / name]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def key(target: str, foundation: str) -> str:
    """Twelve hexadecimal digits of all that goes into an image."""
    content = hashlib.sha256(foundation.encode())
    for path in files(SOURCES[target]):
        content.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    content.update(wheels.lock_of(target).encode())
    return content.hexdigest()[:12]


def build_all() -> dict[str, images.Named]:
    """Both images as OCI archives in the cache, built if their content changed; their names go to `images.json`."""
    with exclusive(IMAGES / "lock"):
        docker = docker_answers()
        machine.require(control_plane_only=True, images=not docker)
        archives = {target: build_one(target, docker) for target in SOURCES}
        named = {target: images.inspect(archive) for target, archive in archives.items()}
        content = {t: {"image": named[t].pinned, "archive": str(archives[t])} for t in archives}
        REFERENCES.parent.mkdir(exist_ok=True)
        REFERENCES.write_text(json.dumps(content, indent=2) + "\n")
    return named


def archives() -> dict[str, Path]:
    """The archives of the last build, by target."""
    return {target: Path(entry["archive"]) for target, entry in json.loads(REFERENCES.read_text()).items()}


def build_one(target: str, docker: bool) -> Path:
    rootfs = None if docker else base.tarball()
    tag = key(target, "docker" if rootfs is None else rootfs.name)
    archive = IMAGES / f"{target}-{tag}.tar"
    if archive.exists():
        return archive
    python = DEBIAN_OF_THE_DOCKERFILE if rootfs is None else base.python_version(rootfs)
    fetched = wheels.locked(target, python)
    with step(f"image cupel-{target}"), tempfile.TemporaryDirectory(dir=IMAGES) as scratch:
        context = assemble(Path(scratch), target, fetched)
        name = f"localhost/cupel-{target}:{tag}"
        if rootfs is None:
            run(docker_command(target, name, archive.with_suffix(".part"), context))
        else:
            by_buildah(target, name, archive.with_suffix(".part"), context, rootfs)
    archive.with_suffix(".part").rename(archive)
    forget_old(target)
    return archive


def forget_old(target: str) -> None:
    """Keep the last few archives of a target: each is 20 to 60 MB."""
    newest = sorted(IMAGES.glob(f"{target}-*.tar"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest[KEPT:]:
        old.unlink()


def assemble(context: Path, target: str, fetched: Path) -> Path:
    """The build context: what the Dockerfile copies for this target, readable by everyone."""
    shutil.copy(ROOT / "Dockerfile", context)
    shutil.copytree(
        ROOT / "sandbox" / "cupel_sandbox", context / "sandbox" / "cupel_sandbox",
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    shutil.copytree(fetched, context / "wheels")
    (context / "requirements.lock").write_text(wheels.lock_of(target), "utf-8")
    if target == "operator":
        wheels.own(context / "own")
    return context


def docker_command(target: str, name: str, archive: Path, context: Path) -> list[str]:
    output = f"type=oci,dest={archive},name={name},rewrite-timestamp=true"
    epoch = ["--build-arg", "SOURCE_DATE_EPOCH=0", "--provenance=false"]
    return ["docker", "buildx", "build", "--target", target, *epoch, "--output", output, str(context)]


def by_buildah(target: str, name: str, archive: Path, context: Path, rootfs: Path) -> None:
    """chroot isolation needs nothing of the machine but root. Times are zero: the same content, the same digest."""
    foundation = f"localhost/cupel-base:{rootfs.stem}"
    if buildah("inspect", "--type=image", foundation, fine=False).returncode:
        container = buildah("from", "scratch").stdout.strip()
        buildah("add", container, str(rootfs), "/")
        buildah("commit", "--rm", "--timestamp=0", container, foundation)
    options = [
        "--isolation=chroot",
        "--layers",
        "--pull=never",
        "--timestamp=0",
        f"--build-arg=BASE={foundation}",
    ]
    buildah("build", *options, f"--target={target}", f"--tag={name}", str(context))
    buildah("push", name, f"oci-archive:{archive}:{name}")
    buildah("rmi", name)


def buildah(
    *arguments: str, fine: bool = True
) -> subprocess.CompletedProcess[str]:  # fine: failing is an error
    """In a mount namespace of its own, because its storage leaves a mount behind; in a storage of ours."""
    storage = ["--storage-driver=overlay", f"--root={IMAGES}/storage", f"--runroot={IMAGES}/run"]
    return run(["unshare", "--mount", "buildah", *storage, *arguments], fine=fine)


def run(command: list[str], *, fine: bool = True) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if fine and result.returncode:
        raise SystemExit(
            f"{' '.join(command[:6])} ... failed:\n{result.stdout[-2000:]}{result.stderr[-3000:]}"
        )
    return result
