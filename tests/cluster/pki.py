"""Keys, certificates and kubeconfigs of one cluster, made with the openssl command."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .layout import NODE_NAME, Cluster

CLIENTS = {
    "admin": "/O=system:masters/CN=admin",
    "controller-manager": "/CN=system:kube-controller-manager",
    "scheduler": "/CN=system:kube-scheduler",
    "proxy": "/CN=system:kube-proxy",
    "dns": "/O=system:masters/CN=cluster-dns",
    "kubelet-client": "/O=system:masters/CN=kubelet-client",
}


def openssl(directory: Path, *arguments: str, text: str | None = None) -> str:
    return subprocess.run(
        ["openssl", *arguments], cwd=directory, input=text, check=True, capture_output=True, text=True
    ).stdout


def make_key(directory: Path, name: str) -> None:
    openssl(directory, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    (directory / f"{name}.key").chmod(0o600)


def make_authority(directory: Path) -> None:
    """`ca`, which signs everything, and `sa`, which signs service account tokens."""
    make_key(directory, "ca")
    openssl(
        directory, "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=cupel-ca", "-days", "3650",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature", "-out", "ca.crt",
    )  # fmt: skip
    make_key(directory, "sa")
    openssl(directory, "pkey", "-in", "sa.key", "-pubout", "-out", "sa.pub")


def sign(directory: Path, name: str, subject: str, *names: str) -> None:
    """A certificate of our authority for this subject; `names` such as DNS:x or IP:y make it a server's too."""
    make_key(directory, name)
    request = openssl(directory, "req", "-new", "-key", f"{name}.key", "-subj", subject)
    extensions = ["extendedKeyUsage=clientAuth" + (",serverAuth" if names else "")]
    extensions += [f"subjectAltName={','.join(names)}"] if names else []
    (directory / f"{name}.ext").write_text("\n".join(extensions))
    openssl(
        directory, "x509", "-req", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650",
        "-extfile", f"{name}.ext", "-out", f"{name}.crt", text=request,
    )  # fmt: skip


def kubeconfig(cluster: Cluster, user: str) -> str:
    """Its certificates are files of the state directory: the kubeconfig is good as long as the cluster is."""
    pki = cluster.state / "pki"
    return f"""apiVersion: v1
kind: Config
clusters: [{{name: cupel, cluster: {{server: "https://{cluster.address}:6443", certificate-authority: {pki}/ca.crt}}}}]
users: [{{name: {user}, user: {{client-certificate: {pki}/{user}.crt, client-key: {pki}/{user}.key}}}}]
contexts: [{{name: cupel, context: {{cluster: cupel, user: {user}}}}}]
current-context: cupel
"""


def make_all(cluster: Cluster) -> None:
    """Everything the components and the administrator identify themselves with."""
    pki = cluster.state / "pki"
    pki.mkdir(mode=0o700, exist_ok=True)
    make_authority(pki)
    services = [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ]
    addresses = ["127.0.0.1", cluster.address, cluster.kubernetes_service]
    names = [f"DNS:{name}" for name in [*services, "localhost"]] + [f"IP:{address}" for address in addresses]
    sign(pki, "apiserver", "/CN=kube-apiserver", *names)
    node = f"/O=system:nodes/CN=system:node:{NODE_NAME}"
    sign(pki, "node", node, f"DNS:{NODE_NAME}", f"IP:{cluster.address}")
    for name, subject in CLIENTS.items():
        sign(pki, name, subject)
    for user in [*CLIENTS, "node"]:
        path = cluster.state / f"{user}.kubeconfig"
        path.write_text(kubeconfig(cluster, user))
        path.chmod(0o600)
