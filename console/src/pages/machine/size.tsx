import type { ComponentChildren } from 'preact';
import type { Machine } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';

/** What the machine has, and where it runs. */
export function Size({ machine: { spec, resources, restarts } }: { machine: Machine }) {
  const t = texts.value;
  const { cpu, memory, gpu, template, image, storage } = spec;
  const { disk, pods } = resources;
  const node = pods.find((pod) => pod.node && !pod.deleting)?.node;
  return (
    <section class="card" aria-label={t.size}>
      <h2>{t.size}</h2>
      <dl class="tiles">
        <Tile label={t.cpu}>{cpu ?? 1}</Tile>
        <Tile label={t.memory}>{memory}</Tile>
        <Tile label={t.gpu}>{gpu ?? 0}</Tile>
        <Tile label={t.disk}>{disk?.size ?? storage?.size ?? '–'}</Tile>
      </dl>
      <dl class="pairs">
        {!storage && <Pair label={t.disk}>{t.noDisk}</Pair>}
        {template && <Pair label={t.template}>{template}</Pair>}
        {image && (
          <Pair label={t.image}>
            <code>{image}</code>
          </Pair>
        )}
        {node && <Pair label={t.node}>{node}</Pair>}
        {restarts > 0 && <Pair label={t.restarts}>{restarts}</Pair>}
      </dl>
    </section>
  );
}

interface FactProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

const Tile = ({ label, children }: FactProps) => (
  <div class="tile">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

const Pair = ({ label, children }: FactProps) => (
  <>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </>
);
