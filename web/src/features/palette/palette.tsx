import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { matchesText } from '@longrun/shared';
import { useLocation } from 'wouter';
import { statusWord } from '../runs/status.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { useRecent } from '../runs/use-runs.ts';

interface Command {
  id: string;
  title: string;
  hint: string;
  run: () => void;
}

function adminPages(go: (path: string) => void): Command[] {
  const page = (id: string, title: string): Command => ({
    id: `admin-${id}`,
    title,
    hint: 'admin',
    run: () => go(`/admin?tab=${id}`),
  });
  return [
    page('health', 'Health of every part'),
    page('runs', 'Dead letters and runs of everyone'),
    page('metrics', 'Metrics'),
    page('actions', 'Purge CDN, flush cache, audit log'),
  ];
}

/** Go anywhere by typing: pages, and runs by their text. */
export default function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [, go] = useLocation();
  const recent = useRecent();
  const admin = useStore(useServices().person)?.admin === true;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);

  const commands = useMemo(() => {
    const pages: Command[] = [
      { id: 'ask', title: 'Ask something', hint: 'g a', run: () => go('/') },
      { id: 'runs', title: 'All runs', hint: 'g r', run: () => go('/runs') },
      { id: 'running', title: 'Runs that go on', hint: '', run: () => go('/runs?status=running') },
      { id: 'failed', title: 'Runs that failed', hint: '', run: () => go('/runs?status=failed') },
      { id: 'threads', title: 'Threads', hint: 'g t', run: () => go('/threads') },
      { id: 'keys', title: 'API keys', hint: '', run: () => go('/keys') },
      ...(admin ? adminPages(go) : []),
      { id: 'help', title: 'Keyboard shortcuts', hint: '?', run: onHelp },
    ];
    const runs = (recent ?? []).map((run): Command => ({
      id: run.run_id,
      title: run.title,
      hint: statusWord(run.status),
      run: () => go(`/runs/${run.run_id}`),
    }));
    const found = [...pages, ...runs].filter(({ title }) => text.trim() === '' || matchesText(title, text));
    const search: Command[] =
      text.trim() === ''
        ? []
        : [
            {
              id: 'find',
              title: `Find “${text.trim()}” in all runs`,
              hint: '',
              run: () => go(`/runs?q=${encodeURIComponent(text.trim())}`),
            },
          ];
    return [...found.slice(0, 16), ...search];
  }, [recent, text, go, onHelp, admin]);
  const chosen = commands[Math.min(at, commands.length - 1)];
  const choose = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Search and commands" onClose={onClose}>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.id}`}
        aria-label="Search and commands"
        placeholder="Go to a page or a run…"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            const step = event.key === 'ArrowDown' ? 1 : -1;
            setAt((now) => (now + step + commands.length) % Math.max(1, commands.length));
          } else if (event.key === 'Enter') {
            event.preventDefault();
            choose(chosen);
          }
        }}
      />
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the list of a combobox */}
      <div role="listbox" id={id} aria-label="Results" className="found">
        {commands.map((command) => (
          // The field above has the focus and handles the keys.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={command.id}
            id={`${id}-${command.id}`}
            // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an option of that list
            role="option"
            tabIndex={-1}
            aria-selected={command === chosen}
            onClick={() => choose(command)}
          >
            <span>{command.title}</span>
            <span className="soft">{command.hint}</span>
          </div>
        ))}
      </div>
    </dialog>
  );
}
