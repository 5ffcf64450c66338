import fp from 'fastify-plugin';

/** How many requests begin in one turn of the event loop: about 15 ms of status reads. Fewer make busy clients wait for turns. */
export const MAX_PER_TURN = 250;

/**
 * Spreads a burst of requests over turns of the event loop. Otherwise thousands of clients that reconnect at the same moment
 * are served in a single turn, in which no timer fires and the watch of the cluster is not read.
 */
export const boundedTurns = fp(
  async (app) => {
    const waiting: (() => void)[] = [];
    let begun = 0;
    const nextTurn = () => {
      const batch = waiting.splice(0, MAX_PER_TURN);
      begun = batch.length;
      if (begun > 0) setImmediate(nextTurn);
      for (const begin of batch) begin();
    };
    app.addHook('onRequest', (_request, _reply, done) => {
      if (begun >= MAX_PER_TURN) return void waiting.push(done);
      if (begun++ === 0) setImmediate(nextTurn);
      done();
    });
  },
  { name: 'bounded-turns' },
);
