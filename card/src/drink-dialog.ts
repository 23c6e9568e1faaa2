// One drink: how it is to be, and the button that makes it.
import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { isAmount, isUsual, usualWish, withExtra, type Drink, type Parameter, type Wish } from "./drinks";
import { drinkPicture } from "./drink-picture";
import type { Localize } from "./ha";
import { holding } from "./hold";
import { liquids, pressable } from "./styles";
import { drinkName, optionName, parameterName, sentence, type Texts } from "./texts";

/** Milliseconds after it opened in which nothing can be ordered: the second half of a double tap is no decision. */
const SETTLING = 500;
/** Most options that are shown side by side; of more, one is chosen by a slider. */
const SIDE_BY_SIDE = 3;
const UNITS = { ml: "millilitres", s: "seconds", count: "times" } as const;

export interface Order {
  drink: Drink;
  wish: Wish;
}

export class JuraDrinkDialog extends LitElement {
  static override properties = {
    drink: { attribute: false },
    texts: { attribute: false },
    localize: { attribute: false },
    hold: { type: Boolean },
    wish: { state: true },
    asked: { state: true },
  };

  declare drink: Drink | undefined;
  declare texts: Texts;
  declare localize: Localize;
  declare hold: boolean;
  declare private wish: Wish;
  declare private asked: boolean;
  private openedAt = 0;

  constructor() {
    super();
    this.hold = false;
    this.asked = false;
    this.wish = { values: {}, preselections: [] };
  }

