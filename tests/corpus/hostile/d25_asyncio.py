# category: d25; static: refuse
import asyncio

def run() -> dict:
    asyncio.run(asyncio.open_connection("169.254.169.254", 80))
    return {}
