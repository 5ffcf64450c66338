import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from './identity.ts';

/** A process, with an identity that distinguishes it from a later process with the same pid. */
interface Recorded {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

interface StateRecord {
  readonly owner: Recorded;
  readonly processes: readonly Recorded[];
}

/** Exclusive use of a state directory. It records the children, so that the next run can end them after a crash. */
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
      // After a release, the folder may be deleted or belong to another run.
      if (processes.delete(pid) && !released) save();
    },
    release: () => {
      // After the first release, the file belongs to another run.
      if (!released) rmSync(file, { force: true });
      released = true;
    },
  };
}

/** Creates the file with its text atomically, by a link. Returns false if the file exists. */
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

/** Throws if the owner is running. Otherwise ends the processes that it left behind and removes the file. */
async function takeOver(file: string, stateDir: string, log: (line: string) => void): Promise<void> {
  const text = readIfThere(file);
  if (text === undefined) return;
  const record = parse(text);
  if (record !== undefined && isStill(record.owner)) {
    throw new Error(
      `A control plane with the state directory ${stateDir} is already running, in process ${record.owner.pid}. ` +
        `Use that one, or stop it first (press Ctrl-C there, or run \`kill ${record.owner.pid}\`).`,
    );
  }
  // In reverse order: etcd waits for its clients to disconnect.
  for (const left of record?.processes.toReversed() ?? []) await reap(left, log);
  // If the text differs, another run has taken over in the meantime and owns the file.
  if (readIfThere(file) === text) rmSync(file, { force: true });
}

async function reap(left: Recorded, log: (line: string) => void): Promise<void> {
  if (!isStill(left)) return;
  log(`Ending ${left.name} (${left.pid}), left behind by an earlier run that was killed`);
  signalGroup(left.pid, 'SIGTERM');
  // A process that was paused with SIGSTOP would not handle SIGTERM.
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

/** Returns undefined for a file that a crash has truncated. */
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
