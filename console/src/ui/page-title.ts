import { useEffect } from 'preact/hooks';

/** Sets the title of the window. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · DevMachine`;
  }, [title]);
}
