import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialWarning } from '../../src/devmachine/credentials.ts';

const warn = (name: string, value?: string) =>
  credentialWarning({ env: [{ name, ...(value !== undefined && { value }) }] });

test('a value that looks like a credential is named, and not repeated', () => {
  for (const [name, value] of [
    ['DB_PASSWORD', 'hunter2'],
    ['password', 'hunter2'],
    ['HF_TOKEN', 'hunter2'],
    ['AWS_SECRET_ACCESS_KEY', 'hunter2'],
    ['OPENAI_API_KEY', 'hunter2'],
    ['GIT_CREDENTIALS', 'hunter2'],
    ['ANY', 'ghp_hunter2'],
    ['ANY', 'AKIAHUNTER2'],
    ['ANY', 'eyJhbGciOi.hunter2'],
    ['ANY', '-----BEGIN PRIVATE KEY-----\nhunter2'],
  ] as const) {
    const warning = warn(name, value) ?? assert.fail(`${name}=${value}`);
    assert.match(warning, new RegExp(`^The value of ${name} in spec\\.env .* valueFrom\\.secretKeyRef\\.$`));
    assert.ok(!warning.includes('hunter2'));
  }
});

test('other values are not', () => {
  for (const [name, value] of [
    ['TOKENIZERS_PARALLELISM', 'false'],
    ['PASSWORD_FILE', '/etc/keys/password'],
    ['SECRET_NAME', 'my-secret'],
    ['MAX_TOKENS', '4096'],
    ['COMPASSWORD', 'north'],
    ['TOKEN', ''],
    ['TOKEN', undefined],
    ['PATH', '/usr/bin'],
  ] as const)
    assert.equal(warn(name, value), undefined, `${name}=${value}`);
  assert.equal(credentialWarning({}), undefined);
});

test('all of them are named in one warning', () => {
  const env = [
    { name: 'API_KEY', value: 'a' },
    { name: 'PLAIN', value: 'b' },
    { name: 'DB_PASSWD', value: 'c' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'tokens', key: 'api' } } },
  ];
  assert.match(credentialWarning({ env }) ?? '', /^The value of API_KEY, DB_PASSWD in spec\.env /);
});
