"""The machine without any transport."""

import asyncio

import pytest

from simulator.course import ENJOY, Progress
from simulator.definitions import definition_codes, definition_for
from simulator.machine import Machine, Phase
from simulator.orders import Order, Outcome, Refusal

from .encoding import active_products, default_values, definition_files, frame

ESPRESSO = bytes.fromhex("02000809000002000100000000000000")
CAPPUCCINO = bytes.fromhex("040008 0C 00 0E 01 00 01 00 00 00 00 00 00 00")
HOT_WATER = bytes.fromhex("0D00002C000001000100000000000000")


@pytest.fixture
def machine() -> Machine:
    """An E8 (EB)."""
    return Machine(definition_for("15336"))


async def course(machine: Machine) -> list[Progress]:
    """Return the progress of the running drink, second by second until it is idle."""
    seen = [machine.progress]
    while seen[-1].state:
        await asyncio.sleep(1)
        seen.append(machine.progress)
    return seen


def states(seen: list[Progress]) -> list[int]:
    """Return the states in order, each once."""
    return [now.state for before, now in zip([Progress(-1), *seen], seen, strict=False) if before.state != now.state]


async def test_espresso(machine: Machine) -> None:
    """An espresso grinds, pours, enjoys, and takes 20 to 25 s."""
    total, water = machine.total, machine.water_ml
    assert machine.start(ESPRESSO).accepted
    assert 13 not in machine.status_bits
    seen = await course(machine)
    assert states(seen) == [0x39, 0x3C, 0x3E, 0x00]
    assert 20 <= len(seen) - 1 <= 25
    windows = [progress.window for progress in seen if progress.window]
    percents = [window[12] for window in windows]
    assert percents == sorted(percents)
    assert all(percent % 5 == 0 for percent in percents)
    assert [window[2] for window in windows] == sorted(window[2] for window in windows)
    assert all(window[:2] == b"\x08\x08" and window[3] == 9 for window in windows)
    assert sum(progress.state == ENJOY for progress in seen) >= 5

    (drink,) = machine.drinks
    assert (drink.code, drink.started_by, drink.outcome) == (2, "order", Outcome.FINISHED)
    assert drink.recipe == {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 45, "TEMPERATURE": 2}
    assert machine.total == total + 1
    assert machine.daily_counters[2] == 1
    assert machine.water_ml == water - 45
    assert 13 in machine.status_bits


@pytest.mark.parametrize(
    ("model", "code", "expected"),
    [
        ("EF538", 0x04, [0x34, 0x31, 0x37]),
        ("EF538", 0x07, [0x34, 0x33, 0x31, 0x37]),
        ("EF538", 0x2E, [0x31, 0x37, 0x34]),
        ("EF538", 0x08, [0x34]),
        ("EF538", 0x0D, [0x41]),
        ("EF538", 0x28, [0x39, 0x3C, 0x41]),
        ("EF1091", 0x0A, [0x32]),
        ("EF545", 0x0C, [0x39, 0x3C, 0x41] * 3),
        ("EF1089", 0x31, [0x39, 0x3C] * 2),
    ],
)
async def test_phases(model: str, code: int, expected: list[int]) -> None:
    """Each kind of drink goes through its own phases."""
    machine = Machine(definition_for(model))
    assert machine.press_product(code)
    assert states(await course(machine)) == [*expected, 0x3E, 0x00]


async def test_bypass_and_hot_water() -> None:
    """State 41 tells bypass from hot water by slot 6."""
    machine = Machine(definition_for("15336"))
    machine.start(HOT_WATER)
    seen = await course(machine)
    assert all(progress.window[6] == 0xFF and progress.window[3] == 0x2C for progress in seen if progress.window)
    machine.press_product(0x28)
    seen = await course(machine)
    bypass = [progress.window for progress in seen if progress.state == 0x41 and progress.window]
    assert bypass
    assert all(window[7] == 9 for window in bypass)


async def test_double(machine: Machine) -> None:
    """A double counts as two in the total and as one in its slot."""
    total, counted = machine.total, machine.counters[0x31]
    assert machine.press_product(0x31)
    await course(machine)
    assert machine.total == total + 2
    assert machine.counters[0x31] == counted + 1


