"""A canary beside what serves: real launchers, calls under way all the while."""

from __future__ import annotations

from .conftest import RunningGateway, until
from .test_revision_metrics import RUNS, moody, samples
from .test_rollout import Load, version
from .zone import Zone


async def test_both_revisions_answer_and_are_counted_apart(zone: Zone, gateway: RunningGateway) -> None:
    old = await zone.publish(version(1))
    new = zone.propose(version(2))
    zone.approve(new.digest())
    await gateway.listed("word-count")
    await zone.launch(new)

    async with Load(gateway) as load:
        await load.answered(1)
        zone.share(version(1), old, new, 50)
        await load.answered(2)
        await load.answered(1)

    found = samples((await gateway.get("/metrics"))[1])
    assert load.failures == []
    assert {digest for name, verdict, digest in found if (name, verdict) == (RUNS, "ok")} == {
        digest.digest().removeprefix("sha256-")[:40] for digest in (old, new)
    }


async def test_a_canary_whose_pod_is_gone_costs_no_call(zone: Zone, gateway: RunningGateway) -> None:
    old = await zone.publish(version(1))
    new = zone.propose(version(2))
    zone.approve(new.digest())
    await gateway.listed("word-count")
    pod = await zone.launch(new)

    async with Load(gateway) as load:
        zone.share(version(1), old, new, 50)
        await load.answered(2)
        await pod.end()
        await load.answered(1, 50)

    assert load.failures == []


async def test_a_condemned_canary_gets_no_call_though_the_status_names_it(
    zone: Zone, gateway: RunningGateway
) -> None:
    old = await zone.publish(version(1))
    new = zone.propose(version(2))
    zone.approve(new.digest())
    await gateway.listed("word-count")
    await zone.launch(new)
    zone.share(version(1), old, new, 50)

    async with Load(gateway) as load:
        await load.answered(2)
        zone.condemn(new.digest())

        async def alone() -> bool:
            before = load.answers[2]
            await load.answered(1, 60)
            return load.answers[2] == before

        await until(alone, "sixty calls of what serves, and none of the condemned one", 20)

    assert load.failures == []


async def test_who_chooses_the_revision_says_nothing_about_it_beside_a_canary(
    zone: Zone, gateway: RunningGateway
) -> None:
    """Else one agent makes what serves look as bad as the canary, and a bad canary passes as an incident of both."""
    old = await zone.publish(moody())
    new = zone.propose(moody(2))
    zone.approve(new.digest())
    await zone.launch(new)

    async def failed() -> float:
        await gateway.call("moody@1.0.0", {"how": "raise"})
        found = samples((await gateway.get("/metrics"))[1])
        return sum(
            value for (name, verdict, _), value in found.items() if (name, verdict) == (RUNS, "failed")
        )

    async def counts() -> bool:
        return await failed() > 0

    zone.serve(moody(), old, version="1.0.0")
    await until(counts, "a call that names the version is evidence while nothing is beside it")
    zone.share(moody(), old, new, 50, version="1.0.0")
    catalogue = gateway.application.catalogue

    async def beside() -> bool:
        entry = catalogue.current("tools", "moody")
        return entry is not None and entry.canary is not None

    await until(beside, "the canary gets calls")
    before = await failed()
    assert [await failed() for _ in range(5)] == [before] * 5
