import type { DevMachineSpec } from './schema/spec.ts';

/** Whole words of a variable's name, which are separated by underscores: TOKEN, but not TOKENIZERS_PARALLELISM. */
const NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY)(?:_|$)/i;

/** How well-known tokens and keys begin: AWS, GitHub, GitLab, Slack, JWT, OpenAI and PEM. */
const VALUE = /^(?:AKIA|ASIA|gh[oprsu]_|github_pat_|glpat-|xox[abprs]-|eyJ|sk-|-----BEGIN )/;

/** Names whose value is a place or a setting, not the secret itself. */
const HARMLESS = /_(?:FILE|PATH|DIR|NAME|URL|TTL|LENGTH)$/i;

/**
 * A warning about variables whose value looks like a credential; undefined if there are none. Everybody who may read the
 * machine reads such a value. The warning does not repeat it.
 */
export function credentialWarning({ env = [] }: Pick<DevMachineSpec, 'env'>): string | undefined {
  const names = env.filter(looksLikeCredential).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `The value of ${names.join(', ')} in spec.env looks like a credential, which everybody who may read the machine can read. Store it in a Secret and refer to that with valueFrom.secretKeyRef.`;
}

type Variable = NonNullable<DevMachineSpec['env']>[number];

const looksLikeCredential = ({ name, value }: Variable): boolean =>
  Boolean(value) && ((NAME.test(name) && !HARMLESS.test(name)) || VALUE.test(value ?? ''));
