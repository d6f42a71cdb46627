import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPepper, PepperFault } from '../../src/store/pepper.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingstead-'));
  file = join(directory, 'pepper');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const BYTES = Buffer.from(Array.from({ length: 32 }, (_, n) => 255 - n));
const expected = createHmac('sha256', BYTES).update('tags').digest('base64url');

/** What opening it throws. */
function faultOf(source: Parameters<typeof openPepper>[0]): string {
  try {
    openPepper(source);
  } catch (error) {
    expect(error).toBeInstanceOf(PepperFault);
    return String(error);
  }
  return 'none';
}

describe('the pepper', () => {
  it('is made at the first start, for its owner alone, and found again', async () => {
    const digest = await openPepper({ file }).of('tags');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file)).toHaveLength(32);
    expect(readdirSync(directory)).toEqual(['pepper']);
    expect(await openPepper({ file }).of('tags')).toBe(digest);
    expect(await openPepper({ file: join(directory, 'other') }).of('tags')).not.toBe(digest);
  });

  it('digests by HMAC-SHA-256 under the bytes of the file or of the setting, in hex or base64', async () => {
    writeFileSync(file, BYTES, { mode: 0o600 });
    const sources = [
      { file },
      { value: BYTES.toString('hex') },
      { value: BYTES.toString('hex').toUpperCase() },
      { value: BYTES.toString('base64') },
      { value: ` ${BYTES.toString('base64url')}\n` },
    ];
    for (const source of sources) expect(await openPepper(source).of('tags')).toBe(expected);
    expect(await openPepper({ file }).of('tagS')).not.toBe(expected);
  });

  it('is refused where others may read it', () => {
    for (const mode of [0o640, 0o604, 0o660, 0o602]) {
      writeFileSync(file, BYTES);
      chmodSync(file, mode);
      expect(faultOf({ file })).toContain(`(mode ${mode.toString(8)}). Run: chmod 600`);
    }
  });

  it.each([0, 31, 33])('is refused with %i bytes, and the file left alone', (length) => {
    writeFileSync(file, Buffer.alloc(length), { mode: 0o600 });
    expect(faultOf({ file })).toContain(`has ${length} bytes instead of 32`);
    expect(readFileSync(file)).toHaveLength(length);
  });

  it.each(['', 'secret', BYTES.toString('hex').slice(1), `${BYTES.toString('base64')}A`])(
    'is refused as a setting that is not 32 bytes: %j, without repeating it',
    (value) => {
      const fault = faultOf({ value });
      expect(fault).toContain('32 bytes in hex (64 characters) or base64 (44)');
      if (value !== '') expect(fault).not.toContain(value);
    },
  );

  it('is refused in words where its file cannot be made or there is none', () => {
    expect(faultOf({ file: join(directory, 'nowhere', 'pepper') })).toContain('cannot be used: ENOENT');
    expect(faultOf({ file: directory })).toMatch(/may be read|cannot be used/);
    expect(faultOf({})).toContain('name a file for it');
  });
});
