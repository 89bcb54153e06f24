"""A Deployment's history: which revision serves, to which it is rolled back, and by which patch."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.control.rollback import heir
from cupel.decide.deployment_history import (
    ReplicaSetSeen,
    history,
    known,
    moved,
    obstacle,
    replicaset,
    serving,
    undo,
)

UID = "uid-web"


def body(revision: int | str = 2, ready: int = 0, **overrides: Any) -> dict[str, Any]:
    digits = overrides.get("digits", f"hash{revision}")
    return {
        "metadata": {
            "namespace": "shop",
            "name": f"web-{digits}",
            "uid": f"uid-{digits}",
            "labels": {"app": "web"} | ({"pod-template-hash": digits} if digits else {}),
            "annotations": overrides.get("annotations", {"deployment.kubernetes.io/revision": str(revision)}),
            "ownerReferences": overrides.get(
                "owners", [{"kind": "Deployment", "uid": UID, "controller": True}]
            ),
        },
        "spec": {"template": {"metadata": {"labels": {"app": "web", "pod-template-hash": digits}}}},
        "status": {"readyReplicas": ready} if ready else {},
    }


def seen(*revisions: tuple[int, int]) -> tuple[ReplicaSetSeen, ...]:
    """The history of (revision, ready Pods)."""
    return history([replicaset(body(revision, ready)) for revision, ready in revisions], UID)


# fmt: off
STRANGERS = [
    ("of-another-deployment",  {"owners": [{"uid": "other", "controller": True}]}),
    ("owned-not-controlled",   {"owners": [{"uid": UID}]}),
    ("owned-by-nobody",        {"owners": []}),
    ("without-a-revision",     {"annotations": {}}),
    ("with-no-annotations",    {"annotations": None}),
    ("with-a-made-up-revision", {"annotations": {"deployment.kubernetes.io/revision": "two"}}),
    ("without-a-hash",         {"digits": ""}),
]
# fmt: on


@pytest.mark.parametrize("overrides", [s[1] for s in STRANGERS], ids=[s[0] for s in STRANGERS])
def test_what_is_no_revision_of_it_is_left_out(overrides: dict[str, Any]) -> None:
    assert history([replicaset(body(2, **overrides))], UID) == ()


def test_of_a_deployment_that_is_not_known_yet_nothing_is_history() -> None:
    assert history([replicaset(body(2, owners=[]))], "") == ()


def test_history_is_newest_first_by_number_not_by_name_or_order() -> None:
    found = known(seen((9, 1), (10, 0), (2, 0)), frozenset({"hash2", "hash9"}))

    assert [one.identity for one in found] == ["hash10", "hash9", "hash2"]
    assert [one.good for one in found] == [False, True, True]
    assert found[0].name == "revision 10 (web-hash10)"
    assert heir("hash10", found, frozenset()) == found[1]
    assert heir("hash10", found, frozenset({"hash9"})) == found[2]


# fmt: off
SERVING = [
    # sentence                                              (revision, ready) ...      before    serves
    ("the-newest-with-a-ready-pod",                         [(1, 3), (2, 1)],          "hash1",  "hash2"),
    ("not-one-that-never-had-one",                          [(1, 3), (2, 0)],          "hash1",  "hash1"),
    ("one-whose-pods-come-and-go-goes-on",                  [(1, 3), (2, 0)],          "hash2",  "hash2"),
    ("also-when-nothing-is-ready",                          [(1, 0), (2, 0)],          "hash1",  "hash1"),
    ("an-earlier-one-brought-back-is-the-newest",           [(3, 1), (2, 2)],          "hash2",  "hash3"),
    ("one-whose-replicaset-is-gone-does-not",               [(3, 1)],                  "hash2",  "hash3"),
    ("nothing-ready-and-nothing-known",                     [(1, 0)],                  "",       ""),
    ("no-history",                                          [],                        "hash1",  ""),
]
# fmt: on


@pytest.mark.parametrize(
    ("sets", "before", "expected"), [s[1:] for s in SERVING], ids=[s[0] for s in SERVING]
)
def test_which_revision_serves(sets: list[tuple[int, int]], before: str, expected: str) -> None:
    found = serving(seen(*sets), before)

    assert (found.template_hash if found else "") == expected


def test_the_patch_puts_the_old_template_back_without_its_hash_and_conflicts_where_somebody_was_faster() -> (
    None
):
    template = {
        "metadata": {"labels": {"app": "web", "pod-template-hash": "hash2"}, "annotations": {"a": "b"}},
        "spec": {"containers": [{"name": "web", "image": "web:2"}]},
    }

    assert undo(template, "1234") == [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": "1234"},
        {
            "op": "replace",
            "path": "/spec/template",
            "value": {
                "metadata": {"labels": {"app": "web"}, "annotations": {"a": "b"}},
                "spec": {"containers": [{"name": "web", "image": "web:2"}]},
            },
        },
    ]
    assert template["metadata"]["labels"] == {"app": "web", "pod-template-hash": "hash2"}


# fmt: off
MOVED = [
    ("as-it-was-seen",                {"generation": 4, "revision": "2"}, 4,    ""),
    ("changed-since",                 {"generation": 5, "revision": "2"}, 4,    "not rolled out yet"),
    ("never-rolled-out",              {"generation": 1, "revision": ""},  None, "not rolled out yet"),
    ("rolled-out-to-another",         {"generation": 5, "revision": "3"}, 5,    "another revision"),
]
OBSTACLES = [
    ("none",              {},                            ""),
    ("ten-are-kept",      {"revisionHistoryLimit": 10},  ""),
    ("paused",            {"paused": True},              "spec.paused"),
    ("keeps-no-history",  {"revisionHistoryLimit": 0},   "spec.revisionHistoryLimit"),
]
# fmt: on


@pytest.mark.parametrize(("metadata", "observed", "said"), [m[1:] for m in MOVED], ids=[m[0] for m in MOVED])
def test_whether_it_is_still_where_it_was_seen(
    metadata: dict[str, Any], observed: int | None, said: str
) -> None:
    number = metadata["revision"]
    annotations = {"deployment.kubernetes.io/revision": number} if number else None
    status = {"observedGeneration": observed} if observed else None
    found = {"metadata": {"generation": metadata["generation"], "annotations": annotations}, "status": status}

    assert said in moved(found, 2)
    assert bool(moved(found, 2)) == bool(said)


@pytest.mark.parametrize(("spec", "named"), [o[1:] for o in OBSTACLES], ids=[o[0] for o in OBSTACLES])
def test_what_stands_in_the_way_is_named(spec: dict[str, Any], named: str) -> None:
    assert named in obstacle({"spec": spec})
    assert bool(obstacle({"spec": spec})) == bool(named)
