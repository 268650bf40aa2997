import { z } from 'zod';

/** What the buttons of the console's demonstration do. */
export interface Demonstration {
  /** Each is a button: what it is called, and what it asks of the services. */
  readonly requests: readonly DemoRequest[];
  /** A checkbox: while it is checked, the service takes no message. */
  readonly silence?: { readonly label: string; readonly service: string };
}

/** One request of a demonstration. */
export interface DemoRequest {
  readonly label: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Of one of the services: `/orders`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** For a system that has none to show. */
export const noDemonstration: Demonstration = { requests: [] };

const label = z.string().min(1).max(100);

/** How a demonstration is written in the configuration, and told to the console. */
export const demonstrationSchema = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        label,
        method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
        path: z.string().regex(/^\/[^/?#]+[^?#]*$/, 'has to be a path of a service, as "/orders"'),
        body: z.unknown().optional(),
      }),
    )
    .max(50, 'has more than 50 buttons'),
  silence: z.strictObject({ label, service: z.string() }).optional(),
});

/** What the console is told: where stories are, and what there is to demonstrate. */
export const aboutSchema = z.object({
  story: z.string(),
  demo: demonstrationSchema.extend({ silence: demonstrationSchema.shape.silence.unwrap().nullable() }).nullable(),
});
export type About = z.output<typeof aboutSchema>;
