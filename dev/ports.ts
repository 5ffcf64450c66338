import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * The range is below the ephemeral ports of outgoing connections (32768 and up), so that no connection takes the port of
 * a component while a test has stopped it.
 */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 50;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found between ${FIRST} and ${LAST} on 127.0.0.1`);
}

/** Rejects for any other problem: an address of another machine, a port that only root may use. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Like `isFree`, for both loopback addresses, if the machine has both. */
export async function isFreeOnLoopback(port: number): Promise<boolean> {
  return (await isFree(port)) && (await isFree(port, '::1').catch(() => true));
}

/** Tries another port if a different process takes the free port before `start` does. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('address already in use');
      if (!taken || attempt === 5) throw error;
    }
  }
}
