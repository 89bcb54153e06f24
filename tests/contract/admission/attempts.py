"""What a stolen operator might try: one request each, by whoever is said."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .objects import code, digest, obj, review, revision, tool
from .server import HOME, OPERATOR, PATHS, SANDBOX, SERVING, Answer, Body
from .zone import LEDGER, Zone

Ask = Callable[[Zone, str], Answer]
NAMESPACE = f"{PATHS['Namespace']}/{SERVING}"
POD = PATHS["Pod"].format(SERVING) + "/matrix-run"
RUNNING = digest("running")
DRY = "?dryRun=All"


def raw(method: str, path: str, body: Any = None, mime: str = "application/json") -> Ask:
    return lambda zone, user: zone.server.call(method, path, body, user, mime)


def make(kind: str, namespace: str = SERVING, spec: Body | None = None, name: str = "x", **more: Any) -> Ask:
    return lambda zone, user: zone.server.create(obj(kind, name, spec, namespace, **more), user, dry=True)


def patch(path: str, body: Body) -> Ask:
    return lambda zone, user: zone.server.patch(path, body, user)


def in_group(group: str, plural: str, body: Body, namespace: str = "", version: str = "v1") -> Ask:
    root = f"/apis/{group}/{version}" + (f"/namespaces/{namespace}" if namespace else "")
    full = {"apiVersion": f"{group}/{version}", "metadata": {"name": "x"}, **body}
    return raw("POST", f"{root}/{plural}{DRY}", full)


def signing_request() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bob")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()


SECURE: Body = {
    "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True, "runAsUser": 1,
    "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip
BARE_POD: Body = {"containers": [{"name": "x", "image": "x", "securityContext": SECURE}]}
"""Good enough for Pod Security, so that our policies have to speak."""
TEMPLATE: Body = {"metadata": {"labels": {"a": "b"}}, "spec": BARE_POD}
WORKLOAD: Body = {"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}
CERTIFICATE: Body = {
    "request": signing_request(), "signerName": "kubernetes.io/kube-apiserver-client", "usages": ["client auth"],
}  # fmt: skip
APPROVER: Body = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cupel-approver"}
ROLE = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
TOKEN: Body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": []}}
TOKEN_SECRET = obj("Secret", "t", namespace=HOME, type="kubernetes.io/service-account-token")
TOKEN_SECRET["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "cupel-codes"}
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
POLICY = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cupel-serving-shape"
RBAC = "rbac.authorization.k8s.io"
ROLES = f"/apis/{RBAC}/v1/clusterroles"
WALL = PATHS["NetworkPolicy"].format(SERVING) + "/default-deny"
FREE: Body = {"floors": {"withoutEgress": 0, "withEgress": 0}, "separation": "TwoPeople"}
OWNER = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "0"}]


def some_revision(namespace: str) -> Body:
    stored = tool("x")
    stored["metadata"] |= {"namespace": namespace, "uid": "0"}
    stored["spec"]["requestedBy"] = "alice"
    return revision(stored)


OPERATOR_TABLE: dict[str, Ask] = {
    # the ledger
    "writes a review": lambda z, u: z.decide(digest("o"), review(OPERATOR), u),
    "writes a review in bob's name": lambda z, u: z.decide(digest("o"), review("bob"), u),
    "writes a code decision": lambda z, u: z.decide(digest("o"), code("bob"), u),
    "writes a code decision as its own voucher": lambda z, u: z.decide(digest("o"), code("bob", vouched=OPERATOR), u),
    "rewrites a decision": lambda z, u: z.decide(digest("kept"), review("bob", "Reject"), u),
    "removes an entry": lambda z, u: z.decide(digest("kept"), None, u),
    "lowers the floors": patch(LEDGER, {"spec": {"floors": {"withoutEgress": 0, "withEgress": 0}}}),
    "adds a launcher image": patch(LEDGER, {"spec": {"launcherImages": ["x@sha256:" + "0" * 64]}}),
    "weakens separation": patch(LEDGER, {"spec": {"separation": "OnePersonTwoChannels"}}),
    "deletes the ledger": raw("DELETE", LEDGER + DRY),
    "makes a ledger elsewhere": make("ApprovalLedger", "default", FREE, "ledger"),
    "gives the ledger an owner": patch(LEDGER, {"metadata": {"ownerReferences": OWNER}}),
    "gives the ledger a finalizer": patch(LEDGER, {"metadata": {"finalizers": ["x.test/x"]}}),
    # tools and their policy
    "asks for a tool": lambda z, u: z.server.create(tool("x"), u, dry=True),
    "edits a tool": patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool", {"spec": {"description": "x"}}),
    "marks a tool to be condemned": patch(PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool", {"metadata": {"annotations": {"cupel.dev/condemn": "x"}}}),
    "deletes a tool": raw("DELETE", PATHS["GeneratedTool"].format(SERVING) + "/matrix-tool" + DRY),
    "weakens the tool policy": patch(PATHS["ToolPolicy"].format(SERVING) + "/default", {"spec": {"approvals": {"low": 0}}}),
    "makes a revision outside the zones": lambda z, u: z.server.create(some_revision("default"), u, dry=True),
    # zones
    "takes away the zone": patch(NAMESPACE, {"metadata": {"labels": {"cupel.dev/zone": None}}}),
    "makes the zone a sandbox": patch(NAMESPACE, {"metadata": {"labels": {"cupel.dev/zone": "sandbox"}}}),
    "names another sandbox": patch(NAMESPACE, {"metadata": {"labels": {"cupel.dev/sandbox": "default"}}}),
    "lowers Pod Security": patch(NAMESPACE, {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}),
    "deletes the namespace": raw("DELETE", NAMESPACE + DRY),
    "makes a namespace": raw("POST", PATHS["Namespace"] + DRY, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x-zone"}}),
    # Pods by other ways
    "starts a Pod outside the zones": make("Pod", "default", BARE_POD),
    "starts a Pod beside the code service": make("Pod", HOME, BARE_POD | {"serviceAccountName": "cupel-codes"}),
    "starts a Deployment outside the zones": make("Deployment", "default", WORKLOAD),
    "starts a Deployment in a sandbox": make("Deployment", SANDBOX, WORKLOAD),
    "starts a Job in a zone": in_group("batch", "jobs", {"kind": "Job", "spec": {"template": {"spec": BARE_POD | {"restartPolicy": "Never"}}}}, SERVING),
    "starts a DaemonSet in a zone": in_group("apps", "daemonsets", {"kind": "DaemonSet", "spec": WORKLOAD}, SERVING),
    "starts a StatefulSet in a zone": in_group("apps", "statefulsets", {"kind": "StatefulSet", "spec": WORKLOAD | {"serviceName": "x"}}, SERVING),
    "starts a bare ReplicaSet": in_group("apps", "replicasets", {"kind": "ReplicaSet", "spec": WORKLOAD}, SERVING),
    "makes a PodTemplate": raw("POST", f"/api/v1/namespaces/{SERVING}/podtemplates{DRY}", {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": TEMPLATE}),
    "makes a node": raw("POST", f"/api/v1/nodes{DRY}", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "x"}}),
    "makes a RuntimeClass": in_group("node.k8s.io", "runtimeclasses", {"kind": "RuntimeClass", "handler": "runc"}),
    "makes a priority class": in_group("scheduling.k8s.io", "priorityclasses", {"kind": "PriorityClass", "value": 1, "globalDefault": True}),
    # other identities
    "takes the code service's token": raw("POST", f"/api/v1/namespaces/{HOME}/serviceaccounts/cupel-codes/token", TOKEN),
    "takes a token in a zone": raw("POST", f"/api/v1/namespaces/{SERVING}/serviceaccounts/tool/token", TOKEN),
    "makes a service account": raw("POST", f"/api/v1/namespaces/{SERVING}/serviceaccounts{DRY}", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "x"}}),
    "makes a Secret at home": make("Secret", HOME),
    "makes a Secret in a zone": make("Secret"),
    "makes a service account's token Secret": lambda z, u: z.server.create(TOKEN_SECRET, u, dry=True),
    "asks for a certificate": in_group("certificates.k8s.io", "certificatesigningrequests", {"kind": "CertificateSigningRequest", "spec": CERTIFICATE}),
    "binds a role": in_group(RBAC, "rolebindings", {"kind": "RoleBinding", "roleRef": APPROVER, "subjects": []}, SERVING),
    "binds a cluster role": in_group(RBAC, "clusterrolebindings", {"kind": "ClusterRoleBinding", "roleRef": APPROVER, "subjects": []}),
    "makes a cluster role": in_group(RBAC, "clusterroles", {"kind": "ClusterRole", "rules": ROLE}),
    "widens its own role": patch(f"{ROLES}/cupel-operator", {"rules": ROLE}),
    "asks whose a token is": raw("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "x"}}),
    "asks what others may do": raw("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {"user": "bob", "resourceAttributes": {"verb": "get", "resource": "pods"}}}),
    # the rules themselves
    "drops the ledger's CRD": raw("DELETE", f"{CRDS}/approvalledgers.cupel.dev{DRY}"),
    "rewrites the ledger's CRD": patch(f"{CRDS}/approvalledgers.cupel.dev{DRY}", {"metadata": {"annotations": {"a": "b"}}}),
    "drops a policy": raw("DELETE", POLICY + DRY),
    "edits a policy": patch(POLICY + DRY, {"spec": {"failurePolicy": "Ignore"}}),
    "drops a binding": raw("DELETE", POLICY.replace("policies/", "policybindings/") + DRY),
    "makes a webhook": in_group("admissionregistration.k8s.io", "mutatingwebhookconfigurations", {"kind": "MutatingWebhookConfiguration"}),
    "adds an API service": in_group("apiregistration.k8s.io", "apiservices", {"kind": "APIService", "metadata": {"name": "v1.x.test"}, "spec": {"group": "x.test", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1}}),
    # doors
    "execs into a Pod": raw("POST", f"{POD}/exec?command=id&stdout=1"),
    "attaches": raw("POST", f"{POD}/attach?stdout=1"),
    "forwards a port": raw("POST", f"{POD}/portforward?ports=80"),
    "proxies to a Pod": raw("GET", f"{POD}/proxy/"),
    "adds an ephemeral container": patch(f"{POD}/ephemeralcontainers", {"spec": {"ephemeralContainers": [{"name": "d", "image": "x", "securityContext": SECURE}]}}),
    "resizes": patch(f"{POD}/resize", {"metadata": {"labels": {"a": "b"}}}),
    "forges a Pod's address": patch(f"{POD}/status", {"status": {"podIP": "6.6.6.6"}}),
    "evicts": raw("POST", f"{POD}/eviction{DRY}", {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "matrix-run", "namespace": SERVING}}),
    "binds a Pod to a node": raw("POST", f"{POD}/binding{DRY}", {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "matrix-run"}, "target": {"kind": "Node", "name": "node"}}),
    # network
    "makes a Service": make("Service", spec={"ports": [{"port": 80}]}),
    "makes a Service with an outside address": make("Service", spec={"ports": [{"port": 80}], "externalIPs": ["1.2.3.4"]}),
    "makes an EndpointSlice": in_group("discovery.k8s.io", "endpointslices", {"kind": "EndpointSlice", "addressType": "IPv4", "endpoints": []}, SERVING),
    "makes an Ingress": in_group("networking.k8s.io", "ingresses", {"kind": "Ingress", "spec": {"defaultBackend": {"service": {"name": "x", "port": {"number": 80}}}}}, SERVING),
    "removes default-deny": raw("DELETE", WALL + DRY),
    "replaces default-deny": patch(WALL, {"spec": {"policyTypes": ["Ingress"]}}),
    "removes allow-from-cupel": raw("DELETE", WALL.replace("default-deny", "allow-from-cupel") + DRY),
    # the rest
    "lifts the quota": raw("POST", f"/api/v1/namespaces/{SERVING}/resourcequotas{DRY}", {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "x"}, "spec": {"hard": {"pods": "1"}}}),
    "scales a Deployment": patch(PATHS["Deployment"].format(SERVING) + "/x/scale", {"spec": {"replicas": 2}}),
    "makes a ConfigMap at home": make("ConfigMap", HOME, data={"a": "b"}),
    "takes a lease elsewhere": make("Lease", "kube-system", {"holderIdentity": "x"}),
}  # fmt: skip
