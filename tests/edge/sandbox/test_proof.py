"""Properties and mutants, by the harness and the launcher as real processes: what a tool cannot keep is found and told."""

import pytest
from tests.edge.sandbox.launched import launched
from tests.edge.sandbox.test_trial_run import WEATHER, tried, weather

TEXT = {"type": "string", "maxLength": 200}
WHOLE = {"type": "integer", "minimum": -1000, "maximum": 1000}
ANY = {"type": "object"}


def closed(**properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def example(arguments, result, **more):
    return {"kind": "Example", "name": "one", "arguments": arguments, "result": result} | more


def proved(code, given, gives, *trials, seconds=60, egress=(), state="None", **limits):
    """The report of a tool with these schemas."""
    proof = {
        "code": code,
        "inputSchema": given,
        "outputSchema": gives,
        "egress": bool(egress),
        "seconds": seconds,
    }
    planted = {"name": "planted", "arguments": trials[0]["arguments"], "result": {"never": "so"}}
    told = limits | {"proof": proof, "planted": planted}
    return tried(code, list(trials), egress=egress, state=state, **told)


def kinds(report):
    return [case.property for case in report.properties.broken]


WORDS = "def run(text):\n    return {'words': len(text.split())}\n"
COUNTS = closed(words={"type": "integer", "minimum": 0})
TWO = example({"text": "a b"}, {"words": 2})
HALVES = example({"number": 4}, {"half": 2})
HALF = closed(half={"type": "integer"})
NUMBER = closed(number=WHOLE)

# fmt: off
BROKEN = {
    # sentence: code, arguments, results, example, property, what is told
    "a result against its schema": (
        "def run(number):\n    return {'half': number // 2 if number % 2 == 0 else number / 2}\n", NUMBER, HALF, HALVES,
        "OutputSchema", "half must be of type integer"),
    "an error that is a mistake of the code": (
        "def run(number):\n    return {'half': 8 // number}\n", NUMBER, HALF, HALVES, "CleanError", "ZeroDivisionError"),
    "a call that does not end": (
        "def run(number):\n    n = 2 if number == 4 else -1\n    while n < 0:\n        n -= 1\n    return {'half': n}\n", NUMBER, HALF,
        HALVES, "Ends", "took longer than 1 s"),
    "more memory than it may have": (
        "def run(number):\n    return {'half': 2 if number == 4 else len(bytearray(10 ** 9))}\n", NUMBER, HALF, HALVES, "Memory", "memory"),
    "a process that ends itself": (
        "import os\ndef run(number):\n    if number != 4:\n        os._exit(3)\n    return {'half': 2}\n", NUMBER, HALF, HALVES,
        "Survives", "exit code 3"),
    "an answer that is no JSON": (
        "def run(number):\n    return {'half': 2 if number == 4 else {number}}\n", NUMBER, ANY, HALVES, "Result", "not JSON"),
    "another answer the second time": (
        "import random\ndef run(number):\n    return {'half': 2 if number == 4 else random.randrange(10 ** 9)}\n", NUMBER, HALF,
        HALVES, "SameAnswer", "called twice"),
}
# fmt: on


@pytest.mark.parametrize("row", BROKEN.values(), ids=BROKEN)
def test_what_a_tool_promises_and_does_not_keep(row):
    code, given, gives, first, broken, told = row
    report = proved(code, given, gives, first)

    assert (report.passed, report.failed, kinds(report)) == (1, 0, [broken])
    assert told in report.properties.broken[0].message
    assert '"number"' in report.properties.broken[0].arguments


def test_the_case_told_is_small():
    code = "def run(number):\n    if number > 100:\n        return {}\n    return {'half': number // 2}\n"
    report = proved(code, NUMBER, HALF, HALVES)

    assert kinds(report) == ["OutputSchema"]
    assert report.properties.broken[0].arguments in ('{"number": 101}', '{"number": 999}', '{"number": 1000}')


def test_a_good_tool_keeps_its_promises_and_its_trials_notice_changes():
    none = example({"text": ""}, {"words": 0})
    report = proved(WORDS, closed(text=TEXT), COUNTS, TWO, none)

    assert (kinds(report), report.properties.because) == ([], "")
    assert report.properties.calls > 20
    assert report.mutants.killed == report.mutants.tried == report.mutants.total == 2
    assert report.mutants.survivors == ()


def test_a_change_that_nothing_notices_is_told_by_line():
    code = "def run(number):\n    if number > 900:\n        number = 900\n    return {'half': number // 2}\n"
    report = proved(code, NUMBER, HALF, HALVES)

    survivors = [(each.line, each.change) for each in report.mutants.survivors]
    assert (2, "> -> >=") in survivors and (3, "900 -> 901") in survivors
    assert report.mutants.killed < report.mutants.tried == report.mutants.total


def test_a_mutant_that_never_ends_is_noticed():
    code = "def run(number):\n    n = 0\n    while n < number:\n        n += 2\n    return {'half': n // 2}\n"
    report = proved(code, closed(number={"type": "integer", "minimum": 0, "maximum": 50}), HALF, HALVES)

    assert all(each.change != "+ -> -" for each in report.mutants.survivors)
    assert report.mutants.tried == report.mutants.total


def test_a_tool_that_calls_out_is_answered_from_what_was_recorded():
    bern = example(
        {"city": "Bern"}, {"status": 200, "kind": "application/json", "degrees": 21.5}, exchanges=[weather()]
    )
    gives = closed(status={"type": "integer"}, kind={"type": "string"}, degrees={"type": "number"})
    city = {"type": "string", "pattern": "^[A-Za-z]{1,20}$"}
    report = proved(WEATHER, closed(city=city), gives, bern, egress=["api.example.com:443"])

    assert (kinds(report), report.properties.unjudged) == ([], 0)
    assert report.properties.calls > 5
    assert 0 < report.mutants.killed <= report.mutants.tried


def test_without_a_recording_nothing_is_held_against_what_asks_outside():
    code = "def run(ctx, /, city):\n    return {} if city == 'Bern' else {'a': ctx.http.get('https://api.example.com/' + city).json()}\n"
    report = proved(
        code,
        closed(city={"enum": ["Bern", "Rome"]}),
        ANY,
        example({"city": "Bern"}, {}),
        egress=["api.example.com:443"],
    )

    assert (kinds(report), report.properties.unjudged) == ([], 1)


def test_state_begins_empty_for_each_call():
    code = "def run(ctx, /, number):\n    ctx.state['n'] = ctx.state.get('n', 0) + number\n    return {'half': ctx.state['n']}\n"
    kept = example({"number": 4}, {"half": 5}, state={"before": {"n": 1}, "after": {"n": 5}})
    report = proved(code, NUMBER, HALF, kept, state="PerTenant")

    assert kinds(report) == []
    assert report.mutants.tried == report.mutants.total


EIGHT = example({"number": 8}, {"half": 4})
# fmt: off
REMEMBERS = {
    "in its module": (
        "seen = []\ndef run(number):\n    seen.append(number)\n    if len(seen) > 1:\n        return {'half': 'junk'}\n"
        "    return {'half': number // 2}\n"),
    "in a module that all codes share": (
        "import json\ndef run(number):\n    seen = json.__dict__.setdefault('seen', [])\n    seen.append(number)\n"
        "    if len(seen) > 1:\n        return {'half': 'junk'}\n    return {'half': number // 2}\n"),
}
# fmt: on


@pytest.mark.parametrize("code", REMEMBERS.values(), ids=REMEMBERS)
def test_a_tool_that_remembers_calls_is_judged_by_calls_alone(code):
    report = proved(code, NUMBER, HALF, HALVES, EIGHT)

    assert kinds(report) == []
    assert report.mutants.tried == report.mutants.total > 5
    assert (report.mutants.because, report.mutants.obstacle) == ("", "")
    told = [each.change for each in report.mutants.survivors]
    assert "'junk' -> 'junk~'" in told and "// -> *" not in told


def test_code_too_large_to_go_together_goes_alone():
    code = f"TEXT = '{'é' * 60_000}'\ndef run(number):\n    return {{'half': number // 2}}\n"
    report = proved(code, NUMBER, HALF, HALVES)

    assert report.mutants.tried == report.mutants.total == 5
    assert (report.mutants.because, report.mutants.obstacle) == ("", "")


def test_a_tool_that_nobody_can_judge_says_why():
    """It answers served calls alone as its trials want it, by where it was called from."""
    code = "import sys\ndef run(number):\n    caller = sys._getframe(2).f_code.co_name\n    return {'half': 3 if caller == '_answer' and "
    code += "sys._getframe(3).f_code.co_name == '_calls' else 2}\n"
    report = proved(code, NUMBER, HALF, HALVES)

    assert (report.mutants.tried, report.mutants.because) == (0, "")
    assert (
        "unchanged and called once more it fails a trial it has passed (WrongResult: one: "
        in report.mutants.obstacle
    )


def test_a_tool_too_slow_for_its_changes_to_be_tried_says_so():
    """By time of the processor: a busy node takes none of it away. Else whoever wastes time proves nothing."""
    code = "def run(number):\n    n = 0\n    while n < 30_000_000:\n        n += 1\n    return {'half': 2}\n"
    report = proved(code, NUMBER, HALF, HALVES, seconds=3, callSeconds=20)

    assert report.mutants.tried == 0
    assert "its trials take more than 0.5 s of the processor. Let it be quicker" in report.mutants.obstacle


def test_hidden_trials_have_no_part_in_what_an_author_is_told():
    """The change is noticed by them alone, so to their author it lives, as it would were they not there."""
    code = "def run(number):\n    if number == 8:\n        number = number + 0\n    return {'half': number // 2}\n"
    unseen = [EIGHT | {"kind": "HeldOut", "name": "held"}, EIGHT | {"kind": "Test", "name": "check-1"}]
    without, beside = (proved(code, NUMBER, HALF, HALVES, *more) for more in ([], unseen))

    assert "0 -> 1" in [each.change for each in beside.mutants.survivors]
    assert beside.mutants == without.mutants
    assert beside.passed == without.passed + 2


def test_hidden_trials_alone_judge_no_change():
    report = proved(WORDS, closed(text=TEXT), COUNTS, TWO | {"kind": "HeldOut"})

    assert (report.mutants.tried, "no example or test of its own" in report.mutants.obstacle) == (0, True)


def test_a_pattern_that_hangs_is_left_out_and_the_rest_is_judged():
    code = "def run(number):\n    return {'half': number // 2 if number < 900 else 'x', 'text': 'a' * 40 + '!'}\n"
    gives = closed(half={"type": "integer"}, text={"type": "string", "pattern": "^(a+)+$"})
    report = proved(code, NUMBER, gives, example({"number": 4}, {"half": 2, "text": "a" * 40 + "!"}))

    assert kinds(report) == ["OutputSchema"]
    assert "half must be of type integer" in report.properties.broken[0].message
    assert "'^(a+)+$' was not judged" in report.properties.because


def test_failed_trials_are_all_that_is_told():
    report = proved(WORDS, closed(text=TEXT), COUNTS, example({"text": "a b"}, {"words": 3}))

    assert (report.failed, report.properties, report.mutants) == (1, None, None)


def test_time_that_runs_out_is_told_and_nothing_is_invented():
    code = "import time\ndef run(text):\n    time.sleep(0.2)\n    return {'words': len(text.split())}\n"
    report = proved(code, closed(text=TEXT), COUNTS, TWO, seconds=1)

    assert kinds(report) == []
    assert report.mutants.tried <= report.mutants.total


def test_a_schema_nobody_can_draw_from_is_no_fault_of_the_tool():
    report = proved(WORDS, closed(text={"allOf": [{"const": "a"}, {"const": "b"}]}), COUNTS, TWO)

    assert kinds(report) == []
    assert report.properties.because


def test_what_serves_takes_no_other_code():
    with launched(WORDS) as tool:
        status, _ = tool.ask("POST", "/batch", {"codes": [WORDS], "calls": [{"arguments": {"text": "a"}}]})

    assert status == 404


def test_codes_of_one_process_do_not_meet():
    """What a call does to its arguments, its state or its code's own names is nothing to the next code."""
    code = "seen = []\ndef run(ctx, /, given):\n    seen.append(1)\n    given.append(1)\n    ctx.state['n'] = ctx.state.get('n', 0) + 1\n"
    code += "    return {'given': len(given), 'seen': len(seen), 'n': ctx.state['n']}\n"
    endless = "def run(ctx, /, given):\n    while True:\n        given.append(1)\n        given.clear()\n"
    with launched(code, mode="trial") as tool:
        tool.ask("POST", "/start", {})
        body = {
            "codes": [code, endless, code, "def nothing():\n    pass\n"],
            "calls": [{"arguments": {"given": []}}],
            "codeSeconds": 0.2,
        }
        status, told = tool.ask("POST", "/batch", body | {"timeoutSeconds": 60}, 90)

    assert status == 200
    first, late, third, none = told["answers"]
    assert first[0]["result"] == third[0]["result"] == {"given": 1, "seen": 1, "n": 1}
    assert (late["error"]["type"], none["error"]["type"]) == ("Timeout", "ToolError")
