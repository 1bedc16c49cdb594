// One way to talk to the program: JSON in, JSON out, every failure an ApiError with a code.
// Every request has a time limit; none leaves the page's own origin.
import type {
  Change, Conflict, EntryJson, EpisodeTarget, Held, LogLine, Me, Pictures, Place, PossibleDuplicate, Session, Shared, SheetRows, Summary, SyncStatus,
  Target, Token, UnmatchedFile, User,
} from './types';

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly body?: unknown,
  ) {
    super(message);
  }

  /** Worth sending again as it is: no answer, or the program is busy or starting. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface Options {
  body?: unknown;
  /** Bytes instead of JSON. */
  bytes?: Blob;
  headers?: Record<string, string>;
  timeout_ms?: number;
  /** Outlives the page. */
  keepalive?: boolean;
}

async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      keepalive: options.keepalive ?? false,
      body: options.bytes ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: AbortSignal.timeout(options.timeout_ms ?? 20_000),
    });
    text = await response.text();
  } catch (reason) {
    throw new ApiError(0, 'no_answer', String(reason));
  }
  let json: { success?: boolean; error?: unknown; message?: string } = {};
  try {
    json = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(response.ok ? 502 : response.status, 'not_json', 'The answer is not JSON.');
  }
  if (!response.ok) {
    const error = (typeof json.error === 'object' ? json.error : null) as {
      code?: string;
      message?: string;
      field?: string;
    } | null;
    throw new ApiError(
      response.status,
      error?.code ?? 'failed',
      error?.message ?? json.message ?? response.statusText,
      error?.field,
      json,
    );
  }
  return json as T;
}

/** A random key; crypto.randomUUID exists only on https and localhost. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export type EntryEdit = { id: number; version?: number; force?: boolean } & Record<string, unknown>;

interface ListAnswer {
  data: EntryJson[];
  cursor: string;
  next?: string | null;
  pictures?: number;
}
/** `held`: the change waits for a producer, nothing was done yet. */
export interface EntriesAnswer {
  data: EntryJson[];
  batch?: string;
  held?: boolean | number;
}

/** `skipped`: cells that somebody changed since. */
export interface UndoAnswer {
  data: EntryJson[];
  batch: string | null;
  skipped: { entry_id: number }[];
}

const entries = '/api/production-data';

export interface Api {
  /** null: nobody is signed in. */
  me(): Promise<Me | null>;
  changeMe(changes: Record<string, string>): Promise<Me>;
  login(credentials: { email: string; password: string } | { token: string }): Promise<void>;
  logout(): Promise<void>;
  /** `after`: where the page before ended. */
  list(limit: number, after?: string): Promise<ListAnswer>;
  /** Those that came after number `after`, some of them. */
  pictures(after: number): Promise<{ data: Pictures[]; pictures: number }>;
  unmatched(): Promise<{ data: UnmatchedFile[]; total: number }>;
  /** Gives a file to a row; null: its name decides again. */
  pin(path: string, entry_id: number | null): Promise<void>;
  syncNow(): Promise<{ success: boolean; records?: number; error?: string; detail?: string }>;
  entry(id: number): Promise<EntryJson>;
  create(rows: Record<string, string>[], key: string): Promise<EntriesAnswer>;
  change(edits: EntryEdit[], key: string): Promise<EntriesAnswer>;
  remove(ids: number[], key: string): Promise<EntriesAnswer>;
  restore(id: number, key: string): Promise<EntryJson>;
  history(id: number): Promise<Change[]>;
  status(): Promise<SyncStatus>;
  conflicts(): Promise<Conflict[]>;
  restoreConflict(id: number): Promise<void>;
  held(): Promise<Held[]>;
  decideHeld(held: Held, verdict: 'approve' | 'reject'): Promise<void>;
  duplicates(): Promise<PossibleDuplicate[]>;
  /** Both rows are meant. */
  keepDuplicate(id: number): Promise<void>;
  log(): Promise<LogLine[]>;
  undoBatch(batch: string): Promise<UndoAnswer>;
  tellPlace(place: Omit<Place, 'name'>): Promise<void>;
  shared(): Promise<Shared>;
  share<K extends keyof Shared>(name: K, value: Shared[K]): Promise<Shared>;
  summary(from: string, to: string): Promise<Summary>;
  targets(): Promise<Target[]>;
  putTargets(some: { targets?: Target[]; episodes?: EpisodeTarget[] }): Promise<Target[]>;
  users(): Promise<User[]>;
  addUser(user: Partial<User>): Promise<{ data: User; link?: string }>;
  changeUser(id: number, changes: object): Promise<{ data: User; link?: string }>;
  tokens(): Promise<Token[]>;
  addToken(token: object): Promise<{ data: Token; token: string }>;
  revokeToken(id: number): Promise<void>;
  sessions(): Promise<Session[]>;
  endSession(id: string): Promise<void>;
  readSheet(file: Blob, sheet: string): Promise<SheetRows>;
  /** All or nothing, one batch; the answer has the changed rows, then the new ones. */
  changeAndAdd(change: EntryEdit[], create: object[], key: string): Promise<EntriesAnswer>;
}

