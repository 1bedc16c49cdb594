// What still has to reach the program, in order, one request at a time. A task that finds no answer
// is tried again with growing pauses until it gets one; a session that ended pauses the queue.
import { ApiError } from './api';

export interface Task {
  /** Cells or rows in it, for "Saving 3". */
  readonly size: number;
  /**
   * Sends. Throws an ApiError that is passing, or of status 401, to be run again; every other
   * outcome is the task's own to tell.
   */
  run(): Promise<void>;
}

const pause_ms_min = 400;
const pause_ms_max = 15_000;

export class Outbox {
  #tasks: Task[] = [];
  #running = false;
  #signed_out = false;
  #failing = false;
  #wake: (() => void) | null = null;

  constructor(
    private readonly changed: () => void,
    private readonly sessionEnded: () => void,
  ) {}

  get waiting(): number {
    return this.#tasks.reduce((sum, task) => sum + task.size, 0);
  }

  /** The newest attempt got no answer. */
  get isFailing(): boolean {
    return this.#failing;
  }

  add(task: Task): void {
    this.#tasks.push(task);
    this.changed();
    void this.#work();
  }

  /** Signed in again, or the network is back: try now. */
  resume(): void {
    this.#signed_out = false;
    this.#wake?.();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let pause_ms = pause_ms_min;
    while (this.#tasks[0] && !this.#signed_out) {
      try {
        await this.#tasks[0].run();
        this.#tasks.shift();
        this.#failing = false;
        pause_ms = pause_ms_min;
      } catch (reason) {
        if (reason instanceof ApiError && reason.status === 401) {
          this.#signed_out = true;
          this.sessionEnded();
        } else {
          if (!(reason instanceof ApiError)) console.error(reason);
          this.#failing = true;
          this.changed();
          await this.#pause(pause_ms * (0.5 + Math.random()));
          pause_ms = Math.min(pause_ms_max, pause_ms * 2);
        }
      }
      this.changed();
    }
    this.#running = false;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