async def test_slot_exception() -> None:
    """A Z10 counts its double espresso elsewhere."""
    machine = Machine(definition_for("EF545"), counters={0x12: 7})
    machine.press_product(0x31)
    await course(machine)
    assert machine.counters[0x12] == 8
    assert 0x31 not in machine.counters


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ("99000809000002000100000000000000", Refusal.UNKNOWN_PRODUCT),
        ("0F000809000002000100000000000000", Refusal.INACTIVE_PRODUCT),
        ("020008FF000002000100000000000000", Refusal.VALUE),
        ("02000800000002000100000000000000", Refusal.VALUE),
        ("02000B09000002000100000000000000", Refusal.VALUE),
        ("30000012000002000100000000000000", Refusal.VALUE),
        ("02000809000080000100000000000000", Refusal.VALUE),
        ("02000809000081000100000000000000", Refusal.VALUE),
        ("04000009000E01020100000000000000", Refusal.COMBINATION),
        ("0200080900000200010000000000000000000001", Refusal.LENGTH),
        ("02000809000003000100000000000000", Refusal.VALUE),
        ("0400080C000001000100000000000000", Refusal.VALUE),
        ("02000809000102000100000000000000", Refusal.UNUSED_BYTE),
        ("02010809000002000100000000000000", Refusal.UNUSED_BYTE),
        ("02000809000002000200000000000000", Refusal.UNUSED_BYTE),
        ("02000809000002000100000000000001", Refusal.UNUSED_BYTE),
        ("02FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", Refusal.VALUE),
        ("0200080900000200010000000000", Refusal.LENGTH),
        ("02", Refusal.LENGTH),
        ("", Refusal.LENGTH),
    ],
)
async def test_refused(machine: Machine, data: str, refusal: Refusal) -> None:
    """An order that isn't quite right is ignored, and remembered with the reason."""
    order = machine.start(bytes.fromhex(data))
    assert order.refusal is refusal, order
    assert machine.orders == (order,)
    assert machine.drinks == ()
    assert machine.progress.state == 0


async def test_busy(machine: Machine) -> None:
    """One drink at a time, "enjoy" included."""
    machine.start(ESPRESSO)
    assert machine.start(ESPRESSO).refusal is Refusal.BUSY
    await asyncio.sleep(20)
    assert machine.progress == Progress(ENJOY, 2)
    assert machine.drink is None
    assert machine.start(ESPRESSO).refusal is Refusal.BUSY
    await asyncio.sleep(5)
    assert machine.start(ESPRESSO).accepted
    assert len(machine.drinks) == 2


async def test_blocking(machine: Machine) -> None:
    """The definition tells which alert blocks which drinks."""
    machine.empty_water_tank()
    assert machine.status_bits == {1, 37, 52}
    assert machine.start(ESPRESSO).refusal is Refusal.BLOCKED
    assert not machine.press_product(0x02)
    machine.fill_water_tank()
    machine.remove_drip_tray()
    assert machine.status_bits == {0, 4, 37, 52}
    machine.insert_drip_tray()
    machine.set_alert(10, True)
    assert machine.start(ESPRESSO).refusal is Refusal.BLOCKED
    machine.set_alert(10, False)
    machine.set_alert(14, True)
    assert machine.start(CAPPUCCINO).refusal is Refusal.BLOCKED
    machine.set_alert(33, True)
    machine.set_alert(60, True)
    assert machine.start(ESPRESSO).accepted


async def test_cancel(machine: Machine) -> None:
    """A cancelled drink ends at once and counts."""
    total, water = machine.total, machine.water_ml
    machine.cancel()
    machine.start(ESPRESSO)
    await asyncio.sleep(10)
    machine.cancel()
    assert machine.progress.state == 0
    assert machine.drinks[0].outcome is Outcome.CANCELLED
    assert machine.total == total + 1
    assert water - 45 < machine.water_ml < water


async def test_half_broken(machine: Machine) -> None:
    """A start frame that doesn't end with the key spoils everything until the power is cut."""
    total = machine.total
    assert machine.start(ESPRESSO, last_byte_is_key=False).accepted
    assert machine.half_broken
    await asyncio.sleep(30)
    assert machine.total == total
    assert machine.start(ESPRESSO).refusal is Refusal.HALF_BROKEN
    assert not machine.press_product(0x02)
    machine.power_cut()
    machine.switch_on()
    await asyncio.sleep(60)
    assert machine.start(ESPRESSO).accepted


async def test_life(machine: Machine) -> None:
    """From off over heating and rinsing to ready, energy saving and off again."""
    machine.off_after = 1800
    machine.power_cut()
    seen: list[tuple[Phase, frozenset[int]]] = []
    unsubscribe = machine.subscribe(lambda: seen.append((machine.phase, machine.status_bits)))
    machine.switch_on()
    assert machine.start(ESPRESSO).refusal is Refusal.NOT_READY
    assert machine.progress.state == 0x21
    await asyncio.sleep(3600)
    phases = list(dict.fromkeys(phase for phase, _ in seen))
    assert phases == [
        Phase.HEATING,
        Phase.RINSING,
        Phase.READY,
        Phase.ENERGY_SAVING,
        Phase.SHUTTING_DOWN,
        Phase.OFF,
    ]
    assert (Phase.HEATING, frozenset({12, 37, 52})) in seen
    assert (Phase.READY, frozenset({13, 37, 52})) in seen
    assert (Phase.ENERGY_SAVING, frozenset({13, 36, 37, 52})) in seen
    assert (Phase.SHUTTING_DOWN, frozenset({18, 26, 37, 52})) in seen
    assert len(seen) <= 8
    unsubscribe()


