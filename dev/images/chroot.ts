import { cp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';
import { CA_BUNDLE, type Workplace } from './overlay.ts';

const HOME = '/run/build/home';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a script of the folder chroot/ with the configuration that pip and npm have on this machine. */
export async function runInChroot({ merged, build }: Workplace, script: string): Promise<void> {
  await cp(join(import.meta.dirname, script), join(build, 'script.sh'));
  await copyConfiguration(build);
  await runCommand('chroot', [merged, 'sh', '-eu', '/run/build/script.sh'], { env: environment() });
}

async function copyConfiguration(build: string): Promise<void> {
  const { env } = process;
  const home = env['HOME'] || homedir();
  const files = [
    [env['NPM_CONFIG_USERCONFIG'] || env['npm_config_userconfig'] || join(home, '.npmrc'), 'home/.npmrc'],
    [env['PIP_CONFIG_FILE'] || '/etc/pip.conf', 'pip.conf'],
    [join(home, '.config/pip'), 'home/.config/pip'],
    [join(home, '.pip'), 'home/.pip'],
  ] as const;
  for (const [from, to] of files) {
    await cp(from, join(build, to), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** Which variables of this process hold in the chroot too: those of proxies, pip, and npm's for its registry. */
const PASSED =
  /^(https?_proxy|all_proxy|no_proxy|pip_.*|npm_config_(registry|proxy|https_proxy|noproxy|strict_ssl))$/i;

function environment(): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))),
    PATH,
    HOME,
    LANG: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    NODE_EXTRA_CA_CERTS: CA_BUNDLE,
    // What npm installs does not say from which registry it came.
    npm_config_omit_lockfile_registry_resolved: 'true',
    PIP_CERT: CA_BUNDLE,
    PIP_CONFIG_FILE: '/run/build/pip.conf',
    PIP_NO_CACHE_DIR: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
  };
}
