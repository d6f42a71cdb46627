import type { Outcome, Reading, Readout } from '../../src/client/index.js';
import { childElements, type Element } from '../../src/xmpp/element.js';

/** Something came out otherwise than it should. */
export class Unexpected extends Error {
  constructor(expected: string, got: unknown) {
    super(`expected ${expected}; got ${typeof got === 'string' ? got : JSON.stringify(got)}`);
  }
}

export async function readingsOf(readout: Readout): Promise<readonly Reading[]> {
  const { readings, end } = await readout.all();
  if (end.outcome !== 'done' || end.failures.length > 0) throw new Unexpected('a read-out without failures', end);
  if (readings.length === 0) throw new Unexpected('readings', 'none');
  return readings;
}

export function summary(readings: readonly Reading[]): string {
  return readings.map(({ name, value, unit }) => `${name} = ${value}${unit === '' ? '' : ` ${unit}`}`).join('; ');
}

/** Whether it is a message that wants a receipt: a report, and no answer. */
export function isReport(stanza: Element): boolean {
  return stanza.getChild('request') !== undefined;
}

/** Whether a message of fields has any. */
export function isFull(stanza: Element): boolean {
  const [payload] = childElements(stanza);
  return payload !== undefined && childElements(payload).length > 0;
}

export function granted<T>(outcome: Outcome<T>, expected: string): T {
  if (!outcome.ok) throw new Unexpected(expected, outcome.error ?? outcome.why);
  return outcome.value;
}

export function expectCondition(outcome: Outcome<unknown>, condition: string): void {
  const got = outcome.ok ? 'it was accepted' : (outcome.error?.condition ?? outcome.why);
  if (got !== condition) throw new Unexpected(`the error ${condition}`, got);
}

export function expectEqual(got: object, expected: object, keys: readonly string[] = Object.keys(expected)): void {
  const part = JSON.stringify(got, Array.isArray(got) ? undefined : [...keys]);
  const wanted = JSON.stringify(expected, Array.isArray(expected) ? undefined : [...keys]);
  if (part !== wanted) throw new Unexpected(wanted, part);
}
