import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { problem } from './problem';
import type { Guard, Route } from './route';

/** Routes for operators only: with the token as a bearer, or, where there is none, for callers on this machine. */
export const forOperators = (routes: readonly Route[], token: string | undefined): Route[] => {
  const guard = token === undefined ? callersHere : bearers(token);
  return routes.map((route) => ({ ...route, guard, problems: [...(route.problems ?? []), 401, 403] }));
};

/** In constant time, whatever the length of what was sent. */
function bearers(token: string): Guard {
  const wanted = digest(token);
  return ({ headers: { authorization = '' } }) => {
    const [, given] = /^bearer +(.*)$/i.exec(authorization) ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return undefined;
    const headers = { 'WWW-Authenticate': 'Bearer realm="admin"' };
    return problem(401, 'send Authorization: Bearer with the token that ADMIN_TOKEN sets', { headers });
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whoever sits on this machine: each hop that is known has its address, and was asked for by a name of it, for any other name
 * may have been led here by its owner. A browser says which page asks: only a page that comes from where it asks is answered.
 * A proxy that says nothing of itself hides who asks: behind one, ADMIN_TOKEN has to be set. Sources: RFC 6454, 7; the W3C's
 * Fetch Metadata Request Headers, 2.3.
 */
export const callersHere: Guard = ({ headers, socket }) => {
  const hops = [...listed(headers, 'x-forwarded-for'), socket.remoteAddress ?? ''];
  const hosts = [...listed(headers, 'x-forwarded-host'), headers.host ?? 'localhost'];
  const [scheme = 'http'] = listed(headers, 'x-forwarded-proto');
  const isHere = headers.forwarded === undefined && hops.every(isLoopback) && hosts.every(isLocalName);
  if (isHere && isOwnPage(headers, `${scheme}://${hosts[0]}`)) return undefined;
  return problem(403, 'without ADMIN_TOKEN only callers on this machine are answered: set it, and send it as a bearer');
};

/** What no page has asked for, or one of the origin that it was asked of. */
const isOwnPage = ({ origin, 'sec-fetch-site': site = 'none' }: IncomingHttpHeaders, asked: string): boolean =>
  (origin === undefined || origin === asked) && (site === 'none' || site === 'same-origin');

const listed = (headers: IncomingHttpHeaders, name: string): string[] =>
  [headers[name] ?? []].flat().flatMap((each) => each.split(',').map((one) => one.trim()));
const isLoopback = (address: string): boolean => /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
const isLocalName = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
