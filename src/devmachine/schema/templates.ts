/**
 * One way to use a machine. The catalogue below is the only one: the API, the CRD and the chart follow it.
 * `{port}`, `{home}` and `{ide}` in a command stand for what the machine has in the end.
 */
export interface Template {
  /** What a person reads in a list. */
  readonly title: string;
  /** One sentence: what runs in the machine. */
  readonly description: string;
  /** The IDE that is served. */
  readonly ide: 'vscode' | 'jupyter';
  /** Whether the template is meant for machines with a GPU. */
  readonly gpu: boolean;
  /** The image of machines that name none. */
  readonly image: string;
  /** The home directory, and so where the disk is mounted by default. */
  readonly home: string;
  /** The port that the IDE serves HTTP on. */
  readonly port: number;
  /** Answers 200 to anyone once the IDE works. */
  readonly healthPath: string;
  /** Whether the IDE's server is copied into the machine, or comes with its image. */
  readonly bringsIde: boolean;
  /** The user and group that the machine runs as: those who own the home directory in the image, if it has one. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly command: readonly string[];
  /** How the IDE is told that the password guards it, and how that an authenticating proxy does. */
  readonly guard: { readonly password: readonly string[]; readonly proxy: readonly string[] };
  /** The variable that hands the IDE its password, so that no list of processes shows it. */
  readonly passwordVariable: string;
  /** Variables with which the IDE's guard could be changed: no machine may set them. */
  readonly reservedVariables: readonly string[];
}

/** code-server runs with the Node.js that it brings: nothing of the image but glibc is needed, not even a shell. */
const vscode = {
  ide: 'vscode',
  home: '/home/coder',
  port: 8080,
  healthPath: '/healthz',
  bringsIde: true,
  user: { uid: 1000, gid: 1000 },
  command: [
    '{ide}/lib/node',
    '{ide}',
    '--host=0.0.0.0',
    '--port={port}',
    '--disable-telemetry',
    '--disable-update-check',
    '{home}',
  ],
  guard: { password: ['--auth=password'], proxy: ['--auth=none'] },
  passwordVariable: 'PASSWORD',
  reservedVariables: ['PASSWORD', 'HASHED_PASSWORD', 'CODE_SERVER_CONFIG'],
} as const;

/** uid and gid are those of the user jovyan in the images of the Jupyter project. */
const jupyter = {
  ide: 'jupyter',
  home: '/home/jovyan',
  port: 8888,
  healthPath: '/api',
  bringsIde: false,
  user: { uid: 1000, gid: 100 },
  command: [
    'jupyter',
    'lab',
    '--no-browser',
    '--allow-root',
    '--ServerApp.ip=0.0.0.0',
    '--ServerApp.port={port}',
    '--ServerApp.port_retries=0',
    '--ServerApp.root_dir={home}',
  ],
  guard: { password: [], proxy: ['--IdentityProvider.token='] },
  passwordVariable: 'JUPYTER_TOKEN',
  reservedVariables: ['JUPYTER_TOKEN', 'JUPYTER_TOKEN_FILE'],
} as const;

export const TEMPLATES = {
  'vscode-cpu': {
    title: 'VS Code',
    description: 'VS Code in the browser, on any image.',
    gpu: false,
    image: 'docker.io/library/buildpack-deps:bookworm',
    ...vscode,
  },
  'vscode-gpu': {
    title: 'VS Code with GPU',
    description: 'VS Code in the browser, on any image, with a GPU.',
    gpu: true,
    image: 'docker.io/nvidia/cuda:12.8.1-devel-ubuntu24.04',
    ...vscode,
  },
  'jupyter-cpu': {
    title: 'JupyterLab',
    description: 'The JupyterLab of the image.',
    gpu: false,
    image: 'quay.io/jupyter/minimal-notebook:python-3.12',
    ...jupyter,
  },
  'jupyter-gpu': {
    title: 'JupyterLab with GPU',
    description: 'The JupyterLab of the image, with a GPU.',
    gpu: true,
    image: 'quay.io/jupyter/pytorch-notebook:cuda12-python-3.11.8',
    ...jupyter,
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];
