import { setTimeout as delay } from 'node:timers/promises';
import { withoutSecrets } from '../../src/client/session/trace.js';
import { Unexpected } from './checks.js';
import { joining } from './joining.js';
import { createStage, type Stage } from './show.js';
import { type Cast, STEPS, type Step } from './steps.js';
import type { Expected } from './witness.js';
import { openWorld, type World } from './world.js';

/** Lines of a log that are shown after a failure. */
const LAST_LINES = 40;
const STEP_MS = 60_000;

/**
 * `npm run demo`: starts a server, the component and two devices, shows what they say to each other, and runs on until
 * Ctrl-C. With `--once` it stops after the tour. Exit status 0 only if every step gave what it should.
 */
const once = process.argv.includes('--once');
const stage = createStage(process.stdout);
const interrupted = new Promise<'interrupted'>((resolve) => {
  const interrupt = (): void => resolve('interrupted');
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
});

stage.say('Starting ejabberd and the component ...');
const world = await openWorld();
process.once('exit', () => world.kill());
try {
  const toured = await Promise.race([tour(world), interrupted]);
  process.exitCode = toured === 'passed' ? 0 : 1;
  if (toured === 'passed' && !once) {
    stage.say(await joining(world));
    await interrupted;
  }
} finally {
  stage.say('\nStopping ...');
  await world.stop();
}
process.exit();

async function tour(world: World): Promise<'passed' | 'failed'> {
  const tags = { CLASS: 'Computer', CITY: 'Uppsala' };
  const workshop = world.device('Workshop', { ...tags, SN: 'demo-1' });
  const attic = world.device('Attic', { ...tags, SN: 'demo-2' }, '--report', '1');
  const [olivia, sam] = [await world.person('Olivia'), await world.person('Sam')];
  const cast: Cast = { world, olivia, sam, workshop, attic, addresses: new Map() };
  for (const [index, step] of STEPS.entries()) {
    stage.heading(index + 1, step.title, step.why);
    const failure = await perform(step, cast);
    if (failure !== undefined) {
      report(stage, failure, cast);
      return 'failed';
    }
  }
  stage.say(`\nAll ${STEPS.length} steps gave what they should.`);
  return 'passed';
}

/** @returns why the step failed, if it did. */
async function perform({ act, exchange }: Step, cast: Cast): Promise<string | undefined> {
  const outcome = await Promise.race([act(cast), tooLong()]).then(
    (result) => ({ result }),
    (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
  );
  for (const expected of exchange) {
    const found = await cast.world.witness.find(expected, 'failure' in outcome ? 0 : undefined);
    if (found !== undefined) show(found, expected, cast.world);
    else if (!('failure' in outcome)) return missing(expected, cast);
  }
  cast.world.witness.beginStep();
  if ('failure' in outcome) return outcome.failure;
  stage.result(outcome.result);
  return undefined;
}

/** A step that hangs is to fail in words. */
async function tooLong(): Promise<never> {
  await delay(STEP_MS, undefined, { ref: false });
  throw new Unexpected(`the step to end within ${STEP_MS / 1000} s`, 'nothing');
}

function show(stanza: Parameters<Stage['stanza']>[2], { actor, direction, meaning }: Expected, world: World): void {
  const other = world.nameOf(String(stanza.attrs[direction === 'out' ? 'to' : 'from'] ?? world.server.host));
  const [from, to] = direction === 'out' ? [actor, other] : [other, actor];
  stage.stanza(from, to, withoutSecrets(stanza), meaning);
}

function missing({ actor, direction, payload, type }: Expected, { world }: Cast): string {
  const what = payload === '' ? `an empty IQ of type ${type}` : `<${payload}/>`;
  const seen = world.witness.of(actor).map((other) => `  ${other.direction} ${withoutSecrets(other.stanza)}`);
  return `expected ${actor} to ${direction === 'out' ? 'send' : 'get'} ${what}; in this step it saw\n${seen.join('\n')}`;
}

function report(stage: Stage, failure: string, { world, workshop, attic }: Cast): void {
  stage.failure(failure);
  const logs = { 'the component': world.component, Workshop: workshop.child, Attic: attic.child };
  for (const [name, { lines, ended }] of Object.entries(logs)) {
    stage.say(`\n--- the last that ${name} said${ended === undefined ? '' : ` (${ended})`}:`);
    stage.say(lines.slice(-LAST_LINES).join('\n'));
  }
}
