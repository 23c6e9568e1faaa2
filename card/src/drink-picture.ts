// The drawing of a drink as SVG.
import { nothing, svg, type SVGTemplateResult } from "lit";
import { pictureOf, placesOfTwo, type Picture, type Vessel } from "./drawing";
import type { Drink, Values } from "./drinks";

const HANDLES: Partial<Record<Vessel["name"], string>> = {
  espresso: "M44.5 32.5c6-1 8 1.500 7 5.500c-1 3.500-4.500 5-9 5",
  cup: "M49 27.500c7-1 9 2.500 7.500 7.500c-1.500 4.500-6 6-11 6",
  mug: "M47.500 23.500c8.500-1 10 4 9.500 11.500c-.5 7-3.500 9-10 8.500",
  pot: "M46.500 24c8 0 10 5 9.500 12.500c-.4 5-2.500 7.500-6 8",
};
const SAUCERS: Partial<Record<Vessel["name"], string>> = {
  espresso: "M15 55.500h34",
  cup: "M11 55.500h42",
};

const vessel = ({ vessel: { name }, outline }: Picture): SVGTemplateResult => svg`
  ${HANDLES[name] ? svg`<path class="wall" d=${HANDLES[name]} />` : nothing}
  ${SAUCERS[name] ? svg`<path class="wall" d=${SAUCERS[name]} />` : nothing}
  ${name === "pot" ? svg`<path class="wall" d="M19 15.500h26M32 12v3M20.500 22l-7 6" />` : nothing}
  <path class="inside" d=${outline} />
`;

const one = (picture: Picture): SVGTemplateResult => svg`
  ${vessel(picture)}
  ${picture.layers.map(
    (layer) => svg`<path class=${layer.liquid} style=${`--dark:${Math.round(layer.dark * 100)}%`} d=${layer.path} />`,
  )}
  <path class="wall" d=${picture.outline} />
`;

/** A drawing says nothing that isn't said in words beside it, so it is hidden from screen readers. */
export const drinkPicture = (
  drink: Pick<Drink, "kind" | "product" | "values" | "is_double">,
  values?: Values,
  filled?: number,
): SVGTemplateResult => {
  const picture = pictureOf(drink, values, filled);
  const places = drink.is_double ? placesOfTwo(picture.vessel) : [""];
  return svg`<svg class="drink" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    ${places.map((place) => svg`<g transform=${place}>${one(picture)}</g>`)}
  </svg>`;
};
