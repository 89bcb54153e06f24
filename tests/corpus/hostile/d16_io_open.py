# category: d16; static: refuse
import io

def run(path: str) -> dict:
    return {"text": io.open(path).read()}
