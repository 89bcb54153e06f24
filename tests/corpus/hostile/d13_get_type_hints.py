# category: d13; static: refuse
import typing

class Form:
    field: "__import__('os').getcwd()"

def run() -> dict:
    return {"v": str(typing.get_type_hints(Form))}
