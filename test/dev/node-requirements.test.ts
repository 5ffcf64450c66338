import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runModule } from './support/processes.ts';

/** What `npm run dev -- --real-node` says on a machine that cannot run it. */

const INSTEAD = 'Without it, use `npm run dev`, whose nodes are simulated.';

const cases = {
  'another operating system': {
    machine: `Object.defineProperty(process, 'platform', { value: 'darwin' })`,
    says: `A real node needs Linux, and this is darwin. ${INSTEAD}`,
  },
  'another user than root': {
    machine: 'process.getuid = () => 1000',
    says: `A real node needs root: it creates namespaces, mounts and cgroups. ${INSTEAD}`,
  },
  'missing packages': {
    machine: 'process.getuid = () => 0',
    says: `A real node needs packages that are not installed. On Debian or Ubuntu, install them: apt-get install -y --no-install-recommends one two\n${INSTEAD}`,
  },
};

for (const [name, { machine, says }] of Object.entries(cases)) {
  test(`a machine without a requirement: ${name}`, async (t) => {
    const script = runModule(
      t,
      `import { checkRequirements, missingPackages } from 'dev/node/requirements.ts';
       Object.defineProperty(process, 'platform', { value: 'linux' });
       ${machine};
       const others = missingPackages();
       try { checkRequirements(['one', 'two']); } catch ({ message }) {
         console.log(others.reduce((text, name) => text.replace(name + ' ', ''), message));
       }`,
    );
    assert.equal(await script.ended, 0, script.output());
    assert.equal(script.output(), `${says}\n`);
  });
}

test('the packages of programs that are not on the PATH are named', async (t) => {
  const script = runModule(
    t,
    `import { findProgram } from 'dev/node/requirements.ts';
     console.log(findProgram('no-such-program'), findProgram('sh') !== undefined);`,
  );
  assert.equal(await script.ended, 0, script.output());
  assert.equal(script.output(), 'undefined true\n');
});
