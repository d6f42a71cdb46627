import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DOMAIN } from './cast.js';

const STANZAS = new URL('../../stanzas/', import.meta.url);

/** The wire examples, bad ones too, by the name of the file, with our domain and users; what went to a device comes to us. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map(
  readdirSync(STANZAS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.xml'))
    .sort()
    .map((file) => [file, here(readFileSync(new URL(file, STANZAS), 'utf8').trim())]),
);

function here(text: string): string {
  return text
    .replace(/^(<\w+[^>]*? to=')[^']*'/, `$1${DOMAIN}'`)
    .replace(/^(<\w+[^>]*? from=')([\w.]*)'/, `$1thing@localhost/imc'`)
    .replace(/\b(things|discovery|thing|provisioning)\.example\.org/g, DOMAIN)
    .replaceAll('example.org', 'localhost');
}

/** What is put in place of a character. */
const REPLACEMENTS = [...'<>&"\'=/ x0', '\u0000', '\ud83d'];

/** How many mutations there are of each character: it is left out, is there twice, or is another. */
export const KINDS = 2 + REPLACEMENTS.length;

/** A text with one character (UTF-16 unit) of it changed. */
export function mutate(text: string, at: number, kind: number): string {
  const [before, here, after] = [text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)];
  if (kind === 0) return before + after;
  if (kind === 1) return before + here + here + after;
  return before + (REPLACEMENTS[kind - 2] ?? '') + after;
}

/** Each mutation of each example, each time in the same order. */
export function* allMutations(): Generator<string> {
  for (const text of EXAMPLES.values()) {
    for (let at = 0; at < text.length; at += 1) {
      for (let kind = 0; kind < KINDS; kind += 1) yield mutate(text, at, kind);
    }
  }
}

/** So many of them, by chance. */
export function someMutations(seed: number, count: number): readonly string[] {
  const one = fc
    .tuple(fc.constantFrom(...EXAMPLES.values()), fc.nat(100_000), fc.nat(KINDS - 1))
    .map(([text, at, kind]) => mutate(text, at % text.length, kind));
  return fc.sample(one, { seed, numRuns: count });
}
