import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';
import { runInChroot } from './chroot.ts';
import { BASE, type Definition } from './definitions.ts';
import { packLayer } from './oci.ts';
import { mountOverlay, mountSurroundings, unmount } from './overlay.ts';
import { findRemoved, writeWhiteouts } from './whiteouts.ts';

/** The layer that the Debian images share: as a folder, below other layers, and packed. */
export interface Base {
  readonly root: string;
  readonly layer: string;
}

/** Unpacks the layer of an earlier build. */
export async function unpackBase(layer: string, folder: string): Promise<Base> {
  const root = join(folder, 'upper');
  await mkdir(root, { recursive: true });
  await runCommand('tar', ['-C', root, '--numeric-owner', '-xpf', layer]);
  return { root, layer };
}

/** Installs a minimal Debian from the mirror that debootstrap chooses. */
export async function buildBase(folder: string, layer: string): Promise<Base> {
  const empty = join(folder, 'empty');
  await mkdir(empty, { recursive: true });
  const place = await mountOverlay(folder, empty);
  await runCommand('debootstrap', [...BASE.options, BASE.suite, place.merged]);
  await runInChroot(place, 'chroot/base.sh');
  await unmount(place);
  await packLayer(place.upper, layer);
  return { root: place.upper, layer };
}

/** Downloads the npm packages of the image into the folder. */
export async function packFromNpm({ npm = [], reference }: Definition, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const spec of npm) {
    const args = ['pack', spec, '--loglevel=error', '--pack-destination', folder];
    await runCommand('npm', args).catch((error: Error) => {
      if (!/ETARGET|E404/.test(error.message)) throw error;
      throw new Error(`npm has no ${spec}, of which ${reference} is made. Change the version of the image.`);
    });
  }
}

/** Runs the image's script on the base, with the packages in the folder `npm`, and packs what it has changed as `layer`. */
export async function buildLayer(
  { sources, keep }: Definition,
  base: Base,
  npm: string,
  folder: string,
  layer: string,
): Promise<void> {
  const place = await mountOverlay(folder, base.root);
  await rename(npm, join(place.build, 'npm'));
  await mountSurroundings(place.merged);
  for (const script of sources) await runInChroot(place, script);
  const removed = keep ? [] : await findRemoved(place.upper, base.root, place.merged);
  await unmount(place);
  await writeWhiteouts(place.upper, removed);
  await packLayer(place.upper, layer, keep);
}
