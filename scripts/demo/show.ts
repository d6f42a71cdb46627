import { styleText } from 'node:util';
import { childElements, type Element } from '../../src/xmpp/element.js';

/** Where the demo is shown: what it says, and nothing of what it does. */
export interface Stage {
  say(text: string): void;
  heading(number: number, title: string, why: string): void;
  /** One stanza on its way, and what it means. */
  stanza(from: string, to: string, xml: Element, meaning: string): void;
  result(text: string): void;
  failure(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

const WIDTH = 100;

/** @param out colours are used where it is a terminal, unless NO_COLOR is set (no-color.org) */
export function createStage(out: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Stage {
  const colours = out.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const styled = (style: Style, text: string): string =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const line = (text = ''): void => void out.write(`${text}\n`);

  return {
    say: line,
    heading(number, title, why) {
      line();
      line(styled('bold', `${number}. ${title}`));
      for (const part of wrapped(why, WIDTH - 3)) line(`   ${part}`);
    },
    stanza(from, to, xml, meaning) {
      line();
      line(`   ${styled('cyan', `${from} -> ${to}`)}: ${meaning}`);
      for (const part of pretty(xml)) line(`     ${styled('dim', part)}`);
    },
    result(text) {
      line();
      line(`   ${styled('green', 'as it should be:')}`);
      for (const part of text.split('\n').flatMap((one) => wrapped(one, WIDTH - 3))) line(`   ${part}`);
    },
    failure: (text) => line(`\n   ${styled('red', 'not as it should be:')} ${text}`),
  };
}

/** An element on lines of their own for its children, and for its attributes where they are many. */
export function pretty(shown: Element, indent = ''): string[] {
  const attributes = Object.entries(shown.attrs).map(([name, value]) => `${name}='${escaped(String(value), "'")}'`);
  const children = childElements(shown);
  const text = shown.getText();
  const end = children.length === 0 && text === '' ? '/>' : '>';
  const head = tag(`<${shown.name}`, attributes, end, indent);
  if (end === '/>') return head;
  const close = `</${shown.name}>`;
  if (children.length === 0) return [...head.slice(0, -1), `${head.at(-1)}${escaped(text, '>')}${close}`];
  return [...head, ...children.flatMap((child) => pretty(child, `${indent}  `)), `${indent}${close}`];
}

function tag(start: string, attributes: readonly string[], end: string, indent: string): string[] {
  const one = `${indent}${[start, ...attributes].join(' ')}${end}`;
  if (one.length <= WIDTH) return [one];
  const margin = ' '.repeat(indent.length + start.length + 1);
  const [first = '', ...rest] = packed(attributes, WIDTH - margin.length);
  const lines = [`${indent}${start} ${first}`, ...rest.map((part) => `${margin}${part}`)];
  return [...lines.slice(0, -1), `${lines.at(-1)}${end}`];
}

function escaped(text: string, ...quotes: readonly string[]): string {
  const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', "'": '&apos;', '>': '&gt;' };
  return text.replace(/[&<>']/g, (character) =>
    character === '&' || character === '<' || quotes.includes(character) ? (escapes[character] ?? '') : character,
  );
}

function wrapped(text: string, width: number): string[] {
  return packed(text.split(' '), width);
}

/** Words on as few lines as they need. */
function packed(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
