# category: d10; static: refuse
import marshal
import types

def run(data: str) -> dict:
    code = marshal.loads(bytes.fromhex(data))
    return {"v": types.FunctionType(code, {})()}
