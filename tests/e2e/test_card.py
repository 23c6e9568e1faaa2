"""What a person does with the card."""

from collections.abc import AsyncGenerator
import re

from playwright.async_api import expect
import pytest

from .conftest import OpenHouse
from .house import SETTLED, House

HOLD = 1100
"""Milliseconds that are long enough for a press to be held."""
THEMES_OWN = 'color-contrast: <button class="main"'
"""White on the theme's colour, as on Home Assistant's own buttons: axe would have it darker."""


@pytest.fixture
async def own_page(house: House) -> AsyncGenerator[str]:
    """Return the path of an empty dashboard that can be edited."""
    path = "my-coffee"
    made = await house.ask(
        type="lovelace/dashboards/create", url_path=path, title="My coffee", mode="storage", require_admin=False
    )
    await house.ask(type="lovelace/config/save", url_path=path, config={"views": [{"title": "Kitchen", "cards": []}]})
    yield f"/{path}/0"
    await house.go()
    await house.ask(type="lovelace/dashboards/delete", dashboard_id=made["id"])


async def show(house: House, path: str, **config: object) -> None:
    """Show the card with a configuration of its own."""
    card = {"type": "custom:jura-card", **config}
    view = {"title": "Kitchen", "cards": [card]}
    await house.ask(type="lovelace/config/save", url_path=path.split("/")[1], config={"views": [view]})
    await house.go(path)
    await house.card.wait_for()


async def test_stranger(open_window: OpenHouse) -> None:
    """Whoever opens the demo adds the machine and makes a coffee, with nothing but what the pages say."""
    house = await open_window()
    page = house.page
    await house.go("/")
    await house.remove()
    made = await house.made()
    await page.get_by_role("link", name="Settings > Devices & services").click()
    await page.get_by_role("button", name="Add", exact=True).first.click()
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("A card for your dashboards comes with it.")).to_be_visible()
    await page.get_by_role("button", name="Skip and finish").click()
    await page.get_by_role("link", name="Coffee").or_(page.get_by_text("Coffee", exact=True)).first.click()

    # The card is there without the page being loaded anew.
    await house.card.wait_for()
    await house.stop_clock()
    await house.drink("Espresso").click()
    await expect(house.dialog.get_by_role("heading", name="Espresso")).to_be_visible()
    make = house.dialog.get_by_role("button", name="Make it")
    await expect(make).to_be_focused()
    # The second half of a double tap is no decision.
    await make.click()
    assert house.orders == []
    await page.clock.fast_forward(SETTLED)
    await page.clock.resume()
    await make.click()
    await expect(house.dialog).to_have_count(0)
    await expect(house.stage).to_be_visible()
    ring = house.stage.get_by_role("progressbar", name="Espresso")
    await expect(ring).to_have_attribute("aria-valuenow", re.compile(r"[1-9]\d*"), timeout=60_000)
    await expect(house.card.get_by_text("Brewing")).to_be_visible()
    await expect(house.stage.get_by_text("Enjoy!")).to_be_visible(timeout=90_000)
    await expect(house.stage.get_by_role("button", name="Stop")).to_have_count(0)
    assert [order["product"] for order in house.orders] == ["espresso"]
    assert await house.made() == made + 1
    await expect(house.card.get_by_role("img", name="Cups today: 1")).to_be_visible(timeout=60_000)
    await expect(house.stage).to_have_count(0, timeout=60_000)


async def test_cancel(house: House) -> None:
    """A drink in the making can be stopped; nothing else can be ordered meanwhile."""
    await house.order("Coffee")
    stop = house.stage.get_by_role("button", name="Stop")
    await expect(stop).to_be_visible(timeout=30_000)
    await expect(house.drink("Espresso")).to_have_class(re.compile("blocked"))
    await house.drink("Espresso").click()
    await expect(house.dialog.get_by_role("button", name="Make it")).to_be_disabled()
    await expect(house.dialog.get_by_text("The machine is busy")).to_be_visible()
    await house.page.keyboard.press("Escape")
    await expect(house.dialog).to_have_count(0)
    await stop.click()
    await expect(house.stage).to_have_count(0, timeout=60_000)
    assert [one["action"] for one in house.orders] == ["brew", "cancel"]


