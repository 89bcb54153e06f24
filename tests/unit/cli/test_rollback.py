"""`rollback`: which revisions are condemned, newest first, and what cannot be rolled back."""

from __future__ import annotations

import pytest

from cupel.cli.output import Exit, Failure
from cupel.cli.rollback import to_condemn
from cupel.cli.seen import Seen, assembled

from .scenes import CODE, Body, ago, digest_of, ledger, review, revision, tool

VERSIONS = [tool(CODE + f"# {n}\n") for n in range(4)]
"""Oldest first; the last is what the spec asks for."""
DIGESTS = [digest_of(body) for body in VERSIONS]


def scene(
    serving: int | None,
    approved: tuple[int, ...] = (0, 1, 2, 3),
    condemned: tuple[int, ...] = (),
    canary: int | None = None,
) -> Seen:
    made = [revision(body, created=ago(hours=9 - n)) for n, body in enumerate(VERSIONS)]
    status: Body = {}
    if serving is not None:
        name, digest = made[serving]["metadata"]["name"], DIGESTS[serving]
        status = {"serving": {"revision": name, "digest": digest, "since": ago(hours=1)}}
    if canary is not None:
        name, digest = made[canary]["metadata"]["name"], DIGESTS[canary]
        status["canary"] = {"revision": name, "digest": digest, "since": ago(hours=0), "percent": 10}
    said = ledger({DIGESTS[n]: review() for n in approved}, {DIGESTS[n]: "why" for n in condemned})
    return assembled(tool(CODE + "# 3\n", status=status), made, said)


@pytest.mark.parametrize(
    ("seen", "digest", "to", "condemned"),
    [
        pytest.param(scene(3), "", "", [3], id="what serves"),
        pytest.param(scene(1), "", "", [1], id="what serves, though newer ones exist"),
        pytest.param(scene(3), DIGESTS[1], "", [1], id="what is named"),
        pytest.param(scene(3), "", DIGESTS[2], [3], id="back to the one before"),
        pytest.param(scene(3), "", DIGESTS[0], [3, 2, 1], id="back to the oldest"),
        pytest.param(
            scene(3, (0, 1, 3)), "", DIGESTS[0], [3, 1], id="what was never approved is passed over"
        ),
        pytest.param(scene(2, canary=3), "", "", [3], id="the canary, where there is one"),
        pytest.param(scene(2, canary=3), "", DIGESTS[2], [3], id="back to what serves beside a canary"),
        pytest.param(scene(2, canary=3), "", DIGESTS[1], [3, 2], id="back to what was before both"),
        pytest.param(scene(3, condemned=(2,)), "", DIGESTS[1], [3], id="and what is condemned already"),
    ],
)
def test_what_is_condemned(seen: Seen, digest: str, to: str, condemned: list[int]) -> None:
    assert [rev.spec.digest for rev in to_condemn(seen, digest, to)] == [DIGESTS[n] for n in condemned]


@pytest.mark.parametrize(
    ("seen", "digest", "to", "says", "code"),
    [
        pytest.param(scene(None), "", "", "nothing of word-count serves", Exit.REFUSED, id="nothing serves"),
        pytest.param(scene(3), DIGESTS[1], DIGESTS[0], "not both", Exit.UNUSABLE, id="both options"),
        pytest.param(scene(3), "", DIGESTS[3], "serves already", Exit.REFUSED, id="back to what serves"),
        pytest.param(
            scene(2, canary=3), "", DIGESTS[3], "is the canary already", Exit.REFUSED, id="back to the canary"
        ),
        pytest.param(
            scene(3, condemned=(1,)), "", DIGESTS[1], "is condemned", Exit.REFUSED, id="back to a condemned"
        ),
        pytest.param(
            scene(3, (3,)), "", DIGESTS[1], "approved on 0 of 1", Exit.REFUSED, id="back to an unapproved"
        ),
    ],
)
def test_what_cannot_be_rolled_back(seen: Seen, digest: str, to: str, says: str, code: Exit) -> None:
    with pytest.raises(Failure, match=says) as failure:
        to_condemn(seen, digest, to)
    assert failure.value.code is code