async def test_energy_saving(machine: Machine) -> None:
    """An order in energy saving heats up first, or only wakes the machine."""
    machine.nap()
    machine.start(ESPRESSO)
    assert states(await course(machine)) == [0x21, 0x39, 0x3C, 0x3E, 0x00]
    machine.first_order_only_wakes = True
    machine.nap()
    assert machine.start(ESPRESSO).refusal is Refusal.ONLY_WOKE
    assert machine.start(ESPRESSO).refusal is Refusal.NOT_READY
    await asyncio.sleep(10)
    assert machine.start(ESPRESSO).accepted
    assert len(machine.drinks) == 2


async def test_power_cut(machine: Machine) -> None:
    """A drink cut short isn't counted."""
    total = machine.total
    machine.start(ESPRESSO)
    await asyncio.sleep(5)
    machine.power_cut()
    assert machine.drinks[0].outcome is Outcome.POWER_CUT
    assert machine.total == total
    assert not machine.on


async def test_wear(machine: Machine) -> None:
    """Things run out and become due with use, and raise their alerts."""
    for _ in range(16):
        assert machine.press_product(0x03)
        await asyncio.sleep(60)
    assert 2 in machine.status_bits
    machine.empty_grounds()
    while machine.press_product(0x0D):
        await asyncio.sleep(90)
    assert 1 in machine.status_bits
    machine.fill_water_tank()
    before = machine.maintenance_percentages[0]
    assert before is not None
    assert before > 30
    machine.set_percentage("Cleaning", 99.9)
    assert 34 not in machine.status_bits
    machine.press_product(0x02)
    await asyncio.sleep(60)
    assert 34 in machine.status_bits
    machine.maintain("Cleaning")
    assert 34 not in machine.status_bits
    assert machine.maintenance_counters[0] == 6
    assert machine.maintenance_percentages[0] == 0


async def test_clearing_alerts(machine: Machine) -> None:
    """Clearing an alert removes its cause; setting any bit needs none."""
    machine.empty_water_tank()
    machine.fill_grounds()
    machine.fill_drip_tray()
    machine.remove_drip_tray()
    machine.set_percentage("Decalc", 100)
    assert machine.status_bits == {0, 1, 2, 3, 4, 33, 37, 52}
    for bit in (0, 1, 2, 3, 33):
        machine.set_alert(bit, False)
    assert machine.status_bits == {13, 37, 52}
    assert machine.maintenance_percentages[2] == 0
    machine.set_alert(147, True)
    assert 147 in machine.status_bits


async def test_naps(machine: Machine) -> None:
    """A person can send it to sleep and wake it; a new day begins with zero."""
    machine.press_product(0x02)
    await asyncio.sleep(30)
    assert machine.daily_total == 1
    machine.nap()
    assert machine.phase is Phase.ENERGY_SAVING
    machine.wake_up()
    assert machine.phase is Phase.READY
    machine.reset_daily_counters()
    assert machine.daily_total == sum(machine.daily_counters.values()) == 0


async def test_wifi_blobs() -> None:
    """Blobs that real machines brewed over WiFi, and one with a grinder setting behind, are orders too."""
    for model, blob in (
        ("EF1091", "28000709000001000109000000000000"),
        ("EF545", "05000812030202000100000000000000"),
        ("EF566", "03000514000001000100000000000000"),
        ("EF566", "03040514000001000100000000000000"),
        ("EF1106", "0200080900000200010000000000000004"),
    ):
        order = Machine(definition_for(model)).start(bytes.fromhex(blob))
        assert order.accepted, order
    assert order.arguments["GRINDER_FREENESS"] == 4


# --- preselections ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "data", "chosen", "left_out"),
    [
        ("EF538", "02000009000002000100000000000000", {"powder"}, {"COFFEE_STRENGTH"}),
        ("EF538", "04000809000E01020100000000000000", {"xtrashot"}, set()),
        ("EF1148", "02000809000080000100000000000000", {"coldbrew"}, {"TEMPERATURE"}),
        ("EF1148", "02000809000081000100000000000000", {"lightbrew"}, {"TEMPERATURE"}),
        ("EF1148", "02000009000081000100000000000000", {"lightbrew", "powder"}, {"COFFEE_STRENGTH", "TEMPERATURE"}),
        # An order of two espressi has no strength, and looks the same with powder and without.
        ("EF538", "31000009000002000100000000000000", set(), set()),
    ],
)
async def test_preselections_in_place_of_arguments(model: str, data: str, chosen: set[str], left_out: set[str]) -> None:
    """Where there is no mask, a value that no argument can have tells them, over both transports."""
    definition = definition_for(model)
    for length in (16, 14):
        order = Machine(definition).start(bytes.fromhex(data)[:length], lengths=(14, 16))
        assert order.accepted, order
        assert order.preselections == chosen
        assert order.mask == 0
        product = definition.product(order.data[0])
        assert product is not None
        assert {argument.element for argument in product.arguments} - order.arguments.keys() == left_out