async def test_blocked(house: House) -> None:
    """What can't be had is greyed and says why; if it is all the same for all, that is said once."""
    await house.hand("milk_filled", on=False)
    await house.look()
    tile = house.drink("Cappuccino")
    await expect(tile.get_by_text("Add milk")).to_be_visible(timeout=90_000)
    await expect(house.card.get_by_role("list", name="What it needs").get_by_text("Add milk")).to_be_visible()
    await expect(house.drink("Espresso")).not_to_have_class(re.compile("blocked"))
    await tile.click()
    await expect(house.dialog.get_by_role("button", name="Make it")).to_be_disabled()
    await expect(house.dialog.get_by_role("status")).to_have_text("Add milk, then try again.")
    await house.dialog.get_by_role("button", name="Close").click()
    await house.hand("milk_filled", on=True)
    await house.look()
    await expect(tile).not_to_have_class(re.compile("blocked"), timeout=90_000)
    assert house.orders == []


async def test_failed(house: House) -> None:
    """An order that fails says why, and is not sent again."""
    made = await house.made()
    await house.act("select.select_option", "select.simulated_jura_e8_next_fault", option="lose_link")
    await house.order("Espresso")
    alert = house.card.get_by_role("alert")
    await expect(alert).to_contain_text("JURA E8", timeout=30_000)
    await alert.get_by_role("button", name="Close").click()
    await expect(alert).to_have_count(0)
    assert len(house.orders) == 1
    assert await house.made() == made


async def test_parameters(house: House) -> None:
    """A drink can be had one's own way, within its limits; what isn't changed isn't said."""
    page = house.page
    await house.drink("Espresso").click()
    water = house.dialog.get_by_role("slider", name="Water")
    assert [await water.get_attribute(name) for name in ("min", "max", "step")] == ["15", "80", "5"]
    await expect(water).to_have_attribute("aria-valuetext", "45 ml")
    await water.press("ArrowRight")
    await water.press("ArrowRight")
    await expect(water).to_have_attribute("aria-valuetext", "55 ml")
    strength = house.dialog.get_by_role("slider", name="Strength")
    await strength.press("End")
    await expect(strength).to_have_attribute("aria-valuetext", "8")
    await house.dialog.get_by_role("radio", name="Normal").check()
    await house.dialog.get_by_role("button", name="As usual").click()
    await expect(water).to_have_attribute("aria-valuetext", "45 ml")
    await water.press("Home")
    await page.clock.fast_forward(SETTLED)
    await house.dialog.get_by_role("button", name="Make it").click()
    await expect(house.stage.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)
    (ordered,) = house.orders
    assert set(ordered) == {"action", "device_id", "product", "water"}
    assert (ordered["product"], ordered["water"]) == ("espresso", 15)
    await house.stage.get_by_role("button", name="Stop").click()
    await expect(house.stage).to_have_count(0, timeout=60_000)


async def test_extras(house: House) -> None:
    """Who wants what is experimental switches extras of a drink on and off."""
    await house.experiment(on=True)
    await house.drink("Coffee").click()
    double = house.dialog.get_by_role("switch", name="Double")
    await double.check()
    await house.dialog.get_by_role("button", name="As usual").click()
    await expect(double).not_to_be_checked()
    await double.press("Space")
    await expect(double).to_be_checked()
    await house.page.clock.fast_forward(SETTLED)
    await house.dialog.get_by_role("button", name="Make it").click()
    await house.stage.get_by_role("button", name="Stop").click(timeout=30_000)
    await expect(house.stage).to_have_count(0, timeout=60_000)
    ordered = [(one["product"], one["preselections"]) for one in house.orders if one["action"] == "brew"]
    assert ordered == [("coffee", ["double"])]
    await house.experiment(on=False)
    await house.drink("Coffee").click()
    await expect(house.dialog.get_by_role("slider", name="Water")).to_be_visible()
    await expect(house.dialog.get_by_role("switch")).to_have_count(0)


