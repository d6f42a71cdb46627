import { beforeEach, describe, expect, it } from 'vitest';
import { serialize } from '../../../src/xmpp/element.js';
import { DOMAIN } from '../bench.js';
import { createStage, type Stage } from './stage.js';

const ADMIN = 'admin@example.org/desk';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

const fieldsOf = async (name: string, to: string = DOMAIN, from = ADMIN) =>
  (await stage.go(name, { from, to })).form?.fields ?? [];

describe('forms of commands', () => {
  it('say of whole numbers from where to where they go (XEP-0122 section 3.2.3)', async () => {
    const validation = { datatype: 'xs:integer', range: { min: '1', max: '500' } };
    expect(await fieldsOf('things')).toContainEqual(expect.objectContaining({ name: 'max', validation }));
    const unbounded = { datatype: 'xs:integer', range: { min: '0' } };
    expect(await fieldsOf('export')).toContainEqual(expect.objectContaining({ name: 'after', validation: unbounded }));
    const many = { datatype: 'xs:integer', range: { min: '1', max: '1000' } };
    expect(await fieldsOf('audit')).toContainEqual(expect.objectContaining({ name: 'max', validation: many }));
    const answer = await stage.send("<command xmlns='http://jabber.org/protocol/commands' node='thingstead:things'/>", {
      from: ADMIN,
    });
    expect(serialize(answer)).toContain('datatype="xs:integer"><range min="1" max="500"/></validate>');
  });

  it('do not promise a time where a date alone will do', async () => {
    const fields = await fieldsOf('audit');
    for (const name of ['from', 'until']) {
      const field = fields.find((each) => each.name === name);
      expect(field?.validation).toEqual({ datatype: 'xs:string' });
      expect(field?.description).toContain('2026-03-07T16:24:30Z, or 2026-03-07.');
    }
  });

  it('have a title, tables too', async () => {
    await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' });
    const { sessionid, form } = await stage.go('things', { from: ADMIN });
    expect(form?.title).toBe('All Things');
    const { form: result } = await stage.go('things', { from: ADMIN, sessionid, values: {} });
    expect([result?.title, result?.table?.rows.length]).toEqual(['All Things', 1]);
  });
});
