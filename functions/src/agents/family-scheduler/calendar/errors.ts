/** A calendar that was passed in cannot be used; the message says why and what to do. */
export class CalendarError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CalendarError';
  }
}
