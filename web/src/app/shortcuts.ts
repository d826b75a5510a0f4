import { useEffect } from 'react';

export interface Actions {
  go: (path: string) => void;
  palette: () => void;
  help: () => void;
}

const PLACES: { [key: string]: string } = { a: '/', r: '/runs', t: '/threads' };
/** How long `g` waits for the second key. Milliseconds. */
const SECOND_KEY_MS = 1_200;

/** The keys that work on every page, except while something is typed. */
export function useShortcuts(actions: Actions): void {
  useEffect(() => {
    let leader = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        actions.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const after = event.timeStamp - leader < SECOND_KEY_MS;
      leader = event.key === 'g' ? event.timeStamp : 0;
      const place = after ? PLACES[event.key] : undefined;
      if (place !== undefined || act(event.key, actions)) event.preventDefault();
      if (place !== undefined) actions.go(place);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [actions]);
}

function act(key: string, actions: Actions): boolean {
  switch (key) {
    case '/':
      if (!focusOn('[data-composer]')) actions.go('/');
      return true;
    case '?':
      actions.help();
      return true;
    case 'j':
      return move(1);
    case 'k':
      return move(-1);
    case 'c':
      return press('[data-act="cancel"]');
    default:
      return false;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input, textarea, select') ||
      target.closest('dialog') !== null)
  );
}

function focusOn(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}

function press(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(`main ${selector}`);
  element?.click();
  return element !== null;
}

function move(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const now = rows.findIndex((row) => row === document.activeElement);
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return rows.length > 0;
}
