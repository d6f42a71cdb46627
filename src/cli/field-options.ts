import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import type { CommandValues } from '../client/index.js';
import type { FieldDescription } from '../operations/field.js';
import type { Operation } from '../operations/operation.js';
import { readSecretFile } from './secret-file.js';
import type { Terminal } from './terminal.js';

/** Options of a command as they were given. */
type Given = Readonly<Record<string, unknown>>;

const STANDARD_INPUT = '-';

/** How secrets are given, for the help of commands that take one. */
export const OF_SECRETS =
  '\nA secret is never an argument, which everyone on the machine could see: it is read from a file that nobody else may\nread, or with - from standard input; at a terminal that asks for it, and does not show it.';

/**
 * The options of a field: `--name VALUE`; one of several lines also `--name-file FILE`, and one that may hold a secret no
 * other. What it holds where nothing is given is the component's to say.
 */
export function optionsOf(name: string, field: FieldDescription): readonly Option[] {
  const about = `${field.label}. ${field.description}`;
  const fromFile = new Option(
    `--${name}-file <file>`,
    field.isSecret ? `${about} (- asks)` : `the same from a file, a line each`,
  );
  if (field.isSecret) return [fromFile];
  const isMultiple = field.type === 'list-multi' || field.type === 'text-multi';
  const direct = new Option(`--${name} <${name}${isMultiple ? '...' : ''}>`, about);
  const choices = choicesOf(field);
  if (choices.length > 0) direct.choices(choices);
  return field.type === 'text-multi' ? [direct, fromFile] : [direct];
}

/** All that can be given, where that is known. */
function choicesOf({ type, options = [], isOpen }: FieldDescription): readonly string[] {
  if (type === 'boolean') return ['true', 'false'];
  return isOpen ? [] : options.map(({ value }) => value);
}

/** What was given for the fields of an operation. @throws Error for a file that cannot be used, without what it holds. */
export async function valuesOf({ fields }: Operation, given: Given, at: Terminal | undefined): Promise<CommandValues> {
  const files = Object.keys(fields).map((name) => given[attributeOf(`${name}-file`)]);
  if (files.filter((file) => file === STANDARD_INPUT).length > 1) {
    throw new Error('only one option can be read from standard input (-)');
  }
  const values: Record<string, readonly string[]> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = await valuesFor(name, field, given, at);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

async function valuesFor(
  name: string,
  field: FieldDescription,
  given: Given,
  at: Terminal | undefined,
): Promise<readonly string[] | undefined> {
  const direct = given[attributeOf(name)];
  const file = given[attributeOf(`${name}-file`)];
  if (direct !== undefined && file !== undefined) {
    throw new Error(`--${name} and --${name}-file are both given; leave one out`);
  }
  if (typeof file !== 'string') return direct === undefined ? undefined : [direct].flat().map(String);
  const text = file === STANDARD_INPUT ? await readInput(field, at) : readFile(file, field);
  return field.type === 'text-multi' ? text.split(/\r?\n/) : [text];
}

function attributeOf(name: string): string {
  return new Option(`--${name}`).attributeName();
}

async function readInput({ isSecret, label }: FieldDescription, at: Terminal | undefined): Promise<string> {
  if (isSecret && at !== undefined) return (await at.askSecret(`${label}: `)) ?? '';
  return readFileSync(process.stdin.fd, 'utf8').trim();
}

function readFile(file: string, { isSecret }: FieldDescription): string {
  return isSecret ? readSecretFile(file) : readFileSync(file, 'utf8').trim();
}
