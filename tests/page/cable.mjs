// A cable between browser and program that a test can pull: what Chromium calls offline reaches a
// reloaded page and its service worker only after a moment, a dead connection is dead at once.
import { connect, createServer } from 'node:net';

/** Relays to the program at `base`. Use `url` instead of it. */
export async function layCable(base) {
  const target = new URL(base);
  const open = new Set();
  let isPulled = false;
  const server = createServer((near) => {
    if (isPulled) return near.destroy();
    const far = connect(Number(target.port || 80), target.hostname);
    for (const [end, other] of [[near, far], [far, near]]) {
      open.add(end);
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        open.delete(end);
        other.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    pull() {
      isPulled = true;
      for (const end of open) end.destroy();
    },
    plug() {
      isPulled = false;
    },
    async close() {
      this.pull();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
