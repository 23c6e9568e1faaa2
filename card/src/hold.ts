// Press and hold: with a finger, a mouse or a key. A press that ends early, slides away or is interrupted does nothing.

export const HOLD = 900;
/** Pixels that a finger may move: more, and it scrolls. */
const SLIP = 12;

/** Follows a press on an element until it was held long enough. */
export class Hold {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private from: { x: number; y: number } | undefined;
  private heldAt = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly held: () => void,
  ) {}

  /** Whether a press was held a moment ago, whose click is still to come. */
  get justHeld(): boolean {
    return performance.now() - this.heldAt < 700;
  }

  start(from?: { x: number; y: number }): void {
    if (this.timer !== undefined) return;
    this.from = from;
    this.element.classList.add("held");
    this.timer = setTimeout(() => {
      this.end();
      this.heldAt = performance.now();
      this.held();
    }, HOLD);
  }

  move(to: { x: number; y: number }): void {
    if (this.from && Math.hypot(to.x - this.from.x, to.y - this.from.y) > SLIP) this.end();
  }

  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.element.classList.remove("held");
  }
}

const holds = new WeakMap<HTMLElement, Hold>();

/** The hold of a button, made when it is first pressed. */
const holdOf = (element: HTMLElement, held: () => void): Hold => {
  let hold = holds.get(element);
  if (!hold) {
    hold = new Hold(element, held);
    holds.set(element, hold);
  }
  return hold;
};

/** The handlers that let a button be held, and tell apart the click that a hold leaves behind. */
export const holding = (held: (element: HTMLElement) => void) => {
  const of = (event: Event): Hold => {
    const element = event.currentTarget as HTMLElement;
    return holdOf(element, () => held(element));
  };
  return {
    down: (event: PointerEvent) => {
      if (event.button === 0 && event.isPrimary) of(event).start({ x: event.clientX, y: event.clientY });
    },
    move: (event: PointerEvent) => of(event).move({ x: event.clientX, y: event.clientY }),
    up: (event: Event) => of(event).end(),
    keydown: (event: KeyboardEvent) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        if (!event.repeat) of(event).start();
      }
    },
    wasHeld: (event: Event): boolean => of(event).justHeld,
  };
};
