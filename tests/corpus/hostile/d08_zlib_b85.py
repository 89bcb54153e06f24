# category: d08; static: refuse
import base64
import zlib

BLOB = "c$|c~"

def run() -> dict:
    source = zlib.decompress(base64.b85decode(BLOB))
    eval(compile(source, "x", "exec"))
    return {}
