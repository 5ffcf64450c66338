import { createReadStream, existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The process behind faulty-servers.ts, in the node's network. Arguments: a folder with an OCI image layout per image, two ports.
 *
 * The first port is a registry from which a manifest can be deleted, and which delivers the layers of the image `slow` slowly. To
 * everything else it answers as an S3 service that refuses the credentials.
 * The second one accepts connections and never answers.
 */
const [folder = '', imagesPort, silentPort] = process.argv.slice(2);
const SLOW = { chunkBytes: 65_536, pauseMs: 250 };

const REFUSAL = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.</Message></Error>`;

createServer((request, response) => {
  const { method = '', url = '' } = request;
  if (url === '/v2/') return void response.end();
  const [, image = '', kind, reference = ''] = /^\/v2\/([a-z]+)\/(manifests|blobs)\/([^?]+)/.exec(url) ?? [];
  if (kind === undefined)
    return void response.writeHead(403, { 'content-type': 'application/xml' }).end(REFUSAL);
  const layout = join(folder, image);
  const digest = kind === 'manifests' && !reference.includes(':') ? digestOf(layout) : reference;
  const file = join(layout, 'blobs', digest.replace(':', '/'));
  if (method === 'DELETE') {
    rmSync(file);
    return void response.writeHead(202).end();
  }
  if (!existsSync(file)) return void response.writeHead(404).end();
  const size = readFileSync(file).length;
  response.writeHead(200, {
    'content-type':
      kind === 'manifests' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream',
    'content-length': size,
    'docker-content-digest': digest,
  });
  if (method === 'HEAD') response.end();
  else void deliver(file, response, image === 'slow' && size > SLOW.chunkBytes ? SLOW.pauseMs : 0);
}).listen(Number(imagesPort));

createTcpServer((socket) => socket.on('error', () => undefined).resume()).listen(Number(silentPort));

const digestOf = (layout: string): string =>
  existsSync(layout) ? JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0].digest : '';

async function deliver(file: string, response: ServerResponse, pauseMs: number): Promise<void> {
  for await (const chunk of createReadStream(file, { highWaterMark: SLOW.chunkBytes })) {
    response.write(chunk);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  response.end();
}
