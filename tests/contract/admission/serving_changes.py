"""Changes of a serving Pod, each by one thing, that must be refused."""

from __future__ import annotations

import copy
from typing import Any

from .objects import Change, at, both, digest, more
from .server import Body

GOOD = digest("good")
C = ("spec", "containers", 0)
ARGS = ["serve", "--bundle", "/bundle/bundle.json", "--sha256"]
HEX = GOOD.removeprefix("sha256-")


def container(body: Body) -> Body:
    first: Body = copy.deepcopy(body["spec"]["containers"][0])
    return first


def second(body: Body) -> None:
    body["spec"]["containers"].append(container(body) | {"name": "x", "ports": []})


def init(body: Body) -> None:
    bare = {k: v for k, v in container(body).items() if not k.endswith("Probe")}
    body["spec"]["initContainers"] = [bare | {"name": "x", "ports": []}]


def volume(**source: Any) -> Change:
    return more("spec", "volumes", value={"name": "s", **source})


def over_packages(body: Body) -> None:
    body["spec"]["volumes"][0]["configMap"]["items"].append({"key": "x.py", "path": "x.py"})
    mount = {"name": "bundle", "mountPath": "/usr/lib/python3/dist-packages/cupel_sandbox"}
    body["spec"]["containers"][0]["volumeMounts"].append(mount)


