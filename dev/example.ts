/** The machine in the README's example. */
export const EXAMPLE = {
  apiVersion: 'ide.example.com/v1alpha1',
  kind: 'DevMachine',
  metadata: { name: 'my-devmachine' },
  spec: {
    cpu: 2,
    memory: '4Gi',
    gpu: 0,
    image: 'registry.example.com:30443/inner/ubt22-cuda12.4-py310-torch2.6.0-gpu:3.0',
    template: 'vscode-cpu',
    ingressDomain: 'mydev.example.com',
    storage: { size: '20Gi' },
  },
};

/** A smaller machine, at a host that browsers find on this machine without DNS. */
export const LOCAL_EXAMPLE = {
  apiVersion: 'ide.example.com/v1alpha1',
  kind: 'DevMachine',
  metadata: { name: 'my-vscode' },
  spec: {
    cpu: '500m',
    memory: '2Gi',
    template: 'vscode-cpu',
    ingressDomain: 'my-vscode.localhost',
    storage: { size: '5Gi' },
  },
};
