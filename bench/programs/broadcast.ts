import { createServer, type ServerResponse } from 'node:http';

/** The ceiling of event streams: writes the body of each POST to all open GET requests, in one loop. */
const streams = new Set<ServerResponse>();
const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200).write('\n');
    streams.add(response);
    return void response.once('close', () => streams.delete(response));
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const frame = Buffer.concat(chunks);
  for (const stream of streams) stream.write(frame);
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    console.log(`listening at http://127.0.0.1:${address.port}`);
});
process.on('SIGTERM', () => process.exit());
