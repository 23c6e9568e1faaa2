import { test } from "node:test";
import assert from "node:assert/strict";
import type { Hass } from "../src/ha";
import { act, failureOf } from "../src/order";

const hassThat = (answer: () => Promise<unknown>, connected = true): { hass: Hass; sent: unknown[][] } => {
  const sent: unknown[][] = [];
  const callService = (...call: unknown[]): Promise<unknown> => {
    sent.push(call);
    return answer();
  };
  return { hass: { connected, callService } as unknown as Hass, sent };
};

test("an order is sent once, and without Home Assistant's own message on top of ours", async () => {
  const { hass, sent } = hassThat(async () => undefined);
  assert.equal(await act(hass, "brew", { product: "espresso" }), undefined);
  assert.deepEqual(sent, [["jura", "brew", { product: "espresso" }, undefined, false]]);
});

test("without a connection nothing is sent, so that nothing is kept for later", async () => {
  const { hass, sent } = hassThat(async () => undefined, false);
  assert.deepEqual(await act(hass, "brew", {}), { kind: "offline" });
  assert.deepEqual(sent, []);
});

test("an order that fails is told and not sent again", async () => {
  const error = {
    code: "service_validation_error",
    message: "Add milk, then try again.",
    translation_domain: "jura",
    translation_key: "blocked_no_milk",
    translation_placeholders: {},
  };
  const { hass, sent } = hassThat(() => Promise.reject(error));
  assert.deepEqual(await act(hass, "brew", {}), { kind: "reason", reason: { key: "blocked_no_milk", placeholders: {} } });
  assert.equal(sent.length, 1);
});

test("of an order whose answer got lost nobody knows", async () => {
  const { hass, sent } = hassThat(() => Promise.reject(3));
  assert.deepEqual(await act(hass, "brew", {}), { kind: "unknown" });
  assert.equal(sent.length, 1);
});

test("whatever else goes wrong is told in its own words", () => {
  assert.deepEqual(failureOf(new Error("no")), { kind: "other", message: "no" });
  assert.deepEqual(failureOf({ message: "no", translation_domain: "other", translation_key: "x" }), {
    kind: "other",
    message: "no",
  });
  assert.deepEqual(failureOf("no"), { kind: "other", message: "no" });
});
