import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCKERFILE = join(import.meta.dirname, '../Dockerfile');

/** The command of the backend's image: Node.js, its flags and the path of the bundle. Throws if the Dockerfile has none. */
export function imageCommand(): readonly string[] {
  const [, command] = /^CMD (\[.*\])$/m.exec(readFileSync(DOCKERFILE, 'utf8')) ?? [];
  if (command === undefined) throw new Error(`${DOCKERFILE} has no CMD`);
  return JSON.parse(command);
}
