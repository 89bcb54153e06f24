"""What is remembered of the cluster: never an older view over a newer one, and nothing that is gone."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cupel.kube.cluster import Cluster
from cupel.kube.resources import AUTONOMY_POLICY, CONFIG_MAP, DEPLOYMENT, GENERATED_TOOL, NAMESPACE, POD
from cupel.kube.stores import Store, Stored, stored
from cupel.kube.trim import holds, quantity, trim


def pod(name: str, version: int, namespace: str = "box", **labels: str) -> dict[str, Any]:
    marks = {f"cupel.dev/{key.replace('_', '-')}": value for key, value in labels.items()}
    return {
        "metadata": {"name": name, "namespace": namespace, "resourceVersion": str(version), "labels": marks}
    }


def known(store: Store) -> dict[str, int]:
    return {name: one.version for (_, name), one in store.objects.items()}


def test_an_older_view_changes_nothing() -> None:
    store = Store(POD)
    assert store.put(pod("p", 5))
    assert not store.put(pod("p", 4))
    assert not store.put(pod("p", 5))
    assert store.put(pod("p", 10))
    assert known(store) == {"p": 10}


def test_what_was_deleted_does_not_come_back_by_a_late_answer() -> None:
    store = Store(POD)
    store.put(pod("p", 5))
    assert store.drop("box", "p", 9)
    assert not store.put(pod("p", 8)), "an answer to our own write that was under way"
    assert store.put(pod("p", 12)), "a new object of that name"


def test_a_late_deletion_does_not_take_a_newer_object() -> None:
    store = Store(POD)
    store.put(pod("p", 20))
    assert not store.drop("box", "p", 9)
    assert known(store) == {"p": 20}


def test_a_list_takes_away_what_it_does_not_show_but_nothing_newer_than_itself() -> None:
    store = Store(POD)
    for body in (pod("gone", 3), pod("stays", 4), pod("newer", 30)):
        store.put(body)
    gone = store.keep({("box", "stays")}, 20)
    assert known(store) == {"stays": 4, "newer": 30}
    assert [one.name for one in gone] == ["gone"]


def test_objects_are_found_by_tool_and_revision_across_namespaces() -> None:
    store = Store(POD)
    store.put(pod("trial", 1, "box", tool="t", revision="t-1", serving_namespace="tools"))
    store.put(pod("live", 2, "tools", tool="t", revision="t-1"))
    store.put(pod("other", 3, "box", tool="t", revision="t-1", serving_namespace="elsewhere"))
    assert [one.name for one in store.marked(("tool", "tools", "t"))] == ["trial", "live"]
    assert [one.name for one in store.marked(("revision", "elsewhere", "t-1"))] == ["other"]
    store.put(pod("trial", 9, "box"))
    assert [one.name for one in store.marked(("tool", "tools", "t"))] == ["live"], "labels may go"


def test_tools_are_found_by_the_name_agents_call_and_by_policy() -> None:
    store = Store(GENERATED_TOOL)
    for name, spec in {
        "a": {},
        "b": {"interface": {"toolName": "a"}, "policyRef": {"name": "strict"}},
    }.items():
        store.put({"metadata": {"name": name, "namespace": "tools", "resourceVersion": "1"}, "spec": spec})
    assert [one.name for one in store.marked(("toolName", "tools", "a"))] == ["a", "b"]
    assert [one.name for one in store.marked(("policy", "tools", "strict"))] == ["b"]


def autonomy(kind: str = "GeneratedTool", version: int = 1, **status: object) -> dict[str, Any]:
    metadata = {"name": "p", "namespace": "tools", "resourceVersion": str(version), "generation": 1}
    return {"metadata": metadata, "spec": {"targetRef": {"kind": kind, "name": "t"}}, "status": status}


def test_policies_are_found_by_the_tool_they_fly_and_not_by_a_deployment_of_its_name() -> None:
    for kind, found in (("GeneratedTool", ["p"]), ("Deployment", [])):
        store = Store(AUTONOMY_POLICY)
        store.put(autonomy(kind))
        assert [one.name for one in store.marked(("flown", "tools", "t"))] == found


def test_what_an_autonomy_policy_believes_is_neither_kept_nor_news() -> None:
    wants = {"desiredReplicas": 2, "desiredAt": "2030-01-01T12:00:00Z"}
    before = stored(AUTONOMY_POLICY, autonomy(**wants, believed={"saved": "QUJD"}))
    after = stored(AUTONOMY_POLICY, autonomy(version=2, **wants, believed={"saved": "REVG"}))
    other = stored(AUTONOMY_POLICY, autonomy(version=3, **wants | {"desiredReplicas": 3}))
    assert before.body()["status"] == wants
    assert before.outward == after.outward != other.outward


def test_what_an_autonomy_policy_holds_against_a_revision_is_kept_in_words_and_a_verdict_is_news() -> None:
    def holds(reason: str, message: str = "", version: int = 1) -> Stored:
        said = {"digest": f"sha256-{'a' * 64}", "reason": reason, "message": message, "saved": "QUJD"}
        return stored(AUTONOMY_POLICY, autonomy(version=version, evidence=said))

    calm, more = holds("NoRegression", "nothing"), holds("NoRegression", "not enough yet", version=2)
    worse = holds("RevisionWorse", "21 % of calls failed", version=3)

    assert worse.body()["status"]["evidence"]["message"] == "21 % of calls failed"
    assert worse.body()["status"]["evidence"]["saved"] == ""
    assert calm.outward == more.outward != worse.outward


def test_how_much_a_canary_was_called_is_news_by_the_minute() -> None:
    """The operator lets it take over by that; every single call would be a pass of the tool."""

    def called(calls: int, seconds: int, watched: int, beside: int = 9) -> Stored:
        counted = {"calls": calls, "callsBeside": beside, "calledSeconds": seconds, "watchedSeconds": watched}
        said = {"digest": f"sha256-{'a' * 64}", "reason": "NoRegression", "message": "", "saved": ""}
        since = {"since": "2030-01-01T12:00:00Z"}
        return stored(AUTONOMY_POLICY, autonomy(evidence=said | {"canary": counted | since}))

    before = called(50, 130, 190)

    assert before.body()["status"]["evidence"]["canary"]["calls"] == 50
    assert before.outward == called(90, 170, 230, 500).outward
    news = (called(90, 180, 230), called(90, 170, 240), called(19, 130, 190), called(50, 130, 190, 0))
    assert all(before.outward != one.outward for one in news)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_of_views_the_newest_wins(seed: int) -> None:
    chance = random.Random(seed)
    store, version, truth, views = Store(POD), 0, {}, []
    for _ in range(200):
        version += 1
        name = chance.choice("abcd")
        if name in truth and chance.random() < 0.3:
            del truth[name]
            views.append(("drop", name, version))
        else:
            truth[name] = version
            views.append(("put", name, version))
    again = views + chance.sample(views, 100)  # views may come twice
    chance.shuffle(again)
    for what, name, number in again:
        _ = store.put(pod(name, number)) if what == "put" else store.drop("box", name, number)
    assert known(store) == truth


def test_news_is_told_once_and_after_it_is_stored() -> None:
    told: list[tuple[str, int]] = []
    cluster = Cluster(lambda change: told.append((change.now.name, len(cluster[POD].objects))))
    cluster.take(POD, pod("p", 1))
    cluster.take(POD, pod("p", 1))
    cluster.gone(POD, pod("p", 2))
    assert told == [("p", 1), ("p", 0)]


def test_a_change_says_what_was_before_and_whose_pass_wrote_it() -> None:
    seen: list[tuple[int | None, int, object]] = []
    cluster = Cluster(
        lambda one: seen.append((one.before.version if one.before else None, one.now.version, one.by))
    )
    cluster.take(POD, pod("p", 1))
    cluster.take(POD, pod("p", 2), by=("Pod", "box", "p"))
    cluster.take(POD, pod("p", 2))  # its echo
    cluster.gone(POD, pod("p", 3))
    assert seen == [(None, 1, None), (1, 2, ("Pod", "box", "p")), (None, 2, None)]


@pytest.mark.parametrize(
    ("change", "seen_by_others"),
    [
        ({"status": {"conditions": [{"type": "Ready"}]}}, False),
        ({"status": {"digest": "d"}}, True),
        ({"status": {"serving": {"digest": "d"}}}, True),
        ({"metadata": {"generation": 2}}, True),
        ({"metadata": {"deletionTimestamp": "2030-01-01T00:00:00Z"}}, True),
        ({"metadata": {"annotations": {"a": "b"}}}, False),
    ],
    ids=str,
)
def test_of_a_tool_others_go_by_its_spec_and_by_what_serves(
    change: dict[str, Any], seen_by_others: bool
) -> None:
    metadata = {"name": "t", "namespace": "n", "uid": "u", "generation": 1, "resourceVersion": "1"}
    changed = {"metadata": metadata | change.get("metadata", {}), "status": change.get("status", {})}
    one, other = (stored(GENERATED_TOOL, body) for body in ({"metadata": metadata}, changed))
    assert (one.outward != other.outward) is seen_by_others


def test_a_view_of_an_object_is_made_once_for_each_of_its_versions() -> None:
    store, made = Store(POD), []

    def view(found: Stored) -> int:
        made.append(found.version)
        return found.version

    for version in (1, 2):
        store.put(pod("p", version))
        found = store.get("box", "p")
        assert found is not None
        assert (found.once(view), found.once(view)) == (version, version)
    assert made == [1, 2]


def namespace(name: str, version: int, **labels: str) -> dict[str, Any]:
    return pod(name, version, "", **labels)


def test_zones_are_namespaces_that_say_so() -> None:
    cluster = Cluster()
    cluster.take(NAMESPACE, namespace("tools", 1, zone="serving", sandbox="box"))
    assert (cluster.zone("tools"), cluster.sandbox("tools")) == ("serving", "")
    cluster.take(NAMESPACE, namespace("box", 2, zone="sandbox"))
    assert cluster.sandbox("tools") == "box"
    cluster.take(NAMESPACE, namespace("mine", 3, zone="serving", sandbox="tools"))
    assert cluster.sandbox("mine") == "", "only a sandbox zone is a sandbox"


POD_BODY = {
    "metadata": {"name": "p", "managedFields": [{"x": 1}], "labels": {"a": "b"}},
    "spec": {"nodeName": "n", "containers": [{"name": "tool", "image": "i", "env": [1]}]},
    "status": {
        "phase": "Running",
        "podIP": "10.0.0.1",
        "conditions": [
            {"type": "Initialized", "status": "True"},
            {"type": "Ready", "status": "True", "lastProbeTime": None},
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "m"},
        ],
        "containerStatuses": [{"name": "tool", "state": {"running": {}}, "containerID": "c"}],
    },
}


def test_of_a_pod_only_what_is_read_is_kept() -> None:
    assert trim("Pod", POD_BODY) == {
        "metadata": {"name": "p", "labels": {"a": "b"}},
        "spec": {"containers": [{"name": "tool", "image": "i"}]},
        "status": {
            "phase": "Running",
            "podIP": "10.0.0.1",
            "conditions": [
                {"type": "Ready", "status": "True"},
                {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "m"},
            ],
            "containerStatuses": [{"name": "tool", "state": {"running": {}}}],
        },
    }


def test_of_a_config_map_only_hashes_are_kept_and_they_tell_contents_apart() -> None:
    bodies = [{"metadata": {}, "data": {"bundle.json": text}} for text in ("x" * 100_000, "y" * 100_000)]
    kept = [trim(CONFIG_MAP.name, body) for body in bodies]
    assert kept[0] != kept[1] and len(str(kept[0])) < 200
    assert holds(kept[0], trim(CONFIG_MAP.name, bodies[0])) and not holds(
        kept[0], trim(CONFIG_MAP.name, bodies[1])
    )


# fmt: off
HELD = [
    # id                              stored                               wanted                              holds
    ("more-than-wanted",              {"a": 1, "b": 2},                    {"a": 1},                           True),
    ("another-value",                 {"a": 1},                            {"a": 2},                           False),
    ("missing",                       {},                                  {"a": 1},                           False),
    ("nested",                        {"a": {"b": 1, "c": 2}},             {"a": {"b": 1}},                    True),
    ("defaults-inside-lists",         {"a": [{"n": 1, "d": 0}]},           {"a": [{"n": 1}]},                  True),
    ("longer-list",                   {"a": [1, 2]},                       {"a": [1]},                         False),
    ("order",                         {"a": [2, 1]},                       {"a": [1, 2]},                      False),
    ("empty-list-is-absent",          {},                                  {"a": []},                          True),
    ("true-is-not-one",               {"a": "true"},                       {"a": True},                        False),
    ("respelled-quantities",          {"limits": {"cpu": "1", "m": "1Gi"}}, {"limits": {"cpu": "1000m", "m": "1024Mi"}}, True),
    ("other-quantities",              {"limits": {"cpu": "1"}},            {"limits": {"cpu": "900m"}},        False),
    ("no-limits-yet",                 {},                                  {"limits": {"cpu": "1"}},           False),
]
# fmt: on


@pytest.mark.parametrize(("stored", "wanted", "answer"), [h[1:] for h in HELD], ids=[h[0] for h in HELD])
def test_whether_what_is_there_is_what_is_wanted(stored: Any, wanted: Any, answer: bool) -> None:
    assert holds(stored, wanted) is answer


def test_quantities_are_numbers() -> None:
    assert quantity("1.5Gi") == quantity("1536Mi") and quantity("250m") == quantity("0.25")
    assert quantity("many") is None


def test_a_deployment_keeps_its_whole_spec() -> None:
    body = {"metadata": {"name": "d"}, "spec": {"template": {"spec": {"containers": [{"env": []}]}}}}
    assert trim(DEPLOYMENT.name, body)["spec"] == body["spec"]
