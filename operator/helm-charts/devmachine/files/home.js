// Copies the home directory of the image to a new disk, once: the disk hides it in the machine. In the folder .devmachine of the
// disk are
//
//   partial   what is being copied; after an interruption, it is copied anew
//   complete  what has been copied, and is being moved to the root of the disk
//   home      the disk is never filled again
//
// The finished folder is read-only, so that it outlives `rm -r` of everything. home.py is the same for JupyterLab.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');

const [home, passwd, disk] = process.argv.slice(1);
const state = `${disk}/.devmachine`;
const [partial, complete, done] = ['partial', 'complete', 'home'].map((name) => `${state}/${name}`);

/** What could turn off the password of the IDE. */
const IDE_SETTINGS = /^\/(\.jupyter\/[^/]*config[^/]*|\.local\/etc\/jupyter|\.config\/code-server)$/;

const print = (line) => process.stderr.write(`${line}\n`);
const find = (path) => fs.lstatSync(path, { throwIfNoEntry: false });

/** The home directory of the image's own user, or else the one that the machine has in any image. */
function findHome() {
  const uid = String(process.getuid());
  const users = find(passwd) ? fs.readFileSync(passwd, 'utf8').split('\n') : [];
  const user = users.map((line) => line.split(':')).find((fields) => fields[2] === uid);
  const folders = [user?.[5], home].filter((path) => path && isReadable(path, true));
  return folders.map((path) => fs.realpathSync(path)).find((path) => !isAround(path));
}

/** Whether the disk is mounted somewhere below it, as it is below `/`. */
const isAround = (path) => `${fs.realpathSync(disk)}/`.startsWith(path === '/' ? path : `${path}/`);

/** The copies of files that have several names. */
const links = new Map();

/** `path` is relative to the home directory. */
function copy(from, to, path = '') {
  const source = from + path;
  const target = to + path;
  const stat = find(source);
  const isFolder = stat?.isDirectory() ?? false;
  if (stat?.isSymbolicLink()) {
    ifSupported(() => fs.symlinkSync(fs.readlinkSync(source), target));
    return;
  }
  if (IDE_SETTINGS.test(path) || !(isFolder || stat?.isFile()) || !isReadable(source, isFolder)) {
    print(`Left out of the home directory: ${source}`);
    return;
  }
  if (isFolder) {
    fs.mkdirSync(target, 0o700);
    for (const name of fs.readdirSync(source)) copy(from, to, `${path}/${name}`);
  } else {
    const inode = `${stat.dev} ${stat.ino}`;
    if (links.has(inode) && ifSupported(() => fs.linkSync(links.get(inode), target))) return;
    if (stat.nlink > 1) links.set(inode, target);
    fs.copyFileSync(source, target);
  }
  ifSupported(() => {
    fs.chmodSync(target, stat.mode & 0o7777);
    fs.utimesSync(target, stat.atime, stat.mtime);
  });
}

function isReadable(path, isFolder) {
  try {
    fs.accessSync(path, fs.constants.R_OK | (isFolder ? fs.constants.X_OK : 0));
    return fs.statSync(path).isDirectory() === isFolder;
  } catch {
    return false;
  }
}

/** Some file systems have no modes or links. */
function ifSupported(call) {
  try {
    call();
    return true;
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) throw error;
    return false;
  }
}

/** Unlike rmSync, also removes what is in read-only folders. */
function remove(path) {
  const stat = fs.lstatSync(path);
  if (!stat.isDirectory()) {
    fs.unlinkSync(path);
    return;
  }
  if ((stat.mode & 0o700) !== 0o700) fs.chmodSync(path, 0o700);
  for (const name of fs.readdirSync(path)) remove(`${path}/${name}`);
  fs.rmdirSync(path);
}

/** Moves a file or folder, unless there is one already. */
function move(source, target) {
  if (find(target)) {
    remove(source);
    return;
  }
  const stat = fs.lstatSync(source);
  const isReadOnly = stat.isDirectory() && !(stat.mode & 0o200);
  // A folder that cannot be written cannot be moved either.
  if (isReadOnly) fs.chmodSync(source, 0o700);
  fs.renameSync(source, target);
  if (isReadOnly) fs.chmodSync(target, stat.mode & 0o7777);
}

function fill() {
  if (find(done)) return;
  fs.mkdirSync(state, { recursive: true });
  if (find(partial)) remove(partial);
  const isEmpty = fs.readdirSync(disk).every((name) => ['lost+found', '.devmachine'].includes(name));
  const source = findHome();
  if (!find(complete) && isEmpty && source) {
    copy(source, partial);
    ifSupported(() => fs.chmodSync(partial, 0o700));
    // If the node loses its power, the files must not be lost after the folder is complete.
    spawnSync('sync', ['-f', partial]);
    fs.renameSync(partial, complete);
  }
  if (find(complete)) {
    for (const name of fs.readdirSync(complete)) move(`${complete}/${name}`, `${disk}/${name}`);
    remove(complete);
  }
  fs.writeFileSync(done, 'The home directory of the image is not copied to this disk (again).\n');
  ifSupported(() => fs.chmodSync(state, 0o555));
}

try {
  fill();
} catch (error) {
  const isFull = ['ENOSPC', 'EDQUOT'].includes(error.code);
  print(isFull ? 'The home directory of the image does not fit on the disk.' : error.message);
  process.exitCode = 1;
}
