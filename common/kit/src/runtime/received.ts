import { Undecodable, type Decoded } from '../codec';
import { isCommand } from '../contract';
import type { Incoming } from './broker';
import { undoSuffix } from './dispatch';

const idCharsMax = 200;
const txIdCharsMax = 64;
const nameCharsMax = 60;

/**
 * Whether a sender of this kit could have written it. Ids are printable ASCII of a bounded length, as they are keys of
 * tables; the key is the `txId`; a command's id is derived from its place. Throws `Undecodable` otherwise.
 */
export function checkEnvelope({ key }: Pick<Incoming, 'key'>, { contract, envelope }: Decoded): void {
  const { id, target, txId, causationId } = envelope;
  if (key === null) throw bad('the message has no key; it has to be the txId');
  checkText('id', id, idCharsMax);
  checkText('causationId', causationId, idCharsMax);
  checkText('txId', txId, txIdCharsMax, /^[!-.0-~]+$/);
  checkText('target', target, nameCharsMax);
  if ('code' in envelope) checkText('code', envelope.code, nameCharsMax);
  if (key.toString() !== txId) throw bad('the key is not the txId');
  if (contract && isCommand(contract) && !isDerived(id, `${target}/${txId}/`, contract.name))
    throw bad(`the id of a command is <target>/<txId>/${contract.name}, or <target>/<txId>/<what it undoes>/undo`);
}

function isDerived(id: string, prefix: string, name: string): boolean {
  if (!id.startsWith(prefix)) return false;
  const rest = id.slice(prefix.length);
  return rest === name || (rest.endsWith(undoSuffix) && /^\w{1,60}$/.test(rest.slice(0, -undoSuffix.length)));
}

function checkText(field: string, value: string, charsMax: number, allowed = /^[!-~]+$/): void {
  if (!allowed.test(value) || value.length > charsMax)
    throw bad(
      `${field} has to be 1 to ${charsMax} printable ASCII characters, without a space${allowed.test('/') ? '' : ' or slash'}`,
    );
}

const bad = (message: string): Undecodable => new Undecodable('bad-envelope', message);
