import { isActive, isTerminal, type Json } from '@longrun/shared';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useTitle } from '../app/title.ts';
import { Composer } from '../features/composer/composer.tsx';
import { useDraft } from '../features/composer/use-draft.ts';
import { parseOptions } from '../features/composer/options.ts';
import { BrokenGraphs } from '../features/runs/broken-graphs.tsx';
import { useGraphs } from '../features/runs/graphs.ts';
import { RunLine } from '../features/runs/run-line.tsx';
import { useOpenRuns, useRecent } from '../features/runs/use-runs.ts';
import { modelWords } from '../lib/model-words.ts';
import { useServices } from '../lib/services.ts';

export function AskPage() {
  useTitle('Longrun');
  return (
    <div className="page ask-page">
      <h1 tabIndex={-1}>What should be done?</h1>
      <p className="lead soft">
        Hand it over and leave. It goes on without this page, and is here when you come back.
      </p>
      <Ask />
      <Attention />
    </div>
  );
}

function Ask() {
  const { creations } = useServices();
  const graphs = useGraphs();
  const [, go] = useLocation();
  const [text, change] = useDraft('ask');
  const [picked, setPicked] = useState<string | null>(null);
  const [options, setOptions] = useState('');
  const list = graphs.state === 'known' ? graphs.graphs : [];
  const whole = list.filter(({ error }) => error === undefined);
  const graph = whole.find(({ id }) => id === picked) ?? whole[0] ?? list[0];
  const config = parseOptions(options);
  const blocked =
    graph === undefined
      ? graphs.state === 'failed'
        ? 'What can be run is not known yet.'
        : 'One moment…'
      : graph.error !== undefined
        ? `${graph.title} cannot be run.`
        : config.kind === 'wrong'
          ? config.reason
          : null;
  const send = () => {
    if (graph === undefined || blocked !== null || config.kind === 'wrong') return;
    const input: Json = { messages: [{ role: 'user', content: text.trim() }] };
    const id = creations.start({
      assistant_id: graph.id,
      input,
      ...(config.value === null ? {} : { config: config.value }),
    });
    change('');
    go(`/runs/${id}`);
  };
  return (
    <>
      <Composer
        label="What should be done?"
        placeholder="Ask a question, or describe the work…"
        value={text}
        onChange={change}
        onSend={send}
        blocked={blocked}
        focusFirst
      >
        {list.length > 1 ? (
          <label className="picker">
            <span className="hidden">Graph</span>
            <select value={graph?.id} onChange={(event) => setPicked(event.target.value)}>
              {list.map(({ id, title, error }) => (
                <option key={id} value={id} disabled={error !== undefined}>
                  {error === undefined ? title : `${title} (cannot be run)`}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <span className="picker soft">{graph?.title ?? ''}</span>
        )}
        <details className="options">
          <summary>Options</summary>
          <label>
            Settings for the graph, as JSON
            <textarea
              className="mono"
              rows={3}
              spellCheck={false}
              value={options}
              placeholder='{ "recursion_limit": 50 }'
              onChange={(event) => setOptions(event.target.value)}
              aria-invalid={config.kind === 'wrong'}
            />
          </label>
          {config.kind === 'wrong' && <p className="wrong">{config.reason}</p>}
        </details>
      </Composer>
      <div className="under">
        {graphs.state === 'failed' && (
          <p className="wrong">
            {graphs.error.message}{' '}
            <button type="button" className="small" onClick={graphs.again}>
              Try again
            </button>
          </p>
        )}
        <BrokenGraphs graphs={list} />
        {graph !== undefined && graph.description !== '' && <p className="soft">{graph.description}</p>}
        {graphs.state === 'known' && <p className="soft model">{modelWords(graphs.model)}</p>}
        <ul className="examples" aria-label="Examples">
          {graph?.examples.slice(0, 3).map((example) => (
            <li key={example}>
              <button
                type="button"
                onClick={() => {
                  change(example);
                  document.querySelector<HTMLElement>('[data-composer]')?.focus();
                }}
              >
                {example}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

const SHOWN = 5;

/** What is going on, what waits for the person, and what just ended. */
function Attention() {
  const recent = useRecent();
  const open = useOpenRuns();
  if (recent === null || recent.length === 0) return null;
  const asking = open.filter((run) => run.status === 'interrupted');
  const active = open.filter((run) => isActive(run.status));
  const ended = recent.filter((run) => isTerminal(run.status)).slice(0, SHOWN);
  const sections = [
    { title: 'Waiting for you', runs: asking },
    { title: 'Going on', runs: active },
    { title: 'Just ended', runs: ended },
  ];
  return (
    <div className="attention">
      {sections.map(
        ({ title, runs }) =>
          runs.length > 0 && (
            <section key={title} aria-label={title}>
              <h2>{title}</h2>
              <div className="run-list">
                {runs.slice(0, SHOWN).map((run) => (
                  <RunLine key={run.run_id} id={run.run_id} />
                ))}
              </div>
            </section>
          ),
      )}
      <Link className="all soft" href="/runs">
        All runs
      </Link>
    </div>
  );
}
