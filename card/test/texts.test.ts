import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { formatsIn, textsIn } from "../src/texts";

type Words = Record<string, string>;

const folder = "src/translations";
const read = (file: string): Words => JSON.parse(readFileSync(`${folder}/${file}`, "utf-8")) as Words;
const english = read("en.json");
const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test("each language has the same texts in the same order, with the same blanks", () => {
  const files = readdirSync(folder);
  assert.deepEqual(files.sort(), ["cs", "da", "de", "en", "es", "fr", "it", "nb", "nl", "pl", "pt", "sv"].map((language) => `${language}.json`));
  for (const file of files) {
    const words = read(file);
    assert.deepEqual(Object.keys(words), Object.keys(english), file);
    for (const [key, text] of Object.entries(words)) {
      assert.deepEqual(blanks(text), blanks(english[key] ?? ""), `${file} ${key}`);
      assert.equal(text.trim(), text, `${file} ${key}`);
      assert.notEqual(text, "", `${file} ${key}`);
    }
  }
});

test("no language is a copy of the English one", () => {
  for (const file of readdirSync(folder).filter((name) => name !== "en.json")) {
    const same = Object.entries(read(file)).filter(([key, text]) => text === english[key] && /[a-z]{4}/i.test(text.replace(/\{\w+\}/g, "")));
    assert.ok(same.length < 8, `${file}: ${same.map(([key]) => key).join(", ")}`);
  }
});

test("every text is used", () => {
  const sources = readdirSync("src")
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(`src/${name}`, "utf-8"))
    .join("");
  // The ways to start a drink are named by their values.
  const unused = Object.keys(english).filter((key) => !sources.includes(`"${key}"`) && !/^edit_brew_(confirm|hold)$/.test(key));
  assert.deepEqual(unused, []);
});

test("languages are found by what browsers call them", () => {
  assert.equal(textsIn("de-CH")("today"), "heute");
  assert.equal(textsIn("pt-BR")("today"), "hoje");
  assert.equal(textsIn("nn")("today"), "i dag");
  assert.equal(textsIn("tlh")("today"), "today");
  assert.equal(textsIn("en")("history_all", { count: 63 }), "Cups: 63");
  assert.equal(textsIn("en")("history_all"), "Cups: {count}");
});

test("dates are in the language of the words around them", () => {
  assert.equal(formatsIn("de-CH"), "de-CH");
  assert.equal(formatsIn("nn"), "nn");
  assert.equal(formatsIn("he"), "en");
});
