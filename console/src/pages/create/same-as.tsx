import { useState } from 'preact/hooks';
import type { Manifest } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { configuration } from '../../state/session.ts';
import { Code } from '../../ui/code.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { toYaml } from '../../ui/yaml.ts';

interface SameAsProps {
  readonly method: 'POST' | 'PUT';
  readonly manifest: Manifest;
}

/** The request as a command and as a manifest, so that the next step can be automation. */
export function SameAs({ method, manifest }: SameAsProps) {
  const t = texts.value;
  const [tab, setTab] = useState('yaml');
  const hasToken = configuration.value.authMode !== 'none';
  const tabs = [
    { id: 'yaml', label: t.yaml, content: () => <Code label={t.yaml} text={toYaml(manifest)} /> },
    {
      id: 'curl',
      label: t.curl,
      content: () => (
        <>
          <Code label={t.curl} text={curl(method, manifest, hasToken)} />
          {hasToken && <p class="hint">{t.hiddenToken}</p>}
        </>
      ),
    },
  ];
  return (
    <aside class="same-as card" aria-label={t.sameAs}>
      <h2>{t.sameAs}</h2>
      <Tabs label={t.sameAs} tabs={tabs} selected={tab} onSelect={setTab} />
    </aside>
  );
}

function curl(method: string, { metadata, ...rest }: Manifest, hasToken: boolean): string {
  const { namespace = '', name } = metadata;
  const url = `${location.origin}/api/v1/devmachines?namespace=${encodeURIComponent(namespace)}`;
  const body = JSON.stringify({ ...rest, metadata: { name } });
  return [
    `curl -X ${method} '${url}'`,
    ...(hasToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    "-H 'Content-Type: application/json'",
    `-d '${body.replaceAll("'", `'\\''`)}'`,
  ].join(' \\\n  ');
}
