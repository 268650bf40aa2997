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
 * Whoever sits on this machine: each hop that is known has its address, and no page of another origin has a browser here
 * ask for it. A proxy that says nothing of itself hides who asks: behind one, ADMIN_TOKEN has to be set.
 */
const callersHere: Guard = ({ headers, socket }) => {
  const hops = [socket.remoteAddress ?? '', ...listed(headers, 'x-forwarded-for')];
  const hosts = [headers.host ?? 'localhost', ...listed(headers, 'x-forwarded-host')];
  const isForeign = headers.origin !== undefined || headers.forwarded !== undefined;
  if (!isForeign && hops.every(isLoopback) && hosts.every(isLocalName)) return undefined;
  return problem(403, 'without ADMIN_TOKEN only callers on this machine are answered: set it, and send it as a bearer');
};

const listed = (headers: IncomingHttpHeaders, name: string): string[] =>
  [headers[name] ?? []].flat().flatMap((each) => each.split(',').map((one) => one.trim()));
const isLoopback = (address: string): boolean => /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address);
const isLocalName = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
