"""`serve`, as the gateway meets it: calls, errors, limits, and leaving without a failed call."""

import json
import os
import select
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.edge.sandbox.launched import (
    DEADLINE,
    bundle_of,
    free_port,
    launched,
    mark,
    public_file,
    start,
    until,
)

from cupel_sandbox.zygote import SPARES

TOOL = """
import json, math, os, re, signal, sys, time

seen = []

class Unhappy(Exception):
    pass

class Riddle(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")

def run(ctx, /, do, **more):
    return globals()["do_" + do](ctx, **more)

def do_count(ctx, text): return {"words": len(text.split())}
def do_raise(ctx, name, text=""): raise {"ValueError": ValueError, "KeyError": KeyError, "Unhappy": Unhappy,
    "Riddle": Riddle, "SystemExit": SystemExit, "KeyboardInterrupt": KeyboardInterrupt}[name](*([text] if text else []))
def do_spin(ctx):
    while True: pass
def do_sleep(ctx, seconds, mark=os.devnull): open(mark, "a").close(); time.sleep(seconds); return {}
def do_stubborn(ctx):
    while True:
        try:
            while True: pass
        except BaseException: pass
def do_regex(ctx): return {"found": bool(re.match(r"(a+)+$", "a" * 64 + "b"))}
def do_hog(ctx): return {"n": len([bytearray(1 << 20) for _ in range(4096)])}
def do_one_hog(ctx): return {"n": len(bytearray(1 << 33))}
def do_text(ctx, size): return {"text": "x" * size}
def do_give(ctx, what): return eval(what)
def do_remember(ctx, amount): ctx.state["total"] = ctx.state.get("total", 0) + amount; return {"total": ctx.state["total"]}
def do_fill(ctx, size): ctx.state["x"] = "x" * size; return {}
def do_spoil(ctx): ctx.state = []; return {}
def do_leak(ctx): seen.append(1); sys.modules["json"].leaked = True; return {"seen": len(seen)}
def do_leaked(ctx): return {"seen": len(seen), "patched": hasattr(json, "leaked")}
def do_print(ctx, size): print("x" * size); sys.stderr.write("y" * size); return {"printed": size}
def do_write(ctx):
    with open("/tmp/cupel-test-write", "w") as f: f.write("x")
    return {}
def do_kill(ctx, number): os.kill(os.getpid(), number); return {}
def do_exit(ctx): os._exit(3)
def do_recurse(ctx): return do_recurse(ctx)
def do_deep(ctx):
    value = []
    for _ in range(100000): value = [value]
    return {"deep": value}
def do_cycle(ctx):
    value = {}
    value["self"] = value
    return value
def do_stdin(ctx): return {"read": sys.stdin.read()}
def do_pid(ctx): return {"pid": os.getpid()}
"""


@pytest.fixture(scope="module")
def tool():
    with launched(TOOL) as tool:
        yield tool


def test_a_call_is_answered_with_what_it_took(tool):
    told = tool.call({"do": "count", "text": "to be or not"})
    assert (told["result"], told["state"]) == ({"words": 4}, {})
    assert 0 <= told["milliseconds"] < 5_000
    assert 1_000 < told["memoryKibibytes"] < 200_000


def test_it_says_that_it_is_well_and_what_it_is(tool):
    assert tool.ask("GET", "/healthz") == (200, {"status": "ok"})
    _, sha256 = bundle_of(TOOL)
    status, told = tool.ask("GET", "/definition")
    assert (status, told["digest"], told["toolName"]) == (200, f"sha256-{sha256}", "tried")
    assert set(told) == {"digest", "tool", "toolName", "description", "inputSchema", "outputSchema"}


