"""The demo's Home Assistant folder: made at the first start, brought up to date at every other."""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import json
from pathlib import Path
import shutil
from string import Template
from typing import Any
from uuid import uuid4

from .dashboard import dashboard
from .machine import ROOT, Machine
from .wifi import Wifi

DASHBOARD = "jura-demo"
_INTEGRATIONS = ("custom_components/jura", "simulator/custom_components/jura_simulator")


class InUseError(Exception):
    """Another demo runs in this folder."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a second demo out of the folder. The system gives the lock back, whatever happens to this process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUseError from error
        yield


def forget(config: Path) -> None:
    """Remove everything that the demo's Home Assistant remembers."""
    if config.exists():
        shutil.rmtree(config)


def prepare(config: Path, machine: Machine, wifi: Wifi | None, url: str, port: int) -> None:
    """Write all that Home Assistant reads when it starts."""
    config.mkdir(exist_ok=True)
    template = Template(Path(__file__).with_name("configuration.yaml").read_text("utf-8"))
    # JSON is YAML, too.
    simulator = json.dumps({"machine": str(machine.article), **_wifi_options(wifi)})
    text = template.substitute(url=url, simulator=simulator, dashboard=DASHBOARD)
    (config / "configuration.yaml").write_text(text, "utf-8")
    (config / "dashboard.yaml").write_text(json.dumps(dashboard(machine, wifi), indent=2), "utf-8")
    for name in ("automations", "scripts", "scenes"):
        (config / f"{name}.yaml").touch()
    _link_integrations(config / "custom_components")
    storage = config / ".storage"
    storage.mkdir(exist_ok=True)
    # In the form of Home Assistant's first versions, which it brings up to date itself.
    _store(storage, "http", {"server_host": ["127.0.0.1"], "server_port": port})
    # This computer's own network only (as Linux and macOS call it): machines are looked for in no other.
    _store(storage, "core.network", {"configured_adapters": ["lo", "lo0"]})
    if not (storage / "auth").exists():
        _skip_onboarding(storage)


def _wifi_options(wifi: Wifi | None) -> dict[str, Any]:
    if wifi is None:
        return {}
    return {"wifi": True, "host": wifi.host, "pin": wifi.pin, "network": wifi.network, "password": wifi.password}


def _link_integrations(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for path in _INTEGRATIONS:
        link = folder / Path(path).name
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / path, target_is_directory=True)


def _skip_onboarding(storage: Path) -> None:
    """Make what the wizard of the first start makes: an owner, and a start page."""
    owner = {
        "id": uuid4().hex,
        "group_ids": ["system-admin"],
        "is_owner": True,
        "is_active": True,
        "name": "Demo",
        "system_generated": False,
        "local_only": True,
    }
    groups = [{"id": f"system-{name}", "name": name} for name in ("admin", "users", "read-only")]
    _store(storage, "onboarding", {"done": ["user", "core_config", "analytics", "integration"]}, version=4)
    _store(storage, "frontend.system_data", {"core": {"default_panel": DASHBOARD}})
    _store(storage, "auth", {"users": [owner], "groups": groups, "credentials": [], "refresh_tokens": []})


def _store(storage: Path, key: str, data: Any, version: int = 1) -> None:
    content = {"version": version, "minor_version": 1, "key": key, "data": data}
    file = storage / key
    file.write_text(json.dumps(content, indent=2), "utf-8")
    file.chmod(0o600)
