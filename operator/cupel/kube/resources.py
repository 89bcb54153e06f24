"""The kinds we read or write, and where the API server keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from cupel.api.common import API_VERSION


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object, as its manifests and its URLs name it."""

    api_version: str
    name: str
    plural: str
    namespaced: bool = True

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """URL path of one object, or of the list when `name` is empty. Parts are quoted."""
        root = "/api/" if "/" not in self.api_version else "/apis/"
        parts = [root + self.api_version]
        if self.namespaced and namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        parts += [quote(part, safe="") for part in (name, subresource) if part]
        return "/".join(parts)


GENERATED_TOOL = Kind(API_VERSION, "GeneratedTool", "generatedtools")
TOOL_REVISION = Kind(API_VERSION, "ToolRevision", "toolrevisions")
APPROVAL_LEDGER = Kind(API_VERSION, "ApprovalLedger", "approvalledgers")
TOOL_POLICY = Kind(API_VERSION, "ToolPolicy", "toolpolicies")
AUTONOMY_POLICY = Kind(API_VERSION, "AutonomyPolicy", "autonomypolicies")
CODE_ENROLLMENT = Kind(API_VERSION, "CodeEnrollment", "codeenrollments")
CAPABILITY_GAP = Kind(API_VERSION, "CapabilityGap", "capabilitygaps")
NAMESPACE = Kind("v1", "Namespace", "namespaces", namespaced=False)
POD = Kind("v1", "Pod", "pods")
CONFIG_MAP = Kind("v1", "ConfigMap", "configmaps")
SERVICE = Kind("v1", "Service", "services")
DEPLOYMENT = Kind("apps/v1", "Deployment", "deployments")
REPLICA_SET = Kind("apps/v1", "ReplicaSet", "replicasets")
POD_SCALER = Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
NETWORK_POLICY = Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies")
SERVICE_ACCOUNT = Kind("v1", "ServiceAccount", "serviceaccounts")
RESOURCE_QUOTA = Kind("v1", "ResourceQuota", "resourcequotas")
ROLE_BINDING = Kind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings")
EVENT = Kind("events.k8s.io/v1", "Event", "events")
SELF_REVIEW = Kind("authorization.k8s.io/v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", False)
LEASE = Kind("coordination.k8s.io/v1", "Lease", "leases")
VALIDATING_POLICY = Kind(
    "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", False
)
VALIDATING_BINDING = Kind(
    "admissionregistration.k8s.io/v1",
    "ValidatingAdmissionPolicyBinding",
    "validatingadmissionpolicybindings",
    False,
)
MUTATING_POLICY = Kind(
    "admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy", "mutatingadmissionpolicies", False
)
MUTATING_BINDING = Kind(
    "admissionregistration.k8s.io/v1",
    "MutatingAdmissionPolicyBinding",
    "mutatingadmissionpolicybindings",
    False,
)

KINDS: dict[tuple[str, str], Kind] = {
    (kind.api_version, kind.name): kind
    for kind in (
        GENERATED_TOOL, TOOL_REVISION, APPROVAL_LEDGER, TOOL_POLICY, NAMESPACE, POD, CONFIG_MAP, SERVICE,
        DEPLOYMENT, NETWORK_POLICY, EVENT, LEASE, SERVICE_ACCOUNT, RESOURCE_QUOTA, ROLE_BINDING,
        CODE_ENROLLMENT, AUTONOMY_POLICY, CAPABILITY_GAP, SELF_REVIEW,
    )
}  # fmt: skip