@pytest.mark.parametrize(
    ("model", "mask", "chosen"),
    [
        ("EF1120", 0x08, {"lightbrew"}),
        ("EF1120", 0x40, {"double"}),
        ("EF1120", 0x48, Refusal.COMBINATION),
        ("EF1106", 0x48, {"double", "lightbrew"}),
        ("EF1120", 0x01, Refusal.VALUE),
        ("EF1120", 0x20, Refusal.VALUE),
    ],
)
async def test_preselections_in_a_mask(model: str, mask: int, chosen: set[str] | Refusal) -> None:
    """Where there is one, its bits tell them; the file says which can be had together."""
    freeness = "04" if model == "EF1106" else "00"
    data = bytes.fromhex(f"02000809000002000100000000000000{freeness}0000{mask:02X}")
    machine = Machine(definition_for(model))
    order = machine.start(data, lengths=(20,))
    assert (order.refusal or order.preselections) == chosen, order
    if order.accepted:
        assert (order.mask, machine.drinks[0].mask) == (mask, mask)
        assert order.arguments.items() >= {"COFFEE_STRENGTH": 8, "WATER_AMOUNT": 9, "TEMPERATURE": 2}.items()


async def test_no_byte_for_them_where_there_is_a_mask() -> None:
    """A machine with a mask takes none of the other form, so that a Bluetooth frame can't carry any."""
    for data in ("02000009000002000100000000000000", "02000809000080000100000000000000"):
        assert Machine(definition_for("EF1106")).start(bytes.fromhex(data)).refusal is Refusal.VALUE


async def test_powder(machine: Machine) -> None:
    """A drink of powder needs no beans, and nothing is ground."""
    machine.set_alert(10, True)
    assert machine.start(ESPRESSO).refusal is Refusal.BLOCKED
    assert machine.start(bytes.fromhex("02000009000002000100000000000000")).accepted
    seen = await course(machine)
    assert states(seen) == [0x3C, 0x3E, 0x00]
    assert {window[:2] for progress in seen if (window := progress.window)} == {b"\xff\xff"}
    assert machine.drinks[0].preselections == {"powder"}
    assert machine.drinks[0].recipe == {"WATER_AMOUNT": 45, "TEMPERATURE": 2}


async def test_limits_of_this_very_machine(machine: Machine) -> None:
    """It refuses what its definition would allow, takes what it wouldn't, and stays within its limits by itself."""
    machine.limit(0x02, WATER_AMOUNT=(10, 20))
    assert machine.start(ESPRESSO).refusal is Refusal.VALUE
    assert machine.press_product(0x02)
    assert machine.drinks[0].recipe["WATER_AMOUNT"] == 50
    await course(machine)
    assert machine.start(ESPRESSO[:3] + bytes([20]) + ESPRESSO[4:]).accepted
    assert machine.drinks[1].recipe["WATER_AMOUNT"] == 100


async def test_locked_keys(machine: Machine) -> None:
    """Locked keys stop the person."""
    machine.lock_keys(True)
    assert 39 in machine.status_bits
    assert not machine.press_product(0x02)
    machine.lock_keys(False)
    assert machine.press_product(0x02)


async def test_unknown_product(machine: Machine) -> None:
    """A drink that the definition doesn't have shows its code and counts only in the total."""
    total, counters = machine.total, machine.counters
    assert machine.press_product(0x55)
    assert machine.progress.code == 0x55
    await course(machine)
    assert machine.total == total + 1
    assert machine.counters == counters


@pytest.mark.parametrize("code", definition_codes())
async def test_every_product(code: str) -> None:
    """The default frame of every product of every machine is made as what it says."""
    definition = definition_for(code)
    for product in active_products(definition_files()[code]):
        machine = Machine(definition)
        order: Order = machine.start(frame(product)[1:-1])
        assert order.accepted, (product.attrib, order)
        expected = default_values(product)
        if "GRINDER_FREENESS" in expected and expected["GRINDER_FREENESS"] >= 0x10:
            expected["GRINDER_FREENESS"] >>= 4
        assert order.arguments == expected
        (drink,) = machine.drinks
        assert drink.code == int(product.attrib["Code"], 16)
        percents = []
        while window := machine.progress.window:
            percents.append(window[12])
            await asyncio.sleep(5)
        assert percents == sorted(percents)
        assert machine.progress == Progress(ENJOY, drink.code)
        assert machine.drinks[0].outcome is Outcome.FINISHED
