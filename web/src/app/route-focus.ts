import { useEffect, useRef, type RefObject } from 'react';
import { useLocation } from 'wouter';

/** Focus moves with the route: to the heading of the new page, unless the page put it somewhere itself. */
export function useRouteFocus(): RefObject<HTMLElement | null> {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    scrollTo({ top: 0 });
    if (main.current?.contains(document.activeElement) === true && document.activeElement !== main.current)
      return;
    const heading = main.current?.querySelector<HTMLElement>('h1[tabindex]');
    (heading ?? main.current)?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
