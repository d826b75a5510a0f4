import type { AdminAlert, AdminOverview, PartHealth } from '@longrun/shared';
import { CheckIcon, FailIcon, StopIcon, WaitIcon } from '../../lib/icons.tsx';
import { cost, count, duration, words } from '../../lib/format.ts';
import { percent } from './figures.ts';
import { Figures } from './figure-row.tsx';
import { Panel } from '../../lib/panel.tsx';
import type { Reading } from '../../lib/use-reading.ts';

/** What answers, what waits, and what fires. */
export function Health({ overview }: { overview: Reading<AdminOverview> }) {
  return (
    <Panel title="Now" reading={overview}>
      {({ queue, workers, parts, alerts }) => (
        <>
          <Figures
            of={[
              ['Waiting in the queue', count(queue.waiting)],
              [
                'Oldest waiting',
                queue.oldest_waiting_s === null ? 'none' : duration(queue.oldest_waiting_s * 1_000, true),
              ],
              ['Running', count(queue.running)],
              ['Waiting for a person', count(queue.interrupted)],
              ['Workers busy', count(workers)],
            ]}
          />
          <h2>Parts</h2>
          <ul className="rows">
            {parts.map((part) => (
              <Part key={part.name} part={part} />
            ))}
          </ul>
          <h2>Alerts</h2>
          <ul className="rows">
            {alerts.map((alert) => (
              <Alert key={alert.name} alert={alert} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

const STATES = {
  ok: { word: 'Answers', tone: 'ok', icon: CheckIcon },
  unreachable: { word: 'Unreachable', tone: 'bad', icon: FailIcon },
  off: { word: 'Off', tone: 'soft', icon: StopIcon },
};

function Part({ part }: { part: PartHealth }) {
  const { word, tone, icon: PartIcon } = STATES[part.state];
  return (
    <li className="row state-row" data-part={part.name} data-state={part.state}>
      <span className={`status tone-${tone}`}>
        <PartIcon />
        {word}
      </span>
      <b>{words(part.name)}</b>
      <span className="soft detail">{part.detail}</span>
      <span className="num soft">{part.latency_ms === null ? '' : duration(part.latency_ms)}</span>
    </li>
  );
}

const ALERTS: Record<AdminAlert['name'], string> = {
  error_rate: 'Runs that fail',
  queue_depth: 'Runs that wait in the queue',
  api_latency: 'Answers of the API',
  daily_cost: 'Cost of a day',
};

function Alert({ alert }: { alert: AdminAlert }) {
  const { name, value, threshold, unit, firing, detail = 'now' } = alert;
  const [word, tone, AlertIcon] = firing
    ? (['Fires', 'bad', FailIcon] as const)
    : value === null
      ? (['No figures', 'soft', WaitIcon] as const)
      : (['Quiet', 'ok', CheckIcon] as const);
  return (
    <li className="row state-row" data-alert={name}>
      <span className={`status tone-${tone}`}>
        <AlertIcon />
        {word}
      </span>
      <b>{ALERTS[name]}</b>
      <span className="soft detail">
        {value === null ? 'Nothing to measure yet' : `${inUnit(value, unit)} ${detail}`}
      </span>
      <span className="num soft">fires above {inUnit(threshold, unit)}</span>
    </li>
  );
}

function inUnit(value: number, unit: AdminAlert['unit']): string {
  switch (unit) {
    case 'percent':
      return percent(value);
    case 'runs':
      return count(value);
    case 'seconds':
      return duration(value * 1_000);
    case 'usd':
      return cost(value);
    default:
      return unit satisfies never;
  }
}
