# category: d33; static: refuse
import tempfile

def run(name: str) -> dict:
    with tempfile.NamedTemporaryFile(prefix="../" + name) as f:
        return {"name": f.name}
