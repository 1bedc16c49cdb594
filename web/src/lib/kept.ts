// What was typed and not answered yet, kept in the browser's own database, so that it survives a
// reload, a crash of the browser and a day without a network. Each write has its idempotency key: a
// write that arrived before the reload is not done twice. Where there is no database (a private
// window), nothing is kept and the page warns before it is left.
import { type IDBPDatabase, openDB } from 'idb';
import type { EntryEdit } from './api';
import type { CellKey } from './types';

export interface KeptChange {
  row: number;
  column: CellKey;
  text: string;
  seen: number;
}

export interface KeptRows {
  rows: number[];
  bodies: Record<string, string>[];
}

export interface KeptEdit {
  kind: 'edit';
  changes: KeptChange[];
  force: boolean;
  /** What goes over the wire, once it was sent for the first time. */
  body?: EntryEdit[];
  /** New rows of the same write: in the same request, or behind it once that was refused. */
  added?: KeptRows;
  is_apart?: boolean;
}

export interface KeptUndo {
  kind: 'undo';
  batch: string;
  rows: number[];
  /** What the cells of the batch become beside its rows. */
  cells?: KeptChange[];
}

export type Kept =
  | KeptEdit
  | ({ kind: 'insert' } & KeptRows)
  | { kind: 'remove'; rows: number[] }
  | { kind: 'restore'; rows: [number, string][] }
  | KeptUndo;

export type KeptWrite = Kept & { id: string; key: string; owner: string; at: number };

export class KeptWrites {
  #database: Promise<IDBPDatabase | null>;
  #order = 0;

  constructor(private readonly owner: string) {
    this.#database = openDB('animation-tracker', 1, {
      upgrade: (database) => void database.createObjectStore('writes', { keyPath: 'id' }),
    }).catch(() => null);
  }

  /** Those of this person, in the order in which they were made. */
  async all(): Promise<KeptWrite[]> {
    const database = await this.#database;
    const found: KeptWrite[] = (await database?.getAll('writes').catch(() => [])) ?? [];
    return found.filter((one) => one.owner === this.owner).sort((a, b) => a.at - b.at);
  }

  begin(key: string, write: Kept): KeptWrite {
    const at = Date.now() + this.#order++ / 1000;
    const kept = { ...write, id: key, key, owner: this.owner, at };
    this.put(kept);
    return kept;
  }

  put(write: KeptWrite): void {
    void this.#run((database) => database.put('writes', structuredClone(write)));
  }

  done(write: KeptWrite): void {
    void this.#run((database) => database.delete('writes', write.id));
  }

  /** A row got its final id: what waits for it must mean it by that. */
  async renameRow(from: number, to: number): Promise<void> {
    for (const write of await this.all()) {
      if (write.kind !== 'edit') continue;
      if (!write.changes.some((change) => change.row === from)) continue;
      for (const change of write.changes) if (change.row === from) change.row = to;
      this.put(write);
    }
  }

  async #run(work: (database: IDBPDatabase) => Promise<unknown>): Promise<void> {
    const database = await this.#database;
    if (database) await work(database).catch(() => undefined); // a full disk: as in a private window
  }
}
