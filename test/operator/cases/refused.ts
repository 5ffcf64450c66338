import { type Case, DRIVER, HOST, JUPYTER, mount, PLAIN, VSCODE } from './case.ts';

/** What the chart refuses, and the words in which it does. */
export const REFUSED: readonly (Omit<Case, 'check'> & { readonly message: RegExp })[] = [
  { name: 'an unknown template', spec: { memory: '1Gi', template: 'emacs' }, message: /template/ },
  { name: 'neither image nor template', spec: { memory: '1Gi' }, message: /image is required/ },
  { name: 'a host without a port', spec: { ...PLAIN, ...HOST }, message: /ingressDomain needs a port/ },
  {
    name: 'a host for a server that nothing guards',
    spec: { ...PLAIN, ...HOST, port: 80 },
    message: /nothing is known to guard/,
  },
  {
    name: "a host for a template with the user's command",
    spec: { ...VSCODE, ...HOST, command: ['code-server', '--auth=none'] },
    message: /nothing is known to guard/,
  },
  ...['PASSWORD', 'HASHED_PASSWORD', 'DEVMACHINE_PASSWORD'].map((name) => ({
    name: `env ${name} of a VS Code`,
    spec: { ...VSCODE, env: [{ name, value: 'mine' }] },
    message: /guards the access/,
  })),
  ...['JUPYTER_TOKEN', 'JUPYTER_TOKEN_FILE'].map((name) => ({
    name: `env ${name} of a JupyterLab`,
    spec: { ...JUPYTER, env: [{ name }] },
    message: /guards the access/,
  })),
  {
    name: "a mount in the disk's place",
    spec: {
      ...VSCODE,
      storage: { size: '1Gi' },
      ...mount('secret', { name: 's' }, { mountPath: '/home/coder' }),
    },
    message: /is where the machine's disk is/,
  },
  {
    name: "a mount in the IDE's place",
    spec: { ...VSCODE, ...mount('secret', { name: 's' }, { mountPath: '/opt/devmachine/ide' }) },
    message: /is where the IDE is/,
  },
  {
    name: 'a prefix that a driver could take for options',
    spec: { ...VSCODE, ...mount('s3', { bucket: 'data', prefix: 'a, allow-root' }) },
    admin: DRIVER,
    message: /prefix of an s3 mount/,
  },
  {
    name: 'a prefix that leaves the bucket',
    spec: { ...VSCODE, ...mount('s3', { bucket: 'data', prefix: 'a/../../other' }) },
    admin: DRIVER,
    message: /prefix of an s3 mount/,
  },
  { name: 'an unknown value of the administrator', spec: VSCODE, admin: { typo: 'x' }, message: /typo/ },
  { name: 'a switch that is neither', spec: VSCODE, admin: { allowRoot: 'yes' }, message: /allowRoot/ },
  {
    name: 'annotations that are no mapping',
    spec: { ...VSCODE, ...HOST },
    admin: { ingressAnnotations: '[a, b]' },
    message: /ingressAnnotations/,
  },
  {
    name: 'two default certificates',
    spec: VSCODE,
    admin: { tlsClusterIssuer: 'a', tlsSecretName: 'b' },
    message: /tlsSecretName/,
  },
];
