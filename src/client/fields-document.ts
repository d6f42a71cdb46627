import type { Moment, NodeName, Reading } from '../domain/reading.js';
import { SENSOR_DATA } from '../xep/0323-sensor-data/codec.js';
import { encodeField } from '../xep/0323-sensor-data/field-codec.js';
import { nodeAttributes } from '../xep/0323-sensor-data/node.js';
import { momentText } from '../xep/0323-sensor-data/time.js';
import { element, sayable, serialize } from '../xmpp/element.js';

/** Writes readings as one document of XEP-0323 (section 3), piece by piece. */
export interface FieldsDocument {
  readonly head: string;
  /** Readings of one node and time that follow each other share their elements. */
  add(reading: Reading): string;
  /** Closes what is open. */
  end(): string;
}

/** @param seqnr the number of the read-out: the schema wants one. */
export function fieldsDocument(seqnr = 0): FieldsDocument {
  let open: { readonly node: string; readonly at: Moment['ms'] } | undefined;

  function close(next: { readonly node: string; readonly at: Moment['ms'] } | undefined): string {
    if (open === undefined) return '';
    if (next?.node !== open.node) return '    </timestamp>\n  </node>\n';
    return next.at === open.at ? '' : '    </timestamp>\n';
  }

  return {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n${opening('fields', { xmlns: SENSOR_DATA, seqnr: String(seqnr) })}\n`,
    add(reading) {
      const next = { node: nodeTag(reading.node), at: reading.at.ms };
      const isSameNode = open?.node === next.node;
      const closing = close(next);
      const node = isSameNode ? '' : `  ${next.node}\n`;
      const isSameTime = isSameNode && open?.at === next.at;
      const timestamp = isSameTime ? '' : `    ${opening('timestamp', { value: momentText(reading.at) })}\n`;
      open = next;
      return `${closing}${node}${timestamp}      ${sayable(serialize(encodeField(reading)))}\n`;
    },
    end() {
      const closing = close(undefined);
      open = undefined;
      return `${closing}</fields>\n`;
    },
  };
}

function nodeTag(node: NodeName): string {
  return opening('node', nodeAttributes(node));
}

function opening(name: string, attributes: Parameters<typeof element>[1]): string {
  return sayable(serialize(element(name, attributes)).replace(/\/>$/, '>'));
}