RAISED = {
    "a ValueError is its text": ({"name": "ValueError", "text": "empty text"}, "empty text"),
    "an exception of the tool's own is its text": ({"name": "Unhappy", "text": "sad"}, "sad"),
    "a KeyError is named, its text alone is a riddle": ({"name": "KeyError", "text": "x"}, "KeyError: 'x'"),
    "an exception without text is its name": ({"name": "ValueError"}, "ValueError"),
    "an exception whose text raises is its name": ({"name": "Riddle"}, "Riddle"),
    "leaving is an error like any other": ({"name": "SystemExit", "text": "bye"}, "SystemExit: bye"),
    "so is an interrupt": ({"name": "KeyboardInterrupt"}, "KeyboardInterrupt"),
    "a long text is cut": ({"name": "ValueError", "text": "x" * 5_000}, "x" * 1_000),
    "half a character is replaced": ({"name": "ValueError", "text": "a\ud800"}, "a?"),
}


@pytest.mark.parametrize(("more", "message"), RAISED.values(), ids=RAISED)
def test_what_the_tool_raises_is_told(tool, more, message):
    assert tool.error({"do": "raise"} | more) == ("ToolError", message)


def test_wrong_arguments_are_the_tools_error(tool):
    kind, message = tool.error({"do": "count", "nonsense": 1})
    assert (kind, message.partition(":")[0]) == ("ToolError", "TypeError")


@pytest.mark.parametrize("do", ["spin", "stubborn", "regex"])
def test_a_call_without_end_is_ended(tool, do):
    spares, began = tool.spares(), time.monotonic()
    assert tool.error({"do": do}, timeoutSeconds=0.5) == ("Timeout", "the call took longer than 0.5 s")
    assert time.monotonic() - began < 2.5
    until(lambda: spares - set(tool.processes()))


BAD_RESULTS = {
    "a list": ("[]", "BadResult"),
    "nothing": ("None", "BadResult"),
    "a generator": ("(x for x in [])", "BadResult"),
    "a dict with a set": ("{'a': {1}}", "BadResult"),
    "a dict with bytes": ("{'a': b''}", "BadResult"),
    "a dict with NaN": ("{'a': math.nan}", "BadResult"),
    "a dict with half a character": ("{'a': chr(0xd800)}", "BadResult"),
    "a key that is a tuple": ("{(1, 2): 3}", "BadResult"),
    "an endless whole number": ("{'a': 10 ** 10000}", "BadResult"),
}


@pytest.mark.parametrize(("what", "kind"), BAD_RESULTS.values(), ids=BAD_RESULTS)
def test_what_is_no_json_object_is_refused(tool, what, kind):
    assert tool.error({"do": "give", "what": what})[0] == kind


ENDS = {
    "a result nested too deeply": ({"do": "deep"}, "BadResult"),
    "a result inside itself": ({"do": "cycle"}, "BadResult"),
    "a recursion": ({"do": "recurse"}, "ToolError"),
    "state that is no object": ({"do": "spoil"}, "BadResult"),
    "a process that exits": ({"do": "exit"}, "Crashed"),
    "a segmentation fault": ({"do": "kill", "number": 11}, "Crashed"),
    "a kill, as the kernel does when memory runs out": ({"do": "kill", "number": 9}, "OutOfMemory"),
    "many small allocations": ({"do": "hog"}, "OutOfMemory"),
    "one huge allocation": ({"do": "one_hog"}, "OutOfMemory"),
    "a result over 256 KiB": ({"do": "text", "size": 262_144}, "TooLarge"),
    "state over 64 KiB": ({"do": "fill", "size": 65_536}, "TooLarge"),
    "writing a file": ({"do": "write"}, "ToolError"),
}


@pytest.mark.parametrize(("arguments", "kind"), ENDS.values(), ids=ENDS)
def test_every_bad_end_has_its_name_and_the_next_call_is_served(tool, arguments, kind):
    assert tool.error(arguments, memoryMebibytes=64)[0] == kind
    assert tool.call({"do": "count", "text": "still here"})["result"] == {"words": 2}


def test_a_result_just_below_the_bound_passes(tool):
    size = 262_144 - len('{"text":""}')
    assert len(tool.call({"do": "text", "size": size})["result"]["text"]) == size


