import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, loadavg, release, totalmem, type, uptime } from 'node:os';
import { type Field, type Flags, field } from '../../device/index.js';
import { manufacturer, model } from './identity.js';
import { type Temperature, temperatures } from './temperatures.js';

const STATUS: Flags = { types: ['status'] };
const IDENTITY: Flags = { types: ['identity'] };
/** The load is no state of the computer but a mean over time. */
const COMPUTED: Flags = { types: ['computed'] };

/** What the computer measures of itself now, and what it is (XEP-0323). */
export async function readComputer(version: string): Promise<readonly Field[]> {
  const disk = await statfs('/');
  return [
    ...(await temperatures()).map(temperature(new Set())),
    field.numeric('Memory, Used', megabytes(totalmem() - freemem()), 'MB'),
    field.numeric('Disk, Free', gigabytes(disk.bavail * disk.bsize), 'GB'),
    field.numeric('Uptime', Math.floor(uptime()), 's'),
    ...loadavg().map((load, index) => field.numeric(`Load, ${SPANS[index]}`, load.toFixed(2), '', COMPUTED)),
    field.numeric('Memory, Total', megabytes(totalmem()), 'MB', STATUS),
    field.numeric('Disk, Total', gigabytes(disk.blocks * disk.bsize), 'GB', STATUS),
    field.int('Processors', availableParallelism(), STATUS),
    field.string('Host', hostname(), IDENTITY),
    field.string('Manufacturer', manufacturer(), IDENTITY),
    field.string('Model', model(), IDENTITY),
    field.string('System', `${type()} ${release()}`, IDENTITY),
    field.string('Version', version, IDENTITY),
  ];
}

const SPANS = ['1 min', '5 min', '15 min'];

/** Two sensors of one name are told apart by a number. */
function temperature(taken: Set<string>): (measured: Temperature) => Field {
  return ({ label, celsius }) => {
    let name = `Temperature, ${label}`;
    for (let number = 2; taken.has(name); number++) name = `Temperature, ${label} ${number}`;
    taken.add(name);
    return field.numeric(name, celsius.toFixed(1), '°C');
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