async def test_far_below(house: House, open_window: OpenHouse) -> None:
    """Who chose a drink far below on a phone sees it being made, and what went wrong with it."""
    phone = await open_window(width=360, height=640)
    await phone.go()
    await phone.order("Hot water for green tea")
    stop = phone.stage.get_by_role("button", name="Stop")
    await expect(stop).to_be_in_viewport(timeout=30_000)
    # Home Assistant's header is not over it.
    await expect(phone.stage.get_by_role("progressbar")).to_be_in_viewport(ratio=1)
    top = await phone.stage.evaluate("stage => stage.getBoundingClientRect().top")
    assert top >= await phone.page.locator("hui-root .header").evaluate("bar => bar.getBoundingClientRect().bottom")
    await stop.click()
    await expect(phone.stage).to_have_count(0, timeout=60_000)
    await house.act("select.select_option", "select.simulated_jura_e8_next_fault", option="lose_link")
    await phone.order("Hot water for green tea")
    await expect(phone.card.get_by_role("alert")).to_be_in_viewport(timeout=30_000)


async def test_program(house: House) -> None:
    """While a maintenance program runs, what to do is told once, with the ways to do it; all else has to wait."""
    posed = await house.pose(
        state=("maintenance", {}),
        program=("descaling", {}),
        program_step=("empty_drip_tray", {}),
        needs=("descaling_due", {"all": ["descaling_due", "cleaning_soon"]}),
    )
    stage = posed.locator(".stage")
    await expect(stage.get_by_role("heading")).to_have_text("Descaling")
    await expect(stage.get_by_text("Empty the drip tray")).to_be_visible()
    await expect(stage.get_by_role("link", name="Manual")).to_be_visible()
    await expect(posed.get_by_text("Descale", exact=True)).to_have_count(0)
    await expect(posed.get_by_role("list", name="What it needs").get_by_role("listitem")).to_have_count(1)
    await stage.get_by_role("button", name="Show how").click()
    assert "/config/repairs" in house.page.url


async def test_chosen_drinks(house: House, own_page: str) -> None:
    """Drinks that are gone are left out; if all are, the card says so, and only once it knows."""
    await show(house, own_page, drinks=["button.gone", "button.jura_e8_espresso"])
    await expect(house.card.locator(".tile")).to_have_count(1)
    await show(house, own_page, drinks=["button.gone"])
    await expect(house.card.get_by_text("None of the drinks chosen for this card is there.")).to_be_visible()


async def test_own_drink(house: House) -> None:
    """A drink of one's own appears by itself, and is made by its name."""
    await house.own_drink("Sunday", "coffee", water=200)
    own = house.card.get_by_role("list", name="Your drinks")
    await expect(own.get_by_text("Sunday")).to_be_visible(timeout=60_000)
    await house.order("Sunday")
    await expect(house.stage.get_by_role("heading", name="Sunday")).to_be_visible(timeout=30_000)
    await house.stage.get_by_role("button", name="Stop").click(timeout=30_000)
    await expect(house.stage).to_have_count(0, timeout=60_000)
    assert [one.get("product") for one in house.orders if one["action"] == "brew"] == ["Sunday"]


