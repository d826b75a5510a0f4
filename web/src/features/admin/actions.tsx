import { purgeSchema, type AdminAction, type AdminOperation } from '@longrun/shared';
import { useId, useRef, useState, type ReactNode } from 'react';
import { CheckIcon, FailIcon, RunIcon } from '../../lib/icons.tsx';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { CopyButton } from '../../lib/copy-button.tsx';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import type { AdminCalls } from './calls.ts';
import { operationsOf, type Following } from './operations.ts';
import { When } from '../../lib/when.tsx';

/** What an admin can do to the whole installation. Each asks first, and says how far it is until it is done. */
export function Actions() {
  const id = useId();
  return (
    <section className="panel-part" aria-labelledby={id}>
      <header>
        <h2 id={id}>Actions</h2>
      </header>
      <Purge />
      <Flush />
    </section>
  );
}

function Purge() {
  const [path, setPath] = useState('');
  const parsed = purgeSchema.safeParse(path.trim() === '' ? {} : { path: path.trim() });
  const all = path.trim() === '' || path.trim() === '/*';
  const id = useId();
  return (
    <Action
      action="purge_cdn"
      title="Purge CDN"
      about="The CDN forgets its copies and asks the bucket again: for when it shows something old."
      before={
        <div className="path-field">
          <label htmlFor={`${id}p`}>Only this path</label>
          <input
            id={`${id}p`}
            className="mono"
            value={path}
            placeholder="/*"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            aria-describedby={`${id}h`}
            aria-invalid={!parsed.success}
            onChange={(event) => setPath(event.target.value)}
          />
          <p id={`${id}h`} className={parsed.success ? 'soft fine' : 'wrong fine'}>
            {parsed.success
              ? 'As in /index.html or /assets/*. Empty: everything.'
              : `The path ${parsed.error.issues[0]?.message ?? 'is not valid'}.`}
          </p>
        </div>
      }
      consequence={
        all
          ? 'Every visitor’s next page load asks the bucket; for a few minutes loads are slower and cost more. Nothing is lost, and runs are not touched.'
          : `The next load of ${path.trim()} asks the bucket and is slower once. Nothing is lost, and runs are not touched.`
      }
      disabled={!parsed.success}
      begin={(calls) => calls.purge(all ? undefined : path.trim())}
    />
  );
}

function Flush() {
  return (
    <Action
      action="flush_cache"
      title="Flush cache"
      about="Stored results of expensive steps are dropped: for when a source has changed."
      consequence="The next runs compute everything anew: they take longer, and their model calls cost again until the cache has filled. Runs that go on are not touched."
      begin={(calls) => calls.flushCache()}
    />
  );
}

interface ActionProps {
  action: AdminAction;
  title: string;
  about: string;
  before?: ReactNode;
  consequence: string;
  disabled?: boolean;
  begin: (calls: AdminCalls) => Promise<AdminOperation>;
}

function Action({ action, title, about, before, consequence, disabled = false, begin }: ActionProps) {
  const operations = operationsOf(useServices());
  const following = useStore(operations.latest).get(action);
  const [state, setState] = useState<{ sending: boolean; refused: string | null }>({
    sending: false,
    refused: null,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const start = async () => {
    // The button that had the focus is gone.
    heading.current?.focus();
    setState({ sending: true, refused: null });
    try {
      await operations.start(begin);
      setState({ sending: false, refused: null });
    } catch (cause) {
      setState({ sending: false, refused: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  const running = state.sending || following?.operation.status === 'running';
  return (
    <div className="action" data-action={action}>
      <div>
        <h3 ref={heading} tabIndex={-1}>
          {title}
        </h3>
        <p className="soft">{about}</p>
      </div>
      {before}
      <div className="acts">
        {running || disabled ? (
          <button type="button" disabled>
            {running ? `${title}: at work` : title}
          </button>
        ) : (
          <ConfirmButton
            act={action}
            quiet
            label={title}
            question={`${title}?`}
            consequence={consequence}
            yes={`Yes, ${title.toLowerCase().replace('cdn', 'CDN')}`}
            no="Leave it"
            onYes={() => void start()}
          />
        )}
      </div>
      {state.refused !== null && (
        <p className="wrong" role="alert">
          {state.refused}
        </p>
      )}
      {following !== undefined && <Progress following={following} title={title} />}
    </div>
  );
}

const STATES = {
  running: { word: 'At work', tone: 'go', icon: RunIcon },
  done: { word: 'Done', tone: 'ok', icon: CheckIcon },
  failed: { word: 'Failed', tone: 'bad', icon: FailIcon },
};

function Progress({ following: { operation, trouble }, title }: { following: Following; title: string }) {
  const { status, progress, detail, operation_id: id, started_at: started } = operation;
  const { word, tone, icon: StateIcon } = STATES[status];
  return (
    <div className="operation" data-operation={id} data-status={status}>
      <span className={`status tone-${tone}`}>
        <StateIcon />
        {word}
      </span>
      {status === 'running' && (
        <>
          <progress max={100} value={progress} aria-label={`${title}: progress`} />
          <span className="num soft">{Math.round(progress)} %</span>
        </>
      )}
      <span className="soft">{trouble === null ? detail : `Its state cannot be read: ${trouble}`}</span>
      <When at={started} />
      <span className="ids">
        <code>{id}</code>
        <CopyButton text={id} label="Copy operation id" />
      </span>
    </div>
  );
}