ITEMS = ("spec", "volumes", 0, "configMap")
REFERENCE = {"apiVersion": "cupel.dev/v1alpha1", "kind": "ToolRevision", "name": "x", "uid": "1"}
SHAPE: dict[str, Change] = {
    "an extra key mounted over the launcher's package": over_packages,
    "the bundle without items": at(*ITEMS, "items"),
    "the bundle under another path": at(*ITEMS, "items", value=[{"key": "bundle.json", "path": "x/bundle.json"}]),
    "another ConfigMap": at(*ITEMS, "name", value="bundle-" + "0" * 40),
    "an executable bundle": at(*ITEMS, "defaultMode", value=0o555),
    "an optional bundle": at(*ITEMS, "optional", value=True),
    "LD_PRELOAD in env": at(*C, "env", value=[{"name": "LD_PRELOAD", "value": "/tmp/x.so"}]),
    "PYTHONPATH in env": at(*C, "env", value=[{"name": "PYTHONPATH", "value": "/tmp"}]),
    "a secret in env": at(*C, "env", value=[{"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]),
    "envFrom": at(*C, "envFrom", value=[{"configMapRef": {"name": "x"}}]),
    "subPath": at(*C, "volumeMounts", 0, "subPath", value="bundle.json"),
    "subPathExpr": at(*C, "volumeMounts", 1, "subPathExpr", value="x"),
    "tmp mounted twice": more(*C, "volumeMounts", value={"name": "tmp", "mountPath": "/usr/lib/python3/dist-packages"}),
    "tmp mounted elsewhere": at(*C, "volumeMounts", 1, "mountPath", value="/usr/lib/python3/dist-packages"),
    "a writable bundle mount": at(*C, "volumeMounts", 0, "readOnly", value=False),
    "mounts in another order": lambda b: b["spec"]["containers"][0]["volumeMounts"].reverse(),
    "mount propagation": at(*C, "volumeMounts", 0, "mountPropagation", value="HostToContainer"),
    "workingDir": at(*C, "workingDir", value="/tmp"),
    "another bundle path in args": at(*C, "args", value=["serve", "--bundle", "/tmp/bundle.json", "--sha256", HEX]),
    "another mode in args": at(*C, "args", value=["trial", *ARGS[1:], HEX]),
    "more args": at(*C, "args", value=[*ARGS, HEX, "--x"]),
    "no args": at(*C, "args"),
    "a digest in upper case": at(*C, "args", value=[*ARGS, HEX.upper()]),
    "another command": at(*C, "command", value=["/bin/sh", "-c"]),
    "a command that reads the environment": at(*C, "command", value=["/usr/bin/python3", "-m", "cupel_sandbox"]),
    "no command": at(*C, "command"),
    "a second container": second,
    "an init container": init,
    "another name of the container": at(*C, "name", value="other"),
    "a pull on every start": at(*C, "imagePullPolicy", value="Always"),
    "a postStart hook": at(*C, "lifecycle", value={"postStart": {"exec": {"command": ["id"]}}}),
    "a preStop hook": at(*C, "lifecycle", value={"preStop": {"sleep": {"seconds": 1}}}),
    "an exec probe": at(*C, "livenessProbe", value={"exec": {"command": ["id"]}}),
    "a probe of another path": at(*C, "readinessProbe", "httpGet", "path", value="/call"),
    "a probe with headers": at(*C, "readinessProbe", "httpGet", "httpHeaders", value=[{"name": "Host", "value": "x"}]),
    "a startup probe by gRPC": at(*C, "startupProbe", value={"grpc": {"port": 8080}}),
    "termination message over a file": at(*C, "terminationMessagePath", value="/usr/lib/python3/dist-packages/x.py"),
    "logs as termination message": at(*C, "terminationMessagePolicy", value="FallbackToLogsOnError"),
    "stdin": at(*C, "stdin", value=True),
    "tty": at(*C, "tty", value=True),
    "a second port": more(*C, "ports", value={"containerPort": 9}),
    "no port": at(*C, "ports"),
    "no gvisor": at("spec", "runtimeClassName"),
    "the token": at("spec", "automountServiceAccountToken", value=True),
    "the token by default": at("spec", "automountServiceAccountToken"),
    "service links": at("spec", "enableServiceLinks", value=True),
    "service links by default": at("spec", "enableServiceLinks"),
    "a projected token": volume(projected={"sources": [{"serviceAccountToken": {"path": "t"}}]}),
    "a secret volume": volume(secret={"secretName": "x"}),
    "a claim": volume(persistentVolumeClaim={"claimName": "x"}),
    "a CSI volume": volume(csi={"driver": "x"}),
    "an image volume": volume(image={"reference": "x"}),
    "the downward API": volume(downwardAPI={"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}),
    "a third volume": volume(emptyDir={"sizeLimit": "1Mi"}),
    "tmp in memory": at("spec", "volumes", 1, "emptyDir", value={"medium": "Memory", "sizeLimit": "16Mi"}),
    "tmp without limit": at("spec", "volumes", 1, "emptyDir", value={}),
    "tmp of 1Gi": at("spec", "volumes", 1, "emptyDir", value={"sizeLimit": "1Gi"}),
    "no resources": at(*C, "resources"),
    "no memory limit": at(*C, "resources", value={"limits": {"cpu": "1", "ephemeral-storage": "1Mi"}, "requests": {"cpu": "1m"}}),
    "no storage limit": at(*C, "resources", "limits", "ephemeral-storage"),
    "memory of 513Mi": at(*C, "resources", "limits", "memory", value="513Mi"),
    "cpu of 2001m": at(*C, "resources", "limits", "cpu", value="2001m"),
    "storage of 129Mi": at(*C, "resources", "limits", "ephemeral-storage", value="129Mi"),
    "a device": both(at(*C, "resources", "limits", "example.com/gpu", value="1"), at(*C, "resources", "requests", "example.com/gpu", value="1")),
    "huge pages": both(at(*C, "resources", "limits", "hugepages-2Mi", value="2Mi"), at(*C, "resources", "requests", "hugepages-2Mi", value="2Mi")),
    "a writable root": at(*C, "securityContext", "readOnlyRootFilesystem", value=False),
    "another user in the container": at(*C, "securityContext", "runAsUser", value=65531),
    "a dropped capability less": at(*C, "securityContext", "capabilities", value={"drop": ["ALL", "NET_RAW"]}),
    "another user": at("spec", "securityContext", "runAsUser", value=1000),
    "another group": at("spec", "securityContext", "runAsGroup", value=0),
    "a group for files": at("spec", "securityContext", "fsGroup", value=0),
    "more groups": at("spec", "securityContext", "supplementalGroups", value=[0]),
    "a toleration of everything": at("spec", "tolerations", value=[{"operator": "Exists"}]),
    "a toleration of a taint": at("spec", "tolerations", value=[{"key": "x", "operator": "Exists"}]),
    "a node name": at("spec", "nodeName", value="node"),
    "a node selector": at("spec", "nodeSelector", value={"a": "b"}),
    "another scheduler": at("spec", "schedulerName", value="mine"),
    "no restart": at("spec", "restartPolicy", value="Never"),
    "a deadline": at("spec", "activeDeadlineSeconds", value=60),
    "an hour of grace": at("spec", "terminationGracePeriodSeconds", value=3600),
    "host aliases": at("spec", "hostAliases", value=[{"ip": "1.1.1.1", "hostnames": ["x"]}]),
    "own DNS": at("spec", "dnsConfig", value={"nameservers": ["6.6.6.6"]}),
    "the node's DNS": at("spec", "dnsPolicy", value="Default"),
    "a host name": at("spec", "hostname", value="x"),
    "shared processes": at("spec", "shareProcessNamespace", value=True),
    "a gVisor annotation": at("metadata", "annotations", value={"dev.gvisor.spec.rootfs.source": "/"}),
    "a CRI annotation": at("metadata", "annotations", value={"io.kubernetes.cri-o.x": "/"}),
    "a second network by annotation": at("metadata", "annotations", value={"k8s.v1.cni.cncf.io/networks": "x"}),
    "no labels": at("metadata", "labels"),
    "no digest label": at("metadata", "labels", "cupel.dev/digest"),
    "another digest label": at("metadata", "labels", "cupel.dev/digest", value="0" * 40),
    "a foreign label": at("metadata", "labels", "sidecar.istio.io/inject", value="true"),
    "a foreign label of ours": at("metadata", "labels", "cupel.dev/run", value="x"),
    "a finalizer": at("metadata", "finalizers", value=["x.test/stay"]),
    "a foreign owner": at("metadata", "ownerReferences", value=[REFERENCE]),
    "two owners": at("metadata", "ownerReferences", value=[{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": n, "uid": n} for n in "ab"]),
}  # fmt: skip
BEFORE_ANY_POLICY: dict[str, Change] = {
    "privileged": at(*C, "securityContext", value={"privileged": True}),
    "a capability": at(*C, "securityContext", "capabilities", value={"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
    "procMount": at(*C, "securityContext", "procMount", value="Unmasked"),
    "root in the container": at(*C, "securityContext", "runAsUser", value=0),
    "root": at("spec", "securityContext", "runAsUser", value=0),
    "no seccomp": at("spec", "securityContext", "seccompProfile"),
    "unconfined seccomp": at("spec", "securityContext", "seccompProfile", value={"type": "Unconfined"}),
    "a sysctl": at("spec", "securityContext", "sysctls", value=[{"name": "kernel.msgmax", "value": "1"}]),
    "host network": at("spec", "hostNetwork", value=True),
    "host PIDs": at("spec", "hostPID", value=True),
    "host IPC": at("spec", "hostIPC", value=True),
    "a host port": at(*C, "ports", value=[{"name": "http", "containerPort": 8080, "hostPort": 8080}]),
    "a host path": volume(hostPath={"path": "/"}),
    "another service account": at("spec", "serviceAccountName", value="default"),
    "another runtime": at("spec", "runtimeClassName", value="runc"),
    "a mirror Pod": at("metadata", "annotations", value={"kubernetes.io/config.mirror": "x"}),
    "a probe of another host": at(
        *C, "readinessProbe", value={"httpGet": {"path": "/healthz", "port": 8080, "host": "169.254.169.254"}}
    ),
    "overhead of one's own": at("spec", "overhead", value={"memory": "1Gi"}),
}
"""Pod Security, service accounts or validation refuse these first; the policies would as well."""
