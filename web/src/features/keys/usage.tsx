import { CopyButton } from '../../lib/copy-button.tsx';

/** How a program comes with a key. */
export function Usage() {
  const lines = [
    "import { Client } from '@langchain/langgraph-sdk';",
    `const client = new Client({ apiUrl: '${location.origin}/api', apiKey: 'lr_…' });`,
  ].join('\n');
  return (
    <section className="panel-part" aria-labelledby="key-usage">
      <header>
        <h2 id="key-usage">How it is used</h2>
        <CopyButton text={lines} label="Copy lines" />
      </header>
      <pre className="key-lines">{lines}</pre>
      <p className="soft fine">
        LangChain’s clients send the key as the header <code className="num">x-api-key</code>; any other
        program can, too.
      </p>
    </section>
  );
}
