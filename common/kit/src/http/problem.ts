import { STATUS_CODES } from 'node:http';

/** An answer that says what is wrong, as RFC 9457 has it; `errors` names each fault of the request. */
export interface Problem {
  readonly problem: true;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
}
/** `path` is where in the request: `items[0].quantity`, or the name of a header or a parameter. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

/** A problem document, as an answer. Source: RFC 9457. */
export const problem = (status: number, detail: string, more: Pick<Problem, 'errors' | 'headers'> = {}): Problem => ({
  problem: true,
  status,
  detail,
  ...more,
});

export const problemType = 'application/problem+json';

/** The document that is sent. */
export const documentOf = ({ status, detail, errors }: Problem): object => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Problem',
  status,
  detail,
  ...(errors && { errors }),
});
