"""The machine's own settings: water hardness, switch-off time, language and so on, as it stores them.

Facts: values are literals of one byte (`0F`) or tagged, `21vv` for one byte and `22vvvv` for two; the machine stores
the first form without its tag and the second with it [HW: S8 EB, Z10]. What a setting may be comes from the definition
[XML]. That everything else is refused, also `1E` where the definition says `211E`, is the strict reading [INF]. None of
them changes what the simulated machine does (assumption).
"""

from collections.abc import Iterable, Mapping

from .definitions import Setting

_ONE_BYTE = "21"
_USUAL = {"02": "10", "13": "1E"}
"""Hardness 16 and off after 30 minutes, as stored: what a machine comes with (assumption)."""
_ENGLISH = "English"


def stored(value: str) -> str:
    """Return the form in which the machine keeps a value."""
    return value[2:] if len(value) == 4 and value.startswith(_ONE_BYTE) else value


class Settings:
    """What is set."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        """Begin with what a new machine has: its definition's defaults mix number bases and don't count [XML]."""
        self._settings: dict[str, Setting] = {}
        for setting in settings:
            self._settings.setdefault(setting.argument, setting)
        self._values = {argument: _first(setting) for argument, setting in self._settings.items()}

    def __contains__(self, argument: str) -> bool:
        """Tell whether the machine has a setting."""
        return argument in self._settings

    @property
    def values(self) -> dict[str, str]:
        """All values as stored, by argument (two hex digits)."""
        return dict(self._values)

    def __getitem__(self, argument: str) -> str:
        """Return a value as stored."""
        return self._values[argument]

    def allows(self, argument: str, value: str) -> bool:
        """Tell whether the definition has this value."""
        return value in self._settings[argument].values

    def set(self, argument: str, value: str) -> None:
        """Set a value, in the form of the definition or as stored; a person at the machine can set anything."""
        self._values[argument] = stored(value)

    def remember(self, values: Mapping[str, str]) -> None:
        """Go on with these values."""
        self._values.update({argument: value for argument, value in values.items() if argument in self._settings})


def _first(setting: Setting) -> str:
    values = [stored(value) for value in setting.values]
    usual = _USUAL.get(setting.argument)
    if usual in values:
        return usual
    return stored(next((value for value, name in setting.names.items() if name == _ENGLISH), setting.values[0]))
