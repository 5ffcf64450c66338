import fastify from 'fastify';

/** The ceiling of reads: a bare Fastify route that returns one string. */
const { text } = JSON.parse(process.argv[2] ?? '') as { text: string };
const app = fastify();
app.get('/api/v1/devmachines/status', (_request, reply) => reply.send(text));
console.log(`listening at ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
process.on('SIGTERM', () => process.exit());
