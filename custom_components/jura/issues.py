"""The repair issues: what a person must do, and can end.

May import floors 1 to 4.
"""

from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .machine import care
from .machine.care import NEEDS_HANDS, Stage
from .machine.client import Live
from .machine.model import Definition, MaintenanceProgram, Program, Status

_NO_LINK: Final = "-"


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of issue; its key names its texts, too."""

    key: str
    severity: ir.IssueSeverity
    is_fixable: bool

    def id_for(self, entry: ConfigEntry) -> str:
        """Return the id of this issue of one machine."""
        return f"{self.key}_{entry.entry_id}"

    def id_about(self, program: Program, entry: ConfigEntry) -> str:
        """Return the id of this issue about a program of one machine."""
        return f"{self.key}_{program}_{entry.entry_id}"


COMMANDS_REFUSED: Final = Issue("commands_refused", ir.IssueSeverity.WARNING, is_fixable=True)
"""The Smart Connect refuses all commands: very likely a PIN is set."""
KEYS_LOCKED: Final = Issue("keys_locked", ir.IssueSeverity.ERROR, is_fixable=True)
"""The machine's buttons stay locked although nobody can be locking them any more."""
NO_PIN: Final = Issue("no_pin", ir.IssueSeverity.WARNING, is_fixable=False)
"""A machine on the network has no PIN, which JURA advises to set. We don't set PINs."""
DRINK_NOT_POSSIBLE: Final = Issue("drink_not_possible", ir.IssueSeverity.WARNING, is_fixable=False)
"""Drinks that a person made can't be had of the machine any more. Only the person knows what they want instead."""
COUNTERS_RESTARTED: Final = Issue("counters_restarted", ir.IssueSeverity.WARNING, is_fixable=True)
"""The counters don't continue those before, and have been counting on: only a person knows of a repair."""
ISSUES: Final = (COMMANDS_REFUSED, KEYS_LOCKED, NO_PIN, DRINK_NOT_POSSIBLE, COUNTERS_RESTARTED)

PROGRAM_DUE: Final = Issue("program_due", ir.IssueSeverity.WARNING, is_fixable=True)
"""The machine asks for a maintenance program that can be started from here."""
PROGRAM_DUE_AT_MACHINE: Final = Issue("program_due_at_machine", ir.IssueSeverity.WARNING, is_fixable=False)
"""The machine asks for one that is started there."""
PROGRAM_READY: Final = Issue("program_ready", ir.IssueSeverity.WARNING, is_fixable=True)
"""A person wants to start a program, and has to confirm."""
PROGRAM_RUNNING: Final = Issue("program_running", ir.IssueSeverity.WARNING, is_fixable=True)
"""A program runs for which somebody has to do something; the way back to its guide."""
PROGRAM_ISSUES: Final = (PROGRAM_DUE, PROGRAM_DUE_AT_MACHINE, PROGRAM_READY, PROGRAM_RUNNING)


@callback
def report(hass: HomeAssistant, entry: ConfigEntry, issue: Issue, *, stands: bool, **placeholders: str) -> None:
    """Raise an issue of a machine, or take it back. Its texts may use its name and these placeholders."""
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
        translation_placeholders={"name": entry.title, **placeholders},
    )


@callback
def forget_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back every issue of a machine."""
    for issue in ISSUES:
        report(hass, entry, issue, stands=False)
    for program in Program:
        for issue in PROGRAM_ISSUES:
            ir.async_delete_issue(hass, DOMAIN, issue.id_about(program, entry))


# --- maintenance programs ---------------------------------------------------------------------------------------------


@callback
def program_texts(hass: HomeAssistant, entry: ConfigEntry, definition: Definition, program: Program) -> dict[str, str]:
    """Return what the texts about a program may use: its name in this Home Assistant's language, and JURA's links."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    about = definition.maintenance_program(program)
    return {
        "name": entry.title,
        "program": texts.get(f"component.{DOMAIN}.entity.sensor.program.state.{program}", program),
        "manual": _link(_manual(definition, about)) or _NO_LINK,
        "video": _link(about.video_url if about else None) or _NO_LINK,
        "shop": _link(about.shop_url if about else None) or _NO_LINK,
    }


def _manual(definition: Definition, about: MaintenanceProgram | None) -> str | None:
    return (about.manual_url if about else None) or definition.manual_url


def _link(address: str | None) -> str | None:
    """Return a link as JURA's machine file has it, without anything of ours but the scheme."""
    return f"https://{address}" if address else None


@callback
def report_program(
    hass: HomeAssistant,
    entry: ConfigEntry,
    definition: Definition,
    issue: Issue,
    program: Program,
    *,
    stands: bool,
) -> None:
    """Raise an issue about a program, or take it back."""
    if not stands:
        ir.async_delete_issue(hass, DOMAIN, issue.id_about(program, entry))
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.id_about(program, entry),
        data={"entry_id": entry.entry_id, "program": program},
        is_fixable=issue.is_fixable,
        learn_more_url=_link(_manual(definition, definition.maintenance_program(program))),
        severity=issue.severity,
        translation_key=issue.key,
        translation_placeholders=program_texts(hass, entry, definition, program),
    )


@callback
def report_care(hass: HomeAssistant, entry: ConfigEntry, definition: Definition, live: Live, *, guided: bool) -> None:
    """Raise the issues for programs that are due or run, or take them back once the machine says so."""
    _report_running(hass, entry, definition, care.stage(definition, live.progress), guided=guided)
    if live.status:
        _report_due(hass, entry, definition, live.status, guided=guided)


@callback
def _report_due(
    hass: HomeAssistant, entry: ConfigEntry, definition: Definition, status: Status, *, guided: bool
) -> None:
    """Raise the issues for programs that the machine asks for, and take back what it asks for no more.

    `guided`: programs can be started from here, if the definition says how.
    """
    for program, asked in care.due(definition, status).items():
        if asked is None:
            continue
        declared = definition.maintenance_program(program)
        startable = guided and declared is not None and declared.command is not None
        report_program(hass, entry, definition, PROGRAM_DUE, program, stands=asked and startable)
        report_program(hass, entry, definition, PROGRAM_DUE_AT_MACHINE, program, stands=asked and not startable)


@callback
def _report_running(
    hass: HomeAssistant, entry: ConfigEntry, definition: Definition, stage: Stage | None, *, guided: bool
) -> None:
    """Raise the issue for a program that somebody has to see through, or take it back; what runs needs no start."""
    for program in Program:
        runs = stage is not None and stage.program is program
        stands = guided and runs and program in NEEDS_HANDS
        report_program(hass, entry, definition, PROGRAM_RUNNING, program, stands=stands)
        if runs:
            report_program(hass, entry, definition, PROGRAM_READY, program, stands=False)
