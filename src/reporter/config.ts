import { type Config, type Environment, LOG_LEVELS, listOf, namespace, oneOf } from '../config.ts';

export type ReporterConfig = Pick<Config, 'kubeconfig' | 'watchNamespaces' | 'logLevel'>;

/** Reads the environment. WATCH_NAMESPACE is the operator's variable: names separated by commas; empty: all. */
export function loadReporterConfig(env: Environment = process.env): ReporterConfig {
  return {
    kubeconfig: env['KUBECONFIG'] || undefined,
    watchNamespaces: listOf(env, 'WATCH_NAMESPACE').map((name) => namespace('WATCH_NAMESPACE', name)),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
  };
}
