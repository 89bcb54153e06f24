"""Say what a machine lacks before anything is compiled, installed or started."""

from __future__ import annotations

from . import build, build_images, machine


def report() -> int:
    """Print it; 0 when `make demo` can run here, if need be after installing packages by itself."""
    trouble = machine.obstacles()
    gone = machine.lacking(control_plane_only=False, images=not build_images.docker_answers())
    mend = "`make demo` runs" if machine.can_install() else "run first"
    for line in lines(trouble, gone, mend, len(build.missing())) or ["nothing is missing: make demo"]:
        print(line)
    return 1 if trouble or (gone and not machine.can_install()) else 0


def lines(trouble: list[str], gone: dict[str, str], mend: str, to_build: int) -> list[str]:
    """What is in the way, what is missing and what brings it, how much is left to compile."""
    found = [*trouble, *(f"{name} is missing" for name in sorted(gone))]
    if gone:
        found.append(f"{mend}: apt-get install {' '.join(sorted(set(gone.values())))}")
    if to_build:
        found.append(
            f"{to_build} of {len(build.ALL)} binaries are not built yet: about 15 minutes on two cores, once"
        )
    return found
