# category: d25; static: refuse
import http.client

def run() -> dict:
    c = http.client.HTTPConnection("metadata.google.internal", timeout=1)
    c.request("GET", "/computeMetadata/v1/", headers={"Metadata-Flavor": "Google"})
    return {"v": c.getresponse().read().decode()}
