import { childElements, type Element } from '../../src/xmpp/element.js';
import type { Outcome, Peer } from './peer.js';
import type { Weather } from './weather.js';

const COMMANDS = 'http://jabber.org/protocol/commands';
const MOST_STAGES = 5;

/** Conditions by which a session is refused that the component knows no more. */
const FORGOTTEN = new Set(['bad-request', 'not-allowed']);

/**
 * Runs an ad-hoc command (XEP-0050), giving these values and confirming what is asked. A note of type error counts as a
 * refusal, with its text in place of the condition.
 */
export async function runCommand(
  peer: Peer,
  weather: Weather,
  to: string,
  node: string,
  values: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const since = Date.now();
  const send = (attributes: string, content = '') =>
    peer.ask('set', to, `<command xmlns='${COMMANDS}' node='${node}' ${attributes}>${content}</command>`);
  let outcome = await send("action='execute'");
  // Nothing is done by asking for the form.
  if (outcome.kind === 'silent') return { kind: 'unsent' };
  for (let stage = 0; stage < MOST_STAGES; stage++) {
    const command = unfinished(outcome);
    if (command === undefined) break;
    const action = command.getChild('actions')?.attrs['execute'] ?? 'complete';
    const form = submit(command.getChild('x') ?? undefined, values);
    outcome = await send(`sessionid='${command.attrs['sessionid']}' action='${action}'`, form);
  }
  const told = refusalNoted(outcome);
  const isForgotten = told.kind === 'answer' && told.condition !== undefined && FORGOTTEN.has(told.condition);
  return isForgotten && weather.since(since, 'forgets') !== undefined ? { kind: 'wait' } : told;
}

/** The command, where a further stage waits to be filled in. */
function unfinished(outcome: Outcome): Element | undefined {
  const command = outcome.kind === 'answer' ? outcome.stanza.getChild('command') : undefined;
  return command?.attrs['status'] === 'executing' && faultOf(command) === undefined ? command : undefined;
}

function refusalNoted(outcome: Outcome): Outcome {
  if (outcome.kind !== 'answer' || outcome.condition !== undefined) return outcome;
  const command = outcome.stanza.getChild('command');
  return { ...outcome, condition: command ? faultOf(command) : undefined };
}

function faultOf(command: Element): string | undefined {
  const note = childElements(command).find((child) => child.is('note') && child.attrs['type'] === 'error');
  return note?.getText();
}

function submit(form: Element | undefined, values: Readonly<Record<string, string>>): string {
  const names = (form?.getChildren('field') ?? []).map(({ attrs }) => String(attrs['var']));
  const given = names.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`<field var='${name}'><value>${value}</value></field>`];
  });
  return `<x xmlns='jabber:x:data' type='submit'>${given.join('')}</x>`;
}
