import type { Failure, Fault } from '../../domain/read-out/report.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import { decodeSeqnr, SENSOR_DATA } from './codec.js';
import { childrenOf } from './dialects.js';
import { LIMITS } from './limits.js';
import { decodeNode, nodeAttributes } from './node.js';

/**
 * Reads `failure` (section 3.2). What a device says of its troubles is taken as it comes: words that are too long are
 * cut, errors beyond the limit are left out, and one that cannot be read is read as one of no node.
 */
export function decodeFailure(payload: Element): Decoded<Failure> {
  const read = new Reader(payload);
  const errors = childrenOf(payload, SENSOR_DATA).filter((child) => child.getName() === 'error');
  return read.end({
    seqnr: decodeSeqnr(read),
    done: read.boolean('done', false),
    errors: errors.slice(0, LIMITS.errorsPerMessage).map(decodeError),
  });
}

export function encodeFailure({ seqnr, done, errors }: Failure): Element {
  const attributes = { xmlns: SENSOR_DATA, seqnr: seqnr.text, done: done ? true : undefined };
  return element('failure', attributes, ...errors.map(encodeError));
}

function decodeError(child: Element): Fault {
  const read = new Reader(child);
  const node = read.end(decodeNode(read));
  return {
    node: node.ok ? node.value : { nodeId: '', sourceId: '', cacheType: '' },
    timestamp: read.string('timestamp', '').slice(0, MAX_TIMESTAMP),
    reason: child.getText().trim().slice(0, LIMITS.errorText),
  };
}

const MAX_TIMESTAMP = 64;

function encodeError({ node, timestamp, reason }: Fault): Element {
  return element('error', { ...nodeAttributes(node), timestamp }, reason);
}
