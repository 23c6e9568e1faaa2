// Ordering: once. An order that failed, or of which nobody knows, is told and never sent again.
import type { Hass } from "./ha";
import type { Reason } from "./drinks";

export type Failure =
  /** Home Assistant can't be reached, so that nothing was sent. */
  | { kind: "offline" }
  /** The answer got lost: it may have been made or not. */
  | { kind: "unknown" }
  /** The integration says why. */
  | { kind: "reason"; reason: Reason }
  | { kind: "other"; message: string };

/** How the websocket's library says that a connection was lost while an answer was awaited. */
const CONNECTION_LOST = 3;

export const failureOf = (error: unknown): Failure => {
  if (error === CONNECTION_LOST) return { kind: "unknown" };
  const { translation_domain, translation_key, translation_placeholders, message } = Object(error) as {
    translation_domain?: string;
    translation_key?: string;
    translation_placeholders?: Record<string, string>;
    message?: string;
  };
  if (translation_domain === "jura" && translation_key) {
    return { kind: "reason", reason: { key: translation_key, placeholders: translation_placeholders ?? {} } };
  }
  return { kind: "other", message: message ?? String(error) };
};

/** Perform an action of the integration; return what went wrong, if anything did. */
export const act = async (hass: Hass, action: "brew" | "cancel", data: object): Promise<Failure | undefined> => {
  // What is asked for without a connection would be kept, and sent when nobody expects it any more.
  if (!hass.connected) return { kind: "offline" };
  try {
    await hass.callService("jura", action, data, undefined, false);
  } catch (error) {
    return failureOf(error);
  }
  return undefined;
};
