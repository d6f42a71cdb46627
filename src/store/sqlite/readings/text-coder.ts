import { NumberCoder } from './number-coder.js';
import { Contexts } from './range-coder.js';
import type { CodeNew } from './recent-coder.js';

/** Bytes are foretold by the byte before, as far as its upper bits tell what it is: a digit, a letter, part of another. */
const KINDS = 8;
const BYTE_BITS = 8;

/** Texts by their bytes in UTF-8. */
export function codeText(): CodeNew<string> {
  const lengths = new NumberCoder();
  const contexts = new Contexts(KINDS << BYTE_BITS);
  return (coder, value) => {
    const given = Buffer.from(value, 'utf8');
    const bytes = Buffer.alloc(lengths.unsigned(coder, given.length));
    let kind = 0;
    for (let at = 0; at < bytes.length; at++) {
      let node = 1;
      for (let level = BYTE_BITS - 1; level >= 0; level--) {
        node = node * 2 + coder.bit(contexts, (kind << BYTE_BITS) + node, ((given[at] ?? 0) >> level) & 1);
      }
      bytes[at] = node;
      kind = (node & 0xff) >> 5;
    }
    return bytes.toString('utf8');
  };
}
