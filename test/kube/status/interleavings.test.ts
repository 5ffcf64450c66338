import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MachineDocument, type StatusDocument } from '../../../src/devmachine/status/status-document.ts';
import { compareVersions } from '../../../src/kube/cache/resource-version.ts';
import { eventTracks, type Track } from '../../status/event-tracks.ts';
import { ownerOf } from '../../status/stored.ts';
import { documentOf, watched } from '../../status/watched.ts';
import { seededRandom } from '../../support/random.ts';

const KEY = { namespace: 'team', name: 'machine-1' };
const SEEDS = 200;

/** Delivers the events of all tracks: each track in order, and the tracks in a random order. Returns the published documents. */
function deliver(tracks: readonly Track[], random: () => number): StatusDocument[] {
  const { view, machine, put, remove } = watched();
  const documents: StatusDocument[] = [];
  view.subscribe(({ document }) => documents.push(document));
  let endpoints: { conditions: { ready: boolean } }[] = [];
  const remaining = tracks.map((track) => [...track]);
  for (;;) {
    const open = remaining.filter((track) => track.length > 0);
    const event = open[Math.floor(random() * open.length)]?.shift();
    if (!event) break;
    const { type, object } = event;
    ({ machine, put, remove })[type](object);
    if (object.kind === 'EndpointSlice') endpoints = object.endpoints;
    const last = documents.at(-1);
    assert.equal(
      view.get(KEY.namespace, KEY.name)?.version,
      last?.version,
      'subscribers and reads get the same document',
    );
    if (last?.phase === 'Running') assert.ok(endpoints.some(({ conditions }) => conditions.ready));
  }
  return documents;
}

const LIFECYCLES = [
  { name: 'runs again', options: {}, spec: {}, end: ['Running', 'Ready'] },
  {
    name: 'is stopped',
    options: { stops: true },
    spec: { stopped: true },
    end: ['Stopped', 'StoppedByUser'],
  },
  { name: 'loses its host', options: { hostConflict: true }, spec: {}, end: ['Failed', 'HostConflict'] },
] as const;

for (const { name, options, spec, end } of LIFECYCLES) {
  test(`a machine that ${name}: ${SEEDS} orders of the same events lead to the same document, and it is Running only with a ready endpoint`, () => {
    const owner = ownerOf(KEY, { spec: { ingressDomain: 'own', ...spec } });
    const tracks = eventTracks(owner, options);
    const finals = new Set<string>();
    let documentsSeen = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const documents = deliver(tracks, seededRandom(seed));
      documentsSeen += documents.length;
      const final = documents.at(-1);
      assert.ok(final);
      assert.deepEqual([final.phase, documentOf(final).reason], end, `seed ${seed}`);
      finals.add(final.json);
      for (const [index, document] of documents.slice(1).entries()) assertNewer(documents[index], document);
    }
    assert.equal(finals.size, 1);
    assert.ok(documentsSeen > SEEDS * 5);
  });
}

function assertNewer(before: StatusDocument | undefined, after: StatusDocument): void {
  assert.ok(before instanceof MachineDocument && after instanceof MachineDocument);
  assert.ok(before.machine.generation <= after.machine.generation);
  assert.ok(compareVersions(before.machine.resourceVersion, after.machine.resourceVersion) <= 0);
  assert.notEqual(before.version, after.version, 'each document is published once');
}
