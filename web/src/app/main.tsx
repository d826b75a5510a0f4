import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { preloadMarkdown } from '../features/answer/answer.tsx';
import { ServicesProvider } from '../lib/services.ts';
import '../styles/index.css';
import { App } from './app.tsx';
import { preloadPalette } from './header.tsx';
import { reloadOnceOnStaleChunk } from './reload-once.ts';
import { start } from './start.ts';

reloadOnceOnStaleChunk();
const services = start();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
createRoot(root, {
  // The error boundary shows what went wrong; the console stays empty.
  onCaughtError: () => undefined,
}).render(
  <StrictMode>
    <ServicesProvider value={services}>
      <App />
    </ServicesProvider>
  </StrictMode>,
);
addEventListener('load', () => setTimeout(preload, 300), { once: true });

/** What is soon wanted at once: a key that is pressed while the palette loads would be lost. */
function preload(): void {
  preloadMarkdown();
  preloadPalette();
}
