import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from './identity.ts';

/** One process, and what tells it from another one that has its pid later. */
interface Recorded {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

interface StateRecord {
  readonly owner: Recorded;
  readonly processes: readonly Recorded[];
}

/** A state directory that is ours until `release`; children are noted in it for whoever comes after a crash. */
export interface Claim {
  readonly add: (name: string, pid: number) => void;
  readonly remove: (pid: number) => void;
  readonly release: () => void;
}

const GRACE_MS = 5_000;

export async function claimStateDir(stateDir: string, log: (line: string) => void): Promise<Claim> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, 'processes.json');
  const owner = { name: 'owner', pid: process.pid, identity: identityOf(process.pid) ?? '' };
  const processes = new Map<number, Recorded>();
  let released = false;
  const text = () =>
    `${JSON.stringify({ owner, processes: [...processes.values()] } satisfies StateRecord, null, 2)}\n`;
  const save = () => {
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, text(), { mode: 0o600 });
    renameSync(temporary, file);
  };
  while (!createFile(file, text())) await takeOver(file, stateDir, log);
  return {
    add: (name, pid) => {
      const identity = identityOf(pid);
      if (identity === undefined) return;
      processes.set(pid, { name, pid, identity });
      save();
    },
    remove: (pid) => {
      // After a release the folder may be gone, and the file somebody else's.
      if (processes.delete(pid) && !released) save();
    },
    release: () => {
      // Once only: after that the file, if there is one, is somebody else's.
      if (!released) rmSync(file, { force: true });
      released = true;
    },
  };
}

/** A link, so that the file is there with its text or not at all; false if there is one already. */
function createFile(file: string, text: string): boolean {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Refuses while the owner lives; else ends what it has left behind and makes room. */
async function takeOver(file: string, stateDir: string, log: (line: string) => void): Promise<void> {
  const text = readIfThere(file);
  if (text === undefined) return;
  const record = parse(text);
  if (record !== undefined && isStill(record.owner)) {
    throw new Error(
      `A control plane with its state in ${stateDir} is running already, in the process ${record.owner.pid}. ` +
        `Use that one, or stop it first (Ctrl-C there, or \`kill ${record.owner.pid}\`).`,
    );
  }
  // The last one first: etcd waits for its clients to leave.
  for (const left of record?.processes.toReversed() ?? []) await reap(left, log);
  // Someone else may have taken over in the meantime: then the file has another text, and is theirs.
  if (readIfThere(file) === text) rmSync(file, { force: true });
}

async function reap(left: Recorded, log: (line: string) => void): Promise<void> {
  if (!isStill(left)) return;
  log(`Ending ${left.name} (${left.pid}), left behind by an earlier run that was killed`);
  signalGroup(left.pid, 'SIGTERM');
  // One that was stopped (SIGSTOP) would not notice.
  signalGroup(left.pid, 'SIGCONT');
  const deadline = Date.now() + GRACE_MS;
  while (isStill(left)) {
    if (Date.now() > deadline) signalGroup(left.pid, 'SIGKILL');
    await sleep(20);
  }
}

function isStill(recorded: Recorded): boolean {
  return identityOf(recorded.pid) === recorded.identity;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A file that a crash has cut short says nothing about any process. */
function parse(text: string): StateRecord | undefined {
  try {
    return JSON.parse(text) as StateRecord;
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
