import { join } from 'node:path';
import { runCommand } from '../../../dev/run-command.ts';
import { testKubeconfig } from '../../support/cluster.ts';

/** The cluster that setup.ts has started. */
export interface NodeUnderTest {
  readonly stateDir: string;
  /** A process outside the node's process namespace, but in its mount and network namespaces. */
  readonly nodePid: number;
  readonly kubectl: string;
}

export function nodeUnderTest(): NodeUnderTest {
  const text = process.env['DEVMACHINE_TEST_NODE'];
  if (text === undefined) throw new Error('run the tests on a real node with `npm run test:node`');
  return JSON.parse(text) as NodeUnderTest;
}

/** Runs kubectl as the administrator. Resolves to its output. */
export const kubectl = (...args: string[]): Promise<string> =>
  runCommand(nodeUnderTest().kubectl, [`--kubeconfig=${testKubeconfig()}`, ...args]);

/** Runs a program in the node's mount and network namespaces. Resolves to its output. */
export const onNode = (...command: string[]): Promise<string> =>
  runCommand('nsenter', ['--target', String(nodeUnderTest().nodePid), '--mount', '--net', '--', ...command]);

/** The folder of the node on this machine. */
export const nodeFolder = (): string => join(nodeUnderTest().stateDir, 'node');
