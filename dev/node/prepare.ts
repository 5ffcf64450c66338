import { findAssets } from '../assets.ts';
import { findImages, type ImageName, missingForImages } from '../images/images.ts';
import type { ProgressOutput } from '../progress.ts';
import { checkRequirements, findProgram } from './requirements.ts';

/** What machines of the templates vscode-cpu and jupyter-cpu consist of. */
export const IMAGES = ['machine', 'code-server', 'jupyter'] as const;

/** What a node is made of: programs and images. */
export interface NodeAssets {
  /** The folder with kubelet and kube-proxy. */
  readonly programsDir: string;
  /** The folder with containerd and the network plugins. */
  readonly nodeProgramsDir: string;
  readonly runc: string;
  readonly pauseImage: string;
  readonly archives: readonly string[];
  /** Whether the images for machines are pulled once the node runs. */
  readonly pull: boolean;
}

interface PrepareOptions {
  /** The images that machines can use without a registry. */
  readonly images: readonly ImageName[];
  /** Whether to pull them from their registries, instead of building substitutes. */
  readonly pull?: boolean;
  readonly output?: ProgressOutput;
  readonly signal?: AbortSignal;
}

/** Checks the machine, and builds what is missing: minutes for the first time. */
export async function prepareNode({ images, pull = false, ...options }: PrepareOptions): Promise<NodeAssets> {
  const names = [...new Set<ImageName>(['pause', ...(pull ? [] : images)])];
  checkRequirements(missingForImages(names));
  const programs = await findAssets(['kubelet', 'kube-proxy'], options);
  const nodePrograms = await findAssets(NODE_PROGRAMS, { ...options, folder: 'tools-node' });
  const found = await findImages(names, options);
  return {
    programsDir: programs.dir,
    nodeProgramsDir: nodePrograms.dir,
    runc: findProgram('runc') ?? 'runc',
    pauseImage: found[0]?.reference ?? '',
    archives: found.map(({ archive }) => archive),
    pull,
  };
}

const NODE_PROGRAMS = ['containerd', 'containerd-shim-runc-v2', 'ctr', 'bridge', 'host-local', 'loopback'];
