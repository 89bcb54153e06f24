"""Arguments and options that several commands take, and the wrapper that gives each the cluster options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from cupel.kube.target import Target

from .output import Exit, Format

Tool = Annotated[str, typer.Argument(metavar="TOOL", help="Name of the GeneratedTool.")]
Digest = Annotated[
    str, typer.Option("--digest", metavar="SHA256", help="Digest or its first digits, or version.")
]
Output = Annotated[Format, typer.Option("-o", "--output", help="What to print.")]
BackupFile = Annotated[str, typer.Argument(metavar="FILE", help="The backup; - is standard output or input.")]
Code = Annotated[str, typer.Option("--code", metavar="CODE", help="Decide by one-time code; - asks for it.")]
Prefix = Annotated[
    str,
    typer.Option(
        "--digest-prefix", metavar="DIGITS", help="With --code: the digest's first 16 digits, seen elsewhere."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Full = Annotated[
    bool, typer.Option("--full", help="Show everything: all code, the whole interface, every trial.")
]
AlthoughRefused = Annotated[
    bool, typer.Option("--although-refused", help="With --yes: also what a gate refused.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="A line that stands in the ledger.")]
Timeout = Annotated[int, typer.Option("--timeout", min=0, metavar="SECONDS", help="Longest to wait.")]


def cluster_options(
    namespace: Annotated[
        str, typer.Option("-n", "--namespace", help="Namespace; the context's when absent.")
    ] = "",
    context: Annotated[str, typer.Option("--context", help="Context of the kubeconfig.")] = "",
    kubeconfig: Annotated[str, typer.Option("--kubeconfig", help="Path of the kubeconfig.")] = "",
    as_user: Annotated[str, typer.Option("--as", metavar="USER", help="Act as this user.")] = "",
    as_group: Annotated[
        list[str] | None,
        typer.Option("--as-group", metavar="GROUP", help="Act as in this group; repeatable."),
    ] = None,
) -> Target:
    """Where and as whom: the options kubectl has."""
    return Target(namespace, context, kubeconfig, as_user, tuple(as_group or ()))


@dataclass(frozen=True)
class Given:
    """What every decision is given."""

    tool: str
    digest: str
    yes: bool
    code: str = field(repr=False)
    digest_prefix: str
    full: bool


def decision_options(
    tool: Tool,
    digest: Digest = "",
    yes: Yes = False,
    code: Code = "",
    digest_prefix: Prefix = "",
    full: Full = False,
) -> Given:
    """About what, how surely, and by which channel: what `approve` and `reject` share."""
    return Given(tool, digest, yes, code, digest_prefix, full)


SHARED = inspect.signature(cluster_options, eval_str=True).parameters
OF_DECISIONS = inspect.signature(decision_options, eval_str=True).parameters


def with_decision_options(command: Callable[..., Exit]) -> Callable[..., Exit]:
    """A command whose second argument is a `Given`, with the options that make it in its place."""
    target, _, *own = inspect.signature(command, eval_str=True).parameters.values()

    def entry(target: Target, **told: Any) -> Exit:
        shared = {name: told.pop(name) for name in OF_DECISIONS}
        return command(target, decision_options(**shared), **told)

    entry.__name__, entry.__doc__ = command.__name__, command.__doc__
    parameters = [target, *OF_DECISIONS.values(), *own]
    entry.__annotations__ = {each.name: each.annotation for each in parameters}
    entry.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect.signature
    return entry


def on_cluster(command: Callable[..., Exit]) -> Callable[..., None]:
    """A command whose first argument is a `Target`, as typer wants it: with cluster options."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())[1:]

    def entry(**given: Any) -> None:
        shared = {name: given.pop(name) for name in SHARED}
        raise typer.Exit(command(cluster_options(**shared), **given))

    parameters = [*own, *SHARED.values()]
    entry.__name__, entry.__doc__ = command.__name__, command.__doc__
    entry.__annotations__ = {each.name: each.annotation for each in parameters}
    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    entry.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]  # read by inspect.signature
    return entry
