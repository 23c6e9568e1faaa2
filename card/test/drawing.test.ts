import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { darkness, pictureOf, placesOfTwo, portions, slice, vesselFor } from "../src/drawing";
import type { Values } from "../src/drinks";

const shown = (kind: string, product: string, values: Values): string => {
  const { vessel, layers } = pictureOf({ kind, product, values });
  return [vessel.name, ...layers.map(({ liquid }) => liquid)].join(" ");
};

test("each kind of drink has its vessel and its layers, from the floor up", () => {
  assert.equal(shown("coffee", "espresso", { strength: "6", water: 45 }), "espresso coffee crema");
  assert.equal(shown("coffee", "coffee", { strength: "4", water: 120 }), "cup coffee crema");
  assert.equal(shown("coffee", "xl_lungo", { water: 240 }), "mug coffee crema");
  assert.equal(shown("coffee", "pot", { water: 360 }), "pot coffee crema");
  assert.equal(shown("water", "hot_water", { water: 220 }), "glass water");
  assert.equal(shown("milk", "milk", { milk: 20 }), "glass milk");
  assert.equal(shown("milk", "milk_foam", { milk_foam: 20 }), "glass foam");
  assert.equal(shown("coffee_and_milk", "cappuccino", { water: 60, milk: 14 }), "cup coffee milk foam");
  assert.equal(shown("coffee_and_milk", "flat_white", { water: 60, milk: 10, milk_foam: 4 }), "cup coffee milk foam");
  assert.equal(
    shown("coffee_and_milk", "latte_macchiato", { water: 45, milk: 22, milk_break: 30 }),
    "glass milk coffee foam",
  );
  assert.equal(shown("coffee_and_milk", "espresso_macchiato", { water: 25, milk: 3 }), "espresso coffee foam");
});

test("a drink without values is drawn all the same", () => {
  assert.equal(shown("powder", "powder_product", {}), "cup coffee crema");
  assert.equal(shown("water", "hot_water", {}), "glass water");
  assert.equal(pictureOf({ product: "unknown_product" } as never).layers.length, 2);
});

test("stronger coffee is darker, and more water makes it lighter", () => {
  assert.ok(darkness({ strength: "8", water: 45 }) > darkness({ strength: "3", water: 45 }));
  assert.ok(darkness({ strength: "extra_strong", water: 45 }) > darkness({ strength: "mild", water: 45 }));
  assert.ok(darkness({ strength: "5", water: 45 }) > darkness({ strength: "5", water: 45, bypass: 150 }));
  assert.ok(darkness({ strength: "strange" }) >= 0);
});

test("it fills up: nothing at first, then from the floor up", () => {
  const at = (filled: number): string[] =>
    pictureOf({ kind: "coffee_and_milk", product: "cappuccino", values: { water: 60, milk: 14 } }, undefined, filled).layers.map(
      ({ liquid }) => liquid,
    );
  assert.deepEqual(at(0), []);
  assert.deepEqual(at(0.2), ["coffee"]);
  assert.deepEqual(at(1), ["coffee", "milk", "foam"]);
});

test("no drink of any machine type is drawn over the brim or without a layer", () => {
  const catalogue = "../custom_components/jura/machine/catalogue";
  let drawn = 0;
  for (const file of readdirSync(catalogue).filter((name) => name.endsWith(".json"))) {
    const { products } = JSON.parse(readFileSync(`${catalogue}/${file}`, "utf-8")) as {
      products: Record<string, { kind: string; active?: boolean; arguments?: Record<string, number | string> }>;
    };
    for (const [product, { kind, active, arguments: values }] of Object.entries(products)) {
      if (active === false || !values) continue;
      const plain = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.split("#")[0], value]));
      const { vessel, layers, outline } = pictureOf({ kind, product, values: plain as Values });
      const numbers = layers.flatMap(({ path }) => [...path.matchAll(/M[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)));
      assert.ok(layers.length, `${file} ${product}`);
      assert.ok(Math.min(...numbers) >= vessel.top, `${file} ${product}`);
      assert.ok(!/NaN|undefined/.test(outline + layers.map(({ path }) => path).join("")), `${file} ${product}`);
      drawn += 1;
    }
  }
  assert.ok(drawn > 500);
});

test("a layer ends where the next one begins", () => {
  const vessel = vesselFor("coffee", "coffee", portions("coffee", "coffee", { water: 120 }));
  assert.match(slice(vessel, 30, 40), / 40H/);
  assert.match(slice(vessel, 40, vessel.floor), /^M[\d.]+ 40H/);
});

test("two vessels stand beside each other within the field", () => {
  const vessel = vesselFor("coffee", "coffee", portions("coffee", "coffee", { water: 120 }));
  const [left, right] = placesOfTwo(vessel).map((place) => place.match(/[-\d.]+/g)?.map(Number) ?? []);
  assert.ok(left && right);
  const ends = ([x = 0, , scale = 0]: number[]): [number, number] => [x + vessel.from * scale, x + vessel.to * scale];
  assert.ok(ends(left)[0] >= 0 && ends(left)[1] <= ends(right)[0] && ends(right)[1] <= 64);
});
