import { z } from 'zod';
import type { ProjectionState } from '../runtime';
import { plainText } from './fields';
import { problem } from './problem';
import { route, type Route } from './route';

/** What an operator can do with the projections of a service. */
export interface ProjectionsAdmin {
  list(): Promise<readonly ProjectionState[]>;
  rebuild(name: string): Promise<boolean>;
}

/** What is answered of projections. */
export const projectionsSchema = z.object({
  projections: z.array(
    z.object({
      service: z.string(),
      name: z.string(),
      phase: z.enum(['clearing', 'running']),
      position: z.int(),
      behind: z.int(),
      failure: z.string().nullable(),
    }),
  ),
});

/** Lists the projections of these services, and rebuilds one. A name that several of them have is rebuilt in each. */
export const projectionRoutes = (
  services: readonly { readonly name: string; readonly projections: ProjectionsAdmin }[],
): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/projections',
      summary: 'How far each projection is, and what keeps it from going on',
      answers: { 200: projectionsSchema },
    },
    async () => {
      const each = await Promise.all(
        services.map(async ({ name: service, projections }) =>
          (await projections.list()).map((state) => ({ service, ...state })),
        ),
      );
      return { status: 200, body: { projections: each.flat() } };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/admin/projections/:name/rebuild',
      summary: 'Deletes what a projection has made, and lets it begin again at the first event; it goes on by itself',
      params: z.object({ name: plainText(60) }),
      answers: { 202: z.object({ rebuilding: z.array(z.string()) }) },
      problems: [404],
    },
    async ({ params: { name } }) => {
      const rebuilding: string[] = [];
      for (const { name: service, projections } of services)
        if (await projections.rebuild(name)) rebuilding.push(service);
      if (rebuilding.length === 0)
        return problem(404, 'there is no projection of this name: GET /admin/projections lists them');
      return { status: 202, body: { rebuilding } };
    },
  ),
];
