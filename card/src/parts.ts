// The parts of the card that only show: what it needs, its care, the last weeks. Data in, templates out.
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Offer } from "./drinks";
import { navigate } from "./ha";
import type { Day } from "./history";
import type { Care, Need } from "./machine";
import type { Texts } from "./texts";

const ICONS: Record<Need["weight"], string> = {
  act: "mdi:alert-circle-outline",
  due: "mdi:wrench-outline",
  soon: "mdi:information-outline",
};

/** What the machine needs, the most urgent first, each with the way to do it where there is more to say. */
export const needsPart = (needs: Need[], links: Offer["links"], admin: boolean, texts: Texts): TemplateResult =>
  html`<ul class="needs" aria-label=${texts("needs")}>
    ${needs.map(
      (need) =>
        html`<li class=${need.weight}>
          <ha-icon icon=${ICONS[need.weight]}></ha-icon>
          <div class="what">
            <span>${need.words}</span>
            ${need.program ? waysPart(links[need.program], admin && need.weight === "due", texts) : nothing}
          </div>
        </li>`,
    )}
  </ul>`;

/** The ways to do a maintenance program: the repair, if there is one that the person may see, and JURA's own pages. */
export const waysPart = (link: Offer["links"][string] | undefined, repair: boolean, texts: Texts): TemplateResult => {
  const page = (address: string | null | undefined, words: string): TemplateResult | typeof nothing =>
    address ? html`<a href=${`https://${address}`} target="_blank" rel="noreferrer">${words}</a>` : nothing;
  return html`<span class="ways">
    ${
      repair
        ? html`<button class="link" @click=${() => navigate("/config/repairs?historyBack=1")}>${texts("show_how")}</button>`
        : nothing
    }
    ${page(link?.manual, texts("manual"))} ${page(link?.video, texts("video"))}
  </span>`;
};

const day = (date: Date, language: string): string =>
  new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }).format(date);

/** How far each maintenance program is, and when it will be due. */
export const carePart = (all: Care[], language: string, texts: Texts): TemplateResult =>
  html`<section aria-labelledby="care">
    <h3 id="care">${texts("care")}</h3>
    <div class="care">
      ${all.map((care) => {
        const percent = Math.max(0, Math.min(100, Math.round(care.percent)));
        return html`<div class=${percent >= 100 ? "due" : percent >= 80 ? "soon" : ""}>
          <span>${care.words}</span><span class="when">${careWords(care, percent, language, texts)}</span>
          <div
            class="bar"
            role="img"
            aria-label=${texts("care_used", { program: care.words, percent })}
          >
            <div style=${`inline-size:${percent}%`}></div>
          </div>
        </div>`;
      })}
    </div>
  </section>`;

const careWords = ({ date }: Care, percent: number, language: string, texts: Texts): string => {
  if (percent >= 100) return date ? texts("care_due_since", { date: day(date, language) }) : texts("care_due");
  if (date) return texts("care_around", { date: day(date, language) });
  return new Intl.NumberFormat(language, { style: "percent" }).format(percent / 100);
};

const WIDTH = 280;
const HEIGHT = 56;

/** The cups of the last weeks, a bar for each day. */
export const historyPart = (days: Day[], language: string, timeZone: string, texts: Texts): TemplateResult => {
  const most = Math.max(1, ...days.map(({ cups }) => cups));
  const all = days.reduce((sum, { cups }) => sum + cups, 0);
  const step = WIDTH / days.length;
  const average = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(all / days.length);
  const name = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone });
  const bars = days.map(({ start, cups }, place) => {
    const tall = cups ? Math.max(4, (cups / most) * HEIGHT) : 2;
    return svg`<rect
      class=${place === days.length - 1 ? "now" : cups ? "" : "none"}
      x=${place * step + step * 0.14} y=${HEIGHT - tall} width=${step * 0.72} height=${tall} rx="2"
    ><title>${name.format(start)}: ${cups}</title></rect>`;
  });
  const [first] = days;
  return html`<section aria-labelledby="history">
    <h3 id="history">${texts("history")}<span>${texts("history_all", { count: all })}</span></h3>
    <svg
      class="chart"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${texts("history_summary", { count: all, average })}
    >
      ${bars}
    </svg>
    <div class="axis" aria-hidden="true">
      <span>${first ? name.format(first.start) : ""}</span><span>${texts("today")}</span>
    </div>
  </section>`;
};
