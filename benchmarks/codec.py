"""The cipher and the frames of both dongles, beside both libraries."""

from collections.abc import Callable, Iterable, Iterator
import random
from time import thread_time_ns
from typing import Final

from jura_connect import crypto
from py_jura.encoder import encdec

from custom_components.jura.machine.codec import SMART_CONNECT, FrameDecoder, encode_frame

from .figures import Figure, medians

_SIZES: Final = (18, 200)
_MESSAGES: Final = 200
_ROUNDS: Final = 150
_KEY: Final = 0x2A
_AIM: Final = 10.0
_LIMIT: Final = "half of a short frame are look-ups, one for each byte and in C, the other half are Python's own calls"
_JURA_CONNECT: Final = "jura-connect"
_PY_JURA: Final = "py-jura"
_OURS: Final = "ours"


def figures() -> Iterator[Figure]:
    """Measure them: a key for each Bluetooth dongle, another one for each Wi-Fi frame."""
    dice = random.Random(1)
    decoder = FrameDecoder()
    for size in _SIZES:
        bodies = [dice.randbytes(size) for _ in range(_MESSAGES)]
        keyed = [(body, dice.choice([key for key in range(256) if key % 16 < 14])) for body in bodies]
        frames = [encode_frame(body, key) for body, key in keyed]
        # The same work on both sides, or there is nothing to compare.
        assert frames == [crypto.wrap_frame(body + b"\r\n", key) for body, key in keyed]
        assert [SMART_CONNECT(body, _KEY) for body in bodies] == [encdec(body, _KEY) for body in bodies]

        def bluetooth(bodies: list[bytes] = bodies) -> None:
            for body in bodies:
                SMART_CONNECT(body, _KEY)

        def bluetooth_peer(bodies: list[bytes] = bodies) -> None:
            for body in bodies:
                encdec(body, _KEY)

        def encode(keyed: list[tuple[bytes, int]] = keyed) -> None:
            for body, key in keyed:
                encode_frame(body, key)

        def encode_peer(keyed: list[tuple[bytes, int]] = keyed) -> None:
            for body, key in keyed:
                crypto.wrap_frame(body + b"\r\n", key)

        def decode(frames: list[bytes] = frames) -> None:
            for frame in frames:
                decoder.feed(frame)

        def decode_peer(frames: list[bytes] = frames) -> None:
            for frame in frames:
                crypto.unwrap_frame(frame)

        yield _figure(f"Bluetooth, {size} bytes, encode or decode", bluetooth, _PY_JURA, bluetooth_peer)
        yield _figure(f"Wi-Fi, {size} bytes, encode", encode, _JURA_CONNECT, encode_peer)
        yield _figure(f"Wi-Fi, {size} bytes, decode", decode, _JURA_CONNECT, decode_peer)


def _figure(what: str, ours: Callable[[], None], peer: str, theirs: Callable[[], None]) -> Figure:
    measured = medians(_interleaved({_OURS: ours, peer: theirs}.items()))
    return Figure(
        group="Codec",
        what=what,
        value=measured.pop(_OURS),
        unit="µs",
        peers=measured,
        times_better=_AIM,
        limit=_LIMIT,
    )


def _interleaved(runs: Iterable[tuple[str, Callable[[], None]]]) -> dict[str, list[float]]:
    """Return the microseconds for each message: many short runs, in turn, so that a noisy moment strikes all."""
    samples: dict[str, list[float]] = {name: [] for name, _ in runs}
    for _ in range(_ROUNDS):
        for name, run in runs:
            begun = thread_time_ns()
            run()
            samples[name].append((thread_time_ns() - begun) / 1000 / _MESSAGES)
    return samples
