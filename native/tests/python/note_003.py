"""The Go program of note 003, line by line, with another language's client (aetcd).

Arguments: the server's port. Prints what the Go program prints, and goes on watching.
"""

import asyncio
import sys

import aetcd

DIAL_TIMEOUT_S = 5
REQUEST_TIMEOUT_S = 10


async def main():
    # 新建一个客户端
    cli = aetcd.Client(
        host="127.0.0.1",
        port=int(sys.argv[1]),
        timeout=REQUEST_TIMEOUT_S,
        connect_wait_timeout=DIAL_TIMEOUT_S,
    )
    async with cli:
        # 写
        await cli.put(b"/test/hello", b"do.......")

        # 读
        kv = await cli.get(b"/test/hello")
        print(f"{kv.key.decode()} => {kv.value.decode()}", flush=True)

        # 事务处理
        await cli.put(b"key", b"xyz")
        succeeded, _ = await cli.transaction(
            compare=[cli.transactions.value(b"key") > b"abc"],
            success=[cli.transactions.put(b"key", b"XYZ")],
            failure=[cli.transactions.put(b"key", b"ABC")],
        )
        # Beyond the Go program, which does not look: was it `>` that was compared?
        kv = await cli.get(b"key")
        print(f"{succeeded} {kv.value.decode()}", flush=True)
        succeeded, _ = await cli.transaction(
            compare=[cli.transactions.value(b"key") > b"abc>"],
            success=[cli.transactions.put(b"key", b"XYZ>")],
            failure=[cli.transactions.put(b"key", b"ABC>")],
        )
        kv = await cli.get(b"key")
        print(f"{succeeded} {kv.value.decode()}", flush=True)

        # 监控
        watch = await cli.watch_prefix(b"/test/hello")
        print("watching", flush=True)
        async for event in watch:
            kind = "PUT" if event.kind == aetcd.EventKind.PUT else "DELETE"
            print(f'{kind} "{event.kv.key.decode()}":"{event.kv.value.decode()}"', flush=True)


asyncio.run(main())
