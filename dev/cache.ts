import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what takes long to build: below XDG_CACHE_HOME if it is set, else below ~/.cache. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'devmachine');
}