async def test_hold(house: House, own_page: str) -> None:
    """Where drinks are started by holding them, a short touch only opens one, and a press that slips away does nothing."""
    page = house.page
    await show(house, own_page, brew="hold")
    tile = house.drink("Espresso")
    await tile.click()
    make = house.dialog.get_by_role("button", name="Hold to make it")
    await expect(make).to_be_visible()
    await make.click()
    await page.keyboard.press("Escape")
    await expect(house.dialog).to_have_count(0)
    box = await tile.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 20, box["y"] + 20)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 20, box["y"] + 60)
    await page.clock.fast_forward(HOLD)
    await page.mouse.up()
    await page.keyboard.press("Escape")
    assert house.orders == []
    await page.mouse.move(box["x"] + 20, box["y"] + 20)
    await page.mouse.down()
    await page.clock.fast_forward(HOLD)
    await expect(house.stage).to_be_visible()
    await page.mouse.up()
    await expect(house.dialog).to_have_count(0)
    assert [one["product"] for one in house.orders] == ["espresso"]
    await house.stage.get_by_role("button", name="Stop").click(timeout=30_000)
    await expect(house.stage).to_have_count(0, timeout=60_000)


async def test_keyboard_and_screen_reader(house: House) -> None:
    """Everything can be done without a pointer, and is said in words."""
    page = house.page
    tile = house.drink("Espresso")
    await tile.focus()
    await page.keyboard.press("Enter")
    await expect(house.dialog).to_have_accessible_name("Espresso")
    await expect(house.dialog.get_by_role("button", name="Make it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(tile).to_be_focused()
    await expect(house.card.locator("div.now")).to_have_attribute("aria-live", "polite")
    assert await house.card.locator("button:not([aria-label])").filter(has_not_text=re.compile(r"\w")).count() == 0
    used = house.card.get_by_role("img", name=re.compile(r"Cleaning: \d+ % used"))
    await expect(used).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("dark", [False, True])
async def test_no_barriers(house: House, open_window: OpenHouse, dark: bool) -> None:
    """Axe finds nothing that keeps people from using it: names, roles, contrast."""
    other = await open_window(dark=dark)
    await other.go()
    await other.card.get_by_role("heading", name="Care").wait_for(timeout=120_000)
    assert await other.barriers(other.card) == []
    await other.drink("Latte macchiato").click()
    assert [found for found in await other.barriers(other.dialog) if not found.startswith(THEMES_OWN)] == []
    await other.page.keyboard.press("Escape")
    posed = await other.pose(needs=("no_milk", {"all": ["no_milk", "descaling_due", "cleaning_soon"]}))
    await posed.get_by_role("button", name="Show how").wait_for()
    assert await other.barriers(posed) == []


async def test_editor(house: House, own_page: str) -> None:
    """The card is offered for our entities, set up by a form, and its preview follows."""
    page = house.page
    await house.go(f"{own_page}?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    await page.get_by_placeholder("Search entities").fill("JURA E8 Espresso")
    await page.get_by_text("Espresso", exact=True).first.click()
    await expect(page.get_by_text("JURA coffee machine", exact=True)).to_be_visible()
    # Over each suggestion lies what takes the click.
    await page.locator("hui-dialog-create-card .overlay").last.click()
    await page.get_by_role("button", name="Edit", exact=True).last.click()
    editor = page.locator("hui-dialog-edit-card")
    await editor.get_by_text("Press and hold it").click()
    await (
        editor.get_by_role("switch", name="Show the last four weeks")
        .or_(editor.get_by_text("Show the last four weeks"))
        .first.click()
    )
    await expect(editor.locator("jura-card").get_by_text("Espresso", exact=True)).to_be_visible()
    save = editor.get_by_role("button", name="Save")
    await save.click()
    await expect(save).to_be_hidden()
    saved = await house.ask(type="lovelace/config", url_path="my-coffee")
    (card,) = saved["views"][0]["cards"]
    assert set(card) == {"type", "device_id", "brew", "history"}
    assert (card["type"], card["brew"], card["history"]) == ("custom:jura-card", "hold", False)


async def test_dashboard(house: House) -> None:
    """Home Assistant offers a dashboard of machines, which makes itself: a page for each, with the card."""
    page = house.page
    await house.go("/config/lovelace/dashboards")
    await page.get_by_role("button", name="Add dashboard").click()
    await page.get_by_role("button", name="JURA coffee machines").click()
    await page.get_by_role("textbox", name="Title").fill("Kitchen")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("link", name="Kitchen").click()
    await expect(house.card.get_by_role("heading", name="JURA E8")).to_be_visible()
    await expect(page.locator("hui-tile-card").first).to_be_visible()
    made = {one["title"]: one for one in await house.ask(type="lovelace/dashboards/list")}["Kitchen"]
    assert await house.ask(type="lovelace/config", url_path=made["url_path"]) == {"strategy": {"type": "custom:jura"}}
    await house.ask(type="lovelace/dashboards/delete", dashboard_id=made["id"])


async def test_suggested(house: House) -> None:
    """The card is suggested for each entity of a machine, and for no other."""
    suggested = await house.page.evaluate(
        """() => {
          const hass = document.querySelector("home-assistant").hass;
          const ours = window.customCards.find(({type}) => type === "jura-card");
          return ["sensor.jura_e8_state", "button.jura_e8_espresso", "sun.sun", "sensor.simulated_jura_e8_drinks_made"]
            .map((entity) => ours.getEntitySuggestion(hass, entity)?.config);
        }"""
    )
    assert [config and config["type"] for config in suggested] == ["custom:jura-card"] * 2 + [None] * 2
    assert suggested[0]["device_id"] == suggested[1]["device_id"]


@pytest.mark.parametrize(
    ("language", "make", "coffee", "direction"),
    [("de", "Zubereiten", "Kaffee", "ltr"), ("he", "Make it", "Coffee", "rtl")],
)
@pytest.mark.parametrize("width", [320, 1600])
async def test_languages_and_widths(
    house: House, open_window: OpenHouse, width: int, language: str, make: str, coffee: str, direction: str
) -> None:
    """In the reader's language, in their direction, on a small phone and on a wide tablet: nothing sticks out."""
    other = await open_window(language=language, width=width)
    await other.go()
    await expect(other.drink(coffee)).to_be_visible()
    assert await other.page.evaluate("document.documentElement.dir || 'ltr'") == direction
    await other.drink("Espresso").click()
    await expect(other.dialog.get_by_role("button", name=make)).to_be_in_viewport()
    wide = """() => {
      const card = [...document.querySelectorAll("home-assistant")].map((root) => root)[0];
      const find = (root) => {
        for (const element of root.querySelectorAll("*")) {
          if (element.localName === "jura-card") return element;
          const inner = element.shadowRoot && find(element.shadowRoot);
          if (inner) return inner;
        }
        return null;
      };
      const found = find(card.shadowRoot);
      const boxes = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
        [element, ...(element.shadowRoot ? boxes(element.shadowRoot) : [])]);
      const {left, right} = found.getBoundingClientRect();
      return boxes(found.shadowRoot)
        .filter((element) => !element.closest("dialog, svg") && element.getClientRects().length)
        .filter((element) => {
          const box = element.getBoundingClientRect();
          return box.width && (box.left < left - 1 || box.right > right + 1);
        })
        .map((element) => element.outerHTML.slice(0, 80));
    }"""
    assert await other.page.evaluate(wide) == []
    dialog = await other.dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth")
    assert dialog <= 0
    await other.page.keyboard.press("Escape")
    posed = await other.pose(needs=("no_milk", {"all": ["no_milk", "descaling_due", "cleaning_due"]}))
    await posed.get_by_role("link").first.wait_for()
    overlap = """card => [...card.shadowRoot.querySelectorAll(".what:has(.ways)")].filter(({children: [words, ways]}) => {
      const range = document.createRange();
      range.selectNodeContents(words);
      const [one, other] = [range, ways].map((part) => part.getBoundingClientRect());
      return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
    }).map((what) => what.textContent)"""
    assert await posed.evaluate(overlap) == []
