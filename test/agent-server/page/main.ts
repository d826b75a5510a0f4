import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
import { setting } from './parts.ts';
import { ReactChat } from './react-chat.ts';
import { SdkChat } from './sdk-chat.ts';

const root = document.querySelector('main');
if (root !== null) createRoot(root).render(h(setting('hook') === 'react' ? ReactChat : SdkChat));
