"""One TCP session with a WiFi Connect: connect, log in, ask one thing after the other, close.

The dongle takes one session at a time and is easily upset (seen on an E6 and others): no keep-alive, no draining before
closing, no urgent data, a pause before the next session. What may be sent at all stands in `wifi_connect`.

May import floors 1 and 2.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
import logging
import re
import secrets
from typing import Final

from .codec import FrameDecoder, encode_frame, settings_checksum
from .errors import Busy, CommandRejected, LinkLost, LoginRefused, OutcomeUnknown, Unreachable

_LOGGER = logging.getLogger(__name__)

PORT: Final = 51515
_CONNECT_LIMIT: Final = 8.0
_LOGIN_LIMIT: Final = 15.0
_REQUEST_LIMIT: Final = 6.0
CONFIRM_LIMIT: Final = 60.0
"""Seconds that a person has for confirming on the machine's display (released clients use 40 to 90)."""
PAUSE: Final = 20.0
"""Seconds between two sessions, without which a Z10 hangs up (hardware-verified)."""
_CLOSE_LIMIT: Final = 2.0
_READ_SIZE: Final = 1024
_ERROR: Final = "@an:error"
_TOKEN: Final = re.compile(r"[0-9A-Fa-f]{1,128}")
"""Seen are 64 digits."""


def is_token(text: str) -> bool:
    """Tell whether a text can be a token: nothing else is kept or sent back."""
    return _TOKEN.fullmatch(text) is not None


class Refusal(StrEnum):
    """Why a login was refused."""

    PIN = "pin"
    """`@hp5`, `@hp5:00`: wrong or missing PIN (seen on an E6), or an unknown client (app-derived)."""
    TOKEN = "token"
    """`@hp5:01`, `@hp5:02`: token unknown, missing or not ours (seen on an S8 EB)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a machine. The id is shown on its display while pairing; the token comes from there."""

    connection_id: str
    pin: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def _random_key() -> int:
    """Return a key for one frame; the app never uses one whose low nibble is E or F (why is not known)."""
    return secrets.randbelow(16) << 4 | secrets.randbelow(14)


class Session:
    """An open session. Replies are matched by what they begin with, never by position; pushes are set aside."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str) -> None:
        """Take over an open connection."""
        self._reader = reader
        self._writer = writer
        self._name = name
        self._decoder = FrameDecoder()
        self._received: list[str] = []

    async def log_in(self, credentials: Credentials, limit: float = _LOGIN_LIMIT) -> str | None:
        """Log in, or pair if there is no token yet; return the new token if the machine gave one.

        Raises LoginRefused, LinkLost if the dongle hung up (as it does when hurried) or gave something that is no token,
        TimeoutError.
        """
        name = credentials.connection_id.encode("ascii").hex().upper()
        # Not logged: it carries PIN and token.
        self._write(f"@HP:{credentials.pin},{name},{credentials.token}")
        async with asyncio.timeout(limit):
            reply = await self._next("@hp")
        if reply.startswith("@hp4"):
            token = reply.removeprefix("@hp4").removeprefix(":")
            if token and not is_token(token):
                raise LinkLost("implausible token")
            return token or None
        raise LoginRefused(Refusal.TOKEN if reply in ("@hp5:01", "@hp5:02") else Refusal.PIN)

    async def ask(self, command: str, *answers: str) -> str:
        """Send something that only reads, and return the reply that begins with one of `answers`.

        Raises LinkLost if none comes, CommandRejected where the machine says no.
        """
        try:
            reply = await self._exchange(command, answers)
        except (OSError, TimeoutError) as error:
            raise LinkLost(str(error) or "no answer") from error
        if reply == _ERROR:
            raise CommandRejected(reply)
        return reply

    async def order(self, command: str, answer: str, *refusals: str) -> None:
        """Send something that makes the machine do something, once.

        Raises CommandRejected if the machine says no, in general or with one of `refusals`, and OutcomeUnknown if it
        says nothing: the bytes may have arrived.
        """
        try:
            reply = await self._exchange(command, (answer, *refusals))
        except (OSError, TimeoutError, LinkLost) as error:
            raise OutcomeUnknown(str(error) or "no answer") from error
        if reply == _ERROR or reply in refusals:
            raise CommandRejected(reply)

    async def tell(self, command: str) -> None:
        """Send something that makes the machine do something and that it doesn't answer, once.

        Raises OutcomeUnknown if the link is gone: the bytes may have arrived.
        """
        _LOGGER.debug("%s: > %s", self._name, command)
        try:
            self._write(command)
            await self._writer.drain()
        except OSError as error:
            raise OutcomeUnknown(str(error) or "link lost") from error

    async def _exchange(self, command: str, answers: tuple[str, ...]) -> str:
        """Send a command and return the reply. What was there before is of another session, or came twice."""
        _LOGGER.debug("%s: > %s", self._name, command)
        self._received.clear()
        self._write(command)
        async with asyncio.timeout(_REQUEST_LIMIT):
            return await self._next(*answers, _ERROR)

    async def push(self, *kinds: str, limit: float) -> str:
        """Wait for something that the machine sends by itself. Raises LinkLost if nothing comes."""
        try:
            async with asyncio.timeout(limit):
                return await self._next(*kinds)
        except (OSError, TimeoutError) as error:
            raise LinkLost(str(error) or "nothing pushed") from error

    def _write(self, body: str) -> None:
        self._writer.write(encode_frame(body.encode("ascii"), _random_key()))

    async def _next(self, *beginnings: str) -> str:
        """Return the next body that begins as wanted; all others are pushes, or left from an earlier session."""
        while True:
            while self._received:
                body = self._received.pop(0)
                if body.startswith(beginnings):
                    if not body.startswith("@hp"):
                        _LOGGER.debug("%s: < %s", self._name, body)
                    return body
            if not (data := await self._reader.read(_READ_SIZE)):
                raise LinkLost("closed by the dongle")
            self._received += [body.decode("ascii", "replace") for body in self._decoder.feed(data)]

    async def close(self) -> None:
        """Say goodbye with the empty frame, then hang up. Nothing is drained: that hung an E6."""
        with suppress(OSError, TimeoutError):
            self._write("")
            self._writer.close()
            async with asyncio.timeout(_CLOSE_LIMIT):
                await self._writer.wait_closed()


async def open_session(host: str, port: int, credentials: Credentials, name: str) -> Session:
    """Return a session that is logged in; the caller closes it.

    Raises Unreachable, Busy (somebody else has the session, or we were too quick), LoginRefused.
    """
    session = await connect(host, port, name)
    try:
        await session.log_in(credentials)
    except (OSError, LinkLost, TimeoutError) as error:
        await session.close()
        raise Busy(str(error) or "no answer to the login") from error
    except BaseException:
        await session.close()
        raise
    return session


async def connect(host: str, port: int = PORT, name: str = "") -> Session:
    """Connect without logging in. Raises Busy if the dongle refuses, Unreachable if there is nobody."""
    try:
        async with asyncio.timeout(_CONNECT_LIMIT):
            reader, writer = await asyncio.open_connection(host, port)
    except (ConnectionRefusedError, ConnectionResetError) as error:
        raise Busy(str(error)) from error
    except (OSError, TimeoutError) as error:
        raise Unreachable(str(error) or "no answer") from error
    return Session(reader, writer, name)


def with_checksum(arguments: str) -> str:
    """Return a body of the @TM family: `13,1E` becomes `@TM:13,1EF9`."""
    return f"@TM:{arguments}{settings_checksum(arguments):02X}"
