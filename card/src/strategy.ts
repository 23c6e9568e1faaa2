// The dashboard that Home Assistant offers for machines: a page for each of them.
import type { Hass } from "./ha";
import { machines, stateOf } from "./machine";
import { textsIn } from "./texts";

const TILES = [
  ["sensor", "last_drink"],
  ["sensor", "count_total"],
  ["switch", "give_way"],
] as const;

const view = (hass: Hass, deviceId: string, place: number): object => {
  const device = hass.devices[deviceId];
  const tiles = TILES.flatMap(([domain, key]) => {
    const state = stateOf(hass, deviceId, domain, key);
    return state ? [{ type: "tile", entity: state.entity_id }] : [];
  });
  const cards = [{ type: "custom:jura-card", device_id: deviceId, grid_options: { columns: "full" } }];
  return {
    title: device?.name_by_user ?? device?.name ?? "JURA",
    path: `machine-${place + 1}`,
    icon: "mdi:coffee-maker",
    type: "sections",
    max_columns: 3,
    sections: [
      { type: "grid", column_span: 2, cards },
      { type: "grid", cards: [{ type: "heading", heading: textsIn(hass.language)("more") }, ...tiles] },
    ],
  };
};

export class JuraDashboard extends HTMLElement {
  static async generate(_: object, hass: Hass): Promise<object> {
    const found = machines(hass);
    const views = found.map((deviceId, place) => view(hass, deviceId, place));
    return { views: views.length ? views : [{ cards: [{ type: "custom:jura-card" }] }] };
  }
}
