import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

/** A file of the console as it was built: as it is, and compressed. */
interface ConsoleFile {
  readonly type: string;
  readonly identity: Buffer;
  readonly gzip?: Buffer;
  readonly br?: Buffer;
}

/** The files of the console by their path, such as `index.html` or `assets/index-4f2a.js`. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

export interface ConsoleRoutesOptions {
  /** Undefined if the console has not been built. */
  readonly files: ConsoleFiles | undefined;
  readonly authMode: string;
  readonly oidc: { readonly issuer: string; readonly clientId: string } | undefined;
  readonly defaultNamespace: string | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

/** The paths that the console's pages have in the browser. */
const PAGES = [
  '/',
  '/create',
  '/disks',
  '/signed-in',
  '/machines/:namespace/:name',
  '/machines/:namespace/:name/change',
];

/** Reads what `npm run build` has made. Resolves with undefined if the folder does not exist. */
export async function readConsole(folder: URL): Promise<ConsoleFiles | undefined> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const read = async (name: string): Promise<[string, ConsoleFile]> => {
    const variant = (suffix: string) =>
      names.includes(name + suffix) ? readFile(new URL(name + suffix, folder)) : undefined;
    const [identity, gzip, br] = await Promise.all([
      readFile(new URL(name, folder)),
      variant('.gz'),
      variant('.br'),
    ]);
    return [
      name,
      { type: TYPES[extname(name)] ?? '', identity, ...(gzip ? { gzip } : {}), ...(br ? { br } : {}) },
    ];
  };
  const files = new Map(await Promise.all(names.filter((name) => extname(name) in TYPES).map(read)));
  return files.has('index.html') ? files : undefined;
}

/** Serves the console. Its files are in memory, and its pages talk to nobody but this API and the OIDC issuer. */
export const consoleRoutes: FastifyPluginAsync<ConsoleRoutesOptions> = async (app, options) => {
  const { files, authMode, oidc, defaultNamespace } = options;
  const hidden = { schema: { hide: true }, config: { access: 'open' }, logLevel: 'warn' } as const;
  const index = files?.get('index.html');
  if (!files || !index) {
    app.get('/', hidden, async (_request, reply) => reply.code(503).type('text/plain').send(NOT_BUILT));
    return;
  }

  const configuration = { authMode, oidc: oidc ?? null, defaultNamespace: defaultNamespace ?? null };
  app.get('/console/config.json', hidden, async () => configuration);

  const headers = {
    'content-security-policy': contentSecurityPolicy(oidc?.issuer),
    // The window of the issuer, in which a person signs in, is a pop-up.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    'cache-control': 'no-cache',
  };
  for (const path of PAGES) {
    app.get(path, hidden, async (request, reply) => send(request, reply.headers(headers), index));
  }
  // The names of these files contain their hash. One that is missing belongs to another version of the console.
  for (const [name, file] of files) {
    if (!name.startsWith('assets/')) continue;
    app.get(`/${name}`, hidden, async (request, reply) =>
      send(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file),
    );
  }
};

const NOT_BUILT =
  'The console is not built. Build it with `npm run build`, and start the API again. CONSOLE=off serves the API alone.\n';

/** Nothing inline, and nothing from elsewhere. */
const contentSecurityPolicy = (issuer: string | undefined): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${issuer ? ` ${new URL(issuer).origin}` : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

function send(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  const encoding = (['br', 'gzip'] as const).find((name) => file[name] && accepted.includes(name));
  reply.headers({ 'content-type': file.type, vary: 'accept-encoding' });
  if (encoding) reply.header('content-encoding', encoding);
  return reply.send(encoding ? file[encoding] : file.identity);
}
