import type { Access, Authentication, HttpContext } from './access';
import { problem, type Problem } from './problem';
import type { Route } from './route';

/** What a route may ask of its callers, with what its service has bound. Throws for a route that waits for nobody. */
export function behind(access: Access, route: Route): Route {
  const where = `${route.method} ${route.path}`;
  if (route.caller && route.open) throw new Error(`${where}: it is open, so it has no caller. Leave one of them out`);
  if (route.caller && !access.authentication)
    throw new Error(`${where}: it has a caller, and nobody says who that is. Bind an Authentication in its service`);
  return { ...route, access };
}

/** Who is asking, or why he is not let in. */
export async function admit(
  { access, caller: wanted, open }: Route,
  context: HttpContext,
): Promise<{ readonly caller: unknown } | Problem> {
  if (!access?.authentication || open) return { caller: undefined };
  const { authentication, service } = access;
  const known = await authentication.authenticate(context);
  if (known === undefined || known === null) return challenge(problem(401, 'say who you are'), authentication, service);
  if (isProblem(known)) return challenge(known, authentication, service);
  const allowed = wanted?.safeParse(known);
  if (allowed?.success === false) return problem(403, 'this is not for you to ask');
  context.state['caller'] = known;
  return { caller: allowed?.data };
}

const isProblem = (known: unknown): known is Problem =>
  typeof known === 'object' && known !== null && 'problem' in known && known.problem === true;

/** A 401 says how one says who one is. Source: RFC 9110, 15.5.2. */
function challenge(refusal: Problem, { scheme }: Authentication, service: string): Problem {
  if (refusal.status !== 401) return refusal;
  const name = scheme.type === 'http' ? scheme.scheme : scheme.type === 'apiKey' ? 'ApiKey' : 'Bearer';
  const headers = { 'WWW-Authenticate': `${name} realm="${service}"`, ...refusal.headers };
  return { ...refusal, headers };
}
