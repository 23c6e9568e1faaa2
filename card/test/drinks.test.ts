import { test } from "node:test";
import assert from "node:assert/strict";
import {
  chosenDrinks,
  commonReason,
  isUsual,
  orderOf,
  usualWish,
  withExtra,
  type Drink,
} from "../src/drinks";

const drink = (name: string, more: Partial<Drink> = {}): Drink => ({
  entity_id: `button.${name}`,
  name: null,
  drink: name,
  own: false,
  product: name,
  kind: "coffee",
  values: { strength: "6", water: 45 },
  chosen_preselections: [],
  why_not: null,
  ...more,
});

test("an order says only what differs", () => {
  const espresso = drink("espresso");
  assert.deepEqual(orderOf("d", espresso, usualWish(espresso)), { device_id: "d", product: "espresso" });
  const wish = { values: { strength: "8", water: 45 }, preselections: ["double"] };
  assert.deepEqual(orderOf("d", espresso, wish), {
    device_id: "d",
    product: "espresso",
    strength: "8",
    preselections: ["double"],
  });
  assert.equal(isUsual(espresso, usualWish(espresso)), true);
  assert.equal(isUsual(espresso, wish), false);
});

test("an order of one's own drink without its extras says so", () => {
  const own = drink("Sunday", { own: true, chosen_preselections: ["double"] });
  assert.deepEqual(orderOf("d", own, { ...usualWish(own), preselections: [] })["preselections"], []);
  assert.equal(isUsual(own, usualWish(own)), true);
});

test("changing a wish leaves the drink as it is", () => {
  const espresso = drink("espresso");
  usualWish(espresso).values["water"] = 100;
  assert.equal(espresso.values?.["water"], 45);
});

test("extras that can't be had together take each other's place", () => {
  const espresso = drink("espresso", { combinations: [["double", "light_brew"]] });
  assert.deepEqual(withExtra(espresso, [], "double"), ["double"]);
  assert.deepEqual(withExtra(espresso, ["double"], "light_brew"), ["light_brew", "double"]);
  assert.deepEqual(withExtra(espresso, ["light_brew", "double"], "powder"), ["powder"]);
  assert.deepEqual(withExtra(espresso, ["light_brew", "double"], "double"), ["light_brew"]);
});

test("drinks are shown as they are configured, or all", () => {
  const all = [drink("espresso"), drink("coffee"), drink("milk")];
  assert.deepEqual(chosenDrinks(all, undefined), all);
  assert.deepEqual(chosenDrinks(all, []), all);
  assert.deepEqual(
    chosenDrinks(all, ["button.milk", "button.gone", "button.espresso"]).map(({ drink: name }) => name),
    ["milk", "espresso"],
  );
});

test("a reason is told once if it is that of all drinks", () => {
  const milk = { key: "blocked_no_milk", placeholders: {} };
  const water = { key: "blocked_fill_water_tank", placeholders: {} };
  assert.equal(commonReason([]), undefined);
  assert.equal(commonReason([drink("a", { why_not: milk }), drink("b")]), undefined);
  assert.equal(commonReason([drink("a", { why_not: milk }), drink("b", { why_not: water })]), undefined);
  assert.equal(commonReason([drink("a", { why_not: water }), drink("b", { why_not: { ...water } })]), water);
});