export const api: Api = {
  async me() {
    // The status is open to everybody and says more to those who are signed in: so a page that is
    // not signed in yet need not make a request that fails.
    if ((await this.status()).local === undefined) return null;
    return (await request<{ data: Me }>('GET', '/api/me')).data;
  },
  async changeMe(changes) {
    return (await request<{ data: Me }>('PATCH', '/api/me', { body: changes })).data;
  },
  async login(credentials) {
    await request('POST', '/api/login', { body: credentials });
  },
  async logout() {
    await request('POST', '/api/logout', { body: {} });
  },
  list(limit, after) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (after !== undefined) query.set('after', after);
    return request('GET', `${entries}?${query}`, { timeout_ms: 60_000 });
  },
  pictures(after) {
    return request('GET', `/api/media/pictures?after=${after}`);
  },
  unmatched() {
    return request('GET', '/api/media/unmatched');
  },
  async pin(path, entry_id) {
    await request('PUT', '/api/media/pin', { body: { path, entry_id } });
  },
  async syncNow() {
    // One row is enough of the list: whatever the workbook brings arrives as live changes.
    const json = await request<{ excelSync: Awaited<ReturnType<Api['syncNow']>> }>(
      'GET',
      `${entries}/with-local-sync?limit=1`,
      { timeout_ms: 30_000 },
    );
    return json.excelSync;
  },
  async entry(id) {
    return (await request<{ data: EntryJson }>('GET', `${entries}/${id}`)).data;
  },
  create(rows, key) {
    return request('POST', entries, { body: rows, headers: { 'Idempotency-Key': key } });
  },
  change(edits, key) {
    return request('PATCH', entries, { body: edits, headers: { 'Idempotency-Key': key } });
  },
  remove(ids, key) {
    return request('DELETE', entries, { body: { ids }, headers: { 'Idempotency-Key': key } });
  },
  async restore(id, key) {
    const headers = { 'Idempotency-Key': key };
    const path = `${entries}/${id}/restore`;
    return (await request<{ data: EntryJson }>('POST', path, { body: {}, headers })).data;
  },
  async history(id) {
    return (await request<{ data: Change[] }>('GET', `${entries}/${id}/history`)).data;
  },
  status() {
    return request('GET', '/api/sync/status');
  },
  async conflicts() {
    return (await request<{ data: Conflict[] }>('GET', '/api/conflicts')).data;
  },
  async restoreConflict(id) {
    await request('POST', `/api/conflicts/${id}/restore`, { body: {} });
  },
  async held() {
    return (await request<{ data: Held[] }>('GET', '/api/held')).data;
  },
  async decideHeld(held, verdict) {
    await request('POST', `/api/held/${held.id}/${verdict}`, {
      body: { version: held.version ?? null },
    });
  },
  async duplicates() {
    return (await request<{ data: PossibleDuplicate[] }>('GET', '/api/duplicates')).data;
  },
  async keepDuplicate(id) {
    await request('POST', `/api/duplicates/${id}/keep`, { body: {} });
  },
  async log() {
    return (await request<{ data: LogLine[] }>('GET', '/api/sync/log?limit=50')).data;
  },
  undoBatch(batch) {
    return request('POST', `/api/changes/${encodeURIComponent(batch)}/undo`, { body: {} });
  },
  async tellPlace(place) {
    await request('POST', '/api/presence', { body: place, keepalive: true, timeout_ms: 5000 });
  },
  async shared() {
    return (await request<{ data: Shared }>('GET', '/api/shared')).data;
  },
  async share(name, value) {
    return (await request<{ data: Shared }>('PUT', `/api/shared/${name}`, { body: { value } })).data;
  },
  async summary(from, to) {
    const path = `/api/summary?${new URLSearchParams({ from, to })}`;
    return (await request<{ data: Summary }>('GET', path)).data;
  },
  async targets() {
    return (await request<{ data: Target[] }>('GET', '/api/targets')).data;
  },
  async putTargets(some) {
    return (await request<{ data: Target[] }>('PUT', '/api/targets', { body: some })).data;
  },
  async users() {
    return (await request<{ data: User[] }>('GET', '/api/users')).data;
  },
  addUser(user) {
    return request('POST', '/api/users', { body: user });
  },
  changeUser(id, changes) {
    return request('PATCH', `/api/users/${id}`, { body: changes });
  },
  async tokens() {
    return (await request<{ data: Token[] }>('GET', '/api/tokens')).data;
  },
  addToken(token) {
    return request('POST', '/api/tokens', { body: token });
  },
  async revokeToken(id) {
    await request('DELETE', `/api/tokens/${id}`, { body: {} });
  },
  async sessions() {
    return (await request<{ data: Session[] }>('GET', '/api/me/sessions')).data;
  },
  async endSession(id) {
    await request('DELETE', `/api/me/sessions/${id}`, { body: {} });
  },
  async readSheet(file, sheet) {
    const path = `/api/import/read?${new URLSearchParams({ sheet })}`;
    const headers = { 'Content-Type': 'application/octet-stream' };
    const options = { bytes: file, headers, timeout_ms: 60_000 };
    return (await request<{ data: SheetRows }>('POST', path, options)).data;
  },
  changeAndAdd(change, create, key) {
    const headers = { 'Idempotency-Key': key };
    const body = { change, create };
    return request('POST', '/api/import', { body, headers, timeout_ms: 60_000 });
  },
};
