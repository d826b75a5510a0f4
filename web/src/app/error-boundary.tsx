import { Component, type ReactNode } from 'react';
import { CopyButton } from '../lib/copy-button.tsx';

/** The last resort when drawing a page failed: says so, and offers the way on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="page problem" role="alert">
        <h1 tabIndex={-1}>This page stopped working</h1>
        <p className="soft">
          Your runs go on; nothing of them is lost. Loading the page again usually helps.
        </p>
        <div className="acts">
          <button type="button" className="primary" onClick={() => location.reload()}>
            Load again
          </button>
          <a className="button" href="/">
            Start page
          </a>
          <CopyButton text={`${error.message}\n${error.stack ?? ''}`} label="Copy details" />
        </div>
      </div>
    );
  }
}
