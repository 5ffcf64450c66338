import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import type { ClientTls } from '../../dev/kube-client.ts';

/** Uses each token once: for a list of the backend, or, without a backend, for the two reviews that it asks for. */
interface Input {
  readonly url?: string;
  readonly server: string;
  readonly tls: ClientTls;
  /** A JSON file with the tokens. */
  readonly file: string;
}

const { url, server, tls, file } = JSON.parse(process.argv[2] ?? '') as Input;
const tokens = JSON.parse(readFileSync(file, 'utf8')) as string[];
const CONCURRENT = 16;
const agent = new Agent({ connect: { ca: tls.ca }, connections: CONCURRENT });

async function send(origin: string, path: string, token: string, body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const method = body ? 'POST' : 'GET';
  const response = await agent.request({
    origin,
    path,
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(text);
}

const IDENTITY = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
const ACCESS = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb: 'list', group: 'ide.example.com', resource: 'devmachines' } },
};

async function use(token: string): Promise<void> {
  if (url !== undefined) return send(url, '/api/v1/devmachines?limit=1', token);
  await send(server, '/apis/authentication.k8s.io/v1/selfsubjectreviews', token, IDENTITY);
  await send(server, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', token, ACCESS);
}

const rest = tokens.values();
const startedAt = performance.now();
await Promise.all(
  Array.from({ length: CONCURRENT }, async () => {
    for (const token of rest) await use(token);
  }),
);
console.log(JSON.stringify({ perToken: (performance.now() - startedAt) / tokens.length }));
process.exit();
