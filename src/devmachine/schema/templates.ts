/**
 * What runs in a machine. The catalogue below is the only source of templates for the API, the CRD and the chart.
 * The chart replaces `{port}`, `{home}` and `{ide}` in a command with the values of the machine.
 */
export interface Template {
  /** A short name for users. */
  readonly title: string;
  /** One sentence for users: what runs in the machine. */
  readonly description: string;
  /** The IDE that the machine serves. */
  readonly ide: 'vscode' | 'jupyter';
  /** Whether the template is meant for machines with a GPU. */
  readonly gpu: boolean;
  /** The default image. */
  readonly image: string;
  /** The home directory. The disk is mounted here by default. */
  readonly home: string;
  /** The port on which the IDE serves HTTP. */
  readonly port: number;
  /** A path that responds with 200, without authentication, once the IDE is ready. */
  readonly healthPath: string;
  /** Whether the IDE is copied into the machine from an image of its own. Otherwise the machine's image contains it. */
  readonly bringsIde: boolean;
  /** Enough CPU and memory for one person to work with, in the formats of the spec. */
  readonly recommended: { readonly cpu: number; readonly memory: string };
  /** The user and group that the machine runs as: the owner of the home directory in the default image, if it exists. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly command: readonly string[];
  /** Extra arguments of the command if the IDE asks for the password, and if an authenticating proxy guards it. */
  readonly guard: { readonly password: readonly string[]; readonly proxy: readonly string[] };
  /** The variable with the IDE's password. An argument would be visible in the process list. */
  readonly passwordVariable: string;
  /** Variables that configure the IDE's authentication. The chart refuses them in `env`. */
  readonly reservedVariables: readonly string[];
}

/**
 * What Node.js runs before code-server; processes that it starts repeat it. Without a locale, VS Code would set LANG to the
 * browser's language, for which the image has no locale: C.UTF-8 needs none. `pip install --user` and `npm install -g` write
 * programs to ~/.local/bin. It is a URL, so it must not contain `#`, `%`, `?` or a line break.
 */
const PREPARE = `data:text/javascript,${[
  'const { env } = process;',
  "if (!env.LANG && !env.LC_ALL) env.LANG = 'C.UTF-8';",
  "const bin = env.HOME + '/.local/bin', path = env.PATH || '/usr/local/bin:/usr/bin:/bin';",
  "if (!path.split(':').includes(bin)) env.PATH = bin + ':' + path;",
].join(' ')}`;

/**
 * code-server brings its own Node.js. The image needs glibc and libstdc++ only, not even a shell. Nobody else's files are
 * opened in a machine by default, so VS Code does not ask whether to trust a folder.
 */
const vscode = {
  ide: 'vscode',
  home: '/home/coder',
  port: 8080,
  healthPath: '/healthz',
  bringsIde: true,
  user: { uid: 1000, gid: 1000 },
  command: [
    '{ide}/lib/node',
    `--import=${PREPARE}`,
    '{ide}',
    '--host=0.0.0.0',
    '--port={port}',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '{home}',
  ],
  guard: { password: ['--auth=password'], proxy: ['--auth=none'] },
  passwordVariable: 'PASSWORD',
  reservedVariables: ['PASSWORD', 'HASHED_PASSWORD', 'CODE_SERVER_CONFIG'],
} as const;

/** uid and gid of the user jovyan in the images of the Jupyter project. */
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
    recommended: { cpu: 2, memory: '4Gi' },
    ...vscode,
  },
  'vscode-gpu': {
    title: 'VS Code with GPU',
    description: 'VS Code in the browser, on any image, with a GPU.',
    gpu: true,
    image: 'docker.io/nvidia/cuda:12.8.1-devel-ubuntu24.04',
    recommended: { cpu: 4, memory: '16Gi' },
    ...vscode,
  },
  'jupyter-cpu': {
    title: 'JupyterLab',
    description: 'JupyterLab, from the image.',
    gpu: false,
    image: 'quay.io/jupyter/minimal-notebook:python-3.12',
    recommended: { cpu: 1, memory: '2Gi' },
    ...jupyter,
  },
  'jupyter-gpu': {
    title: 'JupyterLab with GPU',
    description: 'JupyterLab, from the image, with a GPU.',
    gpu: true,
    image: 'quay.io/jupyter/pytorch-notebook:cuda12-python-3.11.8',
    recommended: { cpu: 4, memory: '16Gi' },
    ...jupyter,
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];
