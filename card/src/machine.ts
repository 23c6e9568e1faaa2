// Finds a machine and its entities, and reads from them what is to be shown. Data in, data out.
import type { Hass, State } from "./ha";

export const PLATFORM = "jura";

const MISSING = new Set(["unknown", "unavailable"]);
const PROGRAMS = ["cleaning", "descaling", "filter_change"];

/** The devices that are JURA machines: those that have a sensor of ours for the machine's state. */
export const machines = (hass: Pick<Hass, "entities" | "devices">): string[] => {
  const found = new Set<string>();
  for (const entry of Object.values(hass.entities)) {
    if (entry.platform === PLATFORM && entry.translation_key === "state" && entry.device_id) found.add(entry.device_id);
  }
  return [...found].filter((id) => id in hass.devices);
};

/** The machine that a configuration means: the one that it names, else the only one, else the first. */
export const machineOf = (hass: Pick<Hass, "entities" | "devices">, deviceId?: string): string | undefined => {
  const all = machines(hass);
  return deviceId ? all.find((id) => id === deviceId) : all[0];
};

/** The state of an entity of a machine by its translation key; undefined if there is none or it is disabled. */
export const stateOf = (hass: Hass, deviceId: string, domain: string, key: string): State | undefined => {
  for (const entry of Object.values(hass.entities)) {
    if (
      entry.platform === PLATFORM &&
      entry.device_id === deviceId &&
      entry.translation_key === key &&
      entry.entity_id.startsWith(`${domain}.`)
    ) {
      return hass.states[entry.entity_id];
    }
  }
  return undefined;
};

const known = (state: State | undefined): State | undefined => (state && !MISSING.has(state.state) ? state : undefined);

const numberOf = (state: State | undefined): number | undefined => {
  const value = known(state) && Number(state?.state);
  return value === undefined || Number.isNaN(value) ? undefined : value;
};

export interface Need {
  slug: string;
  words: string;
  /** The maintenance program that meets it, if one does. */
  program: string | undefined;
  /** Whether it is a program that is due, or will be before long. */
  weight: "due" | "soon" | "act";
}

export interface Making {
  product: string;
  phase: string | undefined;
  percent: number | undefined;
  elapsed: number | undefined;
  /** It is done, and the machine still says so. */
  done: boolean;
}

/** A maintenance program that runs. */
export interface Program {
  slug: string;
  words: string;
  step: string | undefined;
  /** The machine had asked for it, and does until it is done. */
  due: boolean;
}

export interface Care {
  program: string;
  words: string;
  percent: number;
  /** When it will be due; of what is due already, since when. */
  date: Date | undefined;
}

export interface Machine {
  deviceId: string;
  name: string;
  /** One word for its state; undefined if it can't be reached. */
  state: string | undefined;
  words: string | undefined;
  /** But for what the program that runs is about. */
  needs: Need[];
  making: Making | undefined;
  program: Program | undefined;
  care: Care[];
  cupsToday: number | undefined;
  /** What the statistics of made drinks are kept of. */
  total: string | undefined;
}

export const needOf = (slug: string): Pick<Need, "program" | "weight"> => {
  const [, program, when] = /^(.*)_(due|soon)$/.exec(slug) ?? [];
  return { program, weight: when === "due" ? "due" : when === "soon" ? "soon" : "act" };
};

/** All that is to be shown of a machine but its drinks. */
export const readMachine = (hass: Hass, deviceId: string): Machine => {
  const sensor = (key: string): State | undefined => stateOf(hass, deviceId, "sensor", key);
  const words = (state: State | undefined): string | undefined => state && hass.formatEntityState(state);
  const device = hass.devices[deviceId];
  const state = known(sensor("state"));
  const all = needs(hass, known(sensor("needs")));
  const running = program(known(sensor("program")), known(sensor("program_step")), all, words);
  return {
    deviceId,
    name: device?.name_by_user ?? device?.name ?? "JURA",
    state: state?.state,
    words: words(state),
    needs: all.filter((need) => !running || need.program !== running.slug),
    making: making(known(sensor("current_drink")), sensor, words),
    program: running,
    care: PROGRAMS.flatMap((name) => care(hass, sensor, name)),
    cupsToday: numberOf(sensor("cups_today")),
    total: sensor("count_total")?.entity_id,
  };
};

const needs = (hass: Hass, state: State | undefined): Need[] => {
  const all = state?.attributes["all"];
  if (!state || !Array.isArray(all)) return [];
  return all.map(String).map((slug) => ({ slug, words: hass.formatEntityState(state, slug), ...needOf(slug) }));
};

const making = (
  drink: State | undefined,
  sensor: (key: string) => State | undefined,
  words: (state: State | undefined) => string | undefined,
): Making | undefined => {
  if (!drink || drink.state === "none") return undefined;
  const phase = known(sensor("phase"));
  return {
    product: drink.state,
    phase: words(phase),
    percent: numberOf(sensor("progress")),
    elapsed: numberOf(sensor("elapsed")),
    done: phase?.state === "finished",
  };
};

const program = (
  state: State | undefined,
  step: State | undefined,
  all: Need[],
  words: (state: State | undefined) => string | undefined,
): Program | undefined => {
  if (!state || state.state === "none") return undefined;
  const due = all.some((need) => need.program === state.state && need.weight === "due");
  return { slug: state.state, words: words(state) ?? "", step: words(step), due };
};

const care = (hass: Hass, sensor: (key: string) => State | undefined, name: string): Care[] => {
  const percent = numberOf(sensor(`due_${name}`));
  if (percent === undefined) return [];
  const program = sensor("program");
  const when = known(sensor(`forecast_${name}`));
  const date = when && new Date(when.state);
  return [
    {
      program: name,
      words: program ? hass.formatEntityState(program, name) : name,
      percent,
      date: date && !Number.isNaN(date.getTime()) ? date : undefined,
    },
  ];
};
