"""A bare client of a WiFi Connect: it does as it is told, right or wrong."""

import asyncio
from collections import deque
from typing import Self

from simulator.wifi_connect import WifiConnect
from simulator.wifi_framing import Deframer, frame

HOME = "686F6D65"
TOKEN = "AB" * 32


class Client:
    """A connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep the streams."""
        self.reader = reader
        self.writer = writer
        self.pushed: list[str] = []
        self._deframer = Deframer()
        self._bodies: deque[str] = deque()

    @classmethod
    async def connect(cls, wifi: WifiConnect) -> Self:
        """Connect, and no more."""
        return cls(*await asyncio.open_connection(wifi.host, wifi.port))

    @classmethod
    async def log_in(cls, wifi: WifiConnect) -> Self:
        """Connect, and log in as a client that was paired before."""
        wifi.tokens.setdefault(HOME, TOKEN)
        client = await cls.connect(wifi)
        assert await client.ask(f"@HP:{wifi.pin},{HOME},{wifi.tokens[HOME]}") == "@hp4"
        return client

    def send(self, body: str, *, key: int = 0x42, complete: bool = True) -> None:
        """Send a frame."""
        self.writer.write(frame(body, key, complete=complete))

    async def receive(self, timeout: float = 5) -> str | None:
        """Return the next frame, or None if there is none; raise ConnectionError when it was reset or closed."""
        try:
            async with asyncio.timeout(timeout):
                while not self._bodies:
                    data = await self.reader.read(4096)
                    if not data:
                        raise EOFError
                    self._bodies += [received.body.decode("latin-1") for received in self._deframer.feed(data)]
        except TimeoutError:
            return None
        return self._bodies.popleft()

    async def answer(self, timeout: float = 5) -> str | None:
        """Return the next frame that isn't pushed."""
        end = asyncio.get_running_loop().time() + timeout
        while (left := end - asyncio.get_running_loop().time()) > 0:
            body = await self.receive(left)
            if body is None or body[0] != "@" or not body[1:3].isupper():
                return body
            self.pushed.append(body)
        return None

    async def ask(self, body: str, *, complete: bool = True, timeout: float = 5) -> str | None:
        """Send a frame and return what comes back."""
        self.send(body, complete=complete)
        return await self.answer(timeout)

    async def listen(self, seconds: float) -> list[str]:
        """Return what is pushed."""
        end = asyncio.get_running_loop().time() + seconds
        bodies = []
        while (left := end - asyncio.get_running_loop().time()) > 0:
            if (body := await self.receive(left)) is not None:
                bodies.append(body)
        return bodies

    async def leave(self) -> None:
        """Close the session as the app does."""
        self.send("")
        await self.gone()

    async def gone(self) -> str:
        """Wait until the other side has ended it; tell how."""
        try:
            async with asyncio.timeout(10):
                while await self.reader.read(4096):
                    pass
        except ConnectionResetError:
            return "reset"
        finally:
            self.writer.close()
        return "closed"


class Datagrams(asyncio.DatagramProtocol):
    """A UDP socket."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.received: list[bytes] = []
        self.transport: asyncio.DatagramTransport

    @classmethod
    async def open(cls) -> Self:
        """Open it on any port."""
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(
            cls, local_addr=("127.0.0.1", 0), allow_broadcast=True
        )
        protocol.transport = transport
        return protocol

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep it."""
        self.received.append(data)

    async def ask(self, data: bytes, wifi: WifiConnect, host: str | None = None) -> bytes | None:
        """Send something and return what comes back within a second."""
        self.received.clear()
        self.transport.sendto(data, (host or wifi.host, wifi.port))
        await asyncio.sleep(1)
        return self.received[0] if self.received else None
