"""`python -m tests.demo`: install Cupel on the cluster `make demo` prepared, and tell the story."""

from __future__ import annotations

import sys

from . import doors, flown, story, wished
from .cluster import SANDBOX, ZONE, Cluster, DemoError
from .install import agent_token, install
from .load import Load
from .narration import Narrator
from .try_it import try_it


def main() -> int:
    tell = Narrator()
    try:
        play(Cluster.from_environment(), tell)
    except DemoError as error:
        tell.console.print(f"\n[red]The demo stopped:[/red] {error}")
        return 1
    except KeyError as error:
        tell.console.print(f"{error} is not set: run `make demo`")
        return 2
    return 0


def play(cluster: Cluster, tell: Narrator) -> None:
    """Every chapter in order, then what happened and how to look around."""
    tell.chapter("Installing Cupel: kubectl apply -k, then cupel zone init")
    install(cluster)
    tell.say(
        f"operator, author, autopilot, gateway, egress proxy and code service are ready; the zones {ZONE} and {SANDBOX} are made"
    )
    token = agent_token(cluster)
    with cluster.gateway() as url:
        phone = doors.enrolled(cluster, tell)
        tool = wished.wished(cluster, tell, url, token)
        wished.answered(cluster, tell, url, token, tool, phone)
        story.useful(cluster, tell)
        story.called(cluster, tell, url, token)
        story.edited(cluster, tell, url, token)
        story.rolled_back(cluster, tell, url, token)
        doors.calls_out(cluster, tell, url, token, phone)
        story.refused(cluster, tell, url, token)
        flown.served(cluster)
        with Load(url, token, flown.TOOL, flown.arguments(), flown.QUIET) as load:
            flown.scaled(cluster, tell, load)
            flown.condemned_by_evidence(cluster, tell, load)
    tell.end(try_it(cluster), look_around(story.TOOL))


def look_around(tool: str) -> list[str]:
    return [
        f"kubectl get gap,gtool,trev,ledger -n {ZONE}",
        f"kubectl describe gap -n {ZONE}",
        f"kubectl describe gtool {tool} -n {ZONE}",
        f"kubectl cupel explain innocent-helper -n {ZONE}",
        f"kubectl cupel get {tool} -n {ZONE} -w",
        f"kubectl describe apol {flown.TOOL} -n {ZONE}",
        f"kubectl cupel autopilot {flown.TOOL} -n {ZONE} -w",
    ]


if __name__ == "__main__":
    sys.exit(main())
