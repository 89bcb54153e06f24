"""Every field the API server knows about a Pod, found by walking its OpenAPI along a Pod that is there, and a value to set it to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .server import Body, Server

CORE = "io.k8s.api.core.v1."
META = "io.k8s.apimachinery.pkg.apis.meta.v1."


class Field(NamedTuple):
    """A field at a place of the Pod."""

    path: tuple[str | int, ...]
    schema: str
    name: str

    @property
    def key(self) -> str:
        """As lists of reviewed fields name it."""
        return f"{self.schema}.{self.name}"

    def __str__(self) -> str:
        return ".".join(map(str, (*self.path, self.name)))


class Schemas:
    """The server's own description of its kinds."""

    def __init__(self, server: Server) -> None:
        self.all: dict[str, Body] = server.get("/openapi/v3/api/v1")["components"]["schemas"]

    def fields(self, pod: Body) -> Iterator[Field]:
        """Every field of every object that stands in this Pod, lists entered item by item; and those of its top."""
        yield from self._walk(pod["spec"], CORE + "PodSpec", ("spec",))
        yield from self._walk(pod["metadata"], META + "ObjectMeta", ("metadata",))

    def _walk(self, value: Body, schema: str, path: tuple[str | int, ...]) -> Iterator[Field]:
        for name, described in self.all[schema].get("properties", {}).items():
            yield Field(path, schema.rsplit(".", 1)[-1], name)
            here = value.get(name)
            if isinstance(here, dict) and (inner := _reference(described)):
                yield from self._walk(here, inner, (*path, name))
            if isinstance(here, list) and (inner := _reference(described["items"])):
                for index, item in enumerate(here):
                    yield from self._walk(item, inner, (*path, name, index))

    def value(self, field: Field) -> Any:
        """A value the API server might take for this field, unlike what a good Pod has there."""
        if field.key in VALUES:
            return VALUES[field.key]
        owner = META if field.schema in ("ObjectMeta", "OwnerReference") else CORE
        return self._plausible(self.all[owner + field.schema]["properties"][field.name])

    def _plausible(self, described: Body) -> Any:
        if inner := _reference(described):
            return self._plausible(self.all[inner])
        match described.get("type"):
            case "boolean":
                return True
            case "integer" | "number":
                return 1
            case "array":
                return [self._plausible(described["items"])]
            case "object" if "additionalProperties" in described:
                return {"x": self._plausible(described["additionalProperties"])}
            case "object":
                fields = described.get("properties", {})
                return {
                    name: self._plausible(fields[name])
                    for name in described.get("required") or list(fields)[:1]
                }
            case "string":
                return "x"
            case _:
                return "1"


def _reference(described: Body) -> str:
    """Name of the schema behind a $ref, when it is an object with properties or an opaque type."""
    target = described.get("$ref") or next((part.get("$ref", "") for part in described.get("allOf", ())), "")
    return target.rsplit("/", 1)[-1] if target else ""


