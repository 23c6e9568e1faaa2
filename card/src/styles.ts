// What several parts of the card look like. Colours are the theme's, but for what is in the cup.
import { css } from "lit";

export const liquids = css`
  .drink {
    display: block;
    overflow: visible;
  }
  .drink path {
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .wall {
    fill: none;
    stroke: color-mix(in srgb, var(--primary-text-color) 62%, transparent);
    stroke-width: 2;
  }
  .inside {
    fill: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
  }
  .coffee {
    fill: color-mix(in srgb, var(--jura-coffee-dark, #43281a) var(--dark), var(--jura-coffee-light, #a8744a));
  }
  .crema {
    fill: var(--jura-crema, #d3a266);
  }
  .milk {
    fill: var(--jura-milk, #f1dfc4);
  }
  .foam {
    fill: var(--jura-foam, #fff8ea);
    stroke: color-mix(in srgb, var(--jura-coffee-light, #a8744a) 45%, transparent);
    stroke-width: 0.9;
  }
  .water {
    fill: var(--jura-water, #8fcdea);
  }
  .chocolate {
    fill: var(--jura-chocolate, #c9a182);
  }
`;

export const pressable = css`
  button {
    font: inherit;
    color: inherit;
    border: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  button:disabled {
    cursor: default;
  }
  .main,
  .plain {
    position: relative;
    min-block-size: 48px;
    padding: 0 20px;
    border-radius: 24px;
    font-weight: var(--ha-font-weight-medium, 500);
    overflow: hidden;
  }
  .main {
    color: var(--text-primary-color, #fff);
    background: var(--primary-color);
  }
  .main:disabled {
    color: var(--secondary-text-color);
    background: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
  }
  .plain {
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
  }
  .round {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 40px;
    block-size: 40px;
    padding: 0;
    border-radius: 50%;
    background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
  }
  .holdable {
    touch-action: pan-y;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .main.holdable::before {
    content: "";
    position: absolute;
    inset: 0;
    background: rgb(255 255 255 / 0.35);
    transform: scaleX(0);
    transform-origin: left;
  }
  .main.holdable:dir(rtl)::before {
    transform-origin: right;
  }
  .main.holdable.held::before {
    transform: scaleX(1);
    transition: transform 900ms linear;
  }
`;
