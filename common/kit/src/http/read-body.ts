import type { IncomingMessage } from 'node:http';
import { problem, type Problem } from './problem';

export const bodyBytesMax = 65_536;

/** The JSON value in a request's body, or what is wrong with it. */
export async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | Problem> {
  const bytes = await readBytes(request);
  if (bytes === 'cut off') return problem(400, 'the body ended before its end'); // there is hardly anybody left to read this
  const isThere = bytes === 'too long' || bytes.length > 0 || request.headers['content-type'] !== undefined;
  if (isThere && !isPlainJson(request))
    return problem(415, 'send the body as application/json in UTF-8, without compression');
  if (bytes === 'too long') return problem(413, `a body has at most ${bodyBytesMax} bytes`);
  if (bytes.length === 0) return problem(400, 'the body is empty; send a JSON object');
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (error) {
    return problem(400, `the body is not JSON: ${(error as Error).message}`);
  }
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  const [type, ...parameters] = headers['content-type']?.split(';').map((part) => part.trim().toLowerCase()) ?? [];
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return (
    type === 'application/json' &&
    /^charset="?utf-?8"?$/.test(charset ?? 'charset=utf-8') &&
    (headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity' &&
    (headers['transfer-encoding'] ?? 'chunked').toLowerCase() === 'chunked'
  );
}

/**
 * What is too long is answered at once. Its rest is still read, and dropped, until the time for a request is over: a sender
 * who is reset in the middle of sending does not come to read the answer.
 */
function readBytes(request: IncomingMessage): Promise<Buffer | 'too long' | 'cut off'> {
  if (request.readableEnded) throw new Error('a middleware has read the body, which is for the route to read');
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return Promise.resolve('too long');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyBytesMax) chunks.push(chunk);
      else resolve('too long');
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => resolve('cut off'));
  });
}
