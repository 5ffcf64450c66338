import fastify from 'fastify';

/** The ceiling of reads and lists: a bare Fastify route that returns one string. */
const { path, text } = JSON.parse(process.argv[2] ?? '') as { path: string; text: string };
const app = fastify();
app.get(path, (_request, reply) => reply.send(text));
console.log(`listening at ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
process.on('SIGTERM', () => process.exit());
