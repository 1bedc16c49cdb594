// What every screen shows of the sync, kept from the API: status of the sync,
// conflicts, held changes; asked again whenever something happened that may change them.
import { type Api, ApiError } from '../lib/api';
import type { Conflict, Held, SyncStatus } from '../lib/types';

const seen_key = 'conflicts_seen';
const poll_ms = 15_000;
const settle_ms = 300; // after a change, before asking: a paste is one question

export class SyncWatch {
  status = $state<SyncStatus | null>(null);
  /** The first status that is heard. */
  readonly first: Promise<SyncStatus>;
  /** Newest first; `unseen` are those that nobody has looked at in this browser. */
  conflicts = $state<readonly Conflict[]>([]);
  unseen = $state<readonly Conflict[]>([]);
  held = $state<readonly Held[]>([]);
  #heard!: (status: SyncStatus) => void;
  #timer = 0;
  #closed = false;

  constructor(
    private readonly api: Api,
    private readonly conflictsChanged: (conflicts: readonly Conflict[]) => void,
  ) {
    this.first = new Promise((resolve) => (this.#heard = resolve));
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** The conflicts stay restorable, but neither pill nor cells speak of them any more. */
  markConflictsSeen(): void {
    const newest = Math.max(0, ...this.conflicts.map((conflict) => conflict.id));
    localStorage.setItem(seen_key, String(newest));
    this.#takeConflicts(this.conflicts);
  }

  #takeConflicts(conflicts: readonly Conflict[]): void {
    const seen = Number(localStorage.getItem(seen_key) ?? 0);
    this.conflicts = conflicts;
    this.unseen = conflicts.filter((conflict) => conflict.id > seen);
    this.conflictsChanged(this.unseen);
  }

  soon(): void {
    this.#schedule(settle_ms);
  }

  /** A status that came by itself, with the live changes. */
  receive(status: SyncStatus): void {
    const old = this.status;
    this.status = status;
    this.#heard(status);
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
      this.#heard(status);
      this.held = held;
      this.#takeConflicts(conflicts);
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason; // the pill tells that nothing answers
    } finally {
      this.#schedule(poll_ms);
    }
  }
}
