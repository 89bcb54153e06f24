"""The parts of the cluster that need no cluster: names, addresses, arguments, files, counts."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml
from tests.cluster import __main__ as cli
from tests.cluster import (
    build,
    build_images,
    check,
    components,
    configs,
    current,
    images,
    kind,
    layout,
    machine,
    network,
    pause,
)
from tests.cluster.layout import Cluster
from tests.demo import callers, try_it
from tests.runner.tally import FAILED, Tally, counted

CLUSTERS = [Cluster("c", slot, control_plane_only=False) for slot in layout.SLOTS]


def test_no_two_clusters_share_an_address() -> None:
    networks = [net for cluster in CLUSTERS for net in network.addresses_of(cluster.slot)]

    assert not [pair for pair in itertools.combinations(networks, 2) if pair[0].overlaps(pair[1])]


def test_no_link_name_is_longer_than_the_kernel_allows() -> None:
    assert max(len(cluster.link) for cluster in CLUSTERS) <= 15


def test_the_networks_of_handlers_are_apart_and_inside_the_pods() -> None:
    import ipaddress

    one = CLUSTERS[0]
    parts = [ipaddress.ip_network(text) for text in (one.runc_pods, one.sandbox_pods, one.open_pods)]

    assert all(part.subnet_of(ipaddress.ip_network(one.pods)) for part in parts)  # type: ignore[arg-type]
    assert not [pair for pair in itertools.combinations(parts, 2) if pair[0].overlaps(pair[1])]


def test_the_one_address_gvisor_pods_may_call_is_a_service_of_the_cluster_at_the_proxys_port() -> None:
    import ipaddress

    from cupel.api import names

    one = CLUSTERS[0]

    assert ipaddress.ip_address(one.egress_service) in ipaddress.ip_network(one.services)
    assert one.egress_service not in (one.kubernetes_service, one.dns_service)
    assert layout.EGRESS_PORT == names.EGRESS_PORT


def test_every_component_is_a_binary_that_is_built() -> None:
    started = {argv[0] for stage in components.stages(CLUSTERS[0]) for _, argv in stage}

    assert started <= {binary.name for binary in build.ALL}


def test_a_control_plane_needs_only_the_first_binaries() -> None:
    alone = Cluster("c", 0, control_plane_only=True)

    started = {argv[0] for stage in components.stages(alone) for _, argv in stage}

    assert started == {"etcd", "kube-apiserver"} and started < {binary.name for binary in build.CONTROL_PLANE}


def test_every_module_has_a_key_of_its_own_and_keeps_it() -> None:
    modules = {binary.module for binary in build.ALL}

    assert len({build.key(module) for module in modules}) == len(modules)
    assert {build.key(module) for module in modules} == {build.key(module) for module in modules}


def test_another_flag_is_another_build() -> None:
    plain = build.ALL[0]

    assert (
        repr(plain)
        != repr(dataclasses.replace(plain, ldflags=""))
        != repr(dataclasses.replace(plain, tags="x"))
    )


def test_the_machine_s_list_names_a_package_for_all_it_lacks(tmp_path: Path) -> None:
    assert set(machine.PROGRAMS.values()) | set(machine.NODE_PROGRAMS.values()) >= {
        "runc",
        "openssl",
        "iproute2",
        "iptables",
    }
    assert (
        machine.lacking(control_plane_only=True).items()
        <= machine.lacking(control_plane_only=False, images=True).items()
    )


@pytest.mark.parametrize(
    ("trouble", "gone", "to_build", "says"),
    [
        pytest.param([], {}, 0, [], id="nothing is missing"),
        pytest.param(
            [],
            {"runc": "runc", "nsenter": "util-linux", "unshare": "util-linux"},
            0,
            [
                "nsenter is missing",
                "runc is missing",
                "unshare is missing",
                "mend: apt-get install runc util-linux",
            ],
            id="packages, each named once",
        ),
        pytest.param(
            ["not root"], {}, 3, ["not root", "3 of 13 binaries"], id="what no package mends, and work left"
        ),
    ],
)
def test_a_check_lists_all_that_is_missing_in_one_go(
    trouble: list[str], gone: dict[str, str], to_build: int, says: list[str]
) -> None:
    found = check.lines(trouble, gone, "mend", to_build)

    assert len(found) == len(says) and all(said in line for said, line in zip(says, found, strict=True))


@pytest.mark.parametrize("words", [["down", "demo"], ["down", "--name", "demo"]], ids=" ".join)
def test_a_cluster_is_named_either_way(words: list[str]) -> None:
    asked = cli.parser().parse_args(words)

    assert (asked.which or asked.name) == "demo"


def test_who_reads_the_first_line_only_sees_no_traceback() -> None:
    command = f"{sys.executable} -m tests.cluster status | true"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, cwd=build_images.ROOT, check=True
    )

    assert done.stderr == ""


def test_the_readme_shows_the_commands_the_demo_ends_with() -> None:
    readme = (build_images.ROOT / "README.md").read_text("utf-8")

    assert [command for command in try_it.COMMANDS if command not in readme] == []


def test_kind_gets_both_gvisor_programs_and_a_patch_for_either_version() -> None:
    config = yaml.safe_load(kind.configuration())

    mounted = {mount["containerPath"] for mount in config["nodes"][0]["extraMounts"]}
    assert mounted == {"/usr/local/bin/runsc", "/usr/local/bin/containerd-shim-runsc-v1"}
    assert [patch.splitlines()[0] for patch in config["containerdConfigPatches"]] == [
        "version = 2",
        "version = 3",
    ]
    assert all(
        'runtime_type = "io.containerd.runsc.v1"' in patch for patch in config["containerdConfigPatches"]
    )


def test_kind_is_told_where_to_write_and_never_touches_the_user_s_kubeconfig() -> None:
    command = kind.create_command("x", Path("/a/kind.yaml"), Path("/a/kubeconfig"))

    assert {"--name=x", "--config=/a/kind.yaml", "--kubeconfig=/a/kubeconfig"} <= set(command)


def test_kind_imports_an_image_and_names_it_by_digest(archive: Path) -> None:
    commands = kind.load_commands("x", archive)

    assert commands[0][-2:] == ["import", "-"] and "x-control-plane" in commands[0]
    assert commands[1][-2].endswith(":1") and "@sha256:" in commands[1][-1]


def test_the_current_cluster_is_never_loaded_into_or_taken_down(archive: Path) -> None:
    with pytest.raises(SystemExit, match="push the image"):
        current.Current().load("x", archive)
    current.Current().down("x")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "pause.tar"
    pause.write(path)
    return path


def test_the_pause_image_is_whole_and_says_its_name(archive: Path) -> None:
    named = images.inspect(archive)

    assert f"{named.name}:{named.tag}" == configs.PAUSE_IMAGE
    with tarfile.open(archive) as content:
        blobs = {name.rpartition("/")[2] for name in content.getnames() if name.startswith("blobs/")}
        index = content.extractfile("index.json")
        assert index and json.loads(index.read())["manifests"][0]["digest"].removeprefix("sha256:") in blobs
    assert len(blobs) == 3


@pytest.mark.parametrize(
    ("manifests", "complaint"),
    [
        pytest.param([], "holds 0 images", id="no image"),
        pytest.param([{}, {}], "holds 2 images", id="two images"),
        pytest.param([{"digest": "sha256:0"}], "has no name", id="an image without a name"),
    ],
)
def test_an_archive_that_cannot_be_pinned_is_refused(
    manifests: list[object], complaint: str, tmp_path: Path
) -> None:
    content = json.dumps({"manifests": manifests}).encode()
    with tarfile.open(tmp_path / "x.tar", "w") as written:
        entry = tarfile.TarInfo("index.json")
        entry.size = len(content)
        written.addfile(entry, io.BytesIO(content))

    with pytest.raises(SystemExit, match=complaint):
        images.inspect(tmp_path / "x.tar")


def test_an_image_is_built_again_when_its_content_or_its_base_changes() -> None:
    assert (
        build_images.key("sandbox", "one")
        == build_images.key("sandbox", "one")
        != build_images.key("sandbox", "two")
    )
    assert build_images.key("sandbox", "one") != build_images.key("operator", "one")


REPORT = '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/></testsuites>'
CLEAN = '<testsuites><testsuite tests="5" failures="0" errors="0" skipped="1"/></testsuites>'


@pytest.mark.parametrize(
    ("report", "status", "tally"),
    [
        pytest.param(REPORT, 1, Tally(2, 2, 1), id="failures and errors are failures"),
        pytest.param(CLEAN, 0, Tally(4, 0, 1), id="a clean run"),
        pytest.param(CLEAN, 3, Tally(4, 1, 1), id="a run that broke without a failing test is one failure"),
        pytest.param(None, 2, FAILED, id="no report is one failure"),
        pytest.param("<half", 1, FAILED, id="half a report is one failure"),
        pytest.param(None, 0, Tally(), id="nothing to run is nothing"),
    ],
)
def test_results_are_counted(report: str | None, status: int, tally: Tally, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    if report is not None:
        path.write_text(report)

    assert counted(path, status) == tally


def test_an_agent_whose_connection_ends_counts_one_failed_call_and_says_why() -> None:
    with callers.Steady("http://127.0.0.1:9/mcp", "token", "word-count", text="a b") as steady:
        assert steady.ended(40)

    assert steady.answers == []
    assert len(steady.failures) == 1
    assert "Connect" in steady.failures[0]
