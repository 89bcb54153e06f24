"""CodeEnrollments the API server must refuse."""

from __future__ import annotations

from tests.contract.crds.edits import ABSENT, Bad

BAD = (
    Bad("an unknown purpose", {"spec.purpose": "Renew"}, "spec.purpose"),
    Bad("a key that is no Base64", {"spec.publicKey": "-" * 44}, "spec.publicKey"),
    Bad("a short key", {"spec.publicKey": "AAAA"}, "spec.publicKey"),
    Bad("no key", {"spec.publicKey": ABSENT}, "`publicKey` must be there to enroll", offline=False),
    Bad(
        "a reset of nobody",
        {"spec.purpose": "Reset", "spec.publicKey": ABSENT},
        "`resets` must be",
        offline=False,
    ),
    Bad(
        "a reset with a key",
        {"spec.purpose": "Reset", "spec.resets": "bob"},
        "`publicKey` must",
        offline=False,
    ),
    Bad("an enrolment that resets", {"spec.resets": "bob"}, "`resets` must be", offline=False),
    Bad("a long name", {"spec.person": "p" * 129}, "spec.person"),
    Bad("513 groups", {"spec.groups": [f"g{n}" for n in range(513)]}, "spec.groups"),
    Bad("a secret in clear", {"spec.secret": "JBSWY3DPEHPK3PXP"}, "secret"),
)

BAD_STATUS = (
    Bad("sealed too long", {"status.sealed": "s" * 2049}, "status.sealed"),
    Bad("an unknown proof", {"status.proof": "None"}, "status.proof"),
)

CHANGED = (
    Bad("another person", {"spec.person": "eve"}, "immutable"),
    Bad("more groups", {"spec.groups": ["system:masters"]}, "immutable"),
    Bad("another key", {"spec.publicKey": "B" * 43 + "="}, "immutable"),
)
