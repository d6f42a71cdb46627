import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { TagValues } from '../../device/index.js';

/** What a computer says of itself in the registry. */
export function identityTags(name: string | undefined, version: string): TagValues {
  return {
    SN: serialNumber(),
    MAN: manufacturer(),
    MODEL: model(),
    V: Number(/^\d+\.\d+/.exec(version)?.[0] ?? 0),
    ...(name !== undefined && { NAME: name }),
  };
}

export function manufacturer(): string {
  return firstOf('/sys/class/dmi/id/sys_vendor') ?? 'thingstead';
}

export function model(): string {
  return firstOf('/sys/class/dmi/id/product_name', '/proc/device-tree/model') ?? 'computer';
}

/** The same at each start, and no way back from it to the machine id, which is nobody's business. */
function serialNumber(): string {
  const machine = firstOf('/etc/machine-id', '/var/lib/dbus/machine-id') ?? hostname();
  return createHash('sha256').update(`thingstead ${machine}`).digest('hex').slice(0, 16);
}

/** The first of some files that says something, at most as long as a tag may be. */
function firstOf(...files: readonly string[]): string | undefined {
  return files.map(textOf).find((text) => text !== '');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', '').trim().slice(0, 100);
  } catch {
    return '';
  }
}
