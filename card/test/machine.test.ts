import { test } from "node:test";
import assert from "node:assert/strict";
import type { Hass, State } from "../src/ha";
import { machineOf, machines, needOf, readMachine } from "../src/machine";

/** A Home Assistant with a machine `m` whose sensors have these states, under ids that say nothing. */
const hassWith = (sensors: Record<string, Partial<State>>): Hass => {
  const entries = Object.keys(sensors).map((key, place) => ({
    entity_id: `sensor.s${place}`,
    device_id: "m",
    platform: "jura",
    translation_key: key,
  }));
  const states = Object.values(sensors).map((state, place) => ({
    entity_id: `sensor.s${place}`,
    state: "unknown",
    attributes: {},
    ...state,
  }));
  return {
    entities: Object.fromEntries(entries.map((entry) => [entry.entity_id, entry])),
    states: Object.fromEntries(states.map((state) => [state.entity_id, state])),
    devices: { m: { id: "m", name: "JURA E8", name_by_user: null } },
    formatEntityState: (state: State, value = state.state) => `<${value}>`,
  } as unknown as Hass;
};

test("machines are found by what they are, not by what they are called", () => {
  const hass = hassWith({ state: { state: "ready" } });
  hass.entities["sensor.other"] = {
    entity_id: "sensor.jura_state",
    device_id: "other",
    platform: "template",
    translation_key: "state",
  };
  assert.deepEqual(machines(hass), ["m"]);
  assert.equal(machineOf(hass), "m");
  assert.equal(machineOf(hass, "m"), "m");
  assert.equal(machineOf(hass, "gone"), undefined);
});

test("a machine that is ready", () => {
  const machine = readMachine(
    hassWith({
      state: { state: "ready" },
      needs: { state: "nothing", attributes: { all: [] } },
      current_drink: { state: "none" },
      program: { state: "none" },
      cups_today: { state: "3" },
      count_total: { state: "1234" },
    }),
    "m",
  );
  assert.equal(machine.name, "JURA E8");
  assert.deepEqual([machine.state, machine.words, machine.cupsToday], ["ready", "<ready>", 3]);
  assert.deepEqual([machine.needs, machine.making, machine.program, machine.care], [[], undefined, undefined, []]);
  assert.equal(machine.total, "sensor.s5");
});

test("a machine that is off: nothing is known, nothing is 0", () => {
  const machine = readMachine(
    hassWith({
      state: { state: "unavailable" },
      needs: { state: "unavailable", attributes: { all: ["no_milk"] } },
      current_drink: { state: "unavailable" },
      cups_today: { state: "unknown" },
      due_cleaning: { state: "unknown" },
    }),
    "m",
  );
  assert.deepEqual([machine.state, machine.needs, machine.making], [undefined, [], undefined]);
  assert.deepEqual([machine.cupsToday, machine.care], [undefined, []]);
});

test("a drink in the making", () => {
  const sensors = {
    current_drink: { state: "cappuccino" },
    phase: { state: "milk_foam" },
    progress: { state: "0" },
    elapsed: { state: "12" },
  };
  assert.deepEqual(readMachine(hassWith(sensors), "m").making, {
    product: "cappuccino",
    phase: "<milk_foam>",
    percent: 0,
    elapsed: 12,
    done: false,
  });
  assert.equal(readMachine(hassWith({ ...sensors, phase: { state: "finished" } }), "m").making?.done, true);
  const unknown = readMachine(hassWith({ ...sensors, phase: {}, progress: {} }), "m").making;
  assert.deepEqual([unknown?.phase, unknown?.percent], [undefined, undefined]);
});

test("what it needs, with the program that helps", () => {
  assert.deepEqual(needOf("descaling_due"), { program: "descaling", weight: "due" });
  assert.deepEqual(needOf("filter_change_soon"), { program: "filter_change", weight: "soon" });
  assert.deepEqual(needOf("fill_water_tank"), { program: undefined, weight: "act" });
  const needs = { state: "no_milk", attributes: { all: ["no_milk", "cleaning_due"] } };
  assert.deepEqual(
    readMachine(hassWith({ needs }), "m").needs.map(({ words }) => words),
    ["<no_milk>", "<cleaning_due>"],
  );
});

test("a program that runs: what it is about is no need any more", () => {
  const sensors = {
    program: { state: "descaling" },
    program_step: { state: "empty_drip_tray" },
    needs: { state: "no_milk", attributes: { all: ["no_milk", "descaling_due", "cleaning_due"] } },
  };
  const { program, needs } = readMachine(hassWith(sensors), "m");
  assert.deepEqual(program, { slug: "descaling", words: "<descaling>", step: "<empty_drip_tray>", due: true });
  assert.deepEqual(needs.map(({ slug }) => slug), ["no_milk", "cleaning_due"]);
  const early = readMachine(hassWith({ ...sensors, needs: {} }), "m").program;
  assert.equal(early?.due, false);
});

test("care with and without a forecast", () => {
  const { care } = readMachine(
    hassWith({
      program: { state: "none" },
      due_cleaning: { state: "80" },
      forecast_cleaning: { state: "2026-12-12T22:59:59+00:00" },
      due_descaling: { state: "20" },
      forecast_descaling: {},
    }),
    "m",
  );
  assert.deepEqual(
    care.map(({ program, words, percent }) => [program, words, percent]),
    [
      ["cleaning", "<cleaning>", 80],
      ["descaling", "<descaling>", 20],
    ],
  );
  assert.equal(care[0]?.date?.toISOString(), "2026-12-12T22:59:59.000Z");
  assert.equal(care[1]?.date, undefined);
});
