"""The machine's own settings: from the value that it stores to what it means, and back. Pure.

A value is text in hexadecimal digits: a literal of one byte (`0F`), or tagged, `21vv` for one byte and `22vvvv` for two.
The machine keeps the first without its tag and the second with it (hardware-verified on an S8 EB and a Z10), so that
values are compared by that stored form. Which value is which option differs between definitions, on and off included
(from the machine files): only the definition's own options are ever sent or understood, and a value that it doesn't
list means nothing. An amount is its number in two hexadecimal digits (hardware-verified for the water hardness).

May import floor 1.
"""

from typing import Final

from .model import Setting, SettingOption

_TAGGED_BYTE: Final = "21"
_ON_AND_OFF: Final = {"on", "off"}
_WRITTEN_ON_HARDWARE: Final = frozenset({0x02, 0x04, 0x08, 0x09, 0x0A, 0x13, 0x62})
"""Water hardness, milk rinsing, units, language, brightness, auto-off, frother instructions."""


def as_stored(value: str) -> str:
    """Return a value as the machine stores it."""
    return value.removeprefix(_TAGGED_BYTE) if len(value) == 4 else value


def is_proven(setting: Setting) -> bool:
    """Tell whether a setting of this number was changed on hardware; of all others only the machine files speak."""
    return setting.argument in _WRITTEN_ON_HARDWARE


def is_amount(setting: Setting) -> bool:
    """Tell whether a setting is a number within a range."""
    return not setting.options


def is_switch(setting: Setting) -> bool:
    """Tell whether a setting is just on or off; by its labels, for the values behind them differ."""
    return {option.slug for option in setting.options} == _ON_AND_OFF


def option_stored(setting: Setting, stored: str | None) -> SettingOption | None:
    """Return the option that a stored value means; None where the definition doesn't list it, or none was read."""
    if stored is None:
        return None
    return next((option for option in setting.options if as_stored(option.value) == as_stored(stored)), None)


def option_named(setting: Setting, slug: str) -> SettingOption:
    """Return the option of that slug. Raises ValueError where there is none."""
    for option in setting.options:
        if option.slug == slug:
            return option
    raise ValueError(f"{setting.slug} has no option {slug}")


def amounts(setting: Setting) -> range:
    """Return the numbers that a setting can be; none for one with options."""
    return range(setting.minimum, setting.maximum + 1, setting.step) if is_amount(setting) else range(0)


def amount_stored(setting: Setting, stored: str | None) -> int | None:
    """Return the number that a stored value means; None where it is none that the setting can be, or none was read."""
    if stored is None:
        return None
    return next((amount for amount in amounts(setting) if _value_of(amount) == as_stored(stored)), None)


def is_listed(setting: Setting, stored: str) -> bool:
    """Tell whether the definition knows a stored value."""
    return option_stored(setting, stored) is not None or amount_stored(setting, stored) is not None


def value_of_amount(setting: Setting, amount: float) -> str:
    """Return the value to be sent for a number. Raises ValueError where it is out of range or between two steps."""
    if amount not in amounts(setting):
        raise ValueError(f"{setting.slug} can't be {amount}")
    return _value_of(int(amount))


def _value_of(amount: int) -> str:
    return f"{amount:02X}"
