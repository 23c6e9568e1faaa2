"""The simulated WiFi Connect: where it is, and what a person has to know about it."""

from dataclasses import dataclass
import socket

PORT = 51515
"""The real number; the integration knows no other."""


@dataclass(frozen=True)
class Wifi:
    """A new WiFi Connect, and the home network that it is to be put into."""

    host: str
    """Where it appears then: an address of this computer's own."""
    network: str = "Home"
    password: str = "goodmorning"  # To be read by everybody.
    pin: str = "1234"

    def check(self) -> None:
        """Raise OSError if its address and port number can't be had, for somebody else has them."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((self.host, PORT))
            # Two may bind; only one can listen.
            probe.listen()
