"""What can go wrong with a machine, in terms of what it means for a person.

Those above turn these into Home Assistant's own errors; nothing below knows about texts or languages.

May import floor 1.
"""

from dataclasses import dataclass

from .model import Parameter, Preselection, Product


class JuraError(Exception):
    """Base of everything that the machine room raises."""


class UnknownMachine(JuraError):
    """The catalogue has no definition for this machine."""

    def __init__(self, article: int | None, machine_type: str | None = None) -> None:
        """Keep what the machine said about itself, so that its owner can report it."""
        super().__init__(f"article {article}, machine type {machine_type}")
        self.article = article
        self.machine_type = machine_type


class Unreachable(JuraError):
    """There is no link and none could be made. Nothing was sent."""


class LinkLost(JuraError):
    """The link failed or stayed silent while something was read."""


class SlotTaken(JuraError):
    """A command needs the Bluetooth connection with which something was to be read: to be read again, in its turn."""


class ImplausibleReply(JuraError):
    """What was read cannot be true: the wrong key, a truncated frame, an old buffer, an impossible number."""


class StatisticsNotReady(JuraError):
    """The machine did not prepare its statistics in time; usual in the first minutes after switching on."""


class NotSupported(JuraError):
    """The dongle does not offer what this needs."""


class CommandsRefused(JuraError):
    """The dongle refuses commands on principle: very likely a PIN is set. Nothing was done."""


class CommandRejected(JuraError):
    """The dongle or the machine said no to this command. Nothing was done."""


class OutcomeUnknown(JuraError):
    """The command may have reached the machine, and no answer came. It must not be sent again."""


class InvalidRecipe(JuraError):
    """A drink that this machine cannot make as it was wished for. Nothing was sent."""


@dataclass
class InvalidValue(InvalidRecipe):
    """A parameter has no allowed value. `allowed` is what the definition allows, for people to read."""

    parameter: Parameter
    value: object
    allowed: str

    def __str__(self) -> str:
        """Name the parameter, the value and what would be allowed."""
        return f"{self.parameter}: {self.value} is not within {self.allowed}"


@dataclass
class NoSuchParameter(InvalidRecipe):
    """The product does not have this parameter, or leaves it to the machine."""

    product: Product
    parameter: str

    def __str__(self) -> str:
        """Name both."""
        return f"{self.product.slug} has no {self.parameter}"


@dataclass
class NoSuchPreselection(InvalidRecipe):
    """The product does not have this preselection, or nobody knows how it is ordered."""

    product: Product
    preselection: str

    def __str__(self) -> str:
        """Name both."""
        return f"{self.product.slug} cannot be had as {self.preselection}"


@dataclass
class PreselectionsExclude(InvalidRecipe):
    """These preselections can't be had together on this machine type."""

    preselections: frozenset[Preselection]

    def __str__(self) -> str:
        """Name them."""
        return f"not together: {', '.join(sorted(self.preselections))}"


class Busy(Unreachable):
    """The WiFi Connect serves somebody else, or wants a pause: it hangs up. Nothing was sent."""


class LoginRefused(JuraError):
    """The WiFi Connect does not accept us. Nothing was sent.

    The one reason that a person must do something about; but only if it comes again after a pause.
    """

    def __init__(self, refusal: str) -> None:
        """Keep why: `pin` or `token`."""
        super().__init__(refusal)
        self.refusal = refusal


class ProvisioningError(JuraError):
    """Base of what ends an attempt to put a WiFi Connect on a network. None of them carries the password."""


class InvalidNetwork(ProvisioningError):
    """Name or password cannot be those of a network, or cannot be sent this way. Nothing was sent."""

    def __init__(self, field: str) -> None:
        """Keep what is wrong: `ssid`, `password` or `name`."""
        super().__init__(field)
        self.field = field


class NegotiationRefused(ProvisioningError):
    """The dongle does not agree on a key: whatever is sent would be readable a few metres around. No password was sent."""


class SecurityRefused(ProvisioningError):
    """The dongle does not take what it was sent: it insists on encryption, or cannot decrypt. It did not join."""


class NetworkScanFailed(ProvisioningError):
    """The dongle did not say which networks it hears. It may still join one that is named to it."""


class WrongPassword(ProvisioningError):
    """The router did not let the dongle in: very likely the password is wrong."""


class NetworkNotFound(ProvisioningError):
    """The dongle does not hear this network: misspelt, out of reach, or not on 2.4 GHz."""


class NoAddress(ProvisioningError):
    """The dongle is in the network, but was given no address."""


class JoiningTimedOut(ProvisioningError):
    """The dongle neither joined nor gave up in time."""


class JoiningFailed(ProvisioningError):
    """The dongle gave up for another reason, or for one that it does not tell."""

    def __init__(self, reason: int | None) -> None:
        """Keep the reason's number (`wifi_err_reason_t` of ESP-IDF)."""
        super().__init__("no reason given" if reason is None else f"reason {reason}")
        self.reason = reason
