// Copies /etc/passwd and /etc/group of the image, and adds the user that runs the machine. Without an entry, ssh fails. ssh
// also ignores HOME: the home directory of an entry that the image has becomes the machine's. Its name stays.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

const [home, etc, copies] = process.argv.slice(1);
const [uid, gid] = [process.getuid(), process.getgid()].map(String);
const shells = ['/bin/bash', '/usr/bin/bash', '/bin/sh'];
const shell = shells.find((path) => existsSync(path)) ?? '/bin/sh';

function read(name, otherwise) {
  const text = existsSync(`${etc}/${name}`) ? readFileSync(`${etc}/${name}`, 'utf8') : otherwise;
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(':'));
}

const write = (name, entries) =>
  writeFileSync(`${copies}/${name}`, entries.map((fields) => `${fields.join(':')}\n`).join(''));

/** A name that no entry has. */
const freeName = (entries) =>
  ['coder', 'devmachine'].find((name) => !entries.some((fields) => fields[0] === name));

const users = read('passwd', 'root:x:0:0:root:/root:/bin/sh');
const user = users.find((fields) => fields[2] === uid);
if (user) {
  user[5] = home;
  if (!existsSync(user[6]) || /(nologin|false)$/.test(user[6])) user[6] = shell;
} else {
  users.push([freeName(users), 'x', uid, gid, 'coder', home, shell]);
}
write('passwd', users);

const groups = read('group', 'root:x:0:');
if (!groups.some((fields) => fields[2] === gid)) groups.push([freeName(groups), 'x', gid, '']);
write('group', groups);
