"""The Smart Connect's cipher: one routine that both encodes and decodes.

The message is taken as nibbles, the high one of each byte first, numbered from 0. It is obfuscation, not security, and
there is no checksum. [HW; computed against two independent implementations]
"""

_A = (14, 4, 3, 2, 1, 13, 8, 11, 6, 15, 12, 7, 10, 5, 0, 9)
_B = (10, 6, 13, 12, 14, 11, 1, 9, 15, 7, 0, 5, 3, 2, 4, 8)


def crypt(data: bytes, key: int) -> bytes:
    """Encode or decode."""
    high, low = divmod(key, 16)
    nibbles = [nibble for byte in data for nibble in divmod(byte, 16)]
    coded = []
    for position, nibble in enumerate(nibbles):
        group = position // 16
        a = _A[(nibble + position + high) % 16]
        b = _B[(a + low + group - position - high) % 16]
        c = _A[(b + high + position - low - group) % 16]
        coded.append((c - position - high) % 16)
    return bytes(16 * upper + lower for upper, lower in zip(coded[::2], coded[1::2], strict=True))
