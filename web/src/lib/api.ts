// One way to talk to the program: JSON in, JSON out, every failure an ApiError with a code.
// Every request has a time limit; none leaves the page's own origin.
import type { Change, Conflict, EntryJson, Held, LogLine, Me, SyncStatus } from './types';

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
  headers?: Record<string, string>;
  timeout_ms?: number;
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
      body: options.body === undefined ? null : JSON.stringify(options.body),
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
}
/** `held`: the change waits for a producer, nothing was done yet. */
export interface EntriesAnswer {
  data: EntryJson[];
  batch?: string;
  held?: boolean | number;
}

const entries = '/api/production-data';

export interface Api {
  /** null: nobody is signed in. */
  me(): Promise<Me | null>;
  changeMe(changes: Record<string, string>): Promise<Me>;
  login(credentials: { email: string; password: string } | { token: string }): Promise<void>;
  logout(): Promise<void>;
  list(after?: string): Promise<ListAnswer>;
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
  decideHeld(id: number, verdict: 'approve' | 'reject'): Promise<void>;
  log(): Promise<LogLine[]>;
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
  list(after) {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
    return request('GET', entries + query, { timeout_ms: 60_000 });
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
  async decideHeld(id, verdict) {
    await request('POST', `/api/held/${id}/${verdict}`, { body: {} });
  },
  async log() {
    return (await request<{ data: LogLine[] }>('GET', '/api/sync/log?limit=50')).data;
  },
};
