import fp from 'fastify-plugin';

/** How many requests begin in one turn of the event loop. Fewer make busy clients wait for turns. */
export const MAX_PER_TURN = 250;

/** How long requests may begin in one turn, in ms: some, such as event streams, take much longer than a status read. */
const WORK_MS = 15;

/**
 * Spreads a burst of requests over turns of the event loop. Otherwise thousands of clients that reconnect at the same moment
 * are served in a single turn, in which no timer fires and the watch of the cluster is not read.
 */
export const boundedTurns = fp(
  async (app) => {
    let waiting: (() => void)[] = [];
    let begun = 0;
    let startedAt = 0;
    const isFull = () => begun >= MAX_PER_TURN || performance.now() - startedAt > WORK_MS;
    const nextTurn = () => {
      begun = 0;
      startedAt = performance.now();
      let next = 0;
      for (; next < waiting.length && !isFull(); next++, begun++) waiting[next]?.();
      waiting = waiting.slice(next);
      if (begun > 0) setImmediate(nextTurn);
    };
    app.addHook('onRequest', (_request, _reply, done) => {
      if (begun === 0) {
        startedAt = performance.now();
        setImmediate(nextTurn);
      } else if (isFull()) return void waiting.push(done);
      begun++;
      done();
    });
  },
  { name: 'bounded-turns' },
);
