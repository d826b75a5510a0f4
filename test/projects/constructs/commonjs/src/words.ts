import { readFileSync } from 'node:fs';
import path from 'node:path';
import settings from './settings.json';

export const words = () =>
  readFileSync(path.join(__dirname, 'prompts', 'hello.txt'), 'utf8').trim() + settings.punctuation;
