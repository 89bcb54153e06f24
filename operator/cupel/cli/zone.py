"""`zone init`: a serving namespace and its sandbox, made with the caller's own rights; may be run again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import yaml

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import JsonObject
from cupel.decide.plan import Manifest
from cupel.decide.zone import Separation, Settings, Zones, default_policy, ledgers, walls
from cupel.decide.zone_claim import ZoneKind, objection, reserved
from cupel.kube.client import Client
from cupel.kube.resources import APPROVAL_LEDGER, TOOL_POLICY

from .output import Exit, Failure, console
from .places import place
from .session import MANAGER, Session

LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
LAUNCHER = re.compile(r"^.{1,228}@sha256:[0-9a-f]{64}$")
MAX_LAUNCHERS = 8


@dataclass(frozen=True)
class Asked:
    """What the flags say; None and empty: not given."""

    zones: Zones
    launchers: tuple[str, ...] = ()
    floors: tuple[int, int] | None = None
    separation: Separation | None = None
    adopt: bool = False
    """Also namespaces in which Pods of others run."""

    @property
    def settings(self) -> Settings:
        """A new ledger's settings: the flags, else the defaults."""
        without, with_egress = self.floors or (1, 2)
        return Settings(self.launchers, without, with_egress, self.separation or "TwoPeople")

    def changes(self) -> JsonObject:
        """What the flags change about a ledger that exists: only what was given."""
        spec: JsonObject = {}
        if self.floors:
            spec["floors"] = {"withoutEgress": self.floors[0], "withEgress": self.floors[1]}
        if self.separation:
            spec["separation"] = self.separation
        return spec | self.launcher_changes()

    def launcher_changes(self) -> JsonObject:
        return {"launcherImages": list(self.launchers)} if self.launchers else {}


def asked(
    namespace: str,
    sandbox: str,
    floors: str,
    separation: str,
    launchers: Iterable[str],
    *,
    adopt: bool = False,
) -> Asked:
    """Read the flags. Raises Failure when they cannot be meant."""
    zones = Zones(namespace, sandbox or f"{namespace[:55]}-sandbox")
    for name in (zones.serving, zones.sandbox):
        if not LABEL.match(name):
            raise Failure(
                f"{name!r} is no namespace name: lower-case letters, digits, hyphens", Exit.UNUSABLE
            )
        if why := reserved(name):
            raise Failure(why, Exit.UNUSABLE)
    if zones.serving == zones.sandbox:
        raise Failure("the sandbox must be another namespace than the serving one", Exit.UNUSABLE)
    images = tuple(dict.fromkeys(launchers))
    for image in images:
        if not LAUNCHER.match(image):
            raise Failure(f"--launcher {image}: must name a digest, IMAGE@sha256:<64 digits>", Exit.UNUSABLE)
    if len(images) > MAX_LAUNCHERS:
        raise Failure(f"--launcher: at most {MAX_LAUNCHERS}", Exit.UNUSABLE)
    return Asked(zones, images, _floors(floors) if floors else None, _separation(separation), adopt)


def _floors(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-2]),([0-2])", text.replace(" ", ""))
    if not found or int(found[2]) < int(found[1]):
        raise Failure(
            f"--floors {text}: two numbers from 0 to 2, WITHOUT,WITH egress, the second not smaller",
            Exit.UNUSABLE,
        )
    return int(found[1]), int(found[2])


def _separation(text: str) -> Separation | None:
    match text:
        case "":
            return None
        case "TwoPeople" | "OnePersonTwoChannels":
            return text
    raise Failure(f"--separation {text}: TwoPeople or OnePersonTwoChannels", Exit.UNUSABLE)


def printed(wanted: Asked) -> Exit:
    """The manifests as YAML; nothing is asked of any cluster."""
    if not wanted.launchers:
        raise Failure("--launcher IMAGE@sha256:... is needed: only images of the ledger start", Exit.UNUSABLE)
    manifests = (*walls(wanted.zones), *ledgers(wanted.zones, wanted.settings))
    everything = (*manifests, default_policy(wanted.zones.serving))
    print(yaml.safe_dump_all(everything, sort_keys=False), end="")
    return Exit.OK


async def made(session: Session, wanted: Asked) -> Exit:
    """Apply walls, then ledgers and policy where absent. Decisions and condemnations are never touched."""
    out = console()
    await _may_be_zones(session.client, wanted)
    serving, sandbox = ledgers(wanted.zones, wanted.settings)
    there = [await _present(session.client, manifest) for manifest in (serving, sandbox)]
    manifests = walls(wanted.zones)
    for manifest in manifests:
        await session.client.apply(manifest, MANAGER)
    out.print(f"applied {len(manifests)} objects to {wanted.zones.serving} and {wanted.zones.sandbox}")
    out.print(await _ledger(session.client, serving, there[0], wanted.changes()))
    out.print(await _ledger(session.client, sandbox, there[1], wanted.launcher_changes()))
    out.print(await _policy(session.client, wanted.zones.serving))
    return Exit.OK


async def _may_be_zones(client: Client, wanted: Asked) -> None:
    """Raises Failure before anything is changed."""
    zones = wanted.zones
    pair: tuple[tuple[str, ZoneKind], ...] = ((zones.serving, "serving"), (zones.sandbox, "sandbox"))
    for name, kind in pair:
        seen = await place(client, name)
        if wanted.adopt:
            seen = replace(seen, strangers=())
        if why := objection(seen, kind, zones.serving):
            raise Failure(why, Exit.UNUSABLE)


async def _present(client: Client, manifest: Manifest) -> JsonObject | None:
    """The ledger that is there. Raises Failure where one must be made and nothing says of which images."""
    namespace = manifest["metadata"]["namespace"]
    found = await client.get(APPROVAL_LEDGER, namespace, LEDGER_NAME)
    if found is None and not manifest["spec"]["launcherImages"]:
        raise Failure(
            f"namespace {namespace} has no ledger yet: give --launcher IMAGE@sha256:... to make it; "
            "nothing was changed",
            Exit.UNUSABLE,
        )
    return found


async def _ledger(client: Client, manifest: Manifest, found: JsonObject | None, changes: JsonObject) -> str:
    namespace = manifest["metadata"]["namespace"]
    if found is None:
        await client.apply(manifest, MANAGER)
        return f"ledger of {namespace}: made"
    spec = found.get("spec", {})
    new = {key: value for key, value in changes.items() if spec.get(key) != value}
    if not new:
        return f"ledger of {namespace}: kept as it is"
    await client.merge_patch(APPROVAL_LEDGER, namespace, LEDGER_NAME, {"spec": new}, manager=MANAGER)
    return f"ledger of {namespace}: changed {', '.join(sorted(new))}; decisions kept"


async def _policy(client: Client, namespace: str) -> str:
    if await client.get(TOOL_POLICY, namespace, "default") is not None:
        return "ToolPolicy default: kept as it is"
    await client.apply(default_policy(namespace), MANAGER)
    return "ToolPolicy default: made"
