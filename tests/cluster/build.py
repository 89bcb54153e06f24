"""Compile the cluster's binaries from the Go modules under modules/, each once per machine.

One directory per module in the cache, named after everything that decides its content; a binary is moved into it whole,
so that a build that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .layout import CACHE
from .toolchain import go
from .waiting import step

MODULES = Path(__file__).with_name("modules")
VERSION = "v1.36.3"
STRIPPED = "-s -w"
STAMPED = " ".join(
    [STRIPPED]
    + [
        f"-X {package}.{field}"
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for field in (f"gitVersion={VERSION}", "gitMajor=1", "gitMinor=36")
    ]
)
CONTAINERD = "github.com/containerd/containerd/v2/cmd"


@dataclass(frozen=True)
class Binary:
    """One program: where it is compiled from, and with which linker flags and build tags."""

    module: str
    name: str
    package: str
    ldflags: str = STRIPPED
    tags: str = ""

    def arguments(self, output: Path) -> list[str]:
        tags = [f"-tags={self.tags}"] if self.tags else []
        return ["build", "-trimpath", "-ldflags", self.ldflags, *tags, "-o", str(output), self.package]


CONTROL_PLANE = (
    Binary("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    Binary("kubernetes", "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", STAMPED),
    Binary("kubernetes", "kubectl", "k8s.io/kubernetes/cmd/kubectl", STAMPED),
)
NODE = (
    Binary("kubernetes", "kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager", STAMPED),
    Binary("kubernetes", "kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler", STAMPED),
    Binary("kubernetes", "kubelet", "k8s.io/kubernetes/cmd/kubelet", STAMPED),
    Binary("kubernetes", "kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy", STAMPED),
    Binary("containerd", "containerd", f"{CONTAINERD}/containerd", tags="no_btrfs,no_devmapper,no_zfs"),
    Binary("containerd", "containerd-shim-runc-v2", f"{CONTAINERD}/containerd-shim-runc-v2"),
    Binary("containerd", "ctr", f"{CONTAINERD}/ctr"),
    Binary("gvisor", "runsc", "gvisor.dev/gvisor/runsc"),
    Binary("gvisor", "containerd-shim-runsc-v1", "gvisor.dev/gvisor/shim"),
    Binary("coredns", "coredns", "github.com/coredns/coredns"),
)
ALL = CONTROL_PLANE + NODE


def key(module: str) -> str:
    """Twelve hexadecimal digits of everything that decides what comes of a module's build."""
    content = hashlib.sha256()
    for path in sorted((MODULES / module).rglob("*")):
        if path.is_file():
            content.update(f"{path.relative_to(MODULES)}\0".encode() + path.read_bytes() + b"\0")
    for binary in ALL:
        if binary.module == module:
            content.update(repr(binary).encode())
    return content.hexdigest()[:12]


def directory(module: str) -> Path:
    """Where the binaries of a module are, or will be."""
    return CACHE / "node" / f"{module}-{key(module)}"


def built(binary: Binary) -> Path:
    return directory(binary.module) / binary.name


def missing(wanted: tuple[Binary, ...] = ALL) -> list[Binary]:
    return [binary for binary in wanted if not built(binary).exists()]


def search_path() -> str:
    """PATH for the components: our binaries, then the machine's own programs (runc, iptables, mount)."""
    modules = dict.fromkeys(binary.module for binary in ALL)
    system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return ":".join([*(str(directory(module)) for module in modules), system])


def program(name: str) -> str:
    """Full path of one of our binaries."""
    return str(next(built(binary) for binary in ALL if binary.name == name))


def build(wanted: tuple[Binary, ...] = ALL) -> None:
    """Compile what is missing, one after the other. Raises SystemExit with the compiler's last words."""
    todo = missing(wanted)
    compiler = go() if todo else ""
    for number, binary in enumerate(todo, start=1):
        with step(f"[{number}/{len(todo)}] {binary.name}"):
            compile_one(compiler, binary)


def compile_one(compiler: str, binary: Binary) -> None:
    target = built(binary)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}")
    environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    result = subprocess.run(
        [compiler, *binary.arguments(fresh)],
        cwd=MODULES / binary.module, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        fresh.unlink(missing_ok=True)
        raise SystemExit(f"{binary.name} did not compile:\n" + "\n".join(result.stderr.splitlines()[-20:]))
    fresh.replace(target)
