import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { nodeprep } from 'stanza/lib/stringprep/index.js';
import { describe, expect, test } from 'vitest';
import { findInstallation, type Installation } from '../../scripts/ejabberd/local.js';
import { parseJid } from '../../src/xmpp/jid.js';

// Two accounts that we take for one, or one that we take for two, are Things in the wrong hands. So what decides here is
// not the specification but the server: its own functions, called in its own emulator.

type Prepared = string | undefined;
type Profile = keyof typeof OURS;

// Both sides look at one part of a JID, given whole; what is empty once prepared is no part to us.
const OURS = {
  nodeprep: (text: string): Prepared => parseJid(`${text}@localhost`)?.local,
  nameprep: (text: string): Prepared => parseJid(text)?.domain,
  resourceprep: (text: string): Prepared => parseJid(`localhost/${text}`)?.resource,
};
// Left out, in whatever spelling: what would end the part, and what our rules for a domain refuse beyond nameprep
// (jid.test.ts has both).
const LEFT_OUT: Readonly<Record<Profile, RegExp>> = {
  nodeprep: /[@/]/,
  nameprep: /[\s\p{Cc}"&'/<>@.]/u,
  resourceprep: /^$/,
};
const isCompared = (profile: Profile, text: string) =>
  !LEFT_OUT[profile].test(text.normalize('NFKC')) && !DISPUTED.some((disputed) => text.includes(disputed));
const PROFILES: readonly Profile[] = ['nodeprep', 'nameprep', 'resourceprep'];

// See src/xmpp/jid.ts.
const DISPUTED = ['\u33c6', '\u{2f868}', '\u{2f874}', '\u{2f91f}', '\u{2f95f}', '\u{2f9bf}'];

// The planes in which Unicode 3.2 had characters; surrogates cannot be sent.
const CHARACTERS = [...range(0, 0xd7ff), ...range(0xe000, 0x2ffff), ...range(0xe0000, 0xe0fff)].map((code) =>
  String.fromCodePoint(code),
);

const installation = findInstallation();

describe.skipIf(installation === undefined)("our idea of a JID and ejabberd's", () => {
  test.each(PROFILES)('agree on every character by itself: %s', { timeout: 60_000 }, (profile) => {
    const characters = CHARACTERS.filter((text) => isCompared(profile, text));
    const theirs = askEjabberd(profile, characters);
    const differ = characters.filter((text, index) => OURS[profile](text) !== theirs[index]);
    expect(differ.map((text) => show(text))).toEqual([]);
    expect(theirs.filter((text) => text !== undefined).length).toBeGreaterThan(90_000);
  });

  test('differ on the characters that we refuse for it, and on no other', { timeout: 60_000 }, () => {
    const theirs = askEjabberd('nodeprep', CHARACTERS);
    const differ = CHARACTERS.filter((text, index) => attempt(() => nodeprep(text, false)) !== (theirs[index] ?? ''));
    expect(differ).toEqual(DISPUTED);
    expect(DISPUTED.map(OURS.nodeprep)).toEqual(DISPUTED.map(() => undefined));
  });

  // ejabberd 23.01 does not always bring three or more combining marks in a row into canonical order (341 343 c56 is one
  // such row). We follow Unicode: what the server spells in two ways is one account to us, which needs a name so odd that
  // nobody has it; to refuse every row of three marks would lock out Burmese. Hence its answer is put in order here.
  test.each(PROFILES)('agree on characters in a row: %s', { timeout: 60_000 }, (profile) => {
    const rows = fc.sample(row, { seed: 20_231, numRuns: 30_000 }).filter((text) => isCompared(profile, text));
    const theirs = askEjabberd(profile, rows).map((text) => text?.normalize('NFKC'));
    const differ = rows.filter((text, index) => OURS[profile](text) !== theirs[index]);
    expect(differ.map((text) => show(text))).toEqual([]);
    expect(theirs.filter((text) => text !== undefined).length).toBeGreaterThan(5_000);
  });
});

// Characters of the kinds that stringprep treats in its own way, so that rows mix them.
const KINDS: readonly RegExp[] = [
  /\p{M}/u,
  /[\p{Lu}\p{Lt}]/u,
  /[\p{Script=Hebrew}\p{Script=Arabic}]/u,
  /[\u1100-\u11ff\uac00-\uac7f]/,
  /[ -\u00ff\u2000-\u20ff]/,
  /[\ufb00-\ufeff]/,
  /./su,
];
const row = fc
  .array(
    fc.oneof(
      ...KINDS.map((kind) =>
        CHARACTERS.filter((text) => kind.test(text) && attempt(() => nodeprep(text, false)) !== ''),
      )
        .filter((characters) => characters.length > 0)
        .map((characters) => fc.constantFrom(...characters)),
      fc.constantFrom('a', 'S', 'ß', 'ſ', '\u00ad', '\u0345', '\u200d', '\u0130'),
    ),
    { minLength: 2, maxLength: 4 },
  )
  .map((characters) => characters.join(''));

/** What ejabberd makes of each text: undefined where it refuses it, or nothing of it is left. */
function askEjabberd(profile: Profile, texts: readonly string[]): Prepared[] {
  const { erl, libraries } = installation ?? noInstallation();
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-stringprep-'));
  try {
    writeFileSync(join(folder, 'in'), texts.map((text) => `${Buffer.from(text).toString('hex')}\n`).join(''));
    const program = `
      {ok, _} = application:ensure_all_started(xmpp),
      {ok, In} = file:read_file("in"),
      Answer = fun(error) -> <<>>; (Text) -> binary:encode_hex(Text) end,
      Texts = [binary:decode_hex(Hex) || Hex <- binary:split(In, <<"\\n">>, [global, trim])],
      ok = file:write_file("out", [[Answer(jid:${profile}(Text)), "\\n"] || Text <- Texts]),
      halt().`;
    const env = { ...process.env, ERL_LIBS: libraries, ERL_CRASH_DUMP_SECONDS: '0' };
    execFileSync(erl, ['-noinput', '-eval', program], { cwd: folder, env });
    const answers = readFileSync(join(folder, 'out'), 'utf8').split('\n').slice(0, -1);
    expect(answers).toHaveLength(texts.length);
    return answers.map((hex) => (hex === '' ? undefined : Buffer.from(hex, 'hex').toString()));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function noInstallation(): Installation {
  throw new Error('no ejabberd is installed');
}

function attempt(prepare: () => string): string {
  try {
    return prepare();
  } catch {
    return '';
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function show(text: string): string {
  return Array.from(text, (character) => character.codePointAt(0)?.toString(16)).join(' ');
}
