import { UndecodableMessage, type DecodedMessage } from '../../codec';
import { isCommand } from '../../contract';
import type { ConsumerRecord } from '../ports/broker';
import { undoSuffix } from './dispatch';
import { faultOf } from './envelope-rules';

/**
 * Whether a sender of this kit could have written it: its ids and names are receivable; the key is the `txId`; a command's
 * id is derived from its place. Throws `UndecodableMessage` otherwise.
 */
export function checkEnvelope({ key }: Pick<ConsumerRecord, 'key'>, { contract, envelope }: DecodedMessage): void {
  const { id, target, txId } = envelope;
  if (key === null) throw bad('the message has no key; it has to be the txId');
  for (const field of ['id', 'causationId', 'txId', 'target'] as const) check(faultOf(field, envelope[field]));
  if ('code' in envelope) check(faultOf('code', envelope.code));
  if (key.toString() !== txId) throw bad('the key is not the txId');
  if (contract && isCommand(contract) && !isDerived(id, `${target}/${txId}/`, contract.name))
    throw bad(`the id of a command is <target>/<txId>/${contract.name}, or <target>/<txId>/<what it undoes>/undo`);
}

function isDerived(id: string, prefix: string, name: string): boolean {
  if (!id.startsWith(prefix)) return false;
  const rest = id.slice(prefix.length);
  return rest === name || (rest.endsWith(undoSuffix) && /^\w{1,60}$/.test(rest.slice(0, -undoSuffix.length)));
}

function check(fault: string | undefined): void {
  if (fault !== undefined) throw bad(fault);
}

const bad = (message: string): UndecodableMessage => new UndecodableMessage('bad-envelope', message);
