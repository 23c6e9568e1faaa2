// Our drawings of drinks: which vessel a recipe goes into, and what lies in it in which order. Data in, paths out.
import type { Drink, Values } from "./drinks";

export type Liquid = "coffee" | "crema" | "milk" | "foam" | "water" | "chocolate";

/** A vessel, in units of a field of 64 by 64. Its inside is a trapezoid with a rounded floor. */
export interface Vessel {
  name: "espresso" | "cup" | "mug" | "glass" | "pot";
  /** How much it holds, in millilitres. */
  holds: number;
  top: number;
  floor: number;
  /** Half of its width at the top and at the floor. */
  wide: number;
  narrow: number;
  round: number;
  /** From where to where it reaches with its handle and saucer. */
  from: number;
  to: number;
}

const VESSELS: Record<Vessel["name"], Vessel> = {
  espresso: { name: "espresso", holds: 75, top: 29, floor: 51, wide: 13, narrow: 8.5, round: 5, from: 15, to: 52 },
  cup: { name: "cup", holds: 185, top: 23, floor: 51, wide: 17.5, narrow: 11, round: 8, from: 11, to: 57.5 },
  mug: { name: "mug", holds: 260, top: 17, floor: 53, wide: 15.5, narrow: 14, round: 4, from: 16, to: 58 },
  glass: { name: "glass", holds: 290, top: 9, floor: 55, wide: 13.5, narrow: 9.5, round: 3, from: 18, to: 46 },
  pot: { name: "pot", holds: 420, top: 19, floor: 54, wide: 12, narrow: 19, round: 6, from: 12, to: 57 },
};

export interface Portion {
  liquid: Liquid;
  /** Millilitres; of milk and foam, which machines count in seconds, as they roughly come out. */
  amount: number;
  /** For coffee: 0 is as light as it gets, 1 as dark. */
  dark?: number;
}

/** Roughly, from the drinks that machine files give. */
const ML_PER_SECOND_OF_MILK = 6;
const ML_PER_SECOND_OF_FOAM = 7;
/** The foam of coffee that ran under pressure. */
const CREMA = 7;

const amount = (values: Values, name: string): number => Number(values[name] ?? 0) || 0;

const WORDS = ["extra_mild", "mild", "normal", "balanced", "strong", "intense", "extra_strong"];

/** How dark the coffee is, from its strength and from how much water it is spread over. */
export const darkness = (values: Values): number => {
  const strength = values["strength"];
  const place = WORDS.indexOf(String(strength));
  const strong = place >= 0 ? (place + 1) / WORDS.length : Number(strength ?? 6) / 10;
  const thin = Math.min(1, (amount(values, "water") + 2 * amount(values, "bypass")) / 400);
  return Math.max(0, Math.min(1, 0.25 + 0.75 * (Number.isNaN(strong) ? 0.6 : strong) - 0.35 * thin));
};

/** How much of the white is foam. Many machines count milk and foam as one, and their spout makes which of them it is. */
const foamShare = (product: string): number => {
  if (product.includes("espresso_macchiat")) return 1;
  if (product.includes("cappuccin")) return 0.55;
  return product.includes("macchiat") ? 0.45 : 0.25;
};

/** What lies in the vessel, from its floor up. */
export const portions = (kind: string, product: string, values: Values): Portion[] => {
  const water = amount(values, "water");
  const bypass = amount(values, "bypass");
  const both = {
    milk: amount(values, "milk") * ML_PER_SECOND_OF_MILK,
    foam: amount(values, "milk_foam") * ML_PER_SECOND_OF_FOAM,
  };
  const apart = (both.milk && both.foam) || kind === "milk";
  const share = foamShare(product);
  const all = both.milk + both.foam;
  const milk = apart ? both.milk : all * (1 - share);
  const foam = apart ? both.foam : all * share;
  const white: Portion[] = [
    { liquid: "milk", amount: milk },
    { liquid: product.includes("chocolate") ? "chocolate" : "foam", amount: foam },
  ];
  const black: Portion = { liquid: "coffee", amount: water + bypass, dark: darkness(values) };
  const inOrder = (): Portion[] => {
    if (kind === "water") return [{ liquid: "water", amount: water || 200 }];
    if (kind === "milk") return milk + foam ? white : [{ liquid: "milk", amount: 150 }];
    if (kind !== "coffee_and_milk") {
      return [black.amount ? black : { ...black, amount: 100 }, { liquid: "crema", amount: CREMA }];
    }
    // With a break in between, the milk comes first and the coffee stays between it and the foam.
    const layered = amount(values, "milk_break") > 0 || product.includes("latte_macchiat");
    if (layered) return [{ liquid: "milk", amount: milk }, black, { liquid: "foam", amount: foam }];
    return [black, ...white];
  };
  return inOrder().filter((portion) => portion.amount > 0);
};

