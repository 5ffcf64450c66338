/** One way to use a machine. The catalogue below is the only one: the API, the CRD and the chart follow it. */
export interface Template {
  /** What a person reads in a list. */
  readonly title: string;
  /** One sentence: what runs in the machine. */
  readonly description: string;
  /** The IDE that is served. */
  readonly ide: 'vscode' | 'jupyter';
  /** Whether the template is meant for machines with a GPU. */
  readonly gpu: boolean;
}

export const TEMPLATES = {
  'vscode-cpu': {
    title: 'VS Code',
    description: 'VS Code in the browser, on any image.',
    ide: 'vscode',
    gpu: false,
  },
  'vscode-gpu': {
    title: 'VS Code with GPU',
    description: 'VS Code in the browser, on any image, with a GPU.',
    ide: 'vscode',
    gpu: true,
  },
  'jupyter-cpu': {
    title: 'JupyterLab',
    description: 'The JupyterLab of the image.',
    ide: 'jupyter',
    gpu: false,
  },
  'jupyter-gpu': {
    title: 'JupyterLab with GPU',
    description: 'The JupyterLab of the image, with a GPU.',
    ide: 'jupyter',
    gpu: true,
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];
