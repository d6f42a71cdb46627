import { once } from 'node:events';
import { Command, Option } from 'commander';
import type { Client, FieldType, ReadOptions, Readout } from '../client/index.js';
import { type AccountOptions, addAccountOptions } from './account-options.js';
import { INTERRUPTED, NOT_DONE, WRONG } from './exit-status.js';
import { failing, logInAlone } from './log-in.js';
import { type Converter, createConverter } from './read/converter.js';
import { findAddress } from './read/find-address.js';
import { FORMATS, type Format } from './read/formats.js';
import { shown } from './shown.js';

interface Options extends AccountOptions {
  readonly field?: readonly string[];
  readonly type?: readonly FieldType[];
  readonly momentary?: boolean;
  readonly historical?: boolean;
  readonly from?: Date;
  readonly to?: Date;
  readonly unit?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

const HISTORICAL: readonly FieldType[] = [
  'historicalSecond',
  'historicalMinute',
  'historicalHour',
  'historicalDay',
  'historicalWeek',
  'historicalMonth',
  'historicalQuarter',
  'historicalYear',
  'historicalOther',
];
const TYPES: readonly FieldType[] = ['momentary', 'peak', 'status', 'computed', 'identity', ...HISTORICAL];

const fail = failing('read');

/** `thingstead read`: reads a Thing over one's own XMPP account (XEP-0323). */
export function readCommand(): Command {
  return addAccountOptions(new Command('read').description('read a Thing').helpGroup('Devices and readers:'))
    .argument('<thing>', "its id at the registry, its address there, or the device's JID")
    .option('--field <name...>', 'only these fields')
    .option('--momentary', 'what it measures now')
    .option('--historical', 'what the registry has kept')
    .addOption(new Option('--type <type...>', 'fields of these types').choices(TYPES))
    .option('--from <time>', 'history since then: 2026-11-21 or 2026-11-21T13:45:00Z', readTime)
    .option('--to <time>', 'history until then', readTime)
    .option('--unit <unit>', 'numbers in this unit')
    .addOption(new Option('--json', 'an object to a line').conflicts('csv'))
    .option('--csv', 'comma-separated values')
    .action(run);
}

function readTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) fail(WRONG, [`"${text}" is no time; use one like 2026-11-21T13:45:00Z`]);
  return time;
}

async function run(thing: string, options: Options): Promise<void> {
  const converter = options.unit === undefined ? undefined : await converterTo(options.unit);
  const client = await logInAlone('read', options);
  const status = await readThing(client, thing, options, converter);
  await client.stop();
  process.exitCode = status;
}

/** The table of units is large, and most who read do without. */
async function converterTo(unit: string): Promise<Converter> {
  const { ucumUnits } = await import('../units/ucum.js');
  const units = ucumUnits();
  const known = units.code(unit);
  return 'refused' in known ? fail(WRONG, [known.refused]) : createConverter(units, unit, complain);
}

async function readThing(
  client: Client,
  thing: string,
  options: Options,
  converter: Converter | undefined,
): Promise<number> {
  const address = await findAddress(client, thing);
  if (!address.ok) return complained(address.why);
  const readout = client.read(address.value, readOptionsOf(options));
  process.once('SIGINT', () => readout.cancel());
  const format = FORMATS[options.json === true ? 'json' : options.csv === true ? 'csv' : 'table'];
  await print(readout, format, converter);
  const { outcome, why = ENDINGS[outcome], failures } = await readout.ended;
  for (const { node, reason } of failures) complain(`${node.nodeId === '' ? thing : node.nodeId}: ${reason}`);
  if (outcome !== 'done') {
    complain(why);
    return outcome === 'cancelled' ? INTERRUPTED : NOT_DONE;
  }
  return failures.length === 0 && converter?.complete !== false ? 0 : NOT_DONE;
}

const ENDINGS: Readonly<Record<Awaited<Readout['ended']>['outcome'], string>> = {
  done: '',
  refused: 'It was refused.',
  silent: 'Nothing more came.',
  cancelled: 'Cancelled.',
};

function readOptionsOf({ field, type, momentary, historical, from, to }: Options): ReadOptions {
  // Bounds say that history is meant, where nothing else does.
  const isHistory = historical === true || (momentary !== true && type === undefined && (from ?? to) !== undefined);
  const types = [
    ...(type ?? []),
    ...(momentary === true ? (['momentary'] as const) : []),
    ...(isHistory ? HISTORICAL : []),
  ];
  return { types, ...(field && { fields: field }), ...(from && { from }), ...(to && { to }) };
}

async function print(readout: Readout, format: Format, converter: Converter | undefined): Promise<void> {
  const { stdout } = process;
  const progress = createProgress();
  stdout.write(format.head);
  for await (const reading of readout) {
    const converted = converter === undefined ? reading : converter.convert(reading);
    if (converted === undefined) continue;
    progress.count();
    // No faster than it is taken.
    if (!stdout.write(`${format.row(converted)}\n`)) await once(stdout, 'drain');
  }
  progress.end();
}

const PROGRESS_MS = 200;

/** Counts on the terminal of someone who has the readings sent elsewhere. */
function createProgress(): { count(): void; end(): void } {
  const { stderr, stdout } = process;
  const shows = stderr.isTTY === true && stdout.isTTY !== true;
  let readings = 0;
  let last = 0;
  const show = (): void => void stderr.write(`\r${readings} readings`);
  return {
    count() {
      readings++;
      const now = Date.now();
      if (!shows || now - last < PROGRESS_MS) return;
      last = now;
      show();
    },
    end() {
      if (!shows) return;
      show();
      stderr.write('\n');
    },
  };
}

function complain(words: string): void {
  process.stderr.write(`${words.split('\n').map(shown).join('\n')}\n`);
}

function complained(words: string): number {
  complain(words);
  return NOT_DONE;
}
