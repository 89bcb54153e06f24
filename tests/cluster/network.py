"""The cable between host and cluster, the routes over it, and the rule that gVisor Pods call the egress proxy alone."""

from __future__ import annotations

import ipaddress
import json
import subprocess

from .layout import EGRESS_PORT, SLOTS, Cluster, all_recorded
from .namespace import inside, process_1
from .waiting import until


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


def choose_slot() -> int:
    """The lowest slot whose addresses neither another cluster nor a route of this machine uses."""
    taken = {cluster.slot for cluster in all_recorded()}
    routes = [route["dst"] for route in json.loads(ip("-json", "-4", "route")) if route["dst"] != "default"]
    used = [ipaddress.ip_network(route) for route in routes]
    for slot in SLOTS:
        wanted = addresses_of(slot)
        if slot not in taken and not any(network.overlaps(other) for network in wanted for other in used):
            return slot
    raise SystemExit("no free addresses: 10.213.0.0/27, 10.64.0.0/11 and 10.96.0.0/11 are all in use here")


def addresses_of(slot: int) -> list[ipaddress.IPv4Network]:
    cluster = Cluster("", slot, control_plane_only=False)
    link = f"{cluster.host_address.rpartition('.')[0]}.0/30"
    return [ipaddress.IPv4Network(text) for text in (link, cluster.pods, cluster.services)]


def connect(cluster: Cluster) -> None:
    """Lay the cable to process 1 and give both ends their addresses."""
    ip("link", "add", cluster.link, "type", "veth", "peer", "name", "eth0", "netns", str(process_1(cluster)))
    ip("address", "add", f"{cluster.host_address}/30", "dev", cluster.link)
    ip("link", "set", cluster.link, "up", "alias", alias(cluster.name))
    batch = f"link set lo up\naddress add {cluster.address}/30 dev eth0\nlink set eth0 up\n"
    inside(cluster, "ip", "-batch", "-", text=batch + f"route add default via {cluster.host_address}\n")


def open_the_way_to_pods(cluster: Cluster) -> None:
    """Routes from the host to Pods and Services; forwarding, and the gVisor Pods' rule, inside the cluster.

    The rule is what a NetworkPolicy would ask of a CNI: this node's plain plugins ignore NetworkPolicies. It goes by
    the address that was dialled, for by here it is a Pod's. It cannot tell trial Pods from Pods that serve: that trials
    get nothing at the proxy is the proxy's own doing.
    """
    for network in (cluster.services, cluster.pods):
        ip("route", "add", network, "via", cluster.address)
    inside(cluster, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    rules = [
        "*filter",
        ":SANDBOX - [0:0]",
        "-A SANDBOX -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
        f"-A SANDBOX -p tcp -m conntrack --ctorigdst {cluster.egress_service} --ctorigdstport {EGRESS_PORT} -j ACCEPT",
        "-A SANDBOX -j DROP",
        f"-A FORWARD -s {cluster.sandbox_pods} -j SANDBOX",
        f"-A INPUT -s {cluster.sandbox_pods} -j SANDBOX",
        "COMMIT",
    ]
    inside(cluster, "iptables-restore", "--noflush", text="\n".join(rules) + "\n")


def alias(name: str) -> str:
    """What the host's end of the cable is marked with, so that it is found without any record."""
    return f"cupel cluster {name}"


def links(name: str) -> list[str]:
    """The host's ends of the cables of the cluster of this name."""
    found = json.loads(ip("-json", "link", "show", "type", "veth"))
    return [link["ifname"] for link in found if link.get("ifalias") == alias(name)]


def disconnect(name: str) -> None:
    """The cable goes with the cluster's network namespace; pull it where that is late."""
    for link in links(name):
        subprocess.run(["ip", "link", "delete", link], check=False, capture_output=True)
    until(f"the cable of cluster {name} is gone", lambda: not links(name), seconds=10)
