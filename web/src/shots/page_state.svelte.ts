// What the Shots page shows besides the grid itself, kept from the API: status of the sync, conflicts,
// held changes; asked again whenever something happened that may change them.
import { type Api, ApiError } from '../lib/api';
import type { Conflict, Held, SyncStatus } from '../lib/types';

const poll_ms = 15_000;
const settle_ms = 300; // after a change, before asking: a paste is one question

export class SyncWatch {
  status = $state<SyncStatus | null>(null);
  conflicts = $state<readonly Conflict[]>([]);
  held = $state<readonly Held[]>([]);
  #timer = 0;
  #closed = false;

  constructor(
    private readonly api: Api,
    private readonly conflictsChanged: (conflicts: readonly Conflict[]) => void,
  ) {
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  soon(): void {
    this.#schedule(settle_ms);
  }

  /** A status that came by itself, with the live changes. */
  receive(status: SyncStatus): void {
    const old = this.status;
    this.status = status;
    if (old?.conflicts !== status.conflicts || old?.held !== status.held) this.soon();
  }

  #schedule(delay_ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = window.setTimeout(() => void this.#ask(), delay_ms);
  }

  async #ask(): Promise<void> {
    try {
      const [status, conflicts, held] = await Promise.all([
        this.api.status(),
        this.api.conflicts(),
        this.api.held(),
      ]);
      this.status = status;
      this.held = held;
      this.conflicts = conflicts;
      this.conflictsChanged(conflicts);
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason; // the pill tells that nothing answers
    } finally {
      this.#schedule(poll_ms);
    }
  }
}
