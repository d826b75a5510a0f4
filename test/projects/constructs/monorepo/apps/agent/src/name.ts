export interface Name {
  first: string;
}

export const NAME: Name = { first: 'Ada' };
