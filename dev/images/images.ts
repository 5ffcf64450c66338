import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../cache.ts';
import { removeLeftovers } from '../leftovers.ts';
import type { ProgressOutput } from '../progress.ts';
import { cachedFile, DEFINITIONS, type ImageName } from './definitions.ts';
import { buildInNamespaces } from './namespaces.ts';

export { IMAGE_NAMES, type ImageName } from './definitions.ts';

export interface Image {
  readonly name: string;
  /** What machines call the image. */
  readonly reference: string;
  /** The path of its OCI archive, which holds it under its reference. */
  readonly archive: string;
}

export interface ImageOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly output?: ProgressOutput;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the archives of the images, and builds those that the cache does not hold, from packages of Debian, PyPI and npm.
 * Several builds can run at a time: each archive is moved into the cache when it is complete.
 */
export async function findImages(names: readonly ImageName[], options: ImageOptions = {}): Promise<Image[]> {
  const { env = process.env, output = process.stderr, signal } = options;
  const cache = cacheFolder(env);
  const absent = namesToBuild(names, cache);
  if (absent.length > 0) {
    checkPackages(absent, env);
    output.write(`Building images into ${cache}: ${absent.join(', ')} (all of them take some minutes)\n`);
    await mkdir(cache, { recursive: true });
    await removeLeftovers(cache, PREFIX);
    const work = await mkdtemp(join(cache, `${PREFIX}.${process.pid}.`));
    try {
      await buildInNamespaces([work, cache, ...absent], { env, output, signal });
    } finally {
      for (const name of ['base', ...absent] as const) await moveInPlace(work, name, cache);
      // The last processes of an interrupted build may still be ending.
      await rm(work, { recursive: true, force: true, maxRetries: 10 });
    }
  }
  return names.map((name) => ({
    name,
    reference: DEFINITIONS[name].reference,
    archive: cachedFile(cache, name),
  }));
}

/** The Debian packages that are not installed and that the build of these images needs, if the cache does not hold them. */
export function missingForImages(
  names: readonly ImageName[],
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const absent = namesToBuild(names, cacheFolder(env));
  const needed = [...new Set(absent.flatMap((name) => DEFINITIONS[name].needs))];
  if (needed.length === 0) return [];
  const format = `\${Package} \${db:Status-Status}\n`;
  const { stdout } = spawnSync('dpkg-query', ['--show', `--showformat=${format}`, ...needed], {
    env,
    encoding: 'utf8',
  });
  const installed = (stdout ?? '').split('\n');
  return needed.filter((name) => !installed.includes(`${name} installed`));
}

function checkPackages(names: readonly ImageName[], env: NodeJS.ProcessEnv): void {
  const missing = missingForImages(names, env);
  if (missing.length === 0) return;
  throw new Error(
    `Images are built with Debian packages that are not installed. Install them:\n` +
      `  apt-get install -y --no-install-recommends ${missing.join(' ')}`,
  );
}

/** The name of a build's folder in the cache begins with it. */
const PREFIX = 'build';

const cacheFolder = (env: NodeJS.ProcessEnv): string => join(cacheRoot(env), 'images');

const namesToBuild = (names: readonly ImageName[], cache: string): ImageName[] =>
  [...new Set(names)].filter((name) => !existsSync(cachedFile(cache, name)));

/** Moves a file of a build into the cache, if the build came that far. One of an earlier build is replaced as a whole. */
async function moveInPlace(work: string, name: ImageName | 'base', cache: string): Promise<void> {
  const built = join(work, 'done', `${name}.tar`);
  if (!existsSync(built)) return;
  const cached = cachedFile(cache, name);
  await mkdir(dirname(cached), { recursive: true });
  await rename(built, cached);
}
