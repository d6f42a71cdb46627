import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../src/cli/import/file-record.js';
import { readCsvThings } from '../../src/cli/import/read-csv.js';
import { readerOf } from '../../src/cli/import/read-file.js';
import { readJsonThings } from '../../src/cli/import/read-json-lines.js';
import { readXmlThings } from '../../src/cli/import/read-xml.js';

type Reader = (chunks: AsyncIterable<string>) => AsyncIterable<FileRecord>;

async function read(reader: Reader, text: string, size = 5): Promise<readonly string[]> {
  async function* chunks(): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  const records: string[] = [];
  for await (const record of reader(chunks())) {
    const what = 'text' in record ? record.text : 'fault' in record ? record.fault : `broken: ${record.broken}`;
    records.push(`${record.line} ${what}`);
  }
  return records;
}

describe('a file of comma-separated values', () => {
  const csv = (text: string) => read(readCsvThings, text);

  it('has a Thing a line, by the names in its first', async () => {
    const text =
      'jid,nodeId,sourceId,cacheType,owner,public,key,SN,#LAT,__proto__\r\n' +
      'a@x,n,s,c,o@x,TRUE,4857,"1,2",59.30,p\r\nb@x,,,,,,,,,\r\nc@x,,,,o@x,0,,=1,,\r\n';
    expect(await csv(text)).toEqual([
      '2 {"jid":"a@x","nodeId":"n","sourceId":"s","cacheType":"c","owner":"o@x","public":true,"key":"4857","tags":{"SN":"1,2","#LAT":"59.30","__proto__":"p"}}',
      '3 {"jid":"b@x"}',
      '4 {"jid":"c@x","owner":"o@x","public":false,"tags":{"SN":"=1"}}',
    ]);
  });

  it('tells of a wrong line, and goes on', async () => {
    expect(await csv('jid,public\na@x,maybe\nb@x\nc@x,,\n"d@x\ne@x,\n')).toEqual([
      '2 public is "maybe"; use true or false.',
      '3 It has 1 cells, and there are 2 columns.',
      '4 It has 3 cells, and there are 2 columns.',
      '5 A quotation mark opens a cell and none closes it.',
      '6 {"jid":"e@x"}',
    ]);
  });

  it.each([
    ['', '1 broken: The file is empty'],
    ['jid;owner\na;b\n', '1 broken: No column is named jid'],
    ['jid,SN,\n', '1 broken: Column 3 has no name.'],
    ['jid,#\n', '1 broken: Column 2 has no name.'],
    ['jid,SN,SN\na,b,c\n', '1 broken: The column "SN" is there twice.'],
    ['"jid\n', '1 broken: A quotation mark opens a cell'],
  ])('is not read where its first line is wrong: %j', async (text, why) => {
    const records = await csv(text);
    expect([records.length, records[0]]).toEqual([1, expect.stringContaining(why)]);
  });
});

describe('a file of JSON lines', () => {
  it('has an object a line, and tells of one that is none without repeating it', async () => {
    const text = '\ufeff{"jid": "a@x"}\r\n\n{"key": "top-secret"\n{"jid":"\uffff"}';
    expect(await read(readJsonThings, text)).toEqual(['1 {"jid":"a@x"}', '3 It is no JSON.', '4 {"jid":"\uffff"}']);
  });

  it('a line without end costs no more than the longest', async () => {
    const records = await read(readJsonThings, `${'x'.repeat(2_000_000)}\n{}`, 65_536);
    expect(records).toEqual(['1 It has more than 262144 characters.', '2 {}']);
  });
});

