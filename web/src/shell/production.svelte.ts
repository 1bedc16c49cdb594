// The production as one page of one person knows it: entries, sync, who else is here, what the team
// shares. All screens look at the same one; it loads once and lives as long as the page.
import { untrack } from 'svelte';
import { ApiError, api, randomKey } from '../lib/api';
import { KeptWrites } from '../lib/kept';
import { Live } from '../lib/live';
import { Others } from '../lib/presence';
import type { Me, Place, Shared } from '../lib/types';
import { EntryStore } from '../shots/entry_store';
import { SyncWatch } from './sync_watch.svelte';

/** The grid, when it is there. */
export interface GridListener {
  rows(): void;
  cells(rows: ReadonlySet<number>): void;
  renamed(from: number, to: number): void;
}

export interface Said {
  readonly text: string;
  readonly kind: 'info' | 'problem';
  readonly action?: { readonly label: string; readonly run: () => void };
}

const rows_first = 500;
const rows_more = 20_000;
const place_pause_ms = 300;
const place_again_ms = 20_000;
const fade_ms = 10_000;

export class Production {
  /** Grows with every change of what the imperative parts hold. */
  tick = $state(0);
  loading = $state<'yes' | 'no' | 'failed'>('yes');
  load_failure = $state('');
  /** Grows when rows came that want to be arranged. */
  loaded = $state(0);
  isConnected = $state(true);
  said = $state.raw<Said | null>(null);
  shared = $state.raw<Shared>({});
  others = $state.raw<Place[]>([]);
  grid: GridListener | null = null;
  readonly store: EntryStore;
  readonly sync = new SyncWatch(api, (conflicts) => this.store.setConflicts(conflicts));
  readonly #others = new Others();
  readonly #page = randomKey();
  readonly #done = new Set<string>();
  #place: Omit<Place, 'name' | 'page'> = { row: null, column: null, editing: false };
  #live: Live | undefined;
  #said_timer = 0;
  #place_timer = 0;
  #timers: number[] = [];
  #isResumed = false;
  #pictures = 0; // number of the newest picture that the rows know of
  #isFetchingPictures = false;

