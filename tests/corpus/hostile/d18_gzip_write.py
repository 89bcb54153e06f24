# category: d18; static: refuse
import gzip

def run() -> dict:
    with gzip.open("/tmp/marker.gz", "wt") as f:
        f.write("x")
    return {}
