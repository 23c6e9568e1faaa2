// Makes the one file that Home Assistant serves out of the sources. `node build.mjs FILE` writes it elsewhere.
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts"],
  outfile: process.argv[2] ?? "../custom_components/jura/frontend/jura-card.js",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  banner: { js: "// Made by scripts/card from card/src: changes made here are lost. Contains Lit (BSD-3-Clause, Google LLC)." },
});
