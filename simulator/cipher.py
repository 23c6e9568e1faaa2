"""The cipher of both dongles: one routine that both encodes and decodes, with tables of their own.

The message is taken as nibbles, the high one of each byte first, numbered from 0. It is obfuscation, not security, and
there is no checksum. [HW; computed against two independent implementations]
"""

type Tables = tuple[tuple[int, ...], tuple[int, ...]]

SMART_CONNECT: Tables = (
    (14, 4, 3, 2, 1, 13, 8, 11, 6, 15, 12, 7, 10, 5, 0, 9),
    (10, 6, 13, 12, 14, 11, 1, 9, 15, 7, 0, 5, 3, 2, 4, 8),
)
WIFI_CONNECT: Tables = (
    (1, 0, 3, 2, 15, 14, 8, 10, 6, 13, 7, 12, 11, 9, 5, 4),
    (9, 12, 6, 11, 10, 15, 2, 14, 13, 0, 4, 3, 1, 8, 7, 5),
)


def crypt(data: bytes, key: int, tables: Tables = SMART_CONNECT) -> bytes:
    """Encode or decode."""
    first, second = tables
    high, low = divmod(key, 16)
    nibbles = [nibble for byte in data for nibble in divmod(byte, 16)]
    coded = []
    for position, nibble in enumerate(nibbles):
        group = position // 16
        a = first[(nibble + position + high) % 16]
        b = second[(a + low + group - position - high) % 16]
        c = first[(b + high + position - low - group) % 16]
        coded.append((c - position - high) % 16)
    return bytes(16 * upper + lower for upper, lower in zip(coded[::2], coded[1::2], strict=True))
