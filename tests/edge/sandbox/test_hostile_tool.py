"""Tools that got past the analyser: what they still cannot do to the launcher, to other calls and to the machine."""

import os
import socket
import time

import pytest
from tests.edge.sandbox.launched import free_port, is_nobody, launched, mark, until

TOOL = '''
import ctypes, gc, os, signal, socket, stat, sys, time

def run(do, **more):
    return globals()["do_" + do](**more)

def do_well(): return {"well": True}

def do_sockets():
    """Every descriptor this process holds."""
    found = []
    for fd in [fd for fd in range(0, 1024) if is_open(fd)]:
        mode = os.fstat(fd).st_mode
        kind = "socket" if stat.S_ISSOCK(mode) else "pipe" if stat.S_ISFIFO(mode) else os.readlink(f"/proc/self/fd/{fd}")
        if kind == "socket":
            s = socket.socket(fileno=os.dup(fd))
            kind = f"socket {s.family.name} {s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)}"
        found.append([fd, kind])
    return {"found": found}

def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True

def do_forge(fields):
    """Write an answer of one's own into the conversation."""
    import json, struct
    content = fields.encode()
    os.write(3, struct.pack("!I", len(content)) + content)
    os._exit(0)

def do_promise(length):
    """Promise an answer of this length and send a little, slowly."""
    import struct
    os.write(3, struct.pack("!I", length))
    while True:
        os.write(3, b" ")
        time.sleep(0.01)

def do_flood():
    while True:
        os.write(3, b"\\xff" * 65536)

def do_close(): os.close(3); time.sleep(30)

def do_bomb(number):
    for _ in range(number):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    return {"forked": number}

def do_daemon(marker):
    """Leave the call's group and outlive it."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
        os._exit(0)
    time.sleep(0.1)
    return {"left": True}

def do_no_alarm():
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in range(1, 64):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True: pass

def do_memory_of(pid):
    with open(f"/proc/{pid}/mem", "r+b", 0) as memory:
        with open(f"/proc/{pid}/maps") as maps:
            start = int(next(l for l in maps if "[heap]" in l).split("-")[0], 16)
        memory.seek(start)
        return {"read": len(memory.read(64))}

def do_unlimit():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    return {"size": len(bytearray(1 << 30))}

def do_parent(): return {"parent": os.getppid(), "launcher": int(open(f"/proc/{os.getppid()}/stat").read().split()[3])}

def do_stop_zygote(): os.kill(os.getppid(), signal.SIGSTOP); return {"stopped": True}

def do_kill_zygote(): os.kill(os.getppid(), 9); time.sleep(5)
'''


@pytest.fixture(scope="module")
def tool():
    with launched(TOOL) as tool:
        yield tool


def still_well(tool):
    return tool.call({"do": "well"})["result"] == {"well": True}


def test_it_holds_nothing_but_its_own_conversation(tool):
    """No client's socket, no listening socket, no other call's descriptors: one socket pair and three times silence."""
    found = tool.call({"do": "sockets"})["result"]["found"]
    silence = [[stream, os.devnull] for stream in range(3)]
    assert found == [*silence, [3, "socket AF_UNIX 0"]]


FORGED = {
    "no JSON": "{",
    "a list": "[]",
    "a result that is a list": '{"result":[],"state":{},"memoryKibibytes":1}',
    "a result with something more": '{"result":{},"state":{},"memoryKibibytes":1,"milliseconds":0}',
    "an error only the launcher gives": '{"error":{"type":"Timeout","message":""}}',
    "an error of no known type": '{"error":{"type":"Approved","message":""}}',
    "both a result and an error": '{"error":{"type":"ToolError","message":""},"result":{}}',
    "an error whose text is an object": '{"error":{"type":"ToolError","message":{}}}',
    "nested without end": "[" * 50_000,
    "an endless number": '{"result":{"a":' + "9" * 9_000 + '},"state":{},"memoryKibibytes":1}',
    "nothing": "",
}


