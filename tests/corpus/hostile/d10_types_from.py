# category: d10; static: refuse
from types import CodeType, FunctionType

def run() -> dict:
    return {"v": [str(CodeType), str(FunctionType)]}
