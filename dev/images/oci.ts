import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../run-command.ts';

/** The `config` of an OCI image configuration: how its program is started. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
}

export interface ImageParts {
  readonly reference: string;
  readonly platform: { readonly os: string; readonly architecture: string };
  readonly config: ImageConfig;
  /** The tar files of the layers, the lowest one first. */
  readonly layers: readonly string[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const MEDIA_TYPE = 'application/vnd.oci.image';
/** The same files make the same tar, whenever and by whomever they were written. */
const REPRODUCIBLE = ['--format=gnu', '--sort=name', '--mtime=@0', '--numeric-owner'];

/** Packs what is in the folder `root`, or only `paths` of it, as the layer `file`. Owners and modes are kept. */
export async function packLayer(root: string, file: string, paths: readonly string[] = ['.']): Promise<void> {
  await runCommand('tar', ['-C', root, ...REPRODUCIBLE, '-cf', file, ...paths]);
}

/**
 * Writes the image as the archive `file`: a tar of an OCI image layout, as `ctr images import` reads it. The layers must be
 * on the same file system.
 */
export async function writeArchive(image: ImageParts, file: string): Promise<void> {
  const layout = `${file}.layout`;
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const layers = await Promise.all(image.layers.map((layer) => addLayer(layer, blobs)));
  const config = await addJson('config', blobs, {
    ...image.platform,
    config: image.config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const mediaType = `${MEDIA_TYPE}.manifest.v1+json`;
  const manifest = await addJson('manifest', blobs, { schemaVersion: 2, mediaType, config, layers });
  await writeFile(join(layout, 'index.json'), JSON.stringify(toIndex(image, manifest)));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const owner = ['--owner=0', '--group=0', '--mode=u=rwX,go=rX'];
  await runCommand('tar', [
    '-C',
    layout,
    ...REPRODUCIBLE,
    ...owner,
    '-cf',
    file,
    'oci-layout',
    'index.json',
    'blobs',
  ]);
  await rm(layout, { recursive: true });
}

function toIndex({ reference, platform }: ImageParts, manifest: Descriptor): object {
  return {
    schemaVersion: 2,
    mediaType: `${MEDIA_TYPE}.index.v1+json`,
    manifests: [
      {
        ...manifest,
        platform,
        annotations: {
          'io.containerd.image.name': reference,
          'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1),
        },
      },
    ],
  };
}

/** The layers are not compressed: an archive is read on the machine that wrote it. */
async function addLayer(file: string, blobs: string): Promise<Descriptor> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  const hex = hash.digest('hex');
  await link(file, join(blobs, hex));
  return { mediaType: `${MEDIA_TYPE}.layer.v1.tar`, digest: `sha256:${hex}`, size: (await stat(file)).size };
}

async function addJson(kind: string, blobs: string, content: object): Promise<Descriptor> {
  const text = JSON.stringify(content);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(blobs, hex), text);
  return {
    mediaType: `${MEDIA_TYPE}.${kind}.v1+json`,
    digest: `sha256:${hex}`,
    size: Buffer.byteLength(text),
  };
}
