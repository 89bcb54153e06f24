"""The configuration files a node's components read, and the objects every node starts with."""

from __future__ import annotations

import json
from pathlib import Path

from .layout import NODE_NAME, Cluster

PAUSE_IMAGE = "localhost/cupel-pause:1"
RUNTIMES = {"runc": "runc-pods", "runsc": "sandbox-pods", "runsc-open": "open-pods"}
"""containerd's handlers (what a RuntimeClass names), and the network each puts its Pods on."""

VOLUMES = range(4)
"""Volumes of the node that claims without a StorageClass are bound to; nothing here makes more of them."""

AUDIT_POLICY = """apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]
  verbs: [get, list, watch]
- level: None
  userGroups: ["system:nodes"]
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi*"]
- level: Request
  resources: [{group: cupel.dev}, {group: coordination.k8s.io}]
- level: Metadata
"""


def write_control_plane(cluster: Cluster) -> None:
    (cluster.state / "audit-policy.yaml").write_text(AUDIT_POLICY)


def write_node(cluster: Cluster, runsc: str) -> None:
    """`runsc`: full path of the gVisor runtime."""
    state = cluster.state
    (state / "containerd.toml").write_text(containerd(cluster))
    (state / "runsc.toml").write_text(
        f'binary_name = "{runsc}"\nroot = "{state}/run/runsc"\nlog_path = "{state}/log/%ID%-shim.log"\n'
        '[runsc_config]\n  platform = "systrap"\n'
    )
    (state / "Corefile").write_text(corefile(cluster))
    (state / "kubelet.yaml").write_text(kubelet(cluster))
    (state / "proxy.yaml").write_text(proxy(cluster))
    (state / "resolv.conf").write_text(f"nameserver {cluster.dns_service}\n")
    for number in VOLUMES:
        volume(cluster, number).mkdir(parents=True, exist_ok=True)
        volume(cluster, number).chmod(0o777)  # whoever the Pod runs as
    for directory in RUNTIMES.values():
        (state / "cni" / directory).mkdir(parents=True, exist_ok=True)
    bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "ipMasq": True, "hairpinMode": True}
    portmap: dict[str, object] = {"type": "portmap", "capabilities": {"portMappings": True}}
    write_network(cluster, "runc-pods", [bridge | ipam(cluster.runc_pods), portmap])
    write_network(cluster, "sandbox-pods", [{"type": "ptp", "ipMasq": False} | ipam(cluster.sandbox_pods)])
    write_network(cluster, "open-pods", [{"type": "ptp", "ipMasq": True} | ipam(cluster.open_pods)])


def volume(cluster: Cluster, number: int) -> Path:
    return cluster.state / "volumes" / str(number)


def ipam(subnet: str) -> dict[str, object]:
    everywhere = [{"dst": "0.0.0.0/0"}]
    return {"ipam": {"type": "host-local", "ranges": [[{"subnet": subnet}]], "routes": everywhere}}


def write_network(cluster: Cluster, name: str, plugins: list[dict[str, object]]) -> None:
    path = cluster.state / "cni" / name / "10-pods.conflist"
    path.write_text(json.dumps({"cniVersion": "1.0.0", "name": name, "plugins": plugins}))


def containerd(cluster: Cluster) -> str:
    """`restrict_oom_score_adj`: a machine that withholds CAP_SYS_RESOURCE may not lower the score."""
    state = cluster.state
    head = f"""version = 3
root = "{state}/containerd"
state = "{state}/run/containerd"
[grpc]
  address = "{cluster.containerd_socket}"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{PAUSE_IMAGE}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "{state}/cni/runc-pods"
[plugins."io.containerd.cri.v1.runtime".containerd]
  default_runtime_name = "runc"
"""
    return head + "".join(runtime(cluster, handler, network) for handler, network in RUNTIMES.items())


def runtime(cluster: Cluster, handler: str, network: str) -> str:
    table = f'plugins."io.containerd.cri.v1.runtime".containerd.runtimes.{handler}'
    if handler == "runc":
        kind, options = "runc", f'BinaryName = "runc"\n  Root = "{cluster.state}/run/runc"'
    else:
        kind = "runsc"
        options = f'TypeUrl = "io.containerd.runsc.v1.options"\n  ConfigPath = "{cluster.state}/runsc.toml"'
    version = "v2" if kind == "runc" else "v1"
    return f"""[{table}]
  runtime_type = "io.containerd.{kind}.{version}"
  cni_conf_dir = "{cluster.state}/cni/{network}"
[{table}.options]
  {options}
"""


def corefile(cluster: Cluster) -> str:
    return f""".:53 {{
  bind {cluster.address}
  errors
  kubernetes cluster.local in-addr.arpa {{
    kubeconfig {cluster.state}/dns.kubeconfig cupel
  }}
}}
"""


def kubelet(cluster: Cluster) -> str:
    """failCgroupV1: some machines still have only version 1. The node's disk is not ours to guard: evict late."""
    pki = cluster.state / "pki"
    return f"""apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {{anonymous: {{enabled: false}}, webhook: {{enabled: true}}, x509: {{clientCAFile: {pki}/ca.crt}}}}
authorization: {{mode: Webhook}}
cgroupDriver: cgroupfs
cgroupRoot: /{cluster.cgroup}
failCgroupV1: false
failSwapOn: false
clusterDNS: [{cluster.dns_service}]
clusterDomain: cluster.local
resolvConf: {cluster.state}/resolv.conf
containerRuntimeEndpoint: unix://{cluster.containerd_socket}
tlsCertFile: {pki}/node.crt
tlsPrivateKeyFile: {pki}/node.key
volumePluginDir: {cluster.state}/volume-plugins
imageGCHighThresholdPercent: 100
evictionHard: {{nodefs.available: 1%}}
maxPods: 250
registerWithTaints: []
"""


def proxy(cluster: Cluster) -> str:
    return f"""apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {{kubeconfig: {cluster.state}/proxy.kubeconfig}}
mode: iptables
clusterCIDR: {cluster.pods}
conntrack: {{maxPerCore: 0}}
hostnameOverride: {NODE_NAME}
"""


def first_objects(cluster: Cluster) -> str:
    """Cluster DNS under the name every cluster has it by, the RuntimeClass, and volumes."""
    dns = {"k8s-app": "kube-dns", "kubernetes.io/service-name": "kube-dns"}
    ports = [
        {"name": "dns", "protocol": "UDP", "port": 53},
        {"name": "dns-tcp", "protocol": "TCP", "port": 53},
    ]
    meta = {"name": "kube-dns", "namespace": "kube-system", "labels": dns}
    objects: list[dict[str, object]] = [
        {"apiVersion": "v1", "kind": "Service", "metadata": meta,
         "spec": {"clusterIP": cluster.dns_service, "ports": ports}},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "addressType": "IPv4",
         "endpoints": [{"addresses": [cluster.address]}], "ports": ports},
        {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "gvisor"}, "handler": "runsc"},
        *(persistent_volume(cluster, number) for number in VOLUMES),
    ]  # fmt: skip
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def persistent_volume(cluster: Cluster, number: int) -> dict[str, object]:
    """A directory of the node, for one claim."""
    here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE_NAME]}
    spec = {
        "capacity": {"storage": "2Gi"},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Retain",
        "local": {"path": str(volume(cluster, number))},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
    }
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"volume-{number}"},
        "spec": spec,
    }
