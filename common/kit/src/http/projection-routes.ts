import { z } from 'zod';
import type { ProjectionState } from '../runtime';
import { plainText } from './fields';
import { ofName, serviceName } from './operated';
import { problem } from './problem';
import { route, type Route } from './route';

const service = serviceName;

/** What an operator can do with the projections of a service. */
export interface ProjectionsAdmin {
  list(): Promise<readonly ProjectionState[]>;
  rebuild(name: string): Promise<boolean>;
}

/** What is answered of projections. */
export const projectionsSchema = z.object({
  projections: z.array(
    z.object({
      name: z.string(),
      phase: z.enum(['clearing', 'running']),
      position: z.int(),
      behind: z.int(),
      failure: z.string().nullable(),
    }),
  ),
});

/** Lists the projections of each of these services, and rebuilds one. */
export const projectionRoutes = (
  services: readonly { readonly name: string; readonly projections: ProjectionsAdmin }[],
): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/projections',
      summary: 'How far each projection is, and what keeps it from going on',
      params: z.object({ service }),
      answers: { 200: projectionsSchema },
    },
    ({ params }) =>
      ofName(services, params.service, async ({ projections }) => ({
        status: 200 as const,
        body: { projections: [...(await projections.list())] },
      })),
  ),
  route(
    {
      method: 'POST',
      path: '/admin/services/:service/projections/:name/rebuild',
      summary: 'Deletes what a projection has made, and lets it begin again at the first event; it goes on by itself',
      params: z.object({ service, name: plainText(60) }),
      answers: { 202: z.object({ rebuilding: z.string() }) },
      problems: [404],
    },
    ({ params: { service, name } }) =>
      ofName(services, service, async ({ projections }) =>
        (await projections.rebuild(name))
          ? { status: 202 as const, body: { rebuilding: name } }
          : problem(404, `there is no projection ${name}`),
      ),
  ),
];
