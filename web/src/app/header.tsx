import { lazy, Suspense, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { isActive } from '@longrun/shared';
import { AccountMenu } from '../features/account/account-menu.tsx';
import { useOpenRuns } from '../features/runs/use-runs.ts';
import { SearchIcon } from '../lib/icons.tsx';
import { useServices } from '../lib/services.ts';
import { useStore } from '../lib/store.ts';
import { useShortcuts } from './shortcuts.ts';

const loadPalette = () => import('../features/palette/palette.tsx');
const Palette = lazy(loadPalette);
const Help = lazy(() => import('../features/palette/help.tsx'));

const PAGES = [
  { href: '/', name: 'Ask' },
  { href: '/runs', name: 'Runs' },
  { href: '/threads', name: 'Threads' },
];
const ADMIN_PAGE = { href: '/admin', name: 'Admin' };

export function preloadPalette(): void {
  // A chunk that cannot be loaded is reported when it is used.
  loadPalette().catch(() => undefined);
}

export function Header() {
  const [path, go] = useLocation();
  const [open, setOpen] = useState<'none' | 'palette' | 'help'>('none');
  const actions = useMemo(
    () => ({ go, palette: () => setOpen('palette'), help: () => setOpen('help') }),
    [go],
  );
  useShortcuts(actions);
  const close = () => setOpen('none');
  const admin = useStore(useServices().person)?.admin === true;
  return (
    <header className="bar">
      <Link className="mark" href="/" aria-label="Longrun, start page">
        <Mark />
        <span>Longrun</span>
      </Link>
      <nav aria-label="Main">
        {(admin ? [...PAGES, ADMIN_PAGE] : PAGES).map(({ href, name }) => (
          <Link key={href} href={href} aria-current={isHere(path, href) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <span className="push" />
      <button
        type="button"
        className="quiet find-button"
        aria-label="Ctrl K: search and commands"
        onClick={actions.palette}
      >
        <SearchIcon />
        <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <AccountMenu />
      <Suspense>
        {open === 'palette' && <Palette onClose={close} onHelp={actions.help} />}
        {open === 'help' && <Help onClose={close} />}
      </Suspense>
    </header>
  );
}

function isHere(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path.startsWith(href);
}

/** A track with a moving point; it moves while something goes on. */
function Mark() {
  const going = useOpenRuns().some((run) => isActive(run.status));
  return (
    <svg width="30" height="12" viewBox="0 0 30 12" aria-hidden="true" className={going ? 'going' : ''}>
      <path d="M1 6h28" className="track" />
      <path d="M1 6h17" className="gone" />
      <circle cx="18" cy="6" r="4" className="head" />
    </svg>
  );
}
