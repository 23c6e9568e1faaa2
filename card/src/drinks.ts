// What a machine offers, and an order as a person wishes for it. Data in, data out.

export interface Amount {
  minimum: number;
  maximum: number;
  step: number;
  unit: "ml" | "s" | "count";
  default: number;
}

export interface Choice {
  options: string[];
  default: string;
}

export type Parameter = Amount | Choice;
export type Values = Record<string, number | string>;

/** Why a drink can't be had now: the key of a text among the integration's exceptions. */
export interface Reason {
  key: string;
  placeholders: Record<string, string>;
}

/** A drink as `jura/offer` tells it. Of one's own drink that the machine can't make any more, only a part is known. */
export interface Drink {
  entity_id: string;
  /** What its owner calls it; null is what the product is called. */
  name: string | null;
  /** What `jura.brew` takes. */
  drink: string;
  own: boolean;
  product: string;
  is_double?: boolean;
  kind?: string;
  parameters?: Record<string, Parameter>;
  values?: Values;
  preselections?: string[];
  combinations?: string[][];
  chosen_preselections?: string[];
  why_not: Reason | null;
}

export interface Offer {
  drinks: Drink[];
  /** The name of one's own drink that is being made. */
  making: string | null;
  /** JURA's own pages about maintenance programs, without a scheme, and whether a repair leads through one that runs. */
  links: Record<string, { manual: string | null; video: string | null; guided: boolean }>;
}

export const NOTHING: Offer = { drinks: [], making: null, links: {} };

export const isAmount = (parameter: Parameter): parameter is Amount => "minimum" in parameter;

/** The drinks that a configuration wants, in its order; all if it names none. */
export const chosenDrinks = (drinks: Drink[], wanted: string[] | undefined): Drink[] =>
  wanted?.length
    ? wanted.flatMap((id) => drinks.find((drink) => drink.entity_id === id) ?? [])
    : drinks;

/** The reason that keeps every drink from being made, if it is the same for all. */
export const commonReason = (drinks: Drink[]): Reason | undefined => {
  const first = drinks[0]?.why_not;
  return first && drinks.every((drink) => drink.why_not?.key === first.key) ? first : undefined;
};

/** A wish: what differs from the drink as it is offered. */
export interface Wish {
  values: Values;
  preselections: string[];
}

export const usualWish = (drink: Drink): Wish => ({
  values: { ...drink.values },
  preselections: [...(drink.chosen_preselections ?? [])],
});

/** Switch an extra on, and those off that can't be had with it; or off. */
export const withExtra = (drink: Drink, chosen: string[], extra: string): string[] => {
  const others = chosen.filter((other) => other !== extra);
  if (others.length < chosen.length) return others;
  return others.reduce(
    (kept, other) => {
      const all = [...kept, other];
      const fits = drink.combinations?.some((together) => all.every((each) => together.includes(each)));
      return fits ? all : kept;
    },
    [extra],
  );
};

const sameSet = (one: string[], other: string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

/** The data of `jura.brew`: only what differs is said, so that everything else stays as the machine has it. */
export const orderOf = (deviceId: string, drink: Drink, wish: Wish): Record<string, unknown> => {
  const changed = Object.entries(wish.values).filter(([name, value]) => drink.values?.[name] !== value);
  const extras = sameSet(wish.preselections, drink.chosen_preselections ?? []);
  return {
    device_id: deviceId,
    product: drink.drink,
    ...Object.fromEntries(changed),
    ...(extras ? {} : { preselections: wish.preselections }),
  };
};

export const isUsual = (drink: Drink, wish: Wish): boolean => Object.keys(orderOf("", drink, wish)).length === 2;
