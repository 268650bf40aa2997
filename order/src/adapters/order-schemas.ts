import { id, inDigits, uuidText } from 'saga-kit/http';
import { z } from 'zod';

const status = z.enum(['PENDING', 'APPROVED', 'REJECTED']);

const orderItem = z.strictObject({ productId: id, quantity: z.int().min(1).max(1_000) });

export const newOrderSchema = z.strictObject({
  userId: id,
  items: z
    .array(orderItem)
    .min(1)
    .max(100)
    .superRefine((items, context) => {
      const seen = new Set<number>();
      items.forEach(({ productId }, index) => {
        if (seen.has(productId))
          context.addIssue({
            code: 'custom',
            path: [index, 'productId'],
            message: 'is there already: add to its quantity',
          });
        seen.add(productId);
      });
    }),
});

export const orderSchema = z.object({
  orderId: uuidText,
  userId: id,
  items: z.array(orderItem),
  totalPrice: z.int().nullable(),
  status,
  refusal: z.object({ step: z.string(), code: z.string(), message: z.string() }).nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const orderListSchema = z.object({ items: z.array(orderSchema), next: z.string().nullable() });

export const orderEventSchema = z.object({
  at: z.iso.datetime(),
  direction: z.enum(['sent', 'received']),
  topic: z.string(),
  type: z.string(),
  messageId: z.string(),
  causationId: z.string(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  awaited: z.boolean(),
  times: z.int(),
});

export const orderPath = z.object({ orderId: uuidText });
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[!-~]{1,255}$/, 'has to be 1 to 255 printable ASCII characters without spaces')
    .optional(),
});
export const listQuery = z.strictObject({
  status: status.optional(),
  limit: inDigits(z.int().min(1).max(100).default(20)),
  after: uuidText.optional().describe('the "next" of the page before'),
});
