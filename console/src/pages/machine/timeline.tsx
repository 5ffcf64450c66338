import { useEffect } from 'preact/hooks';
import type { Machine } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { ago, inFull } from '../../i18n/time.ts';
import { readTimeline, type TimelineItem } from '../../state/calls.ts';
import { ProblemNote } from '../../ui/problem.tsx';
import { useAsync } from '../../ui/use-async.ts';

/** The event stream tells changes of the status; further events of the cluster are looked up. */
const REFRESH_MS = 15_000;

export function Timeline({ machine }: { machine: Machine }) {
  const t = texts.value;
  const { namespace, name, reason, generation } = machine;
  const { data, error, reload } = useAsync(
    () => readTimeline(namespace, name),
    [namespace, name, reason, generation],
  );
  useEffect(() => {
    const timer = setInterval(() => document.hidden || reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (error) return <ProblemNote error={error} onRetry={reload} />;
  if (!data) return <p class="loading">{t.loading}</p>;
  return (
    <>
      {data.length === 0 && <p class="muted">{t.timelineEmpty}</p>}
      <ol class="timeline">
        {data.toReversed().map((item) => (
          <Item key={`${item.time} ${item.object.kind} ${item.reason} ${item.message}`} item={item} />
        ))}
      </ol>
      <p class="faint">{t.timelineKept}</p>
    </>
  );
}

function Item({ item }: { item: TimelineItem }) {
  const t = texts.value;
  const { time, lastTime, count, type, reason, message, object } = item;
  return (
    <li data-type={type}>
      <p class="item-head">
        {type === 'Warning' && <span class="tag warning">{t.warning}</span>}
        <strong>{reason}</strong>
        <span class="faint">
          {object.kind} {object.name}
        </span>
        <time class="faint" dateTime={lastTime} title={`${inFull(time)} – ${inFull(lastTime)}`}>
          {ago(lastTime)}
          {count > 1 && ` · ${t.times(count)}`}
        </time>
      </p>
      <p>{message}</p>
    </li>
  );
}
