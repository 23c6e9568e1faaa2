"""The repair issues: what a person must do, and can end."""

from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of issue; its key names its texts, too."""

    key: str
    severity: ir.IssueSeverity
    is_fixable: bool

    def id_for(self, entry: ConfigEntry) -> str:
        """Return the id of this issue of one machine."""
        return f"{self.key}_{entry.entry_id}"


COMMANDS_REFUSED: Final = Issue("commands_refused", ir.IssueSeverity.WARNING, is_fixable=True)
"""The Smart Connect refuses all commands: very likely a PIN is set."""
KEYS_LOCKED: Final = Issue("keys_locked", ir.IssueSeverity.ERROR, is_fixable=True)
"""The machine's buttons stay locked although nobody can be locking them any more."""
NO_PIN: Final = Issue("no_pin", ir.IssueSeverity.WARNING, is_fixable=False)
"""A machine on the network has no PIN, which JURA advises to set. We don't set PINs."""
ISSUES: Final = (COMMANDS_REFUSED, KEYS_LOCKED, NO_PIN)


@callback
def report(hass: HomeAssistant, entry: ConfigEntry, issue: Issue, *, stands: bool) -> None:
    """Raise an issue of a machine, or take it back."""
    if not stands:
        ir.async_delete_issue(hass, DOMAIN, issue.id_for(entry))
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.id_for(entry),
        data={"entry_id": entry.entry_id},
        is_fixable=issue.is_fixable,
        severity=issue.severity,
        translation_key=issue.key,
        translation_placeholders={"name": entry.title},
    )