VALUES: dict[str, Any] = {
    "PodSpec.volumes": [], "PodSpec.restartPolicy": "OnFailure", "PodSpec.dnsPolicy": "Default", "PodSpec.preemptionPolicy": "Never",
    "PodSpec.ephemeralContainers": [{"name": "e", "image": "x"}], "PodSpec.initContainers": [{"name": "i", "image": "x"}], "PodSpec.os": {"name": "linux"},
    "PodSpec.terminationGracePeriodSeconds": 29, "PodSpec.securityContext": {"runAsNonRoot": True}, "PodSpec.tolerations": [{"key": "x", "operator": "Exists"}],
    "PodSpec.overhead": {"cpu": "1"}, "PodSpec.topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "x", "whenUnsatisfiable": "ScheduleAnyway"}],
    "PodSpec.hostAliases": [{"ip": "1.1.1.1", "hostnames": ["x"]}], "PodSpec.dnsConfig": {"nameservers": ["1.1.1.1"]},
    "PodSpec.affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "x", "operator": "Exists"}]}]}}},
    "PodSpec.resources": {"limits": {"cpu": "2", "memory": "1Gi"}}, "PodSpec.readinessGates": [{"conditionType": "x"}], "PodSpec.schedulingGates": [{"name": "x"}],
    "PodSpec.hostUsers": False, "PodSpec.resourceClaims": [{"name": "x", "resourceClaimName": "x"}], "PodSpec.imagePullSecrets": [{"name": "x"}],
    "PodSpec.containers": [], "PodSpec.enableServiceLinks": True, "PodSpec.automountServiceAccountToken": True,
    "Container.imagePullPolicy": "Always", "Container.command": ["/bin/sh"], "Container.args": ["x"], "Container.env": [{"name": "A", "value": "b"}],
    "Container.envFrom": [{"configMapRef": {"name": "x"}}], "Container.lifecycle": {"postStart": {"exec": {"command": ["id"]}}}, "Container.ports": [{"containerPort": 9}],
    "Container.resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}], "Container.restartPolicy": "Always",
    "Container.restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
    "Container.livenessProbe": {"exec": {"command": ["id"]}}, "Container.readinessProbe": {"tcpSocket": {"port": 1}}, "Container.startupProbe": {"grpc": {"port": 1}},
    "Container.terminationMessagePath": "/x", "Container.terminationMessagePolicy": "FallbackToLogsOnError", "Container.volumeDevices": [{"name": "x", "devicePath": "/x"}],
    "Container.volumeMounts": [{"name": "tmp", "mountPath": "/x"}], "Container.workingDir": "/tmp", "Container.resources": {},
    "Container.securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    "PodSecurityContext.runAsUser": 65533, "PodSecurityContext.runAsGroup": 65533, "PodSecurityContext.runAsNonRoot": False, "PodSecurityContext.fsGroupChangePolicy": "Always",
    "PodSecurityContext.supplementalGroupsPolicy": "Merge", "PodSecurityContext.sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
    "PodSecurityContext.seLinuxChangePolicy": "Recursive", "PodSecurityContext.seccompProfile": {"type": "Unconfined"}, "PodSecurityContext.appArmorProfile": {"type": "RuntimeDefault"},
    "SecurityContext.procMount": "Default", "SecurityContext.seccompProfile": {"type": "RuntimeDefault"}, "SecurityContext.appArmorProfile": {"type": "RuntimeDefault"},
    "SecurityContext.runAsUser": 65533, "SecurityContext.runAsGroup": 65533, "SecurityContext.runAsNonRoot": True, "SecurityContext.readOnlyRootFilesystem": False,
    "SecurityContext.privileged": False, "SecurityContext.allowPrivilegeEscalation": True, "SecurityContext.capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
    "ResourceRequirements.limits": {"cpu": "1"}, "ResourceRequirements.requests": {"cpu": "100m"}, "ResourceRequirements.claims": [{"name": "x"}],
    "ContainerPort.protocol": "UDP", "ContainerPort.hostPort": 8080, "ContainerPort.hostIP": "1.1.1.1", "ContainerPort.containerPort": 9,
    "VolumeMount.mountPropagation": "HostToContainer", "VolumeMount.recursiveReadOnly": "IfPossible", "VolumeMount.mountPath": "/x", "VolumeMount.readOnly": False,
    "Probe.exec": {"command": ["id"]}, "Probe.httpGet": {"path": "/x", "port": 1}, "Probe.grpc": {"port": 1}, "Probe.tcpSocket": {"port": 1},
    "Probe.successThreshold": 2, "Probe.failureThreshold": 5, "Probe.periodSeconds": 7, "Probe.timeoutSeconds": 3, "Probe.initialDelaySeconds": 1,
    "HTTPGetAction.scheme": "HTTPS", "HTTPGetAction.port": 1, "HTTPGetAction.httpHeaders": [{"name": "x", "value": "x"}],
    "ConfigMapVolumeSource.defaultMode": 0o777, "ConfigMapVolumeSource.items": [{"key": "a", "path": "a"}], "KeyToPath.mode": 0o777,
    "EmptyDirVolumeSource.medium": "Memory", "EmptyDirVolumeSource.sizeLimit": "1Gi", "Capabilities.add": ["NET_BIND_SERVICE"], "Capabilities.drop": ["NET_RAW"],
    "SeccompProfile.type": "Unconfined", "Toleration.operator": "Equal", "Toleration.effect": "NoSchedule", "Toleration.tolerationSeconds": 299,
    "Volume.azureDisk": {"diskName": "x", "diskURI": "/x", "kind": "Managed"}, "Volume.configMap": {"name": "x"}, "Volume.fc": {"targetWWNs": ["x"], "lun": 1},
    "Volume.image": {"reference": "x"}, "Volume.iscsi": {"targetPortal": "1.1.1.1", "iqn": "iqn.2020-01.x:y", "lun": 0}, "Volume.nfs": {"server": "x", "path": "/x"},
    "Volume.ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}}},
    "Volume.quobyte": {"registry": "x:1", "volume": "x"}, "Volume.scaleIO": {"gateway": "x", "system": "x", "volumeName": "x", "secretRef": {"name": "x"}},
    "Volume.secret": {"secretName": "x"}, "Volume.storageos": {"volumeName": "x"}, "Volume.projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]},
    "Volume.downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]},
    "ObjectMeta.annotations": {"x.test/x": "x"}, "ObjectMeta.finalizers": ["x.test/x"], "ObjectMeta.generateName": "other-", "ObjectMeta.name": "other",
    "ObjectMeta.ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "1"}], "ObjectMeta.creationTimestamp": "2020-01-01T00:00:00Z",
    "ObjectMeta.deletionTimestamp": "2020-01-01T00:00:00Z", "ObjectMeta.generation": 7, "ObjectMeta.namespace": "default",
    "ObjectMeta.managedFields": [{"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {}}],
}  # fmt: skip
"""Where the value made from the schema is none the server would take, or none that differs."""
