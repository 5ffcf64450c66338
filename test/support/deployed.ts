import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type ContainerConfig, readContainerConfig } from '../../dev/container-config.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../dev/control-plane.ts';
import { toKubeconfig } from '../../dev/kubeconfig.ts';
import { createToken, DEPLOY_DIR } from '../../dev/people.ts';
import { writePrivate } from '../../dev/pki.ts';
import { build } from '../../scripts/build.ts';
import { type Api, startReadyApi } from './api.ts';

const run = promisify(execFile);

/** A control plane to which deploy/ was applied, and the backend's bundle as it is in the image. */
export interface DeployedCluster {
  readonly controlPlane: ControlPlane;
  /** What kubectl said. */
  readonly applied: { readonly stdout: string; readonly stderr: string };
  readonly main: string;
  /** What the manifests say about the backend. */
  readonly config: ContainerConfig;
  /** Runs kubectl as the administrator. */
  kubectl(...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** A token of a service account. */
  token(namespace: string, account: string): Promise<string>;
  /** The path of a kubeconfig with this token. */
  kubeconfigOf(token: string): Promise<string>;
  /** Runs the container of the manifests with the token of its service account, and waits until it is ready. */
  startBackend(t: TestContext, env?: Record<string, string>): Promise<Api>;
  remove(): Promise<void>;
}

/** Starts it in `stateDir`, or in a new folder. */
export async function startDeployedCluster(
  options: Partial<ControlPlaneOptions> = {},
): Promise<DeployedCluster> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'devmachine-test-')));
  const main = join(stateDir, 'dist', 'main.js');
  const [controlPlane] = await Promise.all([
    startControlPlane({ ...options, stateDir }),
    build(join(stateDir, 'dist')),
  ]);
  const program = join(controlPlane.assetsDir, 'kubectl');
  const kubectl = (...args: string[]) =>
    run(program, ['--kubeconfig', controlPlane.kubeconfig, ...args], { maxBuffer: 2 ** 24 });
  const applied = await kubectl('apply', '-k', DEPLOY_DIR);
  const config = await readContainerConfig(program, DEPLOY_DIR, 'backend');
  const cluster: Omit<DeployedCluster, 'startBackend'> = {
    controlPlane,
    applied,
    main,
    config,
    kubectl,
    token: (namespace, account) => createToken(controlPlane, namespace, account, 3_600),
    async kubeconfigOf(token) {
      const file = join(await mkdtemp(join(stateDir, 'token-')), 'kubeconfig');
      await writePrivate(
        file,
        toKubeconfig(controlPlane.server, 'caller', { ca: controlPlane.tls.ca, token }),
      );
      return file;
    },
    async remove() {
      await controlPlane.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
  return {
    ...cluster,
    async startBackend(t, env = {}) {
      const [, , namespace = '', account = ''] = config.user.split(':');
      const KUBECONFIG = await cluster.kubeconfigOf(await cluster.token(namespace, account));
      // Other backends run on this machine, so each has a free port, or none.
      return startReadyApi(t, { ...config.env, METRICS_PORT: '0', KUBECONFIG, ...env }, main);
    },
  };
}

/** Calls the API server, or the backend, with a token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
