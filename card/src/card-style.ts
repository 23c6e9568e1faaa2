// What the card looks like.
import { css } from "lit";

export const cardStyle = css`
  :host {
    display: block;
    block-size: 100%;
  }
  ha-card {
    block-size: 100%;
    container-type: inline-size;
    overflow: hidden;
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: var(--gap);
    padding: 20px;
    --gap: 20px;
  }
  /* Home Assistant's own header lies over the top of the page. */
  .stage,
  .trouble {
    scroll-margin-block: calc(var(--header-height, 56px) + 24px) 24px;
  }
  /* It is there all the time, so that what comes into it is read out. */
  .now:empty {
    margin-block-end: calc(-1 * var(--gap));
  }
  h2,
  h3,
  p,
  ul {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2 {
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.25;
  }
  h3 {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    margin-block-end: 12px;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
  }
  h3 span {
    font-weight: var(--ha-font-weight-normal, 400);
  }

  .head {
    display: flex;
    align-items: flex-start;
    justify-content: space-between;
    gap: 16px;
  }
  .state {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 4px;
    color: var(--secondary-text-color);
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--disabled-text-color);
  }
  .ready .dot,
  .enjoy .dot,
  .energy_saving .dot {
    background: var(--success-color);
  }
  .brewing .dot,
  .heating .dot,
  .rinsing .dot,
  .maintenance .dot {
    background: var(--primary-color);
  }
  .needs_attention .dot {
    background: var(--error-color);
  }
  .today {
    display: flex;
    flex-direction: column;
    align-items: flex-end;
    line-height: 1.1;
    color: var(--secondary-text-color);
  }
  .today strong {
    font-size: var(--ha-font-size-2xl, 24px);
    font-weight: var(--ha-font-weight-normal, 400);
    font-variant-numeric: tabular-nums;
    color: var(--primary-text-color);
  }

  .stage {
    display: flex;
    align-items: center;
    gap: 20px;
    padding: 16px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-color) 9%, transparent);
  }
  .stage > ha-icon {
    --mdc-icon-size: 48px;
    color: var(--primary-color);
  }
  .ring {
    position: relative;
    flex: none;
    inline-size: 112px;
    block-size: 112px;
  }
  .ring > svg {
    position: absolute;
    inset: 0;
  }
  .ring > .drink {
    inset: 22px;
  }
  .ring circle {
    fill: none;
    stroke-width: 5;
  }
  .track {
    stroke: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
  }
  .done {
    stroke: var(--primary-color);
    stroke-linecap: round;
    transform: rotate(-90deg);
    transform-origin: center;
    transition: stroke-dasharray 900ms linear;
  }
  .waiting .done {
    animation: turn 1.6s linear infinite;
  }
  @keyframes turn {
    from {
      transform: rotate(-90deg);
    }
    to {
      transform: rotate(270deg);
    }
  }
  .about {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 4px;
    min-inline-size: 0;
  }
  .about h3 {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    color: var(--primary-text-color);
  }
  .about p {
    color: var(--secondary-text-color);
  }
  /* What somebody has to do now. */
  .about .step {
    font-size: var(--ha-font-size-l, 16px);
    color: var(--primary-text-color);
  }
  .about .ways {
    margin-block-start: 12px;
  }
  .ways:not(:has(*)) {
    display: none;
  }
  .about .plain {
    min-block-size: 40px;
    margin-block-start: 8px;
  }

  .trouble,
  .needs li {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
  }
  .trouble ha-icon,
  .needs ha-icon {
    flex: none;
    color: var(--secondary-text-color);
  }
  .trouble span {
    flex: 1;
    min-inline-size: 0;
  }
  /* What leads further goes into a line of its own rather than squeeze the words. */
  .what {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  .what > :first-child {
    flex: 1 1 9em;
  }
  .failed {
    background: color-mix(in srgb, var(--error-color) 14%, transparent);
  }
  .failed > ha-icon {
    color: var(--error-color);
  }
  .needs {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .needs .act,
  .needs .due {
    background: color-mix(in srgb, var(--warning-color) 16%, transparent);
  }
  .needs .act ha-icon,
  .needs .due ha-icon {
    color: var(--warning-color);
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  /* In the colour of text: the theme's own colour can't be read well on what is due. */
  .ways a,
  .link {
    padding: 8px 0;
    margin-block: -8px;
    color: inherit;
    background: none;
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: underline color-mix(in srgb, currentColor 40%, transparent);
    text-underline-offset: 4px;
  }
  .ways a:hover,
  .link:hover {
    text-decoration-color: currentColor;
  }
  .ways a:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }

  .drinks {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(92px, 1fr));
    gap: 8px;
  }
  .tile {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
    box-sizing: border-box;
    inline-size: 100%;
    block-size: 100%;
    padding: 12px 6px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
    transition: background 120ms;
  }
  /* Not on touch screens, where what was touched would stay so. */
  @media (hover: hover) {
    .tile:hover {
      background: color-mix(in srgb, var(--primary-color) 12%, transparent);
    }
  }
  .tile img,
  .cup svg {
    inline-size: 64px;
    block-size: 64px;
  }
  .tile img {
    border-radius: 12px;
    object-fit: cover;
  }
  .name {
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.25;
    text-align: center;
    overflow-wrap: anywhere;
    hyphens: auto;
  }
  .why {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.25;
    color: var(--secondary-text-color);
    text-align: center;
  }
  .blocked img,
  .blocked .cup {
    opacity: 0.4;
    filter: grayscale(0.7);
  }
  .blocked .name {
    color: var(--secondary-text-color);
  }
  .tile.holdable::before {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: inherit;
    border: 3px solid var(--primary-color);
    opacity: 0;
    clip-path: inset(100% 0 0 0);
  }
  .tile.holdable.held::before {
    opacity: 1;
    clip-path: inset(0);
    transition: clip-path 900ms linear;
  }
  .empty {
    color: var(--secondary-text-color);
  }

  .more {
    display: grid;
    gap: 20px;
  }
  .more:not(:has(section)) {
    display: none;
  }
  .care {
    display: grid;
    gap: 12px;
  }
  .care > div {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 12px;
  }
  .when {
    color: var(--secondary-text-color);
  }
  .bar {
    grid-column: 1 / -1;
    block-size: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
    overflow: hidden;
  }
  .bar > div {
    block-size: 100%;
    border-radius: inherit;
    background: var(--success-color);
  }
  .soon .bar > div {
    background: var(--warning-color);
  }
  .due .bar > div {
    background: var(--error-color);
  }
  .chart {
    display: block;
    inline-size: 100%;
    block-size: 56px;
  }
  .chart:dir(rtl) {
    transform: scaleX(-1);
  }
  .chart rect {
    fill: color-mix(in srgb, var(--primary-color) 55%, transparent);
  }
  .chart .now {
    fill: var(--primary-color);
  }
  .chart .none {
    fill: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
  }
  .axis {
    display: flex;
    justify-content: space-between;
    margin-block-start: 4px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }

  .missing {
    align-items: center;
    padding: 32px 24px;
    text-align: center;
  }
  .missing svg {
    inline-size: 96px;
  }

  @container (inline-size > 620px) {
    .card {
      padding: 24px;
      --gap: 24px;
    }
    .drinks {
      grid-template-columns: repeat(auto-fill, minmax(116px, 1fr));
      gap: 12px;
    }
    .tile img,
    .cup svg {
      inline-size: 80px;
      block-size: 80px;
    }
    .more {
      grid-template-columns: 1fr 1fr;
      gap: 32px;
    }
    .needs {
      flex-direction: row;
      flex-wrap: wrap;
    }
    .needs li {
      flex: 1 1 260px;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .done,
    .tile {
      transition: none;
    }
    .waiting .done {
      animation: none;
    }
  }
`;
