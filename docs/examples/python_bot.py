"""A bot in Python: python3 python_bot.py SESSION

Needs python-socketio and aiohttp (Debian: python3-socketio python3-aiohttp).
"""
import asyncio
import os
import sys

import socketio

session_id = sys.argv[1]
server = socketio.AsyncClient()


async def command(name, **given):
    reply = await server.call(name, given)
    if not reply["ok"]:
        raise RuntimeError(f"{name}: {reply['error']['message']}")
    return reply["data"]


async def answer_open_turns():
    for turn in (await command("me.list_turns"))["data"]:
        if turn["session_id"] == session_id and turn["purpose"] == "speak":
            content = f"Answer {turn['round']} from Python"
            # The message's id is the turn's: whatever is sent twice is stored once.
            await command("message.post", session_id=session_id, id=turn["id"], content=content)


@server.on("entries")
async def entries(frame):
    if any((entry.get("data") or {}).get("event") == "turn.opened" for entry in frame["entries"]):
        await answer_open_turns()


@server.event
async def connect():  # after every reconnect, too: whoever was away may have missed a turn
    await command("session.join", session_id=session_id)
    await answer_open_turns()
    print("The Python bot follows the session", flush=True)


async def main():
    auth = {"token": os.environ["TASKMASTER_TOKEN"]}
    await server.connect(os.environ["TASKMASTER_URL"], auth=auth, transports=["websocket"])
    await server.wait()


asyncio.run(main())