  constructor(
    me: Me,
    /** `resume` continues where it stopped, after signing in again. */
    private readonly onSessionEnded: (resume: () => void) => void,
  ) {
    this.store = new EntryStore(
      api,
      {
        rows: () => {
          this.grid?.rows();
          this.changed();
        },
        cells: (rows) => {
          this.grid?.cells(rows);
          this.changed();
        },
        renamed: (from, to) => {
          this.grid?.renamed(from, to);
          this.changed();
        },
        say: (text, kind) => this.say(text, kind),
        outbox: () => {
          this.changed();
          if (this.store.outbox.waiting === 0) this.sync.soon();
        },
        sessionEnded: () => this.#sessionEnded(),
      },
      new KeptWrites(String(me.id ?? me.name)),
    );
    this.#timers = [
      window.setInterval(() => this.#tellPlace(), place_again_ms),
      window.setInterval(() => this.#seen(this.#others.fade(Date.now())), fade_ms),
    ];
    addEventListener('pagehide', () => this.#leave());
    addEventListener('online', () => this.store.outbox.resume());
  }

  changed(): void {
    this.tick = untrack(() => this.tick) + 1; // who tells of a change does not wait for one
  }

  say(text: string, kind: 'info' | 'problem', action?: Said['action']): void {
    this.said = action ? { text, kind, action } : { text, kind };
    clearTimeout(this.#said_timer);
    const stays_ms = kind === 'info' ? 5000 : 12_000;
    this.#said_timer = window.setTimeout(() => (this.said = null), stays_ms);
  }

  sayFailure(reason: unknown): void {
    this.say(reason instanceof ApiError ? reason.message : String(reason), 'problem');
  }

  // ---- Loading and live changes

  async load(): Promise<void> {
    this.loading = this.store.rows.length === 0 ? 'yes' : 'no';
    this.#live?.close();
    try {
      const listing = this.store.beginListing();
      let cursor = '';
      let after: string | undefined;
      do {
        // A first screenful at once, the rest behind it.
        const page = await api.list(cursor === '' ? rows_first : rows_more, after);
        listing.add(page.data);
        if (cursor === '') {
          this.#pictures = page.pictures ?? 0;
          this.#arrive();
        }
        cursor ||= page.cursor; // the oldest: live changes go on from there
        after = page.next ?? undefined;
      } while (after !== undefined);
      listing.end(Number(cursor));
      this.#arrive();
      if (!this.#isResumed) {
        this.#isResumed = true;
        await this.store.resume();
      }
      this.#listen(cursor);
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 401) return this.#sessionEnded();
      this.load_failure = reason instanceof ApiError ? reason.message : String(reason);
      this.loading = 'failed';
    }
  }

  #arrive(): void {
    this.loading = 'no';
    ++this.loaded;
  }

  #listen(cursor: string): void {
    this.#live = new Live(cursor, {
      changes: (changes) => {
        this.store.apply(changes);
        this.sync.soon();
      },
      status: (status) => {
        this.sync.receive(status);
        void this.#fetchPictures(status.pictures ?? 0);
      },
      presence: (place) => this.#seen(this.#others.hear(place, this.#page, Date.now())),
      reset: () => void this.load(),
      connected: (yes) => {
        this.isConnected = yes;
        if (yes) {
          this.store.outbox.resume();
          this.#tellPlace();
        } else {
          void this.#checkSession();
        }
      },
    });
  }

  /** Pictures are drawn when there is time, long after the change that they belong to. */
  async #fetchPictures(newest: number): Promise<void> {
    if (this.#isFetchingPictures) return;
    this.#isFetchingPictures = true;
    try {
      while (this.#pictures < newest) {
        const { data, pictures } = await api.pictures(this.#pictures);
        this.store.takePictures(data);
        if (data.length === 0) break;
        this.#pictures = pictures;
      }
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason; // the next status asks again
    } finally {
      this.#isFetchingPictures = false;
    }
  }

  /** The stream broke: is it the network or the session? */
  async #checkSession(): Promise<void> {
    const found = await api.me().catch(() => undefined);
    if (found === null) this.#sessionEnded();
  }

  #sessionEnded(): void {
    this.#live?.close();
    this.onSessionEnded(() => {
      this.store.outbox.resume();
      void this.load();
    });
  }

  /** Asks the studio to look into the workbook, as a visit of the page always does. */
  async syncWithExcel(): Promise<void> {
    try {
      const answer = await api.syncNow();
      if (answer.success) console.log('✅ Excel sync successful');
      else console.warn(`${answer.error ?? 'Excel sync failed'}`, answer.detail ?? '');
    } catch (reason) {
      console.warn('Excel sync failed', reason instanceof ApiError ? reason.message : reason);
    }
    this.sync.soon();
  }

  // ---- What the team shares

  async loadShared(): Promise<void> {
    await api.shared().then(
      (shared) => this.#takeShared(shared),
      () => undefined, // without it the page works as well
    );
  }

  async share<K extends keyof Shared>(name: K, value: Shared[K]): Promise<void> {
    this.#takeShared(await api.share(name, value));
  }

  #takeShared(shared: Shared): void {
    this.shared = shared;
    this.#done.clear();
    for (const status of shared.status_done ?? []) this.#done.add(status.toLowerCase());
    this.grid?.cells(new Set(this.store.rows));
  }

  isDone(status: string): boolean {
    if (this.shared.status_done) return this.#done.has(status.toLowerCase());
    return /^(done|final|finished|approved|complete[d]?)$/i.test(status);
  }

  // ---- Who is where

  placeOf(row: number, column: string): Place | undefined {
    return this.#others.at(row, column);
  }

  #seen(rows: Set<number>): void {
    this.others = this.#others.all;
    if (rows.size > 0) this.grid?.cells(rows);
  }

  moveTo(row: number | null, column: string | null, editing: boolean): void {
    const old = this.#place;
    if (old.row === row && old.column === column && old.editing === editing) return;
    this.#place = { row, column, editing };
    clearTimeout(this.#place_timer);
    this.#place_timer = window.setTimeout(() => this.#tellPlace(), place_pause_ms);
  }

  #tellPlace(): void {
    if (!this.isConnected || document.hidden) return;
    const { row } = this.#place;
    const place = row !== null && row < 0 ? { ...this.#place, row: null } : this.#place;
    void api.tellPlace({ page: this.#page, ...place }).catch(() => undefined);
  }

  #leave(): void {
    const place = { page: this.#page, row: null, column: 'gone', editing: false };
    void api.tellPlace(place).catch(() => undefined);
  }

  close(): void {
    this.#live?.close();
    this.sync.close();
    this.#timers.forEach(clearInterval);
    this.#leave();
  }
}
