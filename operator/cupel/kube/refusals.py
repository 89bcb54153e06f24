"""The API server's refusals as one readable sentence that says what to do."""

from __future__ import annotations

import re
import ssl

from cupel.kube.errors import Weather

POLICY = re.compile(
    r"ValidatingAdmissionPolicy '([^']+)' with binding '[^']*' denied request: (.*)$", re.DOTALL
)
FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]*)" in API group "[^"]*"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
NOT_FOUND = re.compile(r'^(?P<resource>[a-z.]+) "(?P<name>[^"]*)" not found$')
NO_KIND = "the server could not find the requested resource"

UNKNOWN_IDENTITY = 401
READING = frozenset({"get", "list", "watch"})
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "generatedtools": {"read": ("cupel-requester", "cupel-approver"), "write": ("cupel-requester",)},
    "toolrevisions": {"read": ("cupel-requester", "cupel-approver"), "write": ("cupel-zone-administrator",)},
    "approvalledgers": {
        "read": ("cupel-requester", "cupel-approver"),
        "write": ("cupel-approver", "cupel-revoker"),
    },
    "approvalledgers/status": {"read": ("cupel-zone-administrator",), "write": ("cupel-zone-administrator",)},
    "toolpolicies": {"read": ("cupel-requester", "cupel-approver"), "write": ("cupel-zone-administrator",)},
}
"""The least of the shipped roles that bring a right; `zone init` binds each to the group of its plural."""
RESTORER = "to restore a ledger, ask a cluster administrator for the ClusterRole cupel-ledger-restorer here"
ADVICE = {
    "nobody decides about their own request": "ask somebody else who holds the verb approve",
    "a review is given under one's own name": "approve under your own identity",
    "removing a decision needs the verb revoke": "ask somebody with the ClusterRole cupel-revoker",
    "a decision is never rewritten": "take it back first: kubectl cupel revoke TOOL -n NAMESPACE",
    "the two channels need two different people": "ask another approver",
    "a decision names exactly the egress the revision asks for": "run it again: the revision changed",
    "floors, separation, launcherImages, agentReviewers and pullRequests are the administrator's": (
        "ask a zone administrator"
    ),
    "an agent reviews only where agentReviewers is Harmless, one channel is enough, and nothing calls out": (
        "have a person review it"
    ),
    "an agent reviews nothing that keeps state": "have a person review it",
    "resetting somebody needs the verb administer on codeenrollments": (
        "ask for the Role cupel-code-administrator in cupel-system"
    ),
    "nobody resets themselves": "ask another administrator",
    "one-time codes are for people": "enroll under your own user, not a service account",
    "a ledger is made empty, named ledger, by an administrator": "ask a cluster administrator",
    "only the operator condemns": RESTORER,
    "reviewing needs the verb approve, and is for people": "ask for the ClusterRole cupel-approver here",
    "only the operator condemns, only a person with the verb pardon pardons": "ask a zone administrator",
    "cupel.dev/restored-by is signed once, by who restores a ledger that nobody changed yet": RESTORER,
    "a condemnation stays until a person pardons it": "ask a zone administrator",
    "labels cupel.dev/ of a namespace, and a zone's Pod Security, are the administrator's": (
        "ask a cluster administrator"
    ),
}
"""What helps against the sentences of manifests/base/admission that people meet most."""


def by_a_policy(message: str) -> bool:
    """Whether an admission policy judged the request and said no, rather than failed to judge it."""
    found = POLICY.search(message)
    return found is not None and "resulted in error" not in found[2]


BY_FLAG = ", or name another namespace by -n"
"""The slip of the pen that looks like a missing right, on the command line."""


def in_words(message: str, code: int, slip: str = "") -> str:
    """One sentence for a 403, 404, 413 or 422 of the API server. `slip`: what may have been meant instead."""
    if found := POLICY.search(message):
        policy, sentence = found[1], " ".join(found[2].split())
        help_ = ADVICE.get(sentence)
        return f"the API server refuses: {sentence}" + (f"; {help_}" if help_ else "") + f" [{policy}]"
    if found := FORBIDDEN.search(message):
        return _without_role(found["user"], found["verb"], found["resource"], found["namespace"] or "", slip)
    if code == 404 and (found := NOT_FOUND.search(message)):
        return f"there is no {found['resource'].split('.')[0]} {found['name']}"
    if code == 404 and NO_KIND in message:
        return "the cluster does not know Cupel's kinds: install manifests/base first"
    return f"the API server refuses: {' '.join(message.split())[:500]}"


def _without_role(user: str, verb: str, resource: str, namespace: str, slip: str) -> str:
    """Who lacks what, which group brings it, and the slip of the pen that looks the same."""
    if not namespace:
        return f"{user} may not {verb} {resource}: ask a cluster administrator"
    roles = ROLES.get(resource, {}).get("read" if verb in READING else "write", ())
    groups = " or ".join(f"{role}s" for role in roles)
    ask = (
        f"the group {groups} there (ClusterRole {' or '.join(roles)})"
        if roles
        else "a role that allows it there"
    )
    return f"{user} may not {verb} {resource} in namespace {namespace}: ask an administrator for {ask}{slip}"


def unanswered(weather: Weather, place: str) -> str:
    """Why nothing came back, and from where; trying again helps only against what passes."""
    if isinstance(weather.__cause__, ssl.SSLError):
        why = f"{weather}; check the kubeconfig's certificates"
        return f"no secure connection to the API server ({place}): {why}"
    if weather.code == UNKNOWN_IDENTITY:
        return f"the API server does not know you ({place}): renew the credentials of the kubeconfig"
    return f"the API server did not answer: {weather} ({place}); try again"