  private get dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("drink") as Drink | undefined;
    if (changed.has("drink") && this.drink && this.drink.entity_id !== before?.entity_id) {
      this.wish = usualWish(this.drink);
      this.asked = false;
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("drink")) return;
    if (this.drink && !this.dialog?.open) {
      this.dialog?.showModal();
      this.openedAt = performance.now();
    }
    if (!this.drink && this.dialog?.open) this.dialog.close();
  }

  private readonly close = (): void => {
    this.dispatchEvent(new CustomEvent("jura-close"));
  };

  private order(): void {
    const { drink, wish } = this;
    if (!drink || drink.why_not || performance.now() - this.openedAt < SETTLING) return;
    this.dispatchEvent(new CustomEvent<Order>("jura-order", { detail: { drink, wish } }));
  }

  /** A click: what is to be held is only held by whoever can; for everybody else, a second press takes its place. */
  private readonly press = (event: MouseEvent): void => {
    if (!this.hold) this.order();
    else if (event.detail === 0 && this.asked) this.order();
    else if (event.detail === 0) this.asked = true;
  };

  private readonly holding = holding(() => this.order());

  private set(name: string, value: number | string): void {
    this.wish = { ...this.wish, values: { ...this.wish.values, [name]: value } };
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="name" @close=${this.close} @click=${this.backdrop}>
      ${this.drink ? this.body(this.drink) : nothing}
    </dialog>`;
  }

  private readonly backdrop = (event: MouseEvent): void => {
    if (event.target === this.dialog) this.close();
  };

  private body(drink: Drink): TemplateResult {
    const { texts, localize, wish } = this;
    const parameters = Object.entries(drink.parameters ?? {});
    const extras = drink.preselections ?? [];
    return html`<div class="sheet">
      <div class="head">
        <h2 id="name">${drinkName(localize, drink)}</h2>
        <button class="round" aria-label=${texts("close")} title=${texts("close")} @click=${this.close}>
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
      </div>
      <div class="picture">${drinkPicture(drink, wish.values)}</div>
      ${parameters.map(([name, parameter]) => this.control(name, parameter))}
      ${
        extras.length
          ? html`<fieldset class="field">
              <legend>${texts("extras")}</legend>
              <div class="switches">${extras.map((extra) => this.extra(drink, extra))}</div>
            </fieldset>`
          : nothing
      }
      <footer>
        ${
          drink.why_not
            ? html`<p class="reason" role="status">${sentence(localize, drink.why_not)}</p>`
            : html`<p class="hint">${texts("put_cup")}</p>`
        }
        <div class="buttons">
          ${
            isUsual(drink, wish)
              ? nothing
              : html`<button class="plain" @click=${() => (this.wish = usualWish(drink))}>${texts("as_usual")}</button>`
          }
          ${this.button(drink)}
        </div>
      </footer>
    </div>`;
  }

  private button(drink: Drink): TemplateResult {
    const { texts, hold, holding } = this;
    const words = hold ? texts(this.asked ? "press_again" : "hold") : texts("make");
    if (!hold) {
      return html`<button class="main" autofocus ?disabled=${!!drink.why_not} @click=${this.press}>${words}</button>`;
    }
    return html`<button
      class="main holdable"
      autofocus
      ?disabled=${!!drink.why_not}
      @pointerdown=${holding.down}
      @pointermove=${holding.move}
      @pointerup=${holding.up}
      @pointerleave=${holding.up}
      @pointercancel=${holding.up}
      @keydown=${holding.keydown}
      @keyup=${holding.up}
      @blur=${holding.up}
      @contextmenu=${(event: Event) => event.preventDefault()}
      @click=${this.press}
    >
      ${words}
    </button>`;
  }

  private control(name: string, parameter: Parameter): TemplateResult {
    const label = parameterName(this.localize, name);
    const value = this.wish.values[name] ?? parameter.default;
    if (isAmount(parameter)) {
      const words = this.texts(UNITS[parameter.unit], { count: Number(value) });
      return this.slider(name, label, words, parameter.minimum, parameter.maximum, parameter.step, Number(value), Number);
    }
    const { options } = parameter;
    const words = (option: string): string => optionName(this.localize, name, option);
    if (options.length > SIDE_BY_SIDE) {
      const place = Math.max(0, options.indexOf(String(value)));
      const chosen = options[place] ?? "";
      return this.slider(name, label, words(chosen), 0, options.length - 1, 1, place, (at) => options[at] ?? chosen);
    }
    return html`<fieldset class="field">
      <legend>${label}</legend>
      <div class="options">
        ${options.map(
          (option) =>
            html`<label>
              <input
                type="radio"
                name=${name}
                .checked=${option === value}
                @change=${() => this.set(name, option)}
              /><span>${words(option)}</span>
            </label>`,
        )}
      </div>
    </fieldset>`;
  }

  private slider(
    name: string,
    label: string,
    words: string,
    minimum: number,
    maximum: number,
    step: number,
    place: number,
    valueAt: (place: number) => number | string,
  ): TemplateResult {
    return html`<div class="field">
      <label for=${name}>${label}</label><span class="value" aria-hidden="true">${words}</span>
      <input
        id=${name}
        type="range"
        min=${minimum}
        max=${maximum}
        step=${step}
        style=${`--filled:${(100 * (place - minimum)) / (maximum - minimum || 1)}%`}
        .value=${String(place)}
        aria-valuetext=${words}
        @input=${(event: Event) => this.set(name, valueAt(Number((event.target as HTMLInputElement).value)))}
      />
    </div>`;
  }

  private extra(drink: Drink, extra: string): TemplateResult {
    return html`<label>
      <span>${optionName(this.localize, "preselection", extra)}</span>
      <input
        type="checkbox"
        role="switch"
        .checked=${this.wish.preselections.includes(extra)}
        @change=${() => (this.wish = { ...this.wish, preselections: withExtra(drink, this.wish.preselections, extra) })}
      />
    </label>`;
  }

  static override styles = [
    liquids,
    pressable,
    css`
      dialog {
        box-sizing: border-box;
        inline-size: min(420px, 100vw - 32px);
        max-block-size: calc(100dvh - 32px);
        padding: 0;
        border: 0;
        border-radius: var(--ha-dialog-border-radius, 24px);
        color: var(--primary-text-color);
        background: var(--card-background-color);
        box-shadow: 0 12px 48px rgb(0 0 0 / 0.32);
        overflow: auto;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.5);
      }
      .sheet {
        display: flex;
        flex-direction: column;
        gap: 20px;
        padding: 20px 24px 24px;
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      h2 {
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.3;
      }
      .picture {
        display: grid;
        place-items: center;
      }
      .picture svg {
        inline-size: 128px;
        block-size: 128px;
        margin-block-start: -20px;
      }
      .field {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 8px 12px;
        margin: 0;
        padding: 0;
        border: 0;
        min-inline-size: 0;
      }
      .field > label,
      legend {
        padding: 0;
        color: var(--secondary-text-color);
      }
      legend {
        margin-block-end: 8px;
      }
      .value {
        font-weight: var(--ha-font-weight-medium, 500);
        font-variant-numeric: tabular-nums;
      }
      input[type="range"] {
        grid-column: 1 / -1;
        appearance: none;
        inline-size: 100%;
        block-size: 28px;
        margin: 0;
        background: none;
        cursor: pointer;
        touch-action: pan-y;
        --direction: to right;
        --track: linear-gradient(
          var(--direction),
          var(--primary-color) var(--filled),
          color-mix(in srgb, var(--primary-text-color) 12%, transparent) var(--filled)
        );
      }
      input[type="range"]:dir(rtl) {
        --direction: to left;
      }
      input[type="range"]:focus-visible {
        outline: 2px solid var(--primary-color);
        outline-offset: 2px;
        border-radius: 14px;
      }
      input::-webkit-slider-runnable-track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--track);
      }
      input::-moz-range-track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--track);
      }
      input::-webkit-slider-thumb {
        appearance: none;
        inline-size: 22px;
        block-size: 22px;
        margin-block-start: -8px;
        border: 0;
        border-radius: 50%;
        background: var(--primary-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.3);
      }
      input::-moz-range-thumb {
        inline-size: 22px;
        block-size: 22px;
        border: 0;
        border-radius: 50%;
        background: var(--primary-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.3);
      }
      .options {
        grid-column: 1 / -1;
        display: flex;
        gap: 4px;
        padding: 4px;
        border-radius: 14px;
        background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
      }
      .options label {
        flex: 1 1 auto;
        position: relative;
      }
      .options input {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .options span {
        display: grid;
        place-items: center;
        min-block-size: 40px;
        padding: 0 12px;
        border-radius: 10px;
        text-align: center;
      }
      .options input:checked + span {
        background: color-mix(in srgb, var(--primary-color) 26%, var(--card-background-color));
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .options input:focus-visible + span {
        outline: 2px solid var(--primary-color);
        outline-offset: 1px;
      }
      .switches {
        grid-column: 1 / -1;
        padding: 0 16px;
        border-radius: 14px;
        background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
      }
      .switches label {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        min-block-size: 48px;
        cursor: pointer;
      }
      .switches label + label {
        border-block-start: 1px solid var(--divider-color);
      }
      .switches input {
        appearance: none;
        flex: none;
        box-sizing: border-box;
        inline-size: 44px;
        block-size: 26px;
        margin: 0;
        padding: 4px;
        border-radius: 13px;
        background: color-mix(in srgb, var(--primary-text-color) 38%, transparent);
        cursor: pointer;
        transition: background 120ms;
      }
      .switches input::before {
        content: "";
        display: block;
        inline-size: 18px;
        block-size: 18px;
        border-radius: 50%;
        background: #fff;
        transition: margin 120ms;
      }
      .switches input:checked {
        background: var(--primary-color);
      }
      .switches input:checked::before {
        margin-inline-start: 18px;
      }
      .switches input:focus-visible {
        outline: 2px solid var(--primary-color);
        outline-offset: 2px;
      }
      footer {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      p {
        margin: 0;
        text-align: center;
        color: var(--secondary-text-color);
      }
      .reason {
        padding: 12px 16px;
        border-radius: 12px;
        color: var(--primary-text-color);
        background: color-mix(in srgb, var(--warning-color) 18%, transparent);
      }
      .buttons {
        display: flex;
        gap: 12px;
      }
      .main {
        flex: 1;
      }
    `,
  ];
}
