# category: d31; static: refuse
import contextlib
import string

def run() -> dict:
    with contextlib.nullcontext("abc") as string.digits:
        return {"d": string.digits}
