// Cups of the last weeks, out of Home Assistant's statistics.
import type { Hass } from "./ha";

export interface Day {
  /** Midnight where Home Assistant is. */
  start: number;
  cups: number;
}

export interface Row {
  /** Milliseconds. */
  start: number;
  change?: number | null;
}

export const DAYS = 28;
const HOUR = 3_600_000;

/** The date in a time zone, such as 2026-11-25. */
export const dateIn = (time: number, timeZone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(time);

/** The last days up to today, oldest first. Today's statistics lag behind: what the machine counted today counts. */
export const lastDays = (rows: Row[], cupsToday: number | undefined, now: number, timeZone: string): Day[] => {
  const counted = new Map(rows.map((row) => [dateIn(row.start, timeZone), Math.max(0, Math.round(row.change ?? 0))]));
  const dates = new Map<string, number>();
  // Days have 23 to 25 hours: by half-days, none is left out, and none counts twice.
  for (let time = now; dates.size < DAYS; time -= 12 * HOUR) dates.set(dateIn(time, timeZone), time);
  const days = [...dates].map(([date, start]) => ({ start, cups: counted.get(date) ?? 0 }));
  const today = days[0];
  if (today && cupsToday !== undefined) today.cups = cupsToday;
  return days.reverse();
};

/** Ask for them. Fails where there is no recorder. */
export const fetchRows = async (hass: Hass, statistic: string, now: number): Promise<Row[]> => {
  const found = await hass.callWS<Record<string, Row[]>>({
    type: "recorder/statistics_during_period",
    start_time: new Date(now - (DAYS + 1) * 24 * HOUR).toISOString(),
    statistic_ids: [statistic],
    period: "day",
    types: ["change"],
  });
  return found[statistic] ?? [];
};
