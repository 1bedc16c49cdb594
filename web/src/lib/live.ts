// Live changes: one EventSource that resumes after the last change it saw, and hands changes over
// in bundles, one a frame, so that a paste of 5,000 rows elsewhere costs one repaint here.
import type { Change, Place, SyncStatus } from './types';

export interface LiveHandlers {
  changes(changes: Change[]): void;
  status(status: SyncStatus): void;
  presence(place: Place): void;
  /** The stream can't be resumed from where we were: load everything again. */
  reset(): void;
  connected(isConnected: boolean): void;
}

const retry_ms_min = 500;
const retry_ms_max = 15_000;

export class Live {
  #source: EventSource | null = null;
  #waiting: Change[] = [];
  #flush = 0;
  #retry = 0;
  #retry_ms = retry_ms_min;
  #closed = false;

  constructor(
    private cursor: string,
    private readonly handlers: LiveHandlers,
  ) {
    this.#open();
    addEventListener('online', this.#online);
  }

  close(): void {
    this.#closed = true;
    removeEventListener('online', this.#online);
    this.#source?.close();
    clearTimeout(this.#retry);
    clearTimeout(this.#flush);
  }

  /** The network is back: no need to wait for the next try. */
  #online = (): void => {
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#retry);
    this.#retry_ms = retry_ms_min;
    this.#open();
  };

  #open(): void {
    const source = new EventSource(`/api/events?after=${encodeURIComponent(this.cursor)}`);
    this.#source = source;
    source.onopen = () => {
      this.#retry_ms = retry_ms_min;
      this.handlers.connected(true);
    };
    source.onmessage = (event) => this.#receive(event);
    source.addEventListener('status', (event: MessageEvent<string>) =>
      this.handlers.status(JSON.parse(event.data) as SyncStatus),
    );
    source.addEventListener('presence', (event: MessageEvent<string>) =>
      this.handlers.presence(JSON.parse(event.data) as Place),
    );
    source.addEventListener('reset', () => this.handlers.reset());
    source.onerror = () => {
      // The browser's own retry gives up on some answers and knows no backoff: do it here.
      source.close();
      if (this.#closed) return;
      this.handlers.connected(false);
      this.#retry = window.setTimeout(() => this.#open(), this.#retry_ms * (0.5 + Math.random()));
      this.#retry_ms = Math.min(retry_ms_max, this.#retry_ms * 2);
    };
  }

  #receive(event: MessageEvent<string>): void {
    if (event.lastEventId !== '') this.cursor = event.lastEventId;
    this.#waiting.push(JSON.parse(event.data) as Change);
    if (this.#flush === 0) {
      // Not requestAnimationFrame: a page in the background must not pile changes up.
      this.#flush = window.setTimeout(() => {
        const changes = this.#waiting;
        this.#waiting = [];
        this.#flush = 0;
        this.handlers.changes(changes);
      }, 16);
    }
  }
}
