import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * `node registry.ts FOLDER` serves the image of an OCI layout as `tool`, with any tag, and prints its port. The image runs as the
 * user 1000, with the content of the file FOLDER/version in the variable VERSION: whoever changes the file moves the tag.
 */

const folder = process.argv[2] ?? '';
const read = (...path: string[]): Buffer => readFileSync(join(folder, ...path));
const stored = (digest: string): Buffer => read('blobs', ...digest.split(':'));
const parse = (data: Buffer) => JSON.parse(data.toString());

const made = new Map<string, Buffer>();

function keep(content: object) {
  const data = Buffer.from(JSON.stringify(content));
  const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
  made.set(digest, data);
  return { digest, size: data.length };
}

/** The digest of the manifest that the tag refers to now. */
function currentManifest(): string {
  const [entry] = parse(read('index.json')).manifests;
  const manifest = parse(stored(entry.digest));
  const image = parse(stored(manifest.config.digest));
  const Env = [...image.config.Env, `VERSION=${read('version')}`];
  const config = keep({ ...image, config: { ...image.config, Env, User: '1000' } });
  return keep({ ...manifest, config: { ...manifest.config, ...config } }).digest;
}

const server = createServer(({ url = '', method }, response) => {
  const { pathname } = new URL(url, 'http://registry');
  const [, kind, name = ''] = /^\/v2\/tool\/(manifests|blobs)\/(.+)$/.exec(pathname) ?? [];
  if (kind === undefined) {
    response.end();
    return;
  }
  const digest = name.includes(':') ? name : currentManifest();
  const data = made.get(digest) ?? stored(digest);
  response.writeHead(200, {
    'content-type':
      kind === 'manifests' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream',
    'content-length': data.length,
    'docker-content-digest': digest,
  });
  response.end(method === 'HEAD' ? undefined : data);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
