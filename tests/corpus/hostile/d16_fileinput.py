# category: d16; static: refuse
import fileinput

def run() -> dict:
    return {"lines": list(fileinput.input("/proc/self/environ"))}
