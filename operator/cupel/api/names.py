"""Names that several processes must agree on: labels, annotations, identities, ports."""

ZONE = "cupel.dev/zone"
SANDBOX_NAMESPACE = "cupel.dev/sandbox"
"""Label on a serving namespace that names its sandbox namespace."""

TOOL = "cupel.dev/tool"
REVISION = "cupel.dev/revision"
DIGEST = "cupel.dev/digest"
EGRESS = "cupel.dev/egress"
RUN = "cupel.dev/run"
SERVING_NAMESPACE = "cupel.dev/serving-namespace"

GAP = "cupel.dev/gap"
"""Label on a GeneratedTool: the CapabilityGap it was made for."""
CONDEMN = "cupel.dev/condemn"
"""Annotation on a GeneratedTool: the digest to be rolled back, `@` and when (`cupel rollback` sets it)."""
USED = "cupel.dev/used"
"""Annotation on a GeneratedTool: when somebody said that it is still wanted, as if it had been called."""
ARCHIVE = "cupel.dev/archive"
"""Annotation on a GeneratedTool: when somebody archived it by hand; a later call brings it back."""
UNREFERRED = "cupel.dev/unreferred"
"""Annotation on a ledger: since which day no revision refers to an entry, as the janitor saw it."""
RESTORED_BY = "cupel.dev/restored-by"
"""Annotation on a ledger: who restored it from a backup, and so speaks for every decision in it."""
NUDGED = "cupel.dev/nudged"
"""Annotation on a Deployment's Pod template: the ledger state its Pods were last asked for under."""
TEMPLATE = "cupel.dev/template"
"""Annotation on a Deployment: hash of the Pod template without the nudge."""

AUTHOR = "system:serviceaccount:cupel-system:cupel-author"
GATEWAY = "system:serviceaccount:cupel-system:cupel-gateway"
"""User name of the process that makes tools for gaps."""
RESERVED_TOOLS = frozenset(
    {"get_more_tools", "request_capability", "describe_template", "check_capability", "give_feedback"}
)
"""MCP names of the gateway's own tools, which no GeneratedTool may have."""

PART_OF = "app.kubernetes.io/part-of"
MANAGED_BY = "app.kubernetes.io/managed-by"
COMPONENT = "app.kubernetes.io/component"

SYSTEM_NAMESPACE = "cupel-system"
FIELD_MANAGER = "cupel-operator"
TOOL_SERVICE_ACCOUNT = "tool"
RUNTIME_CLASS = "gvisor"

TOOL_PORT = 8080
GATEWAY_PORT = 8004
CODES_PORT = 8005
CODES_SERVICE = "cupel-codes"
PULLS_SERVICE = "cupel-pulls"
SERVICE_ACCOUNTS = "system:serviceaccount:"
"""Beginning of the user names of service accounts; as reviewers they are agents."""
EGRESS_PORT = 3128
LAUNCHER = ("/usr/bin/python3", "-I", "-m", "cupel_sandbox")
BUNDLE_PATH = "/bundle/bundle.json"
TESTS_PATH = "/tests/tests.json"
