"""The image every Pod's sandbox starts from: this machine's own `sleep` and the libraries it needs, and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from .configs import PAUSE_IMAGE

OCI = "application/vnd.oci.image"


def libraries(program: str) -> list[str]:
    """Absolute paths of the shared libraries of a program, its loader among them."""
    listing = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"(/\S+) \(0x", listing)))


def layer(program: str) -> bytes:
    """A tar with the program as /pause and its libraries where the loader looks for them."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for source, target in [
            (program, "pause"),
            *((path, path.lstrip("/")) for path in libraries(program)),
        ]:
            data = Path(source).read_bytes()
            entry = tarfile.TarInfo(target)
            entry.size, entry.mode = len(data), 0o755
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def descriptor(kind: str, content: bytes) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {"mediaType": f"{OCI}.{kind}", "digest": digest, "size": len(content)}


def write(path: Path) -> None:
    """An OCI archive that `ctr images import` knows by the name of the pause image."""
    files = layer(shutil.which("sleep") or "/bin/sleep")
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}
    machine = architecture.get(subprocess.check_output(["uname", "-m"], text=True).strip(), "amd64")
    rootfs = {"type": "layers", "diff_ids": [descriptor("layer.v1.tar", files)["digest"]]}
    process = {"Entrypoint": ["/pause", "infinity"], "User": "65535:65535"}
    config = encoded({"architecture": machine, "os": "linux", "config": process, "rootfs": rootfs})
    manifest = encoded(
        {
            "schemaVersion": 2,
            "mediaType": f"{OCI}.manifest.v1+json",
            "config": descriptor("config.v1+json", config),
            "layers": [descriptor("layer.v1.tar", files)],
        }
    )
    named = descriptor("manifest.v1+json", manifest) | {
        "annotations": {"io.containerd.image.name": PAUSE_IMAGE}
    }
    with tarfile.open(path, "w") as archive:
        add(archive, "oci-layout", encoded({"imageLayoutVersion": "1.0.0"}))
        add(archive, "index.json", encoded({"schemaVersion": 2, "manifests": [named]}))
        for blob in (files, config, manifest):
            add(archive, f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}", blob)


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
