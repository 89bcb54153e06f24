"""The code of tools that look into JSON by a path such as `user.tags.0`."""

from __future__ import annotations

CODE = '''
def NAME(value, path):
    """What lies at a path of names and places in lists; None when nothing does."""
    for word in path.split("."):
        if isinstance(value, list) and word.isdigit() and int(word) < len(value):
            value = value[int(word)]
        else:
            value = value.get(word) if isinstance(value, dict) else None
    return value
'''


def path_code(name: str) -> str:
    """The function under the name that the tool's other code calls it by."""
    return CODE.strip("\n").replace("NAME", name)