def test_state_goes_in_and_out_and_is_kept_nowhere(tool):
    assert tool.call({"do": "remember", "amount": 2}, state={"total": 3})["state"] == {"total": 5}
    assert tool.call({"do": "remember", "amount": 2})["state"] == {"total": 2}


def test_a_tool_without_the_permission_has_no_state():
    with launched(TOOL, state="None") as tool:
        told = tool.call({"do": "remember", "amount": 2}, state={"total": 3})
        assert (told["result"], told["state"]) == ({"total": 2}, {})


def test_nothing_of_one_call_is_seen_by_the_next(tool):
    assert tool.call({"do": "leak"})["result"] == {"seen": 1}
    assert tool.call({"do": "leaked"})["result"] == {"seen": 0, "patched": False}


def test_every_call_has_a_process_of_its_own(tool):
    pids = [tool.call({"do": "pid"})["result"]["pid"] for _ in range(20)]
    assert len(set(pids)) == 20


def test_a_spare_that_is_killed_while_it_waits_costs_no_call(tool):
    spares = tool.spares()
    for pid in spares:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not spares & set(tool.processes()))
    assert tool.call({"do": "count", "text": "a"})["result"] == {"words": 1}


def test_what_a_tool_prints_is_nobodys_answer(tool):
    assert tool.call({"do": "print", "size": 2_000_000})["result"] == {"printed": 2_000_000}
    assert tool.call({"do": "stdin"})["result"] == {"read": ""}


def test_calls_run_beside_each_other(tool):
    began = time.monotonic()
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda _: tool.call({"do": "sleep", "seconds": 0.5}), range(8)))
    assert time.monotonic() - began < 2
    assert [told["result"] for told in answers] == [{}] * 8


def test_the_ninth_call_is_told_to_come_back(tool):
    with ThreadPoolExecutor(8) as callers:
        running = [callers.submit(tool.call, {"do": "sleep", "seconds": 2}) for _ in range(8)]
        until(lambda: len(tool.processes()) == 1 + 8 + SPARES)
        status, told = tool.ask("POST", "/call", {"arguments": {"do": "pid"}})
        assert (status, told["error"]["type"]) == (503, "Busy")
        assert all(call.result()["result"] == {} for call in running)
    assert tool.call({"do": "count", "text": "a"})["result"] == {"words": 1}


def raw(tool, data, seconds=DEADLINE):
    """Status line of a request sent as it is."""
    with socket.create_connection(("127.0.0.1", tool.port), seconds) as connection:
        connection.sendall(data)
        connection.settimeout(seconds)
        return connection.recv(200).split(b"\r\n")[0]


def posted(body, *headers):
    head = "\r\n".join(("POST /call HTTP/1.1", "Host: t", *headers, "", ""))
    return head.encode() + body


