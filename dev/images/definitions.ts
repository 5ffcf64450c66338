import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_SETTINGS } from '../../scripts/admin-settings.ts';
import { TEMPLATES } from '../../src/devmachine/schema/templates.ts';
import type { ImageConfig } from './oci.ts';

export const IMAGE_NAMES = [
  'pause',
  'machine',
  'code-server',
  'jupyter',
  'rclone',
  'busybox',
  'foreign',
] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** An image of a few files, made by make-files.ts, or a Debian with a layer that a script of chroot/ adds to it. */
export interface Definition {
  readonly kind: 'files' | 'debian';
  readonly reference: string;
  readonly config: ImageConfig;
  /** The npm packages that the script finds, packed, in /run/build/npm. */
  readonly npm?: readonly string[];
  /** What the layer keeps of what the script has changed. By default, all of it. */
  readonly keep?: readonly string[];
  /** The Debian packages that the build needs on this machine. */
  readonly needs: readonly string[];
  /** The files of this folder that define what is in the image. */
  readonly sources: readonly string[];
}

const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
export const PLATFORM = { os: 'linux', architecture } as const;

const NODE = `node-linux-${process.arch}@22.23.3`;
const NPM = 'npm@11.19.1';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const DEBIAN = {
  kind: 'debian',
  needs: ['debootstrap', 'debian-archive-keyring'],
} as const;

const IDE_IMAGE = ADMIN_SETTINGS['ideImage']?.default ?? '';
const S3_IMAGE = ADMIN_SETTINGS['s3Image']?.default ?? '';

export const DEFINITIONS: Readonly<Record<ImageName, Definition>> = {
  pause: {
    kind: 'files',
    reference: 'registry.k8s.io/pause:3.10.1',
    config: { User: '65535:65535', Entrypoint: ['/pause'] },
    needs: ['gcc', 'libc6-dev'],
    sources: ['make-files.ts', 'pause.c'],
  },
  machine: {
    ...DEBIAN,
    reference: TEMPLATES['vscode-cpu'].image,
    config: { Env: [`PATH=${PATH}`], Cmd: ['bash'] },
    npm: [NODE, NPM],
    sources: ['chroot/machine.sh'],
  },
  'code-server': {
    ...DEBIAN,
    reference: IDE_IMAGE,
    config: {
      User: '1000',
      Env: [`PATH=${PATH}`, 'HOME=/home/coder'],
      Entrypoint: ['code-server', '--bind-addr', '0.0.0.0:8080', '.'],
      WorkingDir: '/home/coder',
    },
    npm: [NODE, NPM, `code-server@${IDE_IMAGE.split(':').at(-1)}`],
    keep: ['usr/lib/code-server', 'usr/local/bin/code-server', 'home/coder', 'etc/passwd', 'etc/group'],
    sources: ['chroot/code-server.sh'],
  },
  jupyter: {
    ...DEBIAN,
    reference: TEMPLATES['jupyter-cpu'].image,
    config: {
      User: '1000',
      Env: [
        `PATH=/opt/conda/bin:${PATH}`,
        'HOME=/home/jovyan',
        'CONDA_DIR=/opt/conda',
        'NB_USER=jovyan',
        'NB_UID=1000',
        'NB_GID=100',
        'LANG=C.UTF-8',
        'LC_ALL=C.UTF-8',
        'SHELL=/bin/bash',
      ],
      Cmd: ['jupyter', 'lab', '--no-browser', '--ip=0.0.0.0'],
      WorkingDir: '/home/jovyan',
    },
    sources: ['chroot/jupyter.sh'],
  },
  rclone: {
    ...DEBIAN,
    reference: S3_IMAGE,
    config: { Env: [`PATH=${PATH}`], Entrypoint: ['rclone'] },
    sources: ['chroot/rclone.sh'],
  },
  busybox: {
    kind: 'files',
    reference: 'docker.io/library/busybox:1.37',
    config: { Env: [`PATH=${PATH}`], Cmd: ['sh'] },
    needs: ['busybox-static'],
    sources: ['make-files.ts'],
  },
  foreign: {
    kind: 'files',
    reference: 'registry.example.com/foreign:1',
    config: { Cmd: ['/program'] },
    needs: [],
    sources: ['make-files.ts'],
  },
};

/** The layer that the Debian images share. It is kept next to the images. */
export const BASE = {
  suite: 'bookworm',
  options: ['--variant=minbase', '--include=ca-certificates,procps'],
  sources: ['chroot/base.sh'],
} as const;

const BASE_KEY = hash(BASE, '');

/** Changes with what defines the image: its definition, its sources, the platform and, for a Debian image, the base. */
export function keyOf(definition: Definition): string {
  return hash(definition, definition.kind === 'debian' ? BASE_KEY : '');
}

function hash(definition: { readonly sources: readonly string[] }, below: string): string {
  const texts = definition.sources.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
  const defined = JSON.stringify([definition, texts, PLATFORM, below]);
  return createHash('sha256').update(defined).digest('hex').slice(0, 16);
}

/** Read once: a source that is edited during a build does not change what is being built. */
const KEYS = new Map<ImageName | 'base', string>([
  ['base', BASE_KEY],
  ...IMAGE_NAMES.map((name) => [name, keyOf(DEFINITIONS[name])] as const),
]);

/** The file in the cache folder: of an image the archive, of the base the layer. */
export function cachedFile(cache: string, name: ImageName | 'base'): string {
  return join(cache, KEYS.get(name) ?? '', `${name}.tar`);
}
