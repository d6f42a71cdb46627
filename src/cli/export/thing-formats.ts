import { csvRow } from '../csv.js';
import { PROPERTIES } from '../import/file-record.js';
import { emptyElement, startTag } from './xml-text.js';

/** A Thing as a line of JSON, such as `thingstead import` takes. */
export interface ThingLine {
  readonly text: string;
  /** By their names as written: a numeric one after a hash sign. */
  readonly tags: ReadonlyMap<string, string>;
  readonly properties: ReadonlyMap<string, string>;
}

export interface ThingFormat {
  readonly head: string;
  readonly row: (thing: ThingLine) => string;
  readonly tail: string;
}

export type ThingFormatName = 'csv' | 'jsonl' | 'xml';

/** How Things are written in a form that can be imported. @param tagNames those of all of them: the columns of CSV. */
export function thingFormat(name: ThingFormatName, tagNames: readonly string[]): ThingFormat {
  switch (name) {
    case 'jsonl':
      return { head: '', row: ({ text }) => `${text}\n`, tail: '' };
    case 'csv':
      return {
        head: `${csvRow([...COLUMNS, ...tagNames])}\r\n`,
        row: ({ properties, tags }) => {
          const cells = COLUMNS.map((column) => properties.get(column) ?? '');
          return `${csvRow([...cells, ...tagNames.map((tag) => tags.get(tag) ?? '')])}\r\n`;
        },
        tail: '',
      };
    case 'xml':
      return { head: `<?xml version="1.0" encoding="UTF-8"?>\n<things>\n`, row: xmlOf, tail: '</things>\n' };
  }
}

/** Reads a line that an export was given. */
export function readThingLine(text: string): ThingLine {
  const { tags = {}, ...rest }: Record<string, unknown> = JSON.parse(text);
  return { text, tags: textsOf(tags), properties: textsOf(rest) };
}

/** There is no KEY to export. */
const COLUMNS = PROPERTIES.filter((name) => name !== 'key');

function textsOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(Object(value)).map(([name, text]) => [name, String(text)]));
}

function xmlOf({ properties, tags }: ThingLine): string {
  const children = [...tags].map(([name, value]) => {
    const isNumber = name.startsWith('#');
    return `    ${emptyElement(isNumber ? 'num' : 'str', { name: isNumber ? name.slice(1) : name, value })}\n`;
  });
  const attributes = Object.fromEntries(COLUMNS.map((column) => [column, properties.get(column)]));
  if (children.length === 0) return `  ${emptyElement('thing', attributes)}\n`;
  return `  ${startTag('thing', attributes)}\n${children.join('')}  </thing>\n`;
}
