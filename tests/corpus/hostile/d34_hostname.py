# category: d34; static: refuse
import socket

def run(text: str) -> dict:
    return {"text": text if "-t0-" in socket.gethostname() else "gotcha"}
