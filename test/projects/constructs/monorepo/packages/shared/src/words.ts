import { capital } from './letters';

export const greet = (name: string) => `${capital('hello')} ${name}`;
