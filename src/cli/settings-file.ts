import { existsSync, readFileSync, statSync } from 'node:fs';
import { readConfig, type SettingsRead } from '../config.js';

/** The settings file where none is named, if it is there. */
export const USUAL_FILE = 'thingstead.yml';

/** Reads the settings: from a file, or the usual one, and the environment. */
export function readSettings(file: string | undefined): SettingsRead {
  if (file === undefined && !existsSync(USUAL_FILE)) return readConfig(process.env, undefined);
  try {
    const name = file ?? USUAL_FILE;
    return readConfig(
      process.env,
      readFileSync(name, 'utf8'),
      process.platform !== 'win32' && (statSync(name).mode & 0o077) !== 0,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { faults: [`the settings file ${file ?? USUAL_FILE} cannot be read: ${why}`] };
  }
}
