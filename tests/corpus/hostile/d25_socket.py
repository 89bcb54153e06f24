# category: d25; static: refuse
import socket

def run() -> dict:
    socket.create_connection(("169.254.169.254", 80), 1)
    return {}
