import { z } from 'zod';

/** A number that names something: 1 to 2^53 - 1. */
export const id = z.int().min(1);

/** A whole number in a path or a query, in decimal digits and nothing else: `1e3`, `0x10`, `1.0` and `+1` are none. */
export const inDigits = <Whole extends z.ZodType<number, number | undefined>>(whole: Whole) =>
  z.preprocess((text, context) => {
    if (text === undefined) return undefined;
    if (typeof text === 'string' && /^[0-9]+$/.test(text)) return Number(text);
    context.addIssue({ code: 'custom', message: 'has to be one whole number, in decimal digits' });
    return z.NEVER;
  }, whole);

/** A UUID, in either case; the ids that are made here are in lower case. */
export const uuidText = z.uuid().toLowerCase();

/** Text that comes back as it was sent: no control characters, and no half characters, which UTF-8 does not have. */
export const plainText = (charsMax: number) =>
  z.string().min(1).max(charsMax).regex(plain, 'has to be without control characters and unpaired surrogates');

/** Says the same with the flag `u` and without, since readers of the OpenAPI document differ in that. */
const plain = /^(?:[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/;