export const vesselFor = (kind: string, product: string, amounts: Portion[]): Vessel => {
  const all = amounts.reduce((sum, portion) => sum + portion.amount, 0);
  if (/(^|_)pot(_|$)/.test(product)) return VESSELS.pot;
  if (kind === "water" || kind === "milk" || /latte|macchiat[oi]$/.test(product) && all > 110) return VESSELS.glass;
  if (all <= 78) return VESSELS.espresso;
  return all <= 200 ? VESSELS.cup : VESSELS.mug;
};

export interface Layer {
  liquid: Liquid;
  dark: number;
  path: string;
}

export interface Picture {
  vessel: Vessel;
  layers: Layer[];
  outline: string;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const halfWidth = (vessel: Vessel, y: number): number =>
  vessel.wide + ((vessel.narrow - vessel.wide) * (y - vessel.top)) / (vessel.floor - vessel.top);

const BUBBLY = new Set<Liquid>(["foam", "chocolate"]);
/** How high bubbles stand above the surface. */
const BUBBLES = 2.4;

/** The surface, from left to right: flat, or of three bubbles. */
const surface = (half: number, upper: number, bubbly: boolean): string => {
  if (!bubbly) return `H${round(32 + half)}`;
  const third = (2 * half) / 3;
  return [1, 2, 3]
    .map((place) => {
      const end = 32 - half + place * third;
      return `Q${round(end - third / 2)} ${round(upper - 2 * BUBBLES)} ${round(end)} ${round(upper)}`;
    })
    .join("");
};

/** The outline of a slice of a vessel from y = `upper` to y = `lower`; the floor has round corners. */
export const slice = (vessel: Vessel, upper: number, lower: number, bubbly = false): string => {
  const top = halfWidth(vessel, upper);
  const left = (x: number): number => round(32 - x);
  const right = (x: number): number => round(32 + x);
  const corner = Math.min(vessel.round, vessel.floor - upper);
  const curve = Math.max(0, corner - (vessel.floor - lower));
  const bottom = halfWidth(vessel, lower);
  if (curve < 0.2) {
    return `M${left(top)} ${round(upper)}${surface(top, upper, bubbly)}L${right(bottom)} ${round(lower)}H${left(bottom)}Z`;
  }
  // What lies within the round corners is drawn down to the floor, and begins where the layer begins.
  const above = halfWidth(vessel, vessel.floor - corner);
  return (
    `M${left(top)} ${round(upper)}${surface(top, upper, bubbly)}L${right(above)} ${round(vessel.floor - corner)}` +
    `Q${right(halfWidth(vessel, vessel.floor))} ${round(lower)} ${right(halfWidth(vessel, vessel.floor) - corner)} ${round(lower)}` +
    `H${left(halfWidth(vessel, vessel.floor) - corner)}` +
    `Q${left(halfWidth(vessel, vessel.floor))} ${round(lower)} ${left(above)} ${round(vessel.floor - corner)}Z`
  );
};

/** The picture of a drink; `filled` of it (0 to 1) is in the vessel already. */
export const pictureOf = (
  drink: Pick<Drink, "kind" | "product" | "values" | "is_double">,
  values: Values = drink.values ?? {},
  filled = 1,
): Picture => {
  const kind = drink.kind ?? "coffee";
  const all = portions(kind, drink.product, values);
  const vessel = vesselFor(kind, drink.product, all);
  const total = all.reduce((sum, portion) => sum + portion.amount, 0);
  const height = vessel.floor - vessel.top;
  // Never to the brim; a sip more than what covers the floor, so that its layers can be told apart.
  const full = Math.max(0.42, Math.min(0.9, total / vessel.holds)) * height;
  const reached = vessel.floor - full * Math.max(0, Math.min(1, filled));
  const layers: Layer[] = [];
  let lower = vessel.floor;
  for (const { liquid, amount: part, dark } of all) {
    const next = lower - (part / total) * full;
    const upper = Math.max(next, reached);
    if (upper < lower - 0.1) layers.push({ liquid, dark: dark ?? 0, path: slice(vessel, upper, lower, BUBBLY.has(liquid)) });
    lower = next;
  }
  return { vessel, layers, outline: slice(vessel, vessel.top, vessel.floor) };
};

/** Where the two vessels of a double stand, as transformations of a single one: beside each other, on the same table. */
export const placesOfTwo = ({ from, to }: Vessel): [string, string] => {
  const scale = Math.min(0.8, 29 / (to - from));
  const at = (x: number): string => `translate(${round(x)} ${round(57 * (1 - scale))}) scale(${round(scale)})`;
  return [at(31 - to * scale), at(33 - from * scale)];
};