MALFORMED = {
    "no JSON": (posted(b"{", "Content-Length: 1"), b"400"),
    "a list": (posted(b"[]", "Content-Length: 2"), b"400"),
    "no arguments": (posted(b"{}", "Content-Length: 2"), b"400"),
    "no length": (posted(b""), b"400"),
    "a length that is no number": (posted(b"", "Content-Length: x"), b"400"),
    "a negative length": (posted(b"", "Content-Length: -1"), b"400"),
    "a chunked body": (posted(b"0\r\n\r\n", "Transfer-Encoding: chunked"), b"400"),
    "two lengths of which one is chunked": (
        posted(b"0\r\n\r\n", "Content-Length: 2", "Transfer-Encoding: chunked"),
        b"400",
    ),
    "more than 1 MiB": (posted(b"", "Content-Length: 1048577"), b"413"),
    "an endless length": (posted(b"", "Content-Length: " + "9" * 40), b"413"),
    "nested without end": (posted(b"[" * 100_000, "Content-Length: 100000"), b"400"),
    "an endless number": (
        posted(b'{"arguments":{"a":' + b"9" * 9_000 + b"}}", "Content-Length: 9020"),
        b"400",
    ),
    "no such path": (b"POST /exec HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", b"404"),
    "no such page": (b"GET /probe HTTP/1.1\r\n\r\n", b"404"),
    "no such method": (b"DELETE /call HTTP/1.1\r\n\r\n", b"501"),
    "no HTTP": (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
    "a line without end": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
    "headers without end": (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"431"),
}


@pytest.mark.parametrize(("data", "status"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused(tool, data, status):
    line = raw(tool, data)
    assert status in line or (status == b"400" and b"Bad request" in line), line
    assert tool.ask("GET", "/healthz")[0] == 200


FIELDS = {
    "an unknown field": ({"arguments": {}, "environment": {}}, "unknown field 'environment'"),
    "arguments as a list": ({"arguments": []}, "arguments must be a JSON object"),
    "state as text": ({"arguments": {}, "state": ""}, "state must be a JSON object"),
    "no time": ({"arguments": {}, "timeoutSeconds": 0}, "timeoutSeconds must be"),
    "time as text": ({"arguments": {}, "timeoutSeconds": "5"}, "timeoutSeconds must be"),
    "time as truth": ({"arguments": {}, "timeoutSeconds": True}, "timeoutSeconds must be"),
    "time without end": ({"arguments": {}, "timeoutSeconds": 1e9}, "timeoutSeconds must be"),
    "memory without end": ({"arguments": {}, "memoryMebibytes": 10**9}, "memoryMebibytes must be"),
    "half a mebibyte": ({"arguments": {}, "memoryMebibytes": 0.5}, "memoryMebibytes must be"),
    "a proxy by file": ({"arguments": {}, "proxy": "file:///etc"}, "proxy must be"),
}


@pytest.mark.parametrize(("body", "message"), FIELDS.values(), ids=FIELDS)
def test_a_wrong_field_is_named(tool, body, message):
    status, told = tool.ask("POST", "/call", body)
    assert (status, told["error"]["type"]) == (400, "BadRequest")
    assert told["error"]["message"].startswith(message)


def test_a_connection_is_kept_for_further_calls(tool):
    body = json.dumps({"arguments": {"do": "count", "text": "a"}}).encode()
    request = posted(body, f"Content-Length: {len(body)}")
    with socket.create_connection(("127.0.0.1", tool.port), DEADLINE) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert connection.recv(4_096).endswith(b"}")


def test_a_caller_that_goes_away_leaves_nothing_behind(tool):
    spares, called = tool.spares(), mark("gone-away")
    body = json.dumps({"arguments": {"do": "sleep", "seconds": 0.5, "mark": str(called)}}).encode()
    with socket.create_connection(("127.0.0.1", tool.port), DEADLINE) as connection:
        connection.sendall(posted(body, f"Content-Length: {len(body)}"))
        until(called.exists)
    until(lambda: spares - set(tool.processes()))
    assert tool.ask("GET", "/healthz")[0] == 200


def test_it_leaves_politely():
    """Calls go on without one failing until the launcher is told, and for two seconds more; those under way end well."""
    with launched(TOOL) as tool, ThreadPoolExecutor(1) as beside:
        called = mark("slow")
        slow = beside.submit(tool.call, {"do": "sleep", "seconds": 3, "mark": str(called)})
        until(called.exists)
        os.killpg(
            tool.process.pid, signal.SIGTERM
        )  # the whole group, as a terminal does; the kubelet tells one
        began = time.monotonic()
        while time.monotonic() - began < 1.8:
            assert tool.call({"do": "count", "text": "a b"})["result"] == {"words": 2}
        assert slow.result()["result"] == {}
        assert tool.process.wait(DEADLINE) == 0
        assert time.monotonic() - began > 2


def test_while_leaving_it_turns_kept_connections_away():
    with launched(TOOL) as tool:
        tool.process.send_signal(signal.SIGTERM)
        until(lambda: b"Connection: close" in healthz(tool), 1.8)


def healthz(tool):
    with socket.create_connection(("127.0.0.1", tool.port), DEADLINE) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        return connection.recv(4_096)


NOT_IMPORTED = {
    "a syntax error": ("def run(:\n    pass\n", "line 1: SyntaxError"),
    "a name that is not there": ("import json\n\nx = y\n\ndef run(): return {}\n", "line 3: NameError"),
    "a module that is not there": (
        "import no_such_module\ndef run(): return {}\n",
        "line 1: ModuleNotFoundError",
    ),
    "no run": ("def walk(): return {}\n", "the module defines no function run()"),
    "run that is no function": ("run = 3\n", "the module defines no function run()"),
    "a NUL": ("def run(): return {}\n\0", "null bytes"),
    "exit": ("raise SystemExit(0)\n", "line 1: SystemExit"),
    "an end without words": ("import os\nos._exit(0)\n", "the import ended the process"),
    "memory": ("x = bytearray(1 << 40)\ndef run(): return {}\n", "line 1: MemoryError"),
}


@pytest.mark.parametrize(("code", "message"), NOT_IMPORTED.values(), ids=NOT_IMPORTED)
def test_code_that_cannot_be_imported_is_told_and_ends_it(code, message):
    content, sha256 = bundle_of(code)
    process = start(
        "serve",
        "--bundle",
        public_file("bundle.json", content),
        "--sha256",
        sha256,
        "--port",
        str(free_port()),
    )
    _, told = process.communicate(timeout=DEADLINE)
    assert (process.returncode, message in told) == (65, True), told


def test_another_bundle_than_the_approved_exits_78():
    content, sha256 = bundle_of(TOOL)
    process = start("serve", "--bundle", public_file("bundle.json", content + b" "), "--sha256", sha256)
    _, told = process.communicate(timeout=DEADLINE)
    assert (process.returncode, "is not the approved bundle" in told) == (78, True)


def test_a_port_that_is_taken_exits_71():
    content, sha256 = bundle_of(TOOL)
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = start(
            "serve", "--bundle", public_file("b.json", content), "--sha256", sha256, "--port", port
        )
        _, told = process.communicate(timeout=DEADLINE)
    assert process.returncode == 71
    assert told == f"cupel_sandbox: port {port} cannot be listened on: Address already in use\n"


def test_who_comes_early_waits_until_the_tool_is_imported():
    with launched("import time\ntime.sleep(1)\ndef run(): return {}\n") as tool:
        assert tool.ask("GET", "/healthz") == (200, {"status": "ok"})


USAGE = {
    "no mode": (),
    "an unknown mode": ("run",),
    "no hash": ("serve", "--bundle", "b"),
    "an unknown option": ("validate", "--tests", "t", "--pass"),
    "a port that is none": ("serve", "--bundle", "b", "--sha256", "0", "--port", "x"),
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_wrong_usage_exits_64(arguments):
    process = start(*arguments)
    process.communicate(timeout=DEADLINE)
    assert process.returncode == 64


def test_a_lost_zygote_ends_the_launcher_and_the_call_is_told():
    with launched(TOOL) as tool, ThreadPoolExecutor(1) as beside:
        called = mark("orphan")
        call = beside.submit(tool.error, {"do": "sleep", "seconds": 5, "mark": str(called)})
        until(called.exists)
        os.kill(tool.zygote, signal.SIGKILL)
        assert call.result() == ("Crashed", "the tool's process was lost")
        assert tool.process.wait(DEADLINE) == 70


def test_connections_beyond_the_bound_are_closed_and_the_rest_live_on(tool):
    opened = [socket.create_connection(("127.0.0.1", tool.port), DEADLINE) for _ in range(100)]
    try:
        until(lambda: len(select.select(opened, [], [], 0)[0]) == 36)
    finally:
        for connection in opened:
            connection.close()
    until(lambda: works(tool))


def works(tool):
    try:
        return tool.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False
