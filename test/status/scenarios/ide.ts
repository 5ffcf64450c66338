import { pod, running, terminated } from '../objects.ts';
import { again, CRASH_LOOP } from './container.ts';
import { deployed, failing, machineIs, type Scenario } from './scenario.ts';

const NODE = '/opt/devmachine/ide/lib/node';
const NO_FILE = 'no such file or directory';

/** An image that cannot run the IDE that the template brings. */
export const IDE_SCENARIOS: readonly Scenario[] = [
  failing(
    'IdeIncompatible',
    'an image without glibc, in CrashLoopBackOff',
    /machine:1 cannot run the IDE: exec .*: no such file or directory\.$/,
    deployed((owner) => pod(owner, { init: again('Error', 255, CRASH_LOOP, `exec ${NODE}: ${NO_FILE}`) })),
  ),
  failing(
    'IdeIncompatible',
    'an image of another architecture',
    /exec format error/,
    deployed((owner) =>
      pod(owner, { init: { state: terminated('Error', 255, `exec ${NODE}: exec format error`) } }),
    ),
  ),
  failing(
    'IdeIncompatible',
    'an image whose glibc is too old, between two restarts',
    /GLIBC_2\.28' not found/,
    deployed((owner) =>
      pod(owner, {
        init: again(
          'Error',
          1,
          running(false),
          `${NODE}: /lib/libc.so.6: version \`GLIBC_2.28' not found (required by ${NODE})`,
        ),
      }),
    ),
  ),
  failing(
    'IdeIncompatible',
    'a container whose IDE cannot be started',
    /no such file or directory/,
    machineIs(again('StartError', 128, CRASH_LOOP, `exec: "${NODE}": stat ${NODE}: ${NO_FILE}`)),
  ),
];
