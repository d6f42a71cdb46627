import { type Field, text } from './field.js';

/** The longest reason, in characters. */
const LONGEST = 500;

/** Why somebody does something, for the audit trail; the owner can read it there. */
export const REASON: Field<string> = text(
  { label: 'Reason', description: 'Why; it is kept in the audit trail, where the owner can read it.' },
  (value) => {
    const { length } = [...value];
    if (length <= LONGEST) return { ok: true, value: value.replace(/\s+/g, ' ') };
    return { ok: false, fault: `The reason has ${length} characters; at most ${LONGEST} are kept.` };
  },
);
