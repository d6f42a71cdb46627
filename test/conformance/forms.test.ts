import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/operations/index.js';
import { encodeRequest } from '../../src/xep/0050-commands/codec.js';
import { childElements, type Element } from '../../src/xmpp/element.js';
import { createStage, formOf, OWNER, type Stage } from '../xep/0050-commands/stage.js';

/** XEP-0004, XEP-0050 and XEP-0122 of every answer to every command, as far as it comes without being filled in. */

const DATA = 'jabber:x:data';
const VALIDATE = 'http://jabber.org/protocol/xdata-validate';
const LISTS = ['list-single', 'list-multi'];
const MULTIPLE = ['list-multi', 'jid-multi', 'text-multi', 'hidden'];
const ADMIN = 'admin@example.org/desk';

async function stageWithThings(): Promise<Stage> {
  const stage = createStage();
  const tags = [{ name: 'NAME', kind: 'str', value: 'Meter' } as const];
  const jid = 'rack@example.org';
  for (const cacheType of ['a', 'b']) {
    const node = { nodeId: '1', sourceId: 's', cacheType };
    await stage.place({ jid, ...node, owner: 'owner@example.org', tags, isPublic: true });
    await stage.place({ jid, ...node, nodeId: '2', owner: 'admin@example.org', tags });
  }
  return stage;
}

/** The answers to a command: at first, after the Thing was chosen, and after a submission of everything it needs not. */
async function answersOf(stage: Stage, name: string, from: string): Promise<Element[]> {
  const answers: Element[] = [];
  let sessionid: string | undefined;
  let values: Record<string, readonly string[]> | undefined;
  for (let step = 0; step < 3; step++) {
    const asked = { node: `thingstead:${name}`, action: 'execute' as const };
    const submitted = values && { form: formOf(values) };
    const answer = await stage.send(encodeRequest({ ...asked, ...(sessionid && { sessionid }), ...submitted }), {
      from,
    });
    const command = answer.getChild('command', 'http://jabber.org/protocol/commands');
    if (command === undefined || answer.attrs['type'] === 'error') break;
    answers.push(command);
    if (command.attrs['status'] !== 'executing') break;
    sessionid = command.attrs['sessionid'];
    values = suggested(command);
  }
  return answers;
}

/** What the form suggests, the first option where it suggests nothing. */
function suggested(command: Element): Record<string, readonly string[]> {
  const fields = command.getChild('x', DATA)?.getChildren('field') ?? [];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const values = field.getChildren('value').map((value) => value.getText());
      const first = field.getChild('option')?.getChildText('value');
      return values.length > 0 || first == null
        ? [[String(field.attrs['var']), values]]
        : [[String(field.attrs['var']), [first]]];
    }),
  );
}

const RULES: readonly (readonly [string, (command: Element) => unknown[]])[] = [
  [
    'has at least one field in each form, and a type',
    (command) => formsOf(command).filter((x) => !/^(form|result)$/.test(x.attrs['type']) || allFields(x).length === 0),
  ],
  [
    'names every field that is not fixed, once in its form',
    (command) =>
      formsOf(command).flatMap((x) => {
        const names = x
          .getChildren('field')
          .filter(({ attrs }) => attrs['type'] !== 'fixed')
          .map(({ attrs }) => attrs['var']);
        return names.filter((name, at) => !name || names.indexOf(name) !== at);
      }),
  ],
  [
    'gives every field of a form to fill in its type',
    (command) =>
      formsOf(command)
        .filter((x) => x.attrs['type'] === 'form')
        .flatMap((x) => x.getChildren('field'))
        .filter(({ attrs }) => !attrs['type']),
  ],
  [
    'gives several values only to fields that may have them',
    (command) =>
      topFields(command).filter(
        (field) => field.getChildren('value').length > 1 && !MULTIPLE.includes(field.attrs['type']),
      ),
  ],
  [
    'gives options to lists alone, each with one value',
    (command) =>
      topFields(command).filter((field) => {
        const options = field.getChildren('option');
        return (
          (options.length > 0 && !LISTS.includes(field.attrs['type'])) ||
          options.some((option) => option.getChildren('value').length !== 1)
        );
      }),
  ],
  [
    'gives options that differ in label and in value',
    (command) =>
      topFields(command).filter((field) => {
        const options = field.getChildren('option');
        const labels = new Set(options.map(({ attrs }) => attrs['label']));
        const values = new Set(options.map((option) => option.getChildText('value')));
        return options.length > 0 && (labels.size !== options.length || values.size !== options.length);
      }),
  ],
  [
    'has nothing in <required/>',
    (command) =>
      topFields(command)
        .flatMap((field) => field.getChildren('required'))
        .filter(({ children }) => children.length > 0),
  ],
  [
    'has no line ends in titles, instructions, descriptions and fixed texts',
    (command) =>
      formsOf(command)
        .flatMap((x) => [
          ...x.getChildren('title'),
          ...x.getChildren('instructions'),
          ...x.getChildren('field').flatMap(proseOf),
        ])
        .filter((text) => /[\r\n]/.test(text.getText())),
  ],
  [
    'puts nothing beside a table but the table: its columns first, with labels and types, then rows that have them all',
    (command) => formsOf(command).filter((x) => x.getChild('reported') !== undefined && !isTable(x)),
  ],
  [
    'validates by one method and a datatype of XML Schema',
    (command) =>
      topFields(command)
        .flatMap((field) => field.getChildren('validate', VALIDATE))
        .filter((validate) => {
          const methods = childElements(validate).map((child) => child.getName());
          return (
            !/^xs:\w+$/.test(validate.attrs['datatype']) ||
            methods.length !== 1 ||
            !/^(basic|open|range)$/.test(methods[0] ?? '')
          );
        }),
  ],
  [
    'validates no list of many, and no text of many lines, by more than basic and open',
    (command) =>
      topFields(command).filter(
        (field) =>
          [...LISTS, 'text-multi'].includes(field.attrs['type']) &&
          field.getChild('validate', VALIDATE)?.getChild('range') !== undefined,
      ),
  ],
  [
    'bounds no texts by a range, and every range on one side at least',
    (command) =>
      topFields(command)
        .flatMap((field) => field.getChildren('validate', VALIDATE))
        .filter((validate) => {
          const range = validate.getChild('range');
          const isBound = range?.attrs['min'] !== undefined || range?.attrs['max'] !== undefined;
          return range !== undefined && (validate.attrs['datatype'] === 'xs:string' || !isBound);
        }),
  ],
  [
    'says what can be done next, and what of it `execute` is, while it goes on and no longer',
    (command) => {
      const [actions, ...others] = command.getChildren('actions');
      const goesOn = command.attrs['status'] === 'executing';
      if (!goesOn) return actions === undefined ? [] : [actions];
      const names = actions === undefined ? [] : childElements(actions).map((child) => child.getName());
      const isGood =
        others.length === 0 &&
        names.every((name) => /^(prev|next|complete)$/.test(name)) &&
        names.includes(actions?.attrs['execute']);
      return isGood ? [] : [command];
    },
  ],
  [
    'has a status, a session and a language',
    (command) =>
      /^(executing|completed|canceled)$/.test(command.attrs['status']) &&
      command.attrs['sessionid'] &&
      command.attrs['xml:lang'] === 'en' &&
      command.attrs['action'] === undefined
        ? []
        : [command],
  ],
  [
    'has notes of a type, with a text',
    (command) =>
      command
        .getChildren('note')
        .filter((note) => !/^(info|warn|error)$/.test(note.attrs['type']) || note.getText() === ''),
  ],
];

