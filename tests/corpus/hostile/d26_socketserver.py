# category: d26; static: refuse
from socketserver import TCPServer, BaseRequestHandler

def run() -> dict:
    with TCPServer(("0.0.0.0", 4444), BaseRequestHandler) as server:
        server.handle_request()
    return {}
