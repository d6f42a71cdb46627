import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldsDocument } from '../../src/client/fields-document.js';
import type { Reading } from '../../src/domain/reading.js';
import { decodeFields } from '../../src/xep/0323-sensor-data/fields-codec.js';
import { field, moment, node } from '../xep/0323-sensor-data/arbitraries.js';
import { parseXml } from '../xep/stanza-files.js';

const reading: fc.Arbitrary<Reading> = fc
  .record({ field, at: moment, node })
  .map(({ field: said, ...rest }) => ({ ...said, ...rest }));

/** Some of one node and time follow each other. */
const readings = fc
  .array(fc.tuple(reading, fc.array(field, { maxLength: 3 })), { maxLength: 6 })
  .map((groups) =>
    groups.flatMap(([first, others]) => [
      first,
      ...others.map((other) => ({ ...other, at: first.at, node: first.node })),
    ]),
  );

it('a document holds exactly the readings that were written, in their order', () => {
  fc.assert(
    fc.property(readings, (written) => {
      const document = fieldsDocument();
      const text = document.head + written.map((each) => document.add(each)).join('') + document.end();
      const decoded = decodeFields(parseXml(text.replace(/^<\?.*\?>\n/, '')), () => (wall) => wall);
      if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
      expect(decoded.value.faults).toEqual([]);
      const read = decoded.value.samples.flatMap(({ node: of, at, fields }) =>
        fields.map((each) => ({ ...each, at, node: of })),
      );
      expect(read).toEqual(written);
    }),
  );
});
