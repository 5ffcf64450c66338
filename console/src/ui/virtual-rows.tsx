import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface VirtualRowsProps<T> {
  readonly items: readonly T[];
  readonly rowHeight: number;
  readonly children: (item: T, index: number) => ComponentChildren;
}

/** Rows that are drawn beyond the edges of the window, so that scrolling shows no gaps. */
const MARGIN = 8;

/** Draws only the rows that are in the window, however many there are. All rows have the same height. */
export function VirtualRows<T>({ items, rowHeight, children }: VirtualRowsProps<T>) {
  const ref = useRef<HTMLDivElement>(null);
  const [{ first, count }, setRange] = useState({ first: 0, count: 20 });
  useEffect(() => {
    const update = () => {
      const above = -(ref.current?.getBoundingClientRect().top ?? 0);
      const next = {
        first: Math.max(0, Math.floor(above / rowHeight) - MARGIN),
        count: Math.ceil(innerHeight / rowHeight) + 2 * MARGIN,
      };
      setRange((range) => (range.first === next.first && range.count === next.count ? range : next));
    };
    update();
    addEventListener('scroll', update, { passive: true });
    addEventListener('resize', update);
    return () => {
      removeEventListener('scroll', update);
      removeEventListener('resize', update);
    };
  }, [rowHeight]);
  const start = Math.min(first, Math.max(0, items.length - 1));
  return (
    <div ref={ref} role="rowgroup" class="rows" style={{ height: `${items.length * rowHeight}px` }}>
      <div role="presentation" style={{ transform: `translateY(${start * rowHeight}px)` }}>
        {items.slice(start, start + count).map((item, index) => children(item, start + index))}
      </div>
    </div>
  );
}
