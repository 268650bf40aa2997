import type { IncomingMessage } from 'node:http';
import { problem, type Problem } from './problem';

export const bodyBytesMax = 65_536;
/** A body that is too long is read on up to here, so that its sender comes to read the answer. */
const drainBytesMax = 16 * bodyBytesMax;

/** The JSON value in a request's body, or what is wrong with it. */
export async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | Problem> {
  const wrongType = checkType(request);
  const bytes = await readBytes(request);
  if (wrongType && (bytes === 'too long' || bytes.length > 0 || request.headers['content-type'] !== undefined))
    return wrongType;
  if (bytes === 'too long')
    return problem(413, `a body has at most ${bodyBytesMax} bytes`, { headers: { Connection: 'close' } });
  if (bytes.length === 0) return problem(400, 'the body is empty; send a JSON object');
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (error) {
    return problem(400, `the body is not JSON: ${(error as Error).message}`);
  }
}

function checkType({ headers }: IncomingMessage): Problem | undefined {
  const [type, ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const plain = (headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity';
  if (type === 'application/json' && plain && /^(charset="?utf-?8"?)?$/.test(charset ?? '')) return undefined;
  return problem(415, 'send the body as application/json in UTF-8, without compression');
}

async function readBytes(request: IncomingMessage): Promise<Buffer | 'too long'> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length <= bodyBytesMax) chunks.push(chunk as Buffer);
    if (length > drainBytesMax) break;
  }
  return length > bodyBytesMax ? 'too long' : Buffer.concat(chunks);
}
