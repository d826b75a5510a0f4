import { useLocation } from 'wouter';
import { CopyButton } from '../../lib/copy-button.tsx';
import { FailIcon } from '../../lib/icons.tsx';
import { useServices } from '../../lib/services.ts';
import { quotaWords } from '../../lib/quota-words.ts';
import { keepDraft } from '../../lib/drafts.ts';
import type { Creation } from '../runs/creations.ts';

/** The server did not take the run: the text is still here, and goes out again or back to the composer. */
export function SendFailed({ creation, title }: { creation: Creation; title: string }) {
  const { creations } = useServices();
  const [, go] = useLocation();
  const { request, error } = creation;
  const quota = error === undefined ? null : quotaWords(error);
  const edit = () => {
    keepDraft('ask', textOf(creation) ?? title);
    creations.drop(request.run_id);
    go('/');
  };
  return (
    <div className="box bad" role="alert">
      <FailIcon />
      <div>
        <strong>This run was not started</strong>
        {quota === null ? (
          <p>{error?.message}</p>
        ) : (
          <p>
            {quota.title}. {quota.text}
          </p>
        )}
        <p className="soft">
          Your text is kept. Nothing was charged, and trying again cannot start it twice.
        </p>
        <div className="acts">
          <button type="button" className="primary" onClick={() => creations.retry(request.run_id)}>
            Try again
          </button>
          <button type="button" onClick={edit}>
            Edit the text
          </button>
          <CopyButton
            text={JSON.stringify(
              { code: error?.code, message: error?.message, details: error?.details, run_id: request.run_id },
              null,
              2,
            )}
            label="Copy details"
          />
        </div>
      </div>
    </div>
  );
}

function textOf({ request }: Creation): string | null {
  const match = /"content":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(request.input));
  const text: unknown = match?.[1] === undefined ? null : JSON.parse(match[1]);
  return typeof text === 'string' ? text : null;
}
