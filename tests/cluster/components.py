"""Command lines of everything a cluster runs, in the stages it is started in."""

from __future__ import annotations

from .layout import NODE_NAME, Cluster

Process = tuple[str, list[str]]
ETCD = "http://127.0.0.1:2379"


def stages(cluster: Cluster) -> list[list[Process]]:
    """The API server first; what needs it answering second."""
    first = [etcd(cluster), apiserver(cluster)]
    if cluster.control_plane_only:
        return [first]
    second = [controller_manager(cluster), scheduler(cluster), dns(cluster), kubelet(cluster), proxy(cluster)]
    return [[*first, containerd(cluster)], second]


def etcd(cluster: Cluster) -> Process:
    return "etcd", [
        "etcd", f"--data-dir={cluster.state}/etcd",
        f"--listen-client-urls={ETCD}", f"--advertise-client-urls={ETCD}", "--listen-peer-urls=http://127.0.0.1:2380",
        "--unsafe-no-fsync", "--log-level=warn",
    ]  # fmt: skip


def apiserver(cluster: Cluster) -> Process:
    pki = cluster.state / "pki"
    return "kube-apiserver", [
        "kube-apiserver", f"--etcd-servers={ETCD}",
        f"--advertise-address={cluster.address}", "--secure-port=6443",
        f"--service-cluster-ip-range={cluster.services}",
        "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged",
        "--kubelet-preferred-address-types=InternalIP",
        f"--client-ca-file={pki}/ca.crt",
        f"--tls-cert-file={pki}/apiserver.crt", f"--tls-private-key-file={pki}/apiserver.key",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki}/sa.pub", f"--service-account-signing-key-file={pki}/sa.key",
        f"--kubelet-client-certificate={pki}/kubelet-client.crt", f"--kubelet-client-key={pki}/kubelet-client.key",
        f"--audit-policy-file={cluster.state}/audit-policy.yaml", f"--audit-log-path={cluster.audit_log}",
        "--audit-log-mode=blocking",
    ]  # fmt: skip


def containerd(cluster: Cluster) -> Process:
    return "containerd", ["containerd", "--config", f"{cluster.state}/containerd.toml"]


def controller_manager(cluster: Cluster) -> Process:
    pki = cluster.state / "pki"
    return "kube-controller-manager", [
        "kube-controller-manager", f"--kubeconfig={cluster.state}/controller-manager.kubeconfig",
        f"--root-ca-file={pki}/ca.crt", f"--service-account-private-key-file={pki}/sa.key",
        "--use-service-account-credentials", "--leader-elect=false", f"--cluster-cidr={cluster.pods}",
        f"--cluster-signing-cert-file={pki}/ca.crt", f"--cluster-signing-key-file={pki}/ca.key",
    ]  # fmt: skip


def scheduler(cluster: Cluster) -> Process:
    kubeconfig = f"--kubeconfig={cluster.state}/scheduler.kubeconfig"
    return "kube-scheduler", ["kube-scheduler", kubeconfig, "--leader-elect=false"]


def dns(cluster: Cluster) -> Process:
    return "coredns", ["coredns", "-conf", f"{cluster.state}/Corefile"]


def kubelet(cluster: Cluster) -> Process:
    return "kubelet", [
        "kubelet", f"--config={cluster.state}/kubelet.yaml", f"--kubeconfig={cluster.state}/node.kubeconfig",
        f"--hostname-override={NODE_NAME}", f"--node-ip={cluster.address}",
    ]  # fmt: skip


def proxy(cluster: Cluster) -> Process:
    return "kube-proxy", ["kube-proxy", f"--config={cluster.state}/proxy.yaml"]
