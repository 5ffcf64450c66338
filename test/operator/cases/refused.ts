import { type Case, CSI, DRIVER, HOST, JUPYTER, mount, PLAIN, VSCODE } from './case.ts';

/** Specs that the chart refuses, and its messages. */
export const REFUSED: readonly (Omit<Case, 'check'> & { readonly message: RegExp })[] = [
  { name: 'an unknown template', spec: { memory: '1Gi', template: 'emacs' }, message: /template/ },
  { name: 'neither image nor template', spec: { memory: '1Gi' }, message: /image is required/ },
  { name: 'a host without a port', spec: { ...PLAIN, ...HOST }, message: /ingressDomain needs a port/ },
  {
    name: 'a host for an unguarded server',
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
    name: 'a mount at the path of the disk',
    spec: {
      ...VSCODE,
      storage: { size: '1Gi' },
      ...mount('secret', { name: 's' }, { mountPath: '/home/coder' }),
    },
    message: /is where the machine's disk is/,
  },
  {
    name: 'a mount at the path of the IDE',
    spec: { ...VSCODE, ...mount('secret', { name: 's' }, { mountPath: '/opt/devmachine/ide' }) },
    message: /is where the IDE is/,
  },
  {
    name: 'a mount at a file of the user',
    spec: { ...VSCODE, ...mount('secret', { name: 's' }, { mountPath: '/etc/passwd' }) },
    message: /is a file of the machine's user/,
  },
  {
    name: 'a prefix that a driver could interpret as options',
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
  {
    name: 'a CSI driver that the administrator does not offer',
    spec: { ...VSCODE, ...mount('csi', { driver: 'other.csi.example.com', path: '/' }) },
    admin: CSI,
    message:
      /does not offer the CSI driver other\.csi\.example\.com\. Drivers: hfps\.csi\.example\.com, plain/,
  },
  {
    name: 'a CSI driver without a list of drivers',
    spec: { ...VSCODE, ...mount('csi', { driver: 'other.csi.example.com', path: '/' }) },
    message: /Drivers: none/,
  },
  ...(
    [
      ['volumeHandle: "{path}"', /volumeHandle of x\.y must contain \{volume\}/],
      ['handle: "{volume}"', /unknown key handle/],
      ['parameters: [a]', /a list, and its parameters a mapping/],
      ['parameters: {a: [b]}', /strings as values/],
      ['mountOptions: a', /mountOptions of x\.y must be a list/],
    ] as const
  ).map(([settings, message]) => ({
    name: `a CSI driver with the settings ${settings}`,
    spec: { ...VSCODE, ...mount('csi', { driver: 'x.y', path: '/' }) },
    admin: { csiDrivers: `x.y: {${settings}}` },
    message,
  })),
  { name: "an unknown administrator's setting", spec: VSCODE, admin: { typo: 'x' }, message: /typo/ },
  {
    name: 'a boolean setting that is neither true nor false',
    spec: VSCODE,
    admin: { allowRoot: 'yes' },
    message: /allowRoot/,
  },
  ...['20 Gi', '-1Gi', 'much', 'Gi'].map((ephemeralStorageLimit) => ({
    name: `a limit of ${ephemeralStorageLimit}`,
    spec: VSCODE,
    admin: { ephemeralStorageLimit },
    message: /ephemeralStorageLimit is .* must be a quantity/,
  })),
  ...['labels', 'annotations'].map((setting) => ({
    name: `${setting} of all objects that are not a mapping`,
    spec: VSCODE,
    admin: { [setting]: 'cost-center' },
    message: new RegExp(`setting ${setting}`),
  })),
  {
    name: 'annotations that are not a mapping',
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
