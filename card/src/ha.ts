// What the card uses of Home Assistant's frontend, as far as it uses it.

export interface State {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
}

/** A row of the registry of entities, as every logged-in browser has it. */
export interface Entry {
  entity_id: string;
  device_id?: string;
  platform?: string;
  translation_key?: string;
}

export interface Device {
  id: string;
  name: string | null;
  name_by_user: string | null;
}

export type Localize = (key: string, values?: Record<string, string | number>) => string;

export interface Hass {
  states: Record<string, State>;
  entities: Record<string, Entry>;
  devices: Record<string, Device>;
  language: string;
  locale: { language: string };
  config: { time_zone: string };
  user?: { is_admin: boolean };
  connected: boolean;
  connection: {
    subscribeMessage<T>(callback: (message: T) => void, message: object): Promise<() => Promise<void>>;
  };
  localize: Localize;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
  formatEntityState(state: State, value?: string): string;
  formatEntityAttributeValue(state: State, attribute: string, value?: unknown): string;
  callService(
    domain: string,
    service: string,
    data: object,
    target?: object,
    notifyOnError?: boolean,
  ): Promise<unknown>;
  callWS<T>(message: object): Promise<T>;
}

/** Go to another page of Home Assistant, as its own links do. */
export const navigate = (path: string): void => {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
};
