import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createValidator } from './validator.js';

const STANZAS = new URL('../../stanzas/', import.meta.url);
const files = readdirSync(STANZAS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.xml'));
const isBad = (file: string) => file.includes('/bad-');
// What others write of earlier versions; how we write what is read of it is validated with the codecs.
const isDialect = (file: string) => file.includes('/dialect-');
const isGood = (file: string) => !isBad(file) && !isDialect(file);
const nameOf = (file: string) => file.slice(0, -'.xml'.length);

/** Examples that are understood though the schemas do not have what is in them, and why. */
const BEYOND: Readonly<Record<string, readonly string[]>> = {
  'what is not known in a report or a request is passed over': [
    '0323-sensor-data/fields-unknown-attributes',
    '0323-sensor-data/fields-unknown-extension',
    '0323-sensor-data/req-types-and-historical',
  ],
};

/** Hostile twins that the schemas let through, and why these cannot say what is wrong. */
const BEYOND_SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  'a question and its answer are one element, which has what either has': [
    '0030-disco/bad-info-with-feature',
    '0030-disco/bad-items-with-item',
    '0050-commands/bad-answer-without-sessionid',
    '0050-commands/bad-answer-without-status',
    '0347-registry/bad-support-info-with-feature',
  ],
  'one of several elements or attributes, or none': [
    '0030-disco/bad-items-set-after-and-before',
    '0030-disco/bad-items-set-before-and-index',
    '0323-sensor-data/bad-req-when-and-token',
  ],
  'a field of type fixed needs no var, and a submitted form need not give types': [
    '0050-commands/bad-field-without-var',
  ],
  'values are compared with each other': [
    '0323-sensor-data/bad-req-to-before-from',
    '0323-sensor-data/bad-req-field-in-two-units',
  ],
  'names are compared whatever their case, and case changes their length': [
    '0347-registry/bad-mine-tag-twice',
    '0347-registry/bad-register-key-twice',
    '0347-registry/bad-register-tag-twice-in-upper-case',
    '0347-registry/bad-register-tag-name-too-long-in-upper-case',
  ],
  'lengths are counted in bytes of UTF-8, those of JIDs by part': [
    '0324-provisioning/bad-can-read-jid-too-long',
    '0324-provisioning/bad-is-friend-jid-too-long',
    '0347-registry/bad-disown-jid-too-long',
    '0347-registry/bad-remove-jid-too-long',
    '0347-registry/bad-register-nodeid-too-many-bytes',
  ],
  'a number has a length and a size, which xs:double knows nothing of': [
    '0347-registry/bad-register-number-overflowing',
    '0347-registry/bad-register-number-too-long',
  ],
  'the length is that without wildcards': ['0347-registry/bad-search-mask-too-long'],
  'limits of thingstead on sensor data, not of the protocol': [
    '0323-sensor-data/bad-failure-error-node-too-long',
    '0323-sensor-data/bad-item-module',
    '0323-sensor-data/bad-item-numeric-unit-too-long',
    '0323-sensor-data/bad-item-numeric-value-too-long',
    '0323-sensor-data/bad-req-field-name-too-long',
    '0323-sensor-data/bad-req-node-id-too-long',
    '0323-sensor-data/bad-req-token-too-long',
    '0323-sensor-data/bad-req-too-many-fields',
    '0323-sensor-data/bad-req-too-many-nodes',
  ],
};

const { faultOf } = createValidator();
const read = (file: string) => readFileSync(new URL(file, STANZAS), 'utf8');
/** How we write what is read of an example, where that is not how the example has it. */
const writtenOf = (file: string): string | undefined => JSON.parse(read(`${nameOf(file)}.json`)).written;
const among = (table: Readonly<Record<string, readonly string[]>>) => Object.values(table).flat().sort();

describe('examples', () => {
  it.each(files.filter((file) => isGood(file) && !among(BEYOND).includes(nameOf(file))))('%s is valid', (file) => {
    expect(faultOf(read(file))).toBeUndefined();
  });

  it('are beyond the schemas where it is said, and nowhere else', () => {
    const refused = files.filter((file) => isGood(file) && faultOf(read(file)) !== undefined);
    expect(refused.map(nameOf).sort()).toEqual(among(BEYOND));
  });
});

it.each(files.filter((file) => writtenOf(file) !== undefined))('what is written of %s is valid', (file) => {
  expect(faultOf(`<iq type='set' id='1' from='a.example' to='b.example'>${writtenOf(file)}</iq>`)).toBeUndefined();
});

describe('hostile twins', () => {
  it.each(files.filter((file) => isBad(file) && !among(BEYOND_SCHEMAS).includes(nameOf(file))))(
    '%s is not valid',
    (file) => {
      expect(faultOf(read(file))).toBeDefined();
    },
  );

  it('are beyond the schemas where it is said, and nowhere else', () => {
    const taken = files.filter((file) => isBad(file) && faultOf(read(file)) === undefined);
    expect(taken.map(nameOf).sort()).toEqual(among(BEYOND_SCHEMAS));
  });
});
