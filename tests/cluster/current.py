"""CLUSTER=current: the cluster that the user's own kubeconfig names. It is used as it is, and never taken down."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

CHECKS = {
    "the API server answers": ["get", "--raw", "/readyz"],
    "the RuntimeClass gvisor exists": ["get", "runtimeclass", "gvisor"],
    "MutatingAdmissionPolicy is served as v1": [
        "get",
        "mutatingadmissionpolicies.v1.admissionregistration.k8s.io",
    ],
}


def check(kubeconfig: Path) -> None:
    """Raises SystemExit that names what this cluster lacks."""
    if not shutil.which("kubectl"):
        raise SystemExit("kubectl is not on PATH")
    for what, arguments in CHECKS.items():
        command = ["kubectl", f"--kubeconfig={kubeconfig}", *arguments]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            raise SystemExit(f"not so, in the cluster of {kubeconfig}: {what}")


class Current:
    """Looks, and does nothing."""

    def up(self, name: str, *, control_plane_only: bool) -> Path:
        del name, control_plane_only  # there is one such cluster, and it is a whole one
        check(kubeconfig())
        return kubeconfig()

    def names(self) -> list[str]:
        return []

    def exists(self, name: str) -> bool:
        return True

    def takes_images(self, name: str) -> bool:
        return False

    def load(self, name: str, archive: Path) -> None:
        raise SystemExit(
            f"CLUSTER=current: push the image in {archive} to a registry that your cluster pulls from, and set\n"
            "CUPEL_SANDBOX_IMAGE and CUPEL_OPERATOR_IMAGE to its names, by digest"
        )

    def down(self, name: str) -> None:
        return


def kubeconfig() -> Path:
    """The first file KUBECONFIG names, or kubectl's default."""
    named = os.environ.get("KUBECONFIG", "").split(os.pathsep)[0]
    return Path(named) if named else Path.home() / ".kube" / "config"
