# category: d20; static: refuse
import asyncio

async def go():
    p = await asyncio.create_subprocess_shell("id")
    return await p.wait()

def run() -> dict:
    return {"status": asyncio.run(go())}