@pytest.mark.parametrize("fields", FORGED.values(), ids=FORGED)
def test_a_forged_answer_is_a_crash(tool, fields):
    assert tool.error({"do": "forge", "fields": fields})[0] == "Crashed"
    assert still_well(tool)


SLOW = {
    "an endless answer": {"do": "flood"},
    "an answer that is promised too long": {"do": "promise", "length": 2**32 - 1},
    "an answer that drips": {"do": "promise", "length": 100_000},
    "no answer, its end closed": {"do": "close"},
    "no alarm and deaf to signals": {"do": "no_alarm"},
}


@pytest.mark.parametrize("arguments", SLOW.values(), ids=SLOW)
def test_no_answer_in_time_is_an_error_in_time(tool, arguments):
    spares, began = tool.spares(), time.monotonic()
    assert tool.error(arguments, timeoutSeconds=0.5)[0] in ("Timeout", "Crashed")
    assert time.monotonic() - began < 3
    until(lambda: spares - set(tool.processes()))
    assert still_well(tool)


def test_what_a_call_forked_dies_with_it(tool):
    tool.call({"do": "bomb", "number": 50})
    until(tool.is_idle)
    assert still_well(tool)


def test_what_fled_the_calls_group_dies_too(tool):
    tool.call({"do": "daemon", "marker": "x"})
    until(tool.is_idle)
    assert still_well(tool)


@pytest.mark.skipif(
    not is_nobody(), reason="root may lift limits and read all memory; no container runs as root"
)
class TestWithoutRoot:
    """What holds because the tool's user is nobody in particular."""

    def test_it_cannot_lift_its_own_limits(self, tool):
        assert tool.error({"do": "unlimit"}, memoryMebibytes=64)[0] == "ToolError"

    @pytest.mark.parametrize("whose", ["parent", "launcher"])
    def test_it_cannot_reach_into_the_processes_above_it(self, tool, whose):
        pids = tool.call({"do": "parent"})["result"]
        assert pids == {"parent": tool.zygote, "launcher": tool.process.pid}
        kind, message = tool.error({"do": "memory_of", "pid": pids[whose]})
        assert (kind, "Permission denied" in message) == ("ToolError", True), message


def test_a_tool_that_stops_its_zygote_costs_one_call_and_no_more():
    with launched(TOOL) as tool:
        tool.call({"do": "stop_zygote"}, timeoutSeconds=0.5)
        assert still_well(tool)
        until(tool.is_idle)


AT_IMPORT = """
import os, socket, tempfile
kept = socket.create_server(("127.0.0.1", {port}))
path = {path!r}
for leave in (lambda file: file.write(b"for every later call"), lambda file: file.truncate(4096)):
    try:
        with open(path, "wb", 0) as file:
            leave(file)
    except OSError:
        pass

def run():
    return {{"bytes": os.path.getsize(path) if os.path.exists(path) else 0}}
"""


def test_an_import_leaves_no_content_in_files_and_no_open_descriptors():
    """Calls could map such a file and write to each other; a listening socket would outlive every call."""
    port, path = free_port(), str(mark("left-at-import"))
    with launched(AT_IMPORT.format(port=port, path=path)) as tool:
        assert tool.call()["result"] == {"bytes": 0}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1)


STUCK = """
import cupel_sandbox.zygote
cupel_sandbox.zygote.Zygote._missing = lambda self: 0

def run():
    return {}
"""


def test_a_launcher_that_has_had_no_process_for_a_call_for_long_is_not_healthy():
    """So that the kubelet starts it anew. Fifteen seconds of patience: a busy node may be slow to fork."""
    with launched(STUCK) as tool:
        assert tool.ask("GET", "/healthz")[0] == 200
        assert tool.ask("POST", "/call", {"arguments": {}})[0] == 503
        until(lambda: tool.ask("GET", "/healthz")[0] == 503, 40)


def test_a_tool_that_kills_its_zygote_is_told_to_have_crashed():
    with launched(TOOL) as tool:
        assert tool.error({"do": "kill_zygote"})[0] == "Crashed"
        assert tool.process.wait(15) == 70
