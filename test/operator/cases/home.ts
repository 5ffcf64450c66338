import assert from 'node:assert/strict';
import { type Manifest, only, podOf } from '../helm.ts';
import { type Case, JUPYTER, mount, PLAIN, S3, VSCODE, volume } from './case.ts';

const DISK = { storage: { size: '1Gi', mountPath: '/home/me' } };
const SEED_HOME = 'ide.example.com/seed-home';

const initContainers = (list: Manifest[]): Manifest[] => podOf(list).initContainers ?? [];
const names = (list: Manifest[]): string[] => initContainers(list).map(({ name }) => name);
const seedHome = (list: Manifest[]): string | undefined =>
  only(list, 'PersistentVolumeClaim').metadata.annotations[SEED_HOME];

/** The home directory of the image, which is copied to a new disk. */
export const HOME: readonly Case[] = [
  ...[
    { spec: VSCODE, before: ['ide', 'user'], interpreter: ['/opt/devmachine/ide/lib/node', '-e'] },
    { spec: JUPYTER, before: [], interpreter: ['python3', '-I', '-c'] },
  ].map(({ spec, before, interpreter }) => ({
    name: `the image's home directory is copied to the new disk of ${spec.template}`,
    spec: { ...spec, ...DISK, ...mount('s3', S3), image: 'registry.example.com/any:1' },
    check: (list: Manifest[]) => {
      assert.deepEqual(names(list), [...before, 'home', 's3-fetch-0', 's3-write-back-0']);
      const home = initContainers(list)[before.length];
      assert.deepEqual(home.command.slice(0, interpreter.length), interpreter);
      const folder = spec === VSCODE ? '/home/coder' : '/home/jovyan';
      assert.deepEqual(home.command.slice(-3), [folder, '/etc/passwd', '/opt/devmachine/disk']);
      assert.equal(home.image, 'registry.example.com/any:1');
      const { name } = home.volumeMounts.find(
        (entry: Manifest) => entry.mountPath === '/opt/devmachine/disk',
      );
      assert.ok(volume(list, name).persistentVolumeClaim);
      // As the user of the machine.
      assert.deepEqual(Object.keys(home.securityContext), ['allowPrivilegeEscalation', 'capabilities']);
      assert.equal(seedHome(list), 'true');
    },
  })),
  {
    name: 'nothing is copied without a template',
    spec: { ...PLAIN, ...DISK },
    check: (list) => assert.deepEqual([names(list), seedHome(list)], [[], undefined]),
  },
  {
    name: 'an image that starts no JupyterLab may have no Python',
    spec: { ...JUPYTER, ...DISK, command: ['/bin/serve'] },
    check: (list) => assert.deepEqual(names(list), []),
  },
  {
    name: 'nothing is copied without a disk',
    spec: VSCODE,
    check: (list) => assert.deepEqual(names(list), ['ide', 'user']),
  },
  {
    name: 'nothing is copied if the administrator does not want it',
    spec: { ...VSCODE, ...DISK },
    admin: { seedHome: 'false' },
    check: (list) => assert.deepEqual([names(list), seedHome(list)], [['ide', 'user'], undefined]),
  },
];
