// Words: the card's own in twelve languages, and the integration's through Home Assistant.
import cs from "./translations/cs.json";
import da from "./translations/da.json";
import de from "./translations/de.json";
import en from "./translations/en.json";
import es from "./translations/es.json";
import fr from "./translations/fr.json";
import it from "./translations/it.json";
import nb from "./translations/nb.json";
import nl from "./translations/nl.json";
import pl from "./translations/pl.json";
import pt from "./translations/pt.json";
import sv from "./translations/sv.json";
import type { Drink, Reason } from "./drinks";
import type { Hass, Localize } from "./ha";

export type Key = keyof typeof en;
export type Texts = (key: Key, values?: Record<string, string | number>) => string;

const LANGUAGES: Record<string, Record<Key, string>> = { cs, da, de, en, es, fr, it, nb, nl, pl, pt, sv };
const RELATED: Record<string, string> = { nn: "nb", no: "nb" };

const filled = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

const wordsIn = (language: string): Record<Key, string> | undefined => {
  const base = language.toLowerCase().split("-")[0] ?? "";
  return LANGUAGES[RELATED[base] ?? base];
};

/** The card's own words in a language; English where there are none. */
export const textsIn = (language: string): Texts => {
  const texts = wordsIn(language) ?? en;
  return (key, values = {}) => filled(texts[key], values);
};

/** The language of dates and numbers: they stand among the words, and in another one they would be torn apart. */
export const formatsIn = (language: string): string => (wordsIn(language) ? language : "en");

/** What the page is written in, for what is asked before there is a card. */
export const pageTexts = (): Texts => textsIn(document.documentElement.lang);

const CATEGORIES = ["entity", "exceptions", "selector", "services"];

/** Have the integration's words in the reader's language. */
export const loadWords = async (hass: Hass): Promise<void> => {
  await Promise.all(CATEGORIES.map((category) => hass.loadBackendTranslation(category, "jura")));
};

const entityName = (localize: Localize, domain: string, key: string): string =>
  localize(`component.jura.entity.${domain}.${key}.name`);

export const productName = (localize: Localize, product: string): string =>
  entityName(localize, "button", `brew_${product}`) || product;

export const drinkName = (localize: Localize, drink: Drink): string => drink.name ?? productName(localize, drink.product);

export const parameterName = (localize: Localize, name: string): string =>
  localize(`component.jura.services.brew.fields.${name}.name`) || name;

export const optionName = (localize: Localize, list: string, option: string): string =>
  localize(`component.jura.selector.${list}.options.${option}`) || option;

export const sentence = (localize: Localize, reason: Reason): string =>
  localize(`component.jura.exceptions.${reason.key}.message`, reason.placeholders) || reason.key;

/** The same in few words, where the machine's needs have some: the reason may be only what somebody has to do. */
export const shortSentence = (localize: Localize, reason: Reason): string =>
  localize(`component.jura.entity.sensor.needs.state.${reason.key.replace(/^blocked_/, "")}`) ||
  sentence(localize, reason);
