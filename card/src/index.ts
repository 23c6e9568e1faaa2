// Makes everything known to Home Assistant's frontend: the card, its dialog, the dashboard.
import { JuraCard } from "./card";
import { JuraDrinkDialog } from "./drink-dialog";
import type { Hass } from "./ha";
import { PLATFORM } from "./machine";
import { JuraDashboard } from "./strategy";
import { pageTexts } from "./texts";

declare global {
  interface Window {
    customCards?: object[];
    customStrategies?: object[];
  }
}

const texts = pageTexts();
const documentationURL = "https://github.com/jura-home-assistant/jura-home-assistant/blob/main/docs/card.md";

/** The card is suggested for any entity of a machine. */
const getEntitySuggestion = (hass: Hass, entityId: string): object | null => {
  const entry = hass.entities[entityId];
  if (entry?.platform !== PLATFORM || !entry.device_id) return null;
  return { config: { type: "custom:jura-card", device_id: entry.device_id } };
};

// Two versions may meet while Home Assistant is updated: the first stays until the page is loaded anew.
if (!customElements.get("jura-card")) {
  customElements.define("jura-drink-dialog", JuraDrinkDialog);
  customElements.define("jura-card", JuraCard);
  customElements.define("ll-strategy-dashboard-jura", JuraDashboard);
  (window.customCards ??= []).push({
    type: "jura-card",
    name: texts("card_name"),
    description: texts("card_description"),
    preview: true,
    documentationURL,
    getEntitySuggestion,
  });
  (window.customStrategies ??= []).push({
    type: "jura",
    strategyType: "dashboard",
    name: texts("dashboard_name"),
    description: texts("dashboard_description"),
    documentationURL,
  });
}
