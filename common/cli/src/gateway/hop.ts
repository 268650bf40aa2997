import type { IncomingMessage } from 'node:http';

/** Notes where a request came from, as a proxy does. */
export function noteHop({ headers, socket }: IncomingMessage): void {
  const appended = (name: string, value = '') => [headers[name] ?? [], value].flat().join(', ');
  headers['x-forwarded-for'] = appended('x-forwarded-for', socket.remoteAddress);
  headers['x-forwarded-host'] = appended('x-forwarded-host', headers.host);
}
