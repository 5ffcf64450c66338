import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { identityOf } from '../../dev/identity.ts';
import { claimStateDir } from '../../dev/state.ts';
import { until } from '../support/until.ts';
import { isAlive, startIdle, temporaryFolder } from './support/processes.ts';

const GONE = { name: 'owner', pid: 999_999_999, identity: 'gone' };

test('a claim ends the processes of a killed run, but no other process with the same pid', async (t) => {
  const dir = await temporaryFolder(t);
  const [ours, foreign] = [await startIdle(t), await startIdle(t)];
  const processes = [
    { name: 'ours', pid: ours, identity: identityOf(ours) },
    { name: 'foreign', pid: foreign, identity: 'another start' },
    GONE,
  ];
  await writeFile(join(dir, 'processes.json'), JSON.stringify({ owner: GONE, processes }));
  const lines: string[] = [];
  const claim = await claimStateDir(dir, (line) => lines.push(line));
  assert.ok(!isAlive(ours));
  assert.ok(isAlive(foreign));
  assert.deepEqual(lines, [`Ending ours (${ours}), left behind by an earlier run that was killed`]);
  claim.release();
});

test('a claim fails while the owner runs, and the error names the owner', async (t) => {
  const dir = await temporaryFolder(t);
  const child = await startIdle(t);
  const claim = await claimStateDir(dir, () => {});
  claim.add('child', child);
  await assert.rejects(
    claimStateDir(dir, () => {}),
    new RegExp(`already running, in process ${process.pid}\\.`),
  );
  assert.ok(isAlive(child));
  claim.release();
  assert.ok(!existsSync(join(dir, 'processes.json')));
});

test('an owner whose pid now belongs to another process is not running', async (t) => {
  const dir = await temporaryFolder(t);
  const owner = { name: 'owner', pid: process.pid, identity: 'an earlier start' };
  await writeFile(join(dir, 'processes.json'), JSON.stringify({ owner, processes: [] }));
  (await claimStateDir(dir, () => {})).release();
});

test('a truncated file is replaced', async (t) => {
  const dir = await temporaryFolder(t);
  await writeFile(join(dir, 'processes.json'), '{"owner": {"na');
  (await claimStateDir(dir, () => {})).release();
});

test('the file lists the running children, and a second release does not affect the next owner', async (t) => {
  const dir = await temporaryFolder(t);
  const file = join(dir, 'processes.json');
  const names = () =>
    JSON.parse(readFileSync(file, 'utf8')).processes.map(({ name }: { name: string }) => name);
  const child = await startIdle(t);
  const claim = await claimStateDir(dir, () => {});
  claim.add('child', child);
  assert.deepEqual(names(), ['child']);
  claim.remove(child);
  assert.deepEqual(names(), []);
  claim.release();
  const next = await claimStateDir(dir, () => {});
  claim.release();
  assert.ok(existsSync(file));
  next.release();
});

test('an identity distinguishes processes and is undefined for one that has ended', async (t) => {
  const child = await startIdle(t);
  const identity = identityOf(child);
  assert.ok(identity);
  assert.equal(identityOf(child), identity);
  assert.notEqual(identityOf(process.pid), identity);
  process.kill(child, 'SIGKILL');
  await until('the end of the process', () => identityOf(child) === undefined);
});
