from graphlib import CycleError, TopologicalSorter


def run(dependencies: dict) -> dict:
    sorter = TopologicalSorter(dependencies)
    try:
        sorter.prepare()
    except CycleError as error:
        return {"ok": False, "cycle": error.args[1], "stages": []}
    stages = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        stages.append(ready)
        sorter.done(*ready)
    return {"ok": True, "cycle": [], "stages": stages}
