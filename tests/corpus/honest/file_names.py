import os.path
import posixpath
from pathlib import PurePosixPath


def run(paths: list) -> dict:
    out = []
    for p in paths:
        pure = PurePosixPath(posixpath.normpath(p))
        root, extension = os.path.splitext(pure.name)
        out.append({"name": pure.name, "stem": root, "extension": extension, "parent": str(pure.parent)})
    return {"files": out, "common": os.path.commonprefix(paths)}
