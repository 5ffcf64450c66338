import { IMAGE_NAMES } from '../../dev/images/images.ts';
import { buildConsoleIfStale } from '../../scripts/console.ts';
import { startRealNode } from './support/real-node.ts';

/** Builds the console, and starts one cluster with a real node for the whole run. Each test creates its own namespaces. */

let stop: (() => Promise<void>) | undefined;

export async function globalSetup(): Promise<void> {
  const started = performance.now();
  const log = (line: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}`);
  await buildConsoleIfStale();
  stop = await startRealNode(IMAGE_NAMES, log);
}

export const globalTeardown = (): Promise<void> | undefined => stop?.();
