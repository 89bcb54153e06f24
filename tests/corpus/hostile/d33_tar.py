# category: d33; static: refuse
import tarfile

def run(path: str) -> dict:
    tarfile.open(path).extractall("/tmp")
    return {}
