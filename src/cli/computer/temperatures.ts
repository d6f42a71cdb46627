import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Temperature {
  /** What is measured, as the driver calls it. */
  readonly label: string;
  /** In °C. */
  readonly celsius: number;
}

/**
 * The temperatures that Linux knows of, from the folders of thermal zones and of hardware monitors; none on other
 * systems. A sensor that cannot be read now, as happens while a disk sleeps, is left out.
 */
export async function temperatures(root = '/sys/class'): Promise<readonly Temperature[]> {
  const found = [...(await thermalZones(join(root, 'thermal'))), ...(await monitors(join(root, 'hwmon')))];
  return found.filter(({ celsius }) => celsius > ABSOLUTE_ZERO && celsius < MOST);
}

/** What sensors that are not connected report lies outside. */
const ABSOLUTE_ZERO = -273.15;
const MOST = 1000;

async function thermalZones(folder: string): Promise<Temperature[]> {
  const zones = (await list(folder)).filter((name) => name.startsWith('thermal_zone'));
  const read = zones.map((zone) => readOne(join(folder, zone, 'temp'), join(folder, zone, 'type'), zone));
  return (await Promise.all(read)).flat();
}

async function monitors(folder: string): Promise<Temperature[]> {
  const found = await Promise.all((await list(folder)).map((monitor) => monitorIn(join(folder, monitor))));
  return found.flat();
}

async function monitorIn(folder: string): Promise<Temperature[]> {
  const inputs = (await list(folder)).filter((name) => /^temp\d+_input$/.test(name));
  const chip = (await text(join(folder, 'name'))) ?? 'sensor';
  const read = inputs.map(async (input) => {
    const label = await text(join(folder, input.replace('_input', '_label')));
    const fallback = `${chip} ${label ?? input.replace('_input', '')}`;
    return readOne(join(folder, input), undefined, fallback);
  });
  return (await Promise.all(read)).flat();
}

async function readOne(file: string, labelFile: string | undefined, otherwise: string): Promise<Temperature[]> {
  const milli = await text(file);
  const label = labelFile === undefined ? undefined : await text(labelFile);
  return milli !== undefined && /^-?\d+$/.test(milli)
    ? [{ label: label ?? otherwise, celsius: Number(milli) / 1000 }]
    : [];
}

async function list(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function text(file: string): Promise<string | undefined> {
  const content = await readFile(file, 'utf8').catch(() => '');
  return content.trim() === '' ? undefined : content.trim();
}
