"""The Go program of note 004 (3.4), line by line, with another language's client (aetcd).

Arguments: the ports of all members.
"""

import asyncio
import sys
import time

import aetcd

DIAL_TIMEOUT_S = 5


async def main():
    # 连接
    # One target with several addresses, as clientv3's list of endpoints.
    *first, last = sys.argv[1:]
    hosts = "".join(f"127.0.0.1:{port}," for port in first)
    cli = aetcd.Client(
        host=f"ipv4:{hosts}127.0.0.1",
        port=int(last),
        timeout=DIAL_TIMEOUT_S,
        connect_wait_timeout=DIAL_TIMEOUT_S,
        # What stands in `:authority` must be one address, see docs/differences.md.
        options={"grpc.default_authority": "127.0.0.1"},
    )
    async with cli:
        print("connect success")

        # 存数据
        start = time.monotonic()
        await cli.put(b"name", b"chris")
        print("put耗时", time.monotonic() - start)

        # 取数据
        start = time.monotonic()
        kv = await cli.get(b"name")
        print("get 耗时:", time.monotonic() - start)

        # 打印数据
        print(f"{kv.key.decode()} : {kv.value.decode()}")


asyncio.run(main())
