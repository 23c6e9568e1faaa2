// The card: the machine on the dashboard.
import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { checked, configForm, type Config } from "./config";
import { cardStyle } from "./card-style";
import { drinkPicture } from "./drink-picture";
import { NOTHING, chosenDrinks, commonReason, orderOf, usualWish, type Drink, type Offer, type Reason } from "./drinks";
import type { Order } from "./drink-dialog";
import { navigate, type Hass } from "./ha";
import { dateIn, fetchRows, lastDays, type Row } from "./history";
import { holding } from "./hold";
import { machineOf, machines, readMachine, type Machine, type Making } from "./machine";
import { act, type Failure } from "./order";
import { carePart, historyPart, needsPart, waysPart } from "./parts";
import { liquids, pressable } from "./styles";
import { drinkName, formatsIn, loadWords, productName, sentence, shortSentence, textsIn, type Texts } from "./texts";

const HOUR = 3_600_000;
const COLUMNS = 12;

export class JuraCard extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    offer: { state: true },
    opened: { state: true },
    ordering: { state: true },
    cancelling: { state: true },
    failure: { state: true },
    rows: { state: true },
  };

  declare hass: Hass | undefined;
  declare private config: Config | undefined;
  declare private offer: Offer;
  /** The entity of the drink that is looked at. */
  declare private opened: string | undefined;
  /** The drink that the machine is being told to make. */
  declare private ordering: Drink | undefined;
  declare private cancelling: boolean;
  declare private failure: Failure | undefined;
  declare private rows: Row[];

  private subscribed: { to: string; end: Promise<(() => Promise<void>) | undefined> } | undefined;
  private wordsOf: string | undefined;
  private fetched: { of: string; at: number; on: string } | undefined;

  constructor() {
    super();
    this.offer = NOTHING;
    this.cancelling = false;
    this.rows = [];
  }

  // --- what dashboards ask of a card ---------------------------------------------------------------------------------

  setConfig(config: Config): void {
    this.config = checked(config);
  }

  getCardSize(): number {
    return 4 + Math.ceil(this.drinks.length / 4) * 2;
  }

  getGridOptions(): object {
    return { columns: COLUMNS, min_columns: 6 };
  }

  static getConfigForm(): object {
    return configForm();
  }

  static getStubConfig(hass: Hass): Partial<Config> {
    const [first, second] = machines(hass);
    return first && second ? { device_id: first } : {};
  }

  // --- what it lives on -----------------------------------------------------------------------------------------------

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe();
  }

  private get deviceId(): string | undefined {
    return this.hass && this.config && machineOf(this.hass, this.config.device_id);
  }

  private get drinks(): Drink[] {
    return chosenDrinks(this.offer.drinks, this.config?.drinks);
  }

  protected override willUpdate(): void {
    const { hass, deviceId } = this;
    if (!hass || !this.isConnected) return;
    if (this.wordsOf !== hass.language) {
      this.wordsOf = hass.language;
      void loadWords(hass).then(() => this.requestUpdate());
    }
    if (this.subscribed?.to !== deviceId) {
      this.unsubscribe();
      if (deviceId) this.subscribe(hass, deviceId);
    }
  }

  private subscribe(hass: Hass, to: string): void {
    const take = (offer: Offer): void => {
      if (this.subscribed?.to === to) this.offer = offer;
    };
    // It is taken up again by itself after the connection was lost. It may fail while Home Assistant still starts.
    const end = hass.connection
      .subscribeMessage<Offer>(take, { type: "jura/offer", device_id: to })
      .catch(() => {
        if (this.subscribed?.to === to) setTimeout(() => this.resubscribe(to), 5000);
        return undefined;
      });
    this.subscribed = { to, end };
  }

  private resubscribe(to: string): void {
    if (this.subscribed?.to !== to) return;
    this.subscribed = undefined;
    this.requestUpdate();
  }

  private unsubscribe(): void {
    void this.subscribed?.end.then((end) => end?.()).catch(() => undefined);
    this.subscribed = undefined;
    this.offer = NOTHING;
  }

  protected override updated(_: PropertyValues<this>): void {
    const { hass, deviceId } = this;
    if (hass && deviceId && this.config?.history !== false) void this.fetchHistory(hass, readMachine(hass, deviceId).total);
  }

  /** Have the statistics, anew each hour and each day: Home Assistant makes them by the hour. */
  private async fetchHistory(hass: Hass, of: string | undefined): Promise<void> {
    const at = Date.now();
    const on = dateIn(at, hass.config.time_zone);
    const before = this.fetched;
    if (!of || !hass.connected || (before?.of === of && before.on === on && at - before.at < HOUR)) return;
    this.fetched = { of, at, on };
    this.rows = await fetchRows(hass, of, at).catch(() => []);
  }

  // --- what a person does ---------------------------------------------------------------------------------------------

  private readonly holding = holding((tile) => {
    const drink = this.drinks.find(({ entity_id }) => entity_id === tile.dataset["drink"]);
    if (drink && !drink.why_not) void this.order({ drink, wish: usualWish(drink) });
  });

  private readonly open = (event: Event): void => {
    const tile = event.currentTarget as HTMLElement;
    if (this.config?.brew === "hold" && this.holding.wasHeld(event)) return;
    this.opened = tile.dataset["drink"];
  };

  private async order({ drink, wish }: Order): Promise<void> {
    const { hass, deviceId } = this;
    if (!hass || !deviceId || this.ordering) return;
    this.opened = undefined;
    this.failure = undefined;
    this.ordering = drink;
    void this.reveal(".stage");
    this.failure = await act(hass, "brew", orderOf(deviceId, drink, wish));
    this.ordering = undefined;
    if (this.failure) void this.reveal(".failed");
  }

  /** Bring what a person waits for into view: on a phone, the drink that they touched may be far below it. */
  private async reveal(selector: string): Promise<void> {
    await this.updateComplete;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = still ? "auto" : "smooth";
    this.renderRoot.querySelector(selector)?.scrollIntoView({ block: "nearest", behavior });
  }

  private readonly cancel = async (): Promise<void> => {
    const { hass, deviceId } = this;
    if (!hass || !deviceId || this.cancelling) return;
    this.failure = undefined;
    this.cancelling = true;
    this.failure = await act(hass, "cancel", { device_id: deviceId });
    this.cancelling = false;
  };

  // --- what it shows --------------------------------------------------------------------------------------------------

  protected override render(): TemplateResult | typeof nothing {
    const { hass, config, deviceId } = this;
    if (!hass || !config) return nothing;
    const texts = textsIn(hass.language);
    const formats = formatsIn(hass.language);
    if (!deviceId) return this.missing(texts, config);
    const machine = readMachine(hass, deviceId);
    const days = config.history === false ? [] : lastDays(this.rows, machine.cupsToday, Date.now(), hass.config.time_zone);
    const opened = this.offer.drinks.find(({ entity_id }) => entity_id === this.opened);
    return html`<ha-card>
      <div class="card">
        ${this.header(machine, texts)} ${this.now(machine, texts)} ${this.trouble(machine, texts)}
        ${
          machine.needs.length
            ? needsPart(machine.needs, this.offer.links, hass.user?.is_admin ?? false, texts)
            : nothing
        }
        ${this.groups(machine, texts)}
        <div class="more">
          ${config.care !== false && machine.care.length ? carePart(machine.care, formats, texts) : nothing}
          ${
            days.some(({ cups }) => cups)
              ? historyPart(days, formats, hass.config.time_zone, texts)
              : nothing
          }
        </div>
      </div>
      <jura-drink-dialog
        .drink=${opened}
        .texts=${texts}
        .localize=${hass.localize}
        .hold=${config.brew === "hold"}
        @jura-close=${() => (this.opened = undefined)}
        @jura-order=${(event: CustomEvent<Order>) => void this.order(event.detail)}
      ></jura-drink-dialog>
    </ha-card>`;
  }

  private missing(texts: Texts, config: Config): TemplateResult {
    return html`<ha-card>
      <div class="card missing">
        ${drinkPicture({ kind: "coffee", product: "coffee", values: { water: 120, strength: 5 } })}
        <p>${texts(config.device_id ? "machine_gone" : "no_machine")}</p>
        ${
          config.device_id || !this.hass?.user?.is_admin
            ? nothing
            : html`<button
                class="main"
                @click=${() => navigate("/config/integrations/dashboard/add?domain=jura")}
              >
                ${texts("add_machine")}
              </button>`
        }
      </div>
    </ha-card>`;
  }

  private header(machine: Machine, texts: Texts): TemplateResult {
    const { state, words, cupsToday } = machine;
    return html`<div class="head">
      <div>
        <h2>${this.config?.name || machine.name}</h2>
        <p class="state ${state ?? "away"}"><span class="dot"></span>${words && state ? words : texts("away")}</p>
      </div>
      ${
        cupsToday === undefined
          ? nothing
          : html`<div class="today" role="img" aria-label=${texts("cups_today", { count: cupsToday })}>
              <strong>${cupsToday}</strong><span>${texts("today")}</span>
            </div>`
      }
    </div>`;
  }

  /** What is going on: an order on its way, a drink in the making, a maintenance program. */
  private now(machine: Machine, texts: Texts): TemplateResult {
    return html`<div class="now" aria-live="polite">${this.going(machine, texts)}</div>`;
  }

  private going({ making, program }: Machine, texts: Texts): TemplateResult | typeof nothing {
    if (making) return this.making(making, texts);
    if (this.ordering) {
      return this.stage(this.ordering, drinkName(this.localize, this.ordering), texts("ordering"), undefined, nothing);
    }
    if (!program) return nothing;
    const link = this.offer.links[program.slug];
    const repair = (this.hass?.user?.is_admin ?? false) && (program.due || (link?.guided ?? false));
    return html`<div class="stage">
      <ha-icon icon="mdi:wrench-clock"></ha-icon>
      <div class="about">
        <h3>${program.words}</h3>
        <p class="step">${program.step}</p>
        ${waysPart(link, repair, texts)}
      </div>
    </div>`;
  }

  private making(making: Making, texts: Texts): TemplateResult {
    const own = this.offer.drinks.find((drink) => drink.own && drink.name === this.offer.making);
    const drink = own ?? this.offer.drinks.find((each) => !each.own && each.product === making.product);
    const name = this.offer.making ?? productName(this.localize, making.product);
    const stop = html`<button class="plain" ?disabled=${this.cancelling} @click=${this.cancel}>
      ${texts(this.cancelling ? "cancelling" : "cancel")}
    </button>`;
    const words = making.done ? texts("enjoy") : (making.phase ?? "");
    return this.stage(drink, name, words, making.done ? 100 : making.percent, making.done ? nothing : stop);
  }

  private stage(
    drink: Drink | undefined,
    name: string,
    words: string,
    percent: number | undefined,
    action: TemplateResult | typeof nothing,
  ): TemplateResult {
    const shown = drink ?? { kind: "coffee", product: "coffee", values: { water: 100 } };
    return html`<div class="stage">
      <div
        class="ring ${percent === undefined ? "waiting" : ""}"
        role="progressbar"
        aria-label=${name}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${percent ?? nothing}
      >
        <svg viewBox="0 0 100 100" aria-hidden="true">
          <circle class="track" cx="50" cy="50" r="46" />
          <circle class="done" cx="50" cy="50" r="46" pathLength="100" stroke-dasharray="${percent ?? 22} 100" />
        </svg>
        ${drinkPicture(shown, shown.values, (percent ?? 0) / 100)}
      </div>
      <div class="about">
        <h3>${name}</h3>
        <p>${words}</p>
        ${action}
      </div>
    </div>`;
  }

  /** What went wrong, and what keeps every drink from being made. */
  private trouble(machine: Machine, texts: Texts): TemplateResult | typeof nothing {
    if (this.failure) {
      return html`<div class="trouble failed" role="alert">
        <ha-icon icon="mdi:coffee-off-outline"></ha-icon><span>${this.told(this.failure, texts)}</span>
        <button class="round" aria-label=${texts("close")} @click=${() => (this.failure = undefined)}>
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
      </div>`;
    }
    const reason = machine.making || machine.program || this.ordering ? undefined : commonReason(this.drinks);
    if (!reason || machine.needs.some(({ slug }) => reason.key === `blocked_${slug}`)) return nothing;
    const words = machine.state ? sentence(this.localize, reason) : texts("away_how");
    return html`<div class="trouble" role="status"><ha-icon icon="mdi:information-outline"></ha-icon><span>${words}</span></div>`;
  }

  private told(failure: Failure, texts: Texts): string {
    switch (failure.kind) {
      case "offline":
        return texts("offline");
      case "unknown":
        return texts("outcome_unknown");
      case "reason":
        return sentence(this.localize, failure.reason);
      case "other":
        return texts("failed", { message: failure.message });
    }
  }

  private groups(machine: Machine, texts: Texts): TemplateResult {
    const { drinks } = this;
    const common = commonReason(drinks);
    const grid = (some: Drink[], words: string): TemplateResult =>
      html`<ul class="drinks" aria-label=${words}>
        ${some.map((drink) => html`<li>${this.tile(drink, common)}</li>`)}
      </ul>`;
    const own = drinks.filter((drink) => drink.own);
    const others = drinks.filter((drink) => !drink.own);
    if (this.offer !== NOTHING && !drinks.length && machine.state) {
      return html`<p class="empty">${texts(this.offer.drinks.length ? "no_chosen_drinks" : "no_drinks")}</p>`;
    }
    if (!own.length || !others.length || this.config?.drinks?.length) return grid(drinks, texts("drinks"));
    return html`<section>
        <h3>${texts("own_drinks")}</h3>
        ${grid(own, texts("own_drinks"))}
      </section>
      <section>
        <h3>${texts("machine_drinks")}</h3>
        ${grid(others, texts("machine_drinks"))}
      </section>`;
  }

  private tile(drink: Drink, common: Reason | undefined): TemplateResult {
    const picture = this.hass?.states[drink.entity_id]?.attributes["entity_picture"];
    const reason = drink.why_not && shortSentence(this.localize, drink.why_not);
    const own = drink.why_not && !common;
    const body = html`
      ${
        typeof picture === "string"
          ? html`<img src=${picture} alt="" />`
          : html`<span class="cup">${drinkPicture(drink)}</span>`
      }
      <span class="name">${drinkName(this.localize, drink)}</span>
      ${own ? html`<span class="why">${reason}</span>` : nothing}
    `;
    const classes = `tile${drink.why_not ? " blocked" : ""}`;
    if (this.config?.brew !== "hold" || drink.why_not) {
      return html`<button class=${classes} data-drink=${drink.entity_id} aria-haspopup="dialog" @click=${this.open}>
        ${body}
      </button>`;
    }
    const { holding } = this;
    return html`<button
      class="${classes} holdable"
      data-drink=${drink.entity_id}
      aria-haspopup="dialog"
      @pointerdown=${holding.down}
      @pointermove=${holding.move}
      @pointerup=${holding.up}
      @pointerleave=${holding.up}
      @pointercancel=${holding.up}
      @contextmenu=${(event: Event) => event.preventDefault()}
      @click=${this.open}
    >
      ${body}
    </button>`;
  }

  private get localize(): Hass["localize"] {
    return this.hass?.localize ?? (() => "");
  }

  static override styles = [liquids, pressable, cardStyle];
}
