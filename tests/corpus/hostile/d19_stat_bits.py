# category: d19; static: refuse
import os
import stat

def run(path: str) -> dict:
    os.chmod(path, stat.S_ISUID | 0o755)
    return {}
