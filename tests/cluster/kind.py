"""CLUSTER=kind: a kind cluster whose node is given gVisor. Needs docker, and kind 0.27 or later.

Only its arguments and files are tested: where this was written neither docker nor kind could run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from . import build, current, images
from .layout import STATE_ROOT
from .waiting import step

GVISOR = tuple(binary for binary in build.ALL if binary.module == "gvisor")
PLUGINS = {2: "io.containerd.grpc.v1.cri", 3: "io.containerd.cri.v1.runtime"}
"""The CRI plugin's name in each version of containerd's configuration; kind applies the patch of its own version."""
RUNTIME_CLASS = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: runsc\n"


def patch(version: int) -> str:
    table = f'plugins."{PLUGINS[version]}".containerd.runtimes.runsc'
    return f'version = {version}\n[{table}]\n  runtime_type = "io.containerd.runsc.v1"\n'


def configuration() -> str:
    """A kind cluster of one node, with both gVisor programs where its containerd looks for them."""
    mounts = "".join(
        f"  - {{hostPath: {build.built(binary)}, containerPath: /usr/local/bin/{binary.name}, readOnly: true}}\n"
        for binary in GVISOR
    )
    patches = "".join(f"- |\n{indented(patch(version))}" for version in PLUGINS)
    return f"""kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  extraMounts:
{mounts}containerdConfigPatches:
{patches}"""


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def create_command(name: str, config: Path, kubeconfig: Path) -> list[str]:
    """KIND_IMAGE names another node image; it must be Kubernetes 1.36 or later."""
    image = [f"--image={os.environ['KIND_IMAGE']}"] if os.environ.get("KIND_IMAGE") else []
    options = [f"--name={name}", f"--config={config}", f"--kubeconfig={kubeconfig}", "--wait=180s"]
    return ["kind", "create", "cluster", *options, *image]


def directory(name: str) -> Path:
    return STATE_ROOT.with_name("cupel-kind") / name


class Kind:
    """Creates, loads and deletes; everything else is kind's."""

    def up(self, name: str, *, control_plane_only: bool) -> Path:
        del control_plane_only  # a kind cluster is always a whole one
        home = directory(name)
        kubeconfig = home / "admin.kubeconfig"
        if not self.exists(name):
            build.build(GVISOR)
            home.mkdir(parents=True, exist_ok=True)
            (home / "kind.yaml").write_text(configuration())
            with step("kind create cluster"):
                subprocess.run(create_command(name, home / "kind.yaml", kubeconfig), check=True)
            apply = ["kubectl", f"--kubeconfig={kubeconfig}", "apply", "-f", "-"]
            subprocess.run(apply, input=RUNTIME_CLASS, text=True, check=True)
        current.check(kubeconfig)
        return kubeconfig

    def names(self) -> list[str]:
        """Those that were made here: the user may have others."""
        return sorted(path.name for path in directory("").glob("*"))

    def takes_images(self, name: str) -> bool:
        return self.exists(name)

    def exists(self, name: str) -> bool:
        listed = subprocess.run(["kind", "get", "clusters"], capture_output=True, text=True, check=False)
        return name in listed.stdout.split()

    def load(self, name: str, archive: Path) -> None:
        """By the node's own ctr, because the name by digest has to be added, which `kind load` does not do."""
        for command in load_commands(name, archive):
            with open(archive, "rb") as content:
                subprocess.run(command, stdin=content, check=True)

    def down(self, name: str) -> None:
        if self.exists(name):
            subprocess.run(["kind", "delete", "cluster", f"--name={name}"], check=True)
        shutil.rmtree(directory(name), ignore_errors=True)


def load_commands(name: str, archive: Path) -> list[list[str]]:
    named = images.inspect(archive)
    ctr = ["docker", "exec", "--interactive", f"{name}-control-plane", "ctr", "--namespace=k8s.io", "images"]
    return [[*ctr, "import", "-"], [*ctr, "tag", "--force", f"{named.name}:{named.tag}", named.pinned]]