describe('a file of XML', () => {
  const xml = (text: string, size?: number) => read(readXmlThings, text, size);
  const things = (inside: string) => `<things>\n${inside}\n</things>`;

  it('has a Thing an element, with its tags as on the wire', async () => {
    const text = `\ufeff<?xml version='1.0'?>\n<!-- <thing/> -->\n<things xmlns='urn:x'>
      <thing jid='a@x' nodeId="n" owner='o@x' public='false' key='4&amp;8'>
        <str name='SN' value='&lt;1&#x41;&#10;2
3>'/><!-- </thing> --><num name='LAT' value='59.30'></num>
      </thing><thing jid='b@x'/>
      <thing
        jid='c@x'></thing>
    </things>\n<!-- end -->`;
    for (const size of [1, 3, 10_000]) {
      expect(await xml(text, size)).toEqual([
        '4 {"jid":"a@x","nodeId":"n","owner":"o@x","public":false,"key":"4&8","tags":{"SN":"<1A\\n2 3>","#LAT":"59.30"}}',
        '7 {"jid":"b@x"}',
        '8 {"jid":"c@x"}',
      ]);
    }
  });

  it.each([
    ["<thing jid='a'><str name='N'></thing>", 'It is not well-formed XML.'],
    ["<thing jid='a' jid='b'/>", 'It is not well-formed XML.'],
    ['<thing jid=top-secret/>', 'It is not well-formed XML.'],
    ["<thing key='top-secret'top-secret='x'/>", 'It is not well-formed XML.'],
    ["<thing __proto__='x'/>", 'It is not well-formed XML.'],
    ["<thing jid='a<b'/>", 'It is no whole element.'],
    ["<thing jid='a/>", 'It is no whole element.'],
    ["<thing jid='&top;'/>", 'It refers to an entity or a character that there is not.'],
    ["<thing jid='a & b'/>", 'It refers to an entity or a character that there is not.'],
    ["<thing jid='&#0;'/>", 'It refers to an entity or a character that there is not.'],
    ["<thing jid='&#xD800;'/>", 'It refers to an entity or a character that there is not.'],
    ["<thing jid='&toString;'/>", 'It refers to an entity or a character that there is not.'],
    ["<thing JID='a'/>", 'The attribute JID is not known; use jid, '],
    ["<thing jid='a'>top-secret</thing>", 'There is text in it; values are attributes.'],
    ["<thing jid='a'><![CDATA[top-secret]]></thing>", 'There is text in it; values are attributes.'],
    ["<thing jid='a'><bool name='A' value='1'/></thing>", '<bool/> is not known in <thing>; use <str> and <num>.'],
    ["<thing jid='a'><str name='A'/></thing>", '<str/> is to have the attributes name and value, and no others.'],
    ["<thing jid='a'><str name='A' value='1'/><str name='A' value='2'/></thing>", 'The tag "A" is given twice'],
    ["<thing jid='a' public='maybe'/>", 'public is "maybe"; use true or false.'],
    ["<thing jid='a'><thing jid='b'/></thing>", 'A <thing> stands in it; Things hold no Things.'],
    ["<thing jid='a'><thing><thing jid='b'/></thing></thing>", 'A <thing> stands in it; Things hold no Things.'],
    ["<thing jid='a'>", 'It is not closed: </thing> is missing.'],
    ["<device jid='a'><str name='A' value='1'/></device>", '<device/> is not known in <things>; use <thing>.'],
    ['top-secret', 'It is no whole element.'],
    ['</thing>', 'It is no whole element.'],
  ])('tells of a wrong element at its place, and goes on: %s', async (wrong, why) => {
    for (const size of [1, 4, 10_000]) {
      const records = await xml(things(`<thing jid='x'/>\n${wrong}\n<thing jid='y'/>`), size);
      expect(records).toEqual(['2 {"jid":"x"}', expect.stringContaining(`3 ${why}`), '4 {"jid":"y"}']);
      expect(JSON.stringify(records)).not.toContain('top-secret');
    }
  });

  it.each([
    ['<!DOCTYPE things [<!ENTITY a "b">]>\n<things/>', '1 broken: A document type is not taken; leave it out.'],
    ["<things>\n<!DOCTYPE x>\n<thing jid='a'/></things>", '2 broken: A document type is not taken; leave it out.'],
    ['<thing/>', '1 broken: It does not begin with <things>.'],
    ['jid,owner\n', '1 broken: It does not begin with <things>.'],
    ['', '1 broken: The file ends before </things>.'],
    ['<things>\n', '2 broken: The file ends before </things>.'],
    ['<things/>\n<things/>', '2 broken: Nothing may follow </things>.'],
  ])('is not read on where it is wrong as a whole: %j', async (text, why) => {
    for (const size of [1, 10_000]) expect(await xml(text, size)).toEqual([why]);
  });

  it('what is cut off is told of, what came before counts', async () => {
    const text = "<things>\n<thing jid='a'/>\n<thing jid='b'><str";
    expect(await xml(text)).toEqual([
      '2 {"jid":"a"}',
      '3 It is no whole element.',
      '3 broken: The file ends before </things>.',
    ]);
  });

  it('an element without end costs no more than the longest', async () => {
    const records = await xml(`<things>\n<thing>${'<a/>'.repeat(300_000)}\n<thing jid='b'/></things>`, 65_536);
    expect(records).toEqual(['2 It has more than 262144 characters.', '3 {"jid":"b"}']);
  });
});

describe.each([
  ['csv', 'jid\n', (jid: string) => `${jid}\n`, ''],
  ['jsonl', '\n', (jid: string) => `{"jid":"${jid}"}\n`, ''],
  ['xml', '<things>\n', (jid: string) => `<thing jid="${jid}"/>\n`, '</things>'],
])('a byte that is no UTF-8 in a file .%s', (end, head, line, tail) => {
  it.each(['b\xff', '\xc3', '\xed\xa0\x80', '\xef\xbf\xbd'])(
    'is told of by its line, and the rest goes on: %j',
    async (wrong) => {
      const folder = mkdtempSync(join(tmpdir(), 'import-'));
      const file = join(folder, `things.${end}`);
      const right = Buffer.from('ä\u{1f321}').toString('latin1');
      writeFileSync(file, head + line(right) + line(wrong) + line(right) + tail, 'latin1');
      const records = [];
      for await (const record of readerOf(file)?.() ?? []) records.push(record);
      rmSync(folder, { recursive: true });
      const text = '{"jid":"ä\u{1f321}"}';
      expect(records).toEqual([
        { line: 2, text },
        { line: 3, fault: expect.stringMatching(/UTF-8/) },
        { line: 4, text },
      ]);
    },
  );
});
