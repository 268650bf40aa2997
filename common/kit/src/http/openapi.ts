import { z } from 'zod';
import { problemType } from './problem';
import type { Route } from './route';

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** The OpenAPI 3.1 document of these routes, from the schemas that validate their requests. */
export function openApi(title: string, routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = template(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1' },
    paths,
    components: { schemas: { Problem: jsonOf(problemSchema, 'output') }, securitySchemes: schemesOf(routes) },
  };
}

/** `/orders/{orderId}` of `/orders/:orderId` */
export const template = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** By the names of the services whose they are. */
const schemesOf = (routes: readonly Route[]): object =>
  Object.fromEntries(
    routes.flatMap(({ access }) => (access?.authentication ? [[access.service, access.authentication.scheme]] : [])),
  );

function operation(route: Route): object {
  const { summary, params, query, headers, body, answers, problems = [], method, access, caller, open } = route;
  const typeOf = (schema: z.ZodType) =>
    route.mediaType ?? (schema instanceof z.ZodString ? 'text/plain' : 'application/json');
  const isGuarded = access?.authentication !== undefined && !open;
  const guards = isGuarded ? [401, ...(caller ? [403] : [])] : [];
  const own = [
    ...problems,
    ...guards,
    ...(body ? [400, 413, 415] : []),
    ...(params && method === 'GET' ? [404] : []),
    422,
    503,
  ];
  const content = (schema: object, type = 'application/json') => ({ content: { [type]: { schema } } });
  const good = Object.entries(answers).map(([status, schema]) => [
    status,
    { description: 'the answer', ...content(jsonOf(schema, 'output'), typeOf(schema)) },
  ]);
  const bad = [...new Set(own)]
    .sort()
    .map((status) => [
      `${status}`,
      { description: 'what is wrong', ...content({ $ref: '#/components/schemas/Problem' }, problemType) },
    ]);
  return {
    summary,
    ...(isGuarded && { security: [{ [access.service]: [] }] }),
    parameters: [...parametersIn('path', params), ...parametersIn('query', query), ...parametersIn('header', headers)],
    ...(body && { requestBody: { required: true, ...content(jsonOf(body, 'input')) } }),
    responses: Object.fromEntries([...bad, ...good]),
  };
}

function parametersIn(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonOf(schema, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}
