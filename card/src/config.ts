// What a person can set on the card, and the form for it.
import { pageTexts, type Key } from "./texts";

export interface Config {
  type: string;
  device_id?: string;
  name?: string;
  /** How a drink is started: `confirm` opens it first, `hold` starts it when its tile is held. */
  brew?: "confirm" | "hold";
  /** The buttons of the drinks to show, in this order. */
  drinks?: string[];
  care?: boolean;
  history?: boolean;
}

const WAYS = ["confirm", "hold"] as const;

/** Refuse what the card can't show, in words that say what it takes: the editor shows them. */
export const checked = (config: Config): Config => {
  if (config.brew !== undefined && !WAYS.includes(config.brew)) throw new Error('"brew" is either "confirm" or "hold"');
  if (config.drinks !== undefined && !Array.isArray(config.drinks)) throw new Error('"drinks" is a list of buttons');
  return config;
};

interface Field {
  name: string;
}

const HELP: Record<string, Key> = {
  device_id: "edit_machine_help",
  brew: "edit_brew_help",
  drinks: "edit_drinks_help",
};
const LABELS: Record<string, Key> = {
  device_id: "edit_machine",
  name: "edit_name",
  brew: "edit_brew",
  drinks: "edit_drinks",
  care: "edit_care",
  history: "edit_history",
};

export const configForm = (): object => {
  const texts = pageTexts();
  return {
    schema: [
      { name: "device_id", selector: { device: { integration: "jura", entity: { domain: "button" } } } },
      { name: "name", selector: { text: {} } },
      {
        name: "brew",
        default: "confirm",
        selector: {
          select: { mode: "list", options: WAYS.map((value) => ({ value, label: texts(`edit_brew_${value}`) })) },
        },
      },
      {
        name: "drinks",
        selector: { entity: { multiple: true, reorder: true, filter: { integration: "jura", domain: "button" } } },
      },
      { name: "care", default: true, selector: { boolean: {} } },
      { name: "history", default: true, selector: { boolean: {} } },
    ],
    computeLabel: ({ name }: Field) => (LABELS[name] ? texts(LABELS[name]) : name),
    computeHelper: ({ name }: Field) => (HELP[name] ? texts(HELP[name]) : undefined),
    assertConfig: checked,
  };
};
