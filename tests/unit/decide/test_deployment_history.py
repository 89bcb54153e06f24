"""A Deployment's history: which revision it is rolled back to, and by which patch."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.control.rollback import heir
from cupel.decide.deployment_history import ReplicaSetSeen, history, obstacle, parse_replicaset, undo

UID = "uid-web"


def body(revision: int | str = 2, **overrides: Any) -> dict[str, Any]:
    digits = overrides.get("digits", f"hash{revision}")
    return {
        "metadata": {
            "name": f"web-{digits}",
            "labels": {"app": "web"} | ({"pod-template-hash": digits} if digits else {}),
            "annotations": overrides.get("annotations", {"deployment.kubernetes.io/revision": str(revision)}),
            "ownerReferences": overrides.get(
                "owners", [{"kind": "Deployment", "uid": UID, "controller": True}]
            ),
        },
        "spec": {
            "template": {
                "metadata": {
                    "labels": {"app": "web", "pod-template-hash": digits},
                    "annotations": {"a": "b"},
                },
                "spec": {"containers": [{"name": "web", "image": f"web:{revision}"}]},
            }
        },
    }


def seen(revision: int) -> ReplicaSetSeen:
    found = parse_replicaset(body(revision), UID)
    assert found is not None
    return found


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
    assert parse_replicaset(body(2, **overrides), UID) is None


def test_history_is_newest_first_by_number_not_by_name_or_order() -> None:
    found = history([seen(9), seen(10), seen(2)], frozenset({"hash2", "hash9"}))

    assert [one.identity for one in found] == ["hash10", "hash9", "hash2"]
    assert [one.good for one in found] == [False, True, True]
    assert heir("hash10", found, frozenset()) == found[1]
    assert heir("hash10", found, frozenset({"hash9"})) == found[2]


def test_the_patch_puts_the_old_template_back_without_its_hash_and_only_if_nobody_was_faster() -> None:
    target = seen(2)

    patch = undo(target, "1234")

    assert patch == [
        {"op": "test", "path": "/metadata/resourceVersion", "value": "1234"},
        {
            "op": "replace",
            "path": "/spec/template",
            "value": {
                "metadata": {"labels": {"app": "web"}, "annotations": {"a": "b"}},
                "spec": {"containers": [{"name": "web", "image": "web:2"}]},
            },
        },
    ]
    assert target.template["metadata"]["labels"]["pod-template-hash"] == "hash2"


# fmt: off
OBSTACLES = [
    ("none",              {},                            ""),
    ("ten-are-kept",      {"revisionHistoryLimit": 10},  ""),
    ("paused",            {"paused": True},              "spec.paused"),
    ("keeps-no-history",  {"revisionHistoryLimit": 0},   "spec.revisionHistoryLimit"),
]
# fmt: on


@pytest.mark.parametrize(("spec", "named"), [o[1:] for o in OBSTACLES], ids=[o[0] for o in OBSTACLES])
def test_what_stands_in_the_way_is_named(spec: dict[str, Any], named: str) -> None:
    assert named in obstacle({"spec": spec})
    assert bool(obstacle({"spec": spec})) == bool(named)
