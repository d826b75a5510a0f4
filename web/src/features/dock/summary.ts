import { isActive, type Run } from '@longrun/shared';

/** `2 running · 1 asks you · 1 finished` */
export function summaryOf(open: readonly Run[], ended: number): { text: string; tone: 'go' | 'ask' | 'ok' } {
  const running = open.filter((run) => run.status === 'running').length;
  const queued = open.filter((run) => run.status === 'pending').length;
  const asking = open.filter((run) => !isActive(run.status)).length;
  const parts = [
    ...(running > 0 ? [`${running} running`] : []),
    ...(queued > 0 ? [`${queued} queued`] : []),
    ...(asking > 0 ? [`${asking} ${asking === 1 ? 'asks' : 'ask'} you`] : []),
    ...(ended > 0 ? [`${ended} ended`] : []),
  ];
  return { text: parts.join(' · '), tone: asking > 0 ? 'ask' : running + queued > 0 ? 'go' : 'ok' };
}
