import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../foreground.ts';
import { formatElapsed } from '../progress.ts';
import { type Base, buildBase, buildLayer, packFromNpm, unpackBase } from './debian.ts';
import { cachedFile, DEFINITIONS, type ImageName, PLATFORM } from './definitions.ts';
import { MAKE_FILES } from './make-files.ts';
import { packLayer, writeArchive } from './oci.ts';

/**
 * The process that builds images, in mount and process namespaces of its own: `build.ts WORK CACHE NAME…`. It mounts what it
 * likes in the folder WORK, writes complete files into WORK/done, and prints a line per step.
 */
const [work = '', cache = '', ...names] = process.argv.slice(2);
const started = performance.now();
const done = join(work, 'done');

function say(name: string, step: string): void {
  console.log(`${name}: ${step} · ${formatElapsed(performance.now() - started)}`);
}

let base: Promise<Base> | undefined;

/** All images share one base. */
function findBase(): Promise<Base> {
  base ??= makeBase(join(work, 'base'));
  return base;
}

async function makeBase(folder: string): Promise<Base> {
  const cached = cachedFile(cache, 'base');
  if (existsSync(cached)) {
    say('base', 'unpacking the cached layer');
    return unpackBase(cached, folder);
  }
  say('base', 'installing Debian');
  const layer = join(done, 'base.tar');
  const built = await buildBase(folder, `${layer}.part`);
  await rename(built.layer, layer);
  say('base', `done, ${await megabytes(layer)}`);
  return { ...built, layer };
}

async function build(name: ImageName): Promise<void> {
  const definition = DEFINITIONS[name];
  const folder = join(work, name);
  const layer = join(folder, 'layer.tar');
  const layers: string[] = [];
  if (definition.kind === 'debian') {
    const npm = join(folder, 'npm');
    const [base] = await Promise.all([findBase(), packFromNpm(definition, npm)]);
    layers.push(base.layer);
    say(name, 'building its layer');
    await buildLayer(definition, base, npm, folder, layer);
  } else {
    say(name, 'writing its files');
    const root = join(folder, 'root');
    await mkdir(root, { recursive: true });
    await MAKE_FILES[name]?.(root);
    await packLayer(root, layer);
  }
  const archive = join(folder, 'archive.tar');
  const { reference, config } = definition;
  await writeArchive({ reference, config, platform: PLATFORM, layers: [...layers, layer] }, archive);
  await rename(archive, join(done, `${name}.tar`));
  await rm(folder, { recursive: true });
  say(name, `done, ${await megabytes(join(done, `${name}.tar`))}`);
}

const megabytes = async (file: string): Promise<string> => `${((await stat(file)).size / 1e6).toFixed(1)} MB`;

process.umask(0o022);
await mkdir(done);
const results = await Promise.allSettled(names.map((name) => build(name as ImageName)));
const errors = results.flatMap((result, index) =>
  result.status === 'rejected' ? [`${names[index]}: ${messageOf(result.reason)}`] : [],
);
for (const error of new Set(errors)) console.error(error);
process.exit(errors.length > 0 ? 1 : 0);
