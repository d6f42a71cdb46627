import { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { traced } from '../client/session/trace.js';
import {
  createDevice,
  type Device,
  type DeviceOptions,
  fileState,
  folderQueue,
  type TagValues,
} from '../device/index.js';
import { readVersion } from '../version.js';
import { type AccountOptions, addAccountOptions, readAccount } from './account-options.js';
import { identityTags } from './computer/identity.js';
import { readComputer } from './computer/readings.js';
import { NOT_REACHED, WRONG } from './exit-status.js';
import { clock, humanLog } from './human-log.js';
import { failing } from './log-in.js';
import { terminal } from './terminal.js';

interface Options extends AccountOptions {
  readonly state: string;
  readonly name?: string;
  readonly tag: TagValues;
  readonly selfOwned?: boolean;
  readonly reset?: boolean;
  readonly report?: number;
  readonly trace?: boolean;
}

/** `thingstead device`: makes the computer that it runs on a Thing, until SIGTERM or SIGINT. */
export function deviceCommand(): Command {
  return addAccountOptions(
    new Command('device').description('make this computer a Thing').helpGroup('Devices and readers:'),
  )
    .option('--state <file>', 'where it remembers its KEY and its owner', 'thingstead-device.json')
    .option('--name <name>', 'what people call it')
    .option('--tag <NAME=value>', 'say more of it, or otherwise; a number with a hash: #LAT=59.3', readTag, {})
    .option('--registry <jid>', 'the Thing Registry; looked for at the server otherwise')
    .option('--self-owned', 'be its own owner: public, and readable by everyone')
    .option('--reset', 'register again although its owner took it out of the registry')
    .option('--report <seconds>', 'report its readings unasked, every so many seconds', readSeconds)
    .option('--trace', 'print every stanza, but for the KEY')
    .action(run);
}

function readTag(text: string, before: TagValues): TagValues {
  const [, hash, name = '', value = ''] = /^(#?)([^=]+)=(.*)$/s.exec(text) ?? [];
  return { ...before, [name]: hash === '#' ? Number(value) : value };
}

function readSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds >= 0.1 && seconds <= MOST_SECONDS) return seconds;
  return fail(WRONG, [`"${text}" is no number of seconds from 0.1 to ${MOST_SECONDS}`]);
}

/** A day. */
const MOST_SECONDS = 86_400;

const fail = failing('device');

async function run(options: Options): Promise<void> {
  const out = process.stdout;
  const say = (text: string): void => void out.write(`${clock()} ${text}\n`);
  const device = await made(options);
  device
    .on('online', () => {
      if (device.owner !== undefined) say(`It belongs to ${device.owner}.`);
      else if (options.selfOwned !== true && !device.removed) out.write(invitation(device.iotDisco));
    })
    .on('offline', ({ reason }) => say(`Off line: ${reason}.`))
    .on('claimed', ({ owner, isPublic }) =>
      say(`It belongs to ${owner} now, ${isPublic ? 'and everyone can find it' : 'and nobody else can find it'}.`),
    )
    .on('disowned', () => out.write(invitation(device.iotDisco)))
    .on('dropped', ({ count }) => say(`Too many reports are waiting; lost the oldest ${count}.`))
    .on('refused', ({ error }) => say(`The registry will not take a report: ${error.text ?? error.condition}`))
    .on('removed', () => say('Its owner took it out of the registry; --reset registers it again.'));
  const stop = (): void => void device.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
  const started = await device.start();
  if (!started.ok) return fail(NOT_REACHED, [started.why]);
  if (options.report !== undefined) setInterval(() => void report(device, say), options.report * 1000);
  if (options.reset === true && device.removed) await device.reset();
}

/** What it measures, in its own time. */
async function report(device: Device, say: (text: string) => void): Promise<void> {
  const fields = await readComputer(readVersion());
  const reported = device.report(fields.filter(({ fieldTypes }) => fieldTypes.has('momentary')));
  if (reported.outcome === 'not-kept') say(`A report could not be kept: ${reported.why}`);
}

async function made(options: Options): Promise<Device> {
  const account = await readAccount(options, process.env, terminal());
  if ('faults' in account) return fail(WRONG, account.faults);
  const { registry } = account;
  const version = readVersion();
  const deviceOptions: DeviceOptions = {
    account,
    tags: { ...identityTags(options.name, version), ...options.tag },
    state: fileState(options.state),
    ...(options.report !== undefined && { queue: folderQueue(`${options.state}.queue`) }),
    selfOwned: options.selfOwned ?? false,
    read: () => readComputer(version),
    log: humanLog(process.stdout, 'info'),
    ...(registry !== undefined && { registry }),
    ...(options.trace === true && { onTraffic: trace }),
  };
  try {
    return createDevice(deviceOptions);
  } catch (error) {
    return fail(WRONG, [error instanceof Error ? error.message : String(error)]);
  }
}

const trace: NonNullable<DeviceOptions['onTraffic']> = (direction, stanza) =>
  void process.stdout.write(`${direction === 'out' ? '->' : '<-'} ${traced(stanza)}\n`);

/** For who stands before it: this is how it becomes yours. */
function invitation(iotDisco: string): string {
  return [
    '',
    'This Thing has no owner. Whoever presents these tags to the registry claims it; keep them to yourself:',
    '',
    `  ${iotDisco}`,
    '',
    renderUnicodeCompact(iotDisco, { ecc: 'L', border: 2 }),
    '',
    '',
  ].join('\n');
}
