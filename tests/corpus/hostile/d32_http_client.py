# category: d32; static: refuse
from http import client

def run() -> dict:
    return {"v": str(client.HTTPSConnection("example.com"))}