describe('every answer to every command', () => {
  const commands: Element[] = [];
  beforeAll(async () => {
    for (const { name } of OPERATIONS) {
      for (const from of [OWNER, ADMIN]) commands.push(...(await answersOf(await stageWithThings(), name, from)));
    }
  });

  it('was given', () => {
    expect(new Set(commands.map(({ attrs }) => attrs['node'])).size).toBeGreaterThan(OPERATIONS.length - 4);
    expect(new Set(commands.map(({ attrs }) => attrs['status']))).toEqual(new Set(['executing', 'completed']));
  });

  it.each(RULES)('%s', (_rule, faultsOf) => {
    expect(commands.flatMap(faultsOf).map(String)).toEqual([]);
  });
});

describe('booleans', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('are taken as true, false, 1 and 0: %s', async (text, isPublic) => {
    const stage = createStage();
    const id = await stage.place({ jid: 'meter@example.org', owner: 'owner@example.org', isPublic: !isPublic });
    const to = `${id}@things.example.org`;
    const { sessionid } = await stage.go('visibility', { to });
    const { status } = await stage.go('visibility', { to, sessionid, values: { public: text } });
    // What is to be public is confirmed.
    if (status === 'executing') await stage.go('visibility', { to, sessionid, action: 'complete' });
    expect((await stage.store.things.byOwnership(id as never))?.ownership?.isPublic).toBe(isPublic);
  });
});

describe('what is left out', () => {
  it('of an update stays as it is', async () => {
    const stage = createStage();
    const tags = [
      { name: 'NAME', kind: 'str', value: 'Meter' },
      { name: 'ROOM', kind: 'str', value: '101' },
    ] as const;
    const id = await stage.place({ jid: 'meter@example.org', owner: 'owner@example.org', tags, zone: 'Europe/Berlin' });
    const to = `${id}@things.example.org`;
    const { sessionid } = await stage.go('update', { to });
    expect(await stage.go('update', { to, sessionid, values: { name: 'Boiler' } })).toMatchObject({
      status: 'completed',
    });
    const thing = await stage.store.things.byOwnership(id as never);
    expect(thing?.tags.map((tag) => tag.kind === 'str' && tag.value).sort()).toEqual(['101', 'Boiler']);
    expect(thing?.ownership?.zone).toBe('Europe/Berlin');
  });
});

function formsOf(command: Element): Element[] {
  return command.getChildren('x', DATA);
}

function topFields(command: Element): Element[] {
  return formsOf(command).flatMap((x) => x.getChildren('field'));
}

function allFields(x: Element): Element[] {
  return [x, ...x.getChildren('reported')].flatMap((parent) => parent.getChildren('field'));
}

function proseOf(field: Element): Element[] {
  return [...field.getChildren('desc'), ...(field.attrs['type'] === 'fixed' ? field.getChildren('value') : [])];
}

function isTable(x: Element): boolean {
  const [reported, ...items] = childElements(x).filter((child) => child.getName() !== 'title');
  const columns = reported?.getChildren('field') ?? [];
  const names = columns.map(({ attrs }) => attrs['var']).join();
  return (
    reported?.getName() === 'reported' &&
    columns.length > 0 &&
    columns.every(
      (column) => column.attrs['label'] && column.attrs['type'] && column.getChildren('value').length === 0,
    ) &&
    items.every(
      (item) =>
        item.getName() === 'item' &&
        item
          .getChildren('field')
          .map(({ attrs }) => attrs['var'])
          .join() === names,
    )
  );
}
