# category: d03; static: refuse
import ast
import copy

def run() -> dict:
    node = ast.Name(**{"__reduce_ex__": lambda p: (dict, (), (None, {"x": 1}))})
    return {"v": str(copy.copy(node))}
