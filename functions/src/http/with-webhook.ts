import type { CreateRun } from '@longrun/shared';
import type { Config } from '../config/config.ts';

/** The request with its webhook's URL as it is stored. Throws `invalid_request` when nothing may be sent there. */
export async function withWebhook(body: CreateRun, config: Config): Promise<CreateRun> {
  if (body.webhook === undefined || body.webhook === null) return body;
  // Loaded on first use: most runs name none.
  const { checkedWebhook } = await import('../webhooks/target.ts');
  const webhook = checkedWebhook(body.webhook, {
    canSign: config.WEBHOOK_SECRET !== undefined,
    allowPrivate: config.WEBHOOK_ALLOW_PRIVATE === '1',
  });
  return { ...body, webhook };
}
