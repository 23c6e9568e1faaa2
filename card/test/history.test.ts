import { test } from "node:test";
import assert from "node:assert/strict";
import { DAYS, dateIn, lastDays } from "../src/history";

const ZONE = "Europe/Zurich";
const NOW = Date.parse("2026-11-25T18:00:00+01:00");

test("there is a day for each of the last four weeks, up to today", () => {
  const days = lastDays([], undefined, NOW, ZONE);
  assert.equal(days.length, DAYS);
  assert.equal(dateIn(days.at(-1)?.start ?? 0, ZONE), "2026-11-25");
  assert.equal(dateIn(days[0]?.start ?? 0, ZONE), "2026-10-29");
});

test("no day is left out or counted twice where the clocks change", () => {
  const after = Date.parse("2026-10-26T00:30:00+01:00");
  const dates = lastDays([], 0, after, ZONE).map(({ start }) => dateIn(start, ZONE));
  assert.equal(new Set(dates).size, DAYS);
  assert.deepEqual(dates.slice(-3), ["2026-10-24", "2026-10-25", "2026-10-26"]);
});

test("cups are those of the statistics, and today those of the machine", () => {
  const rows = [
    { start: Date.parse("2026-11-24T00:00:00+01:00"), change: 3 },
    { start: Date.parse("2026-11-23T00:00:00+01:00"), change: null },
    { start: Date.parse("2026-11-25T00:00:00+01:00"), change: 1 },
    { start: Date.parse("2026-09-01T00:00:00+02:00"), change: 99 },
  ];
  assert.deepEqual(
    lastDays(rows, 2, NOW, ZONE)
      .slice(-3)
      .map(({ cups }) => cups),
    [0, 3, 2],
  );
  assert.equal(lastDays(rows, undefined, NOW, ZONE).at(-1)?.cups, 1);
});
