"""`template` and `skill` on a command line: what is printed can be applied, what is wrong is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.cli.app import app
from cupel.cli.output import Failure
from cupel.cli.skill import write
from cupel.templates.catalogue import TEMPLATES, make
from cupel.templates.skill import skill_files

MAKE = ("template", "make")


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(args))
    return result.exit_code, result.stdout, result.stderr


def test_all_templates_are_listed() -> None:
    code, out, _ = run("template", "list", "-o", "json")
    assert code == 0
    assert [each["name"] for each in json.loads(out)["items"]] == list(TEMPLATES)
    assert all(name in run("template", "list")[1] for name in TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_shows_its_parameters_and_an_example(name: str) -> None:
    code, out, _ = run("template", "show", name, "-o", "json")
    shown = json.loads(out)
    assert code == 0
    assert shown["example"] == TEMPLATES[name].example
    assert set(shown["parameters"]["properties"]) >= {"description", "arguments", *shown["example"]}
    assert all(
        parameter in run("template", "show", name)[1] for parameter in shown["parameters"]["properties"]
    )


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_made_is_the_tool_that_the_template_makes(name: str, form: str) -> None:
    given = [f"{key}={json.dumps(value)}" for key, value in TEMPLATES[name].example.items()]
    flags = [flag for each in given for flag in ("-p", each)]
    code, out, _ = run(*MAKE, name, "--name", "mine", "--policy", "strict", "-o", form, *flags)
    tool = GeneratedTool.parse(yaml.safe_load(out))
    draft = make(name, TEMPLATES[name].example)

    assert code == 0
    assert (tool.name, tool.spec.policy_ref.name) == ("mine", "strict")
    assert bundle_of(tool).code == draft.code
    assert (tool.spec.examples, tool.spec.tests, tool.spec.permissions) == (
        draft.examples,
        draft.tests,
        draft.permissions,
    )


def test_a_value_that_is_no_json_is_text() -> None:
    _, out, _ = run(*MAKE, "tracker", "-p", "what=water", "-p", "unit=ml", "-p", "goal=2000")
    assert "Keep track of water in ml" in yaml.safe_load(out)["spec"]["description"]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        pytest.param((*MAKE, "nope"), 2, "there is no template nope; there are", id="no such template"),
        pytest.param(("template", "show", "nope"), 2, "there is no template nope", id="nothing to show"),
        pytest.param((*MAKE, "tracker", "-p", "what"), 2, "must be KEY=VALUE", id="no value"),
        pytest.param((*MAKE, "tracker", "-p", "goal=-1"), 1, "tracker: `goal", id="a wrong value"),
        pytest.param(
            (*MAKE, "tracker", "-p", "goals=1"),
            1,
            "`goals`: there is no such parameter; there are description, arguments, what",
            id="a slip of the pen",
        ),
        pytest.param((*MAKE, "tracker", "--name", "Mine!"), 2, "--name Mine!: must be", id="a wrong name"),
        pytest.param((*MAKE, "tracker", "--policy", "a_b"), 2, "--policy a_b: must be", id="a wrong policy"),
    ],
)
def test_what_is_wrong_is_one_line(args: tuple[str, ...], code: int, says: str) -> None:
    got, out, err = run(*args)
    assert (got, out) == (code, "")
    assert says in err and err.count("\n") == 1


def test_a_list_that_is_given_as_one_value_says_how_it_is_written() -> None:
    code, _, said = run(*MAKE, "statistics", "-p", "measures=mean")
    assert (code, said.count("\n")) == (1, 1)
    assert "`measures`: must be a list, in brackets: -p 'measures=[\"mean\"]'" in said
    assert run(*MAKE, "statistics", "-p", 'measures=["mean"]')[0] == 0


def test_nothing_is_cut_where_no_person_reads_along() -> None:
    assert all("…" not in run("template", "show", name)[1] for name in TEMPLATES)


def test_a_skill_is_written_into_its_folder_and_anew(tmp_path: Path) -> None:
    files = skill_files(make("statistics", {}), "statistics")
    for _ in range(2):
        write(files, tmp_path / "statistics")
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.md")} == {
        f"statistics/{path}" for path in files
    }


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "statistics").write_text("a file is here")
    with pytest.raises(Failure, match="statistics"):
        write({"SKILL.md": "x"}, tmp_path / "statistics")
