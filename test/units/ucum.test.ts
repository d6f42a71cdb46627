import { UcumLhcUtils, UnitTables } from '@lhncbc/ucum-lhc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALIASES, AMBIGUOUS } from '../../src/units/aliases.js';
import { ucumUnits } from '../../src/units/ucum.js';
import { ucumTable } from '../../src/units/ucum-table.js';

const units = ucumUnits();

function converted(value: string, from: string, to: string): string {
  const result = units.convert(value, from, to);
  return 'value' in result ? result.value : expect.fail(result.refused);
}

function refusal(value: string, from: string, to: string): string {
  const result = units.convert(value, from, to);
  return 'refused' in result ? result.refused : expect.fail(`${value} "${from}" became ${result.value} "${to}"`);
}

// From the definitions: SI brochure (9th edition), the international yard and pound (1959), NIST SP 811 appendix B.
const KNOWN = [
  ['23.4', '°C', '°F', '74.12'],
  ['-40', '°F', '°C', '-40'],
  ['0', '°C', 'K', '273.15'],
  ['0', 'K', '℃', '-273.15'],
  ['0', '°F', 'K', '255.372222222222'],
  ['80', '°Ré', '°C', '100'],
  ['36.6', 'degC', '℉', '97.88'],
  ['1', 'kWh', 'MJ', '3.6'],
  ['3.6', 'MJ', 'kWh', '1'],
  ['1', 'kcal', 'kJ', '4.184'],
  ['1', 'BTU', 'J', '1055.05585262'],
  ['1', 'kWh/m²', 'MJ/m2', '3.6'],
  ['1', 'kWh/d', 'W', '41.6666666666667'],
  ['1', 'm2/kWh', 'm2/MJ', '0.277777777777778'],
  ['1', 'in', 'mm', '25.4'],
  ['1', 'ft', 'm', '0.3048'],
  ['1', 'yd', 'm', '0.9144'],
  ['1', 'mi', 'km', '1.609344'],
  ['1', 'ha', 'm²', '10000'],
  ['1', 'lb', 'kg', '0.45359237'],
  ['1', 't', 'kg', '1000'],
  ['10.00', 'm³/h', 'l/s', '2.77777777777778'],
  ['10.00', 'm^3/h', 'L/min', '166.666666666667'],
  ['1', 'm3', 'l', '1000'],
  ['1', 'ft³/min', 'l/s', '0.4719474432'],
  ['100', 'km/h', 'm/s', '27.7777777777778'],
  ['1', 'kn', 'km/h', '1.852'],
  ['1', 'mph', 'm/s', '0.44704'],
  ['1', 'bar', 'hPa', '1000'],
  ['1013.25', 'mbar', 'Pa', '101325'],
  ['1', 'psi', 'kPa', '6.89475729316836'],
  ['1', 'inHg', 'mmHg', '25.4'],
  ['1', 'mmHg', 'Pa', '133.322'],
  ['180', '°', 'rad', '3.14159265358979'],
  ['1', 'rad', 'deg', '57.2957795130823'],
  ['0.5', '°', "'", '30'],
  ['1', '%', 'ppm', '10000'],
  ['1', 'ppm', 'ppb', '1000'],
  ['45.5', '%RH', '%', '45.5'],
  ['1', 'µg/m³', 'mg/m3', '0.001'],
  ['1', 'μg/m³', 'ug/l', '0.001'],
  ['1', 'mg/l', 'g/m3', '1'],
  ['1', 'µS/cm', 'S/m', '0.0001'],
  ['4.7', 'kΩ', 'Ω', '4700'],
  ['4.7', 'kΩ', 'Ω', '4700'],
  ['1', 'Ah', 'A.s', '3600'],
  ['60', 'rpm', 'Hz', '1'],
  ['60', '1/min', '/s', '1'],
  ['1', 'KiB', 'B', '1024'],
  ['1', 'GB', 'GiB', '0.931322574615478515625'],
  ['1', 'Mbps', 'kB/s', '125'],
  ['1', 'kvar', 'VAr', '1000'],
  ['1', 'VAh', 'kVAh', '0.001'],
  ['500', 'lux', 'klx', '0.5'],
  ['1', 'd', 'min', '1440'],
  ['1.5', 'W/(m²·K)', 'W/m2/K', '1.5'],
  ['1', '[IU]/l', '[iU]/ml', '0.001'],
] as const;

describe('a value', () => {
  it.each(KNOWN)('%s %s in %s', (value, from, to, expected) => {
    expect(converted(value, from, to)).toBe(expected);
  });

  it.each([
    ['10.00', '°C', 'degC'],
    ['+007.0e0', 'kWh', 'kW.h'],
    ['1.10', 'l', 'L'],
    ['1.10', 'N.m', 'J'],
    ['1e-4000', 'm', ' m '],
    ['-0', '%RH', '%'],
    ['5', '', ''],
    ['5.0', 'widgets', 'widgets'],
    ['3', 'dBm', 'dBmW'],
  ])('%s %s keeps its digits in %s', (value, from, to) => {
    expect(converted(value, from, to)).toBe(value);
  });
});

describe('refuses', () => {
  it.each([
    ['°C', 'kWh', 'Cannot convert "°C" to "kWh": "°C" measures temperature, "kWh" energy.'],
    ['kvar', 'kW', 'Cannot convert "kvar" to "kW": "kvar" measures reactive power, "kW" power.'],
    ['VA', 'W', 'Cannot convert "VA" to "W": "VA" measures apparent power, "W" power.'],
    ['m³/h', 'm/s', 'Cannot convert "m³/h" to "m/s": "m³/h" measures flow, "m/s" speed.'],
    ['Sv', 'Gy', 'Cannot convert "Sv" to "Gy": "Sv" measures dose equivalent, "Gy" energy dose.'],
    ['Bq', 'Hz', 'Cannot convert "Bq" to "Hz": "Bq" measures radioactivity, "Hz" frequency.'],
    ['bit', '%', 'Cannot convert "bit" to "%": "bit" measures amount of information, "%" a plain number.'],
    ['m5', 's', 'Cannot convert "m5" to "s": they measure different things.'],
    ['dBm', 'W', 'Cannot convert "dBm" to "W": the scale of "dBm" is not linear, and its values are not converted.'],
    ['W', 'dBm', 'Cannot convert "W" to "dBm": the scale of "dBm" is not linear, and its values are not converted.'],
    ['dB', 'dBm', 'Cannot convert "dB" to "dBm": the scale of "dB" is not linear, and its values are not converted.'],
    [
      'pH',
      '[pH]{x}',
      'Cannot convert "pH" to "[pH]{x}": the scale of "pH" is not linear, and its values are not converted.',
    ],
    ['foo', '°C', '"foo" is not a unit that is understood.'],
    ['°C', 'foo', '"foo" is not a unit that is understood.'],
    ['', '%', 'A value without a unit cannot be converted: what it measures is not known.'],
    ['1', ' ', 'A value without a unit cannot be converted: what it measures is not known.'],
    ['kt', 'm/s', '"kt" is not a unit that is understood: it may be knots or kilotonnes; write kn or 1000.t.'],
    [
      '°C/h',
      'K/h',
      '"°C/h" is not a unit that is understood: Cel has a scale of its own and cannot be part of another unit.',
    ],
    [
      'C/kg',
      'A.s/kg',
      '"C/kg" is not a unit that is understood: Cel has a scale of its own and cannot be part of another unit.',
    ],
    [
      '°C2',
      'K2',
      '"°C2" is not a unit that is understood: Cel has a scale of its own and cannot be part of another unit.',
    ],
  ])('"%s" in "%s"', (from, to, words) => {
    expect(refusal('1', from, to)).toBe(words);
    expect(refusal('1', from, to)).toBe(words);
  });

  it.each(['NaN', 'INF', '-INF', '', 'warm', '1,5', `1${'0'.repeat(2000)}`])('the value %j', (value) => {
    expect(refusal(value, '°C', '°F')).toMatch(/^".{0,67}" is not a number that can be converted\.$/);
    expect(refusal(value, '°C', '°C')).toMatch(/is not a number/);
  });

  it.each([
    ['1e308', '°C', '°F'],
    ['-1e308', 'km', 'm'],
    ['1e999999999', 'm', 'km'],
    [`1e${'9'.repeat(1000)}`, 'm', 'km'],
    ['1e-4000', '°C', '°F'],
    ['1e-999999999', 'm', 'km'],
    ['1e-323', 'mm', 'km'],
  ])('%s %s in %s, which xs:double cannot hold', (value, from, to) => {
    expect(refusal(value, from, to)).toMatch(/^[-\d.e]+ is too large or too small to be given in ".+"\.$/);
  });

  it.each([
    'x'.repeat(10_000),
    '('.repeat(10_000),
    '('.repeat(32) + ')'.repeat(32),
    '((((((((((m))))))))))',
    '{'.repeat(60),
    'm.'.repeat(5000),
    `m${'.m'.repeat(40)}`,
    '/',
    '.',
    'm.',
    'm//s',
    'm..s',
    '()',
    '(m',
    'm)',
    'm0',
    'm123',
    'm--1',
    '0',
    'kWh²',
    '2mg',
    'pound',
    'meter',
    'm s',
    'k',
    'kkg',
    'kft',
    'm{°}',
    'parens_placeholder0',
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\ud800',
  ])('the unit %j', (unit) => {
    expect(refusal('1', unit, 'm')).toMatch(/is not a unit that is understood/);
    expect(refusal('1', 'm', unit).length).toBeLessThan(200);
  });
});

describe('the names that devices have', () => {
  it.each([...ALIASES])('%s is %s', (name, code) => {
    expect(units.code(name)).toEqual({ code });
  });

  it.each([...AMBIGUOUS])('%s is refused, as %s', (name, words) => {
    expect(refusal('1', name, 'm')).toBe(`"${name}" is not a unit that is understood: it may be ${words}.`);
    const advised = words.slice(words.indexOf('write ') + 6).split(/, | or /);
    for (const unit of advised) expect(units.code(unit)).toHaveProperty('code');
  });

  it.each([
    ['µg/m³', 'ug/m3'],
    ['W/m²', 'W/m2'],
    ['m⁻³', 'm-3'],
    ['m2/kWh', 'm2/(kW.h)'],
    ['lb/ft³', '[lb_av]/[ft_i]3'],
    ['ºC', 'Cel'],
    ['10^3/ul', '10^3/ul'],
    ["[in_i'H2O]", "[in_i'H2O]"],
  ])('%s is %s', (unit, code) => {
    expect(units.code(unit)).toEqual({ code });
  });
});

describe('the table', () => {
  const library = UcumLhcUtils.getInstance();
  const rows = UnitTables.getInstance().allUnitsByDef();
  const codes = rows.filter((row) => row.source_ === 'UCUM').map((row) => row.csCode_);

  it('leaves out what the library defines by half, and nothing else', () => {
    const table = ucumTable();
    expect(codes.filter((code) => table.find(code) === undefined)).toEqual(['[mu_0]', 'Oe', 'Gb', '[S]', '[LPF]']);
  });

  it("agrees with the library's own conversions, as far as doubles go", () => {
    const straight = rows.filter((row) => row.cnv_ === null && !row.isBase_ && !row.isArbitrary_);
    const compared = straight.filter((row) => {
      const target = row.csUnitString_ ?? '';
      const ours = units.convert('7.25', row.csCode_, target);
      const theirs = library.convertUnitTo(row.csCode_, 7.25, target);
      if ('refused' in ours || theirs.toVal === null) return false;
      expect(Number(ours.value) / theirs.toVal, row.csCode_).toBeCloseTo(1, 12);
      return true;
    });
    expect(compared.length).toBeGreaterThan(200);
  });
});

// Their factors to each other end, both ways.
const ENDING = [
  ['Wh', 'kWh', 'MWh', 'mW.h'],
  ['m', 'ft', 'km'],
  ['°C', 'K'],
  ['B', 'KiB', 'GB', 'bit'],
  ['l', 'm³', 'ml'],
  ['Pa', 'hPa', 'bar'],
].map(([first = '', ...others]) => [first, others] as const);
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.integer({ min: 0, max: 4 }))
  .map(([digits, places]) => `${digits}e-${places}`);
const families = [
  ['°C', 'F', 'K'],
  ['kWh', 'J', 'BTU'],
  ['W'],
  ['kvar'],
  ['VA'],
  ['m', 'ft', 'in'],
  ['m³', 'l'],
  ['%', 'ppm', '%RH'],
  ['B', 'bit'],
  ['Hz', 'rpm'],
  ['dBm'],
  ['dB'],
  ['pH'],
  ['lx'],
  ['µg/m³'],
];

describe('whatever is converted', () => {
  it('comes back as the same number where the factors end', () => {
    const pairs = fc.constantFrom(
      ...ENDING.flatMap(([first, others]) => others.map((other) => [first, other] as const)),
    );
    fc.assert(
      fc.property(decimals, pairs, fc.boolean(), (value, [a, b], swap) => {
        const [from, to] = swap ? [b, a] : [a, b];
        // ft to m ends, m to ft does not.
        fc.pre(from === 'ft' || to !== 'ft');
        const there = converted(value, from, to);
        expect(Number(converted(there, to, from))).toBe(Number(value));
      }),
    );
  });

  it('comes back within rounding where they do not', () => {
    const pairs = fc.constantFrom(
      ...families.flatMap((family) => family.map((unit) => [family[0] ?? '', unit] as const)),
    );
    fc.assert(
      fc.property(decimals, pairs, (value, [from, to]) => {
        fc.pre(Number(value) !== 0);
        const back = Number(converted(converted(value, from, to), to, from));
        expect(Math.abs(back - Number(value))).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(Number(value))));
      }),
    );
  });

  it('never becomes another thing', () => {
    const family = fc.integer({ min: 0, max: families.length - 1 });
    const member = fc.nat(2);
    fc.assert(
      fc.property(decimals, family, family, member, member, (value, a, b, i, j) => {
        fc.pre(a !== b);
        const [first, second] = [families[a] ?? [], families[b] ?? []];
        const [from, to] = [first[i % first.length] ?? '', second[j % second.length] ?? ''];
        expect(refusal(value, from, to)).toContain('Cannot convert');
        expect(refusal(value, to, from)).toContain('Cannot convert');
      }),
    );
  });

  it('is answered, never thrown', () => {
    const pieces = fc.constantFrom(
      'm',
      'k',
      '°C',
      'kWh',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      '.',
      '/',
      '-',
      '^',
      '10*',
      '9',
      '°',
      '²',
      'µ',
      ' ',
      "'",
    );
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 12 }).map((list) => list.join('')),
    );
    const value = fc.oneof(fc.string(), decimals, fc.constantFrom('1e308', '-1e-308', '1e9999', 'NaN'));
    fc.assert(
      fc.property(value, unit, unit, (number, from, to) => {
        const result = units.convert(number, from, to);
        if ('refused' in result) expect(result.refused).toMatch(/\.$/);
        else if (result.value !== number) expect(Number.isFinite(Number(result.value))).toBe(true);
        const code = units.code(from);
        // The code that is given for a unit is a unit, and the same one.
        if ('code' in code) expect(units.convert('1.0', code.code, from)).toEqual({ value: '1.0' });
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same whatever was asked before', () => {
    const fresh = ucumUnits();
    for (let power = 1; power < 60; power += 1) {
      for (let other = 1; other < 60; other += 1) fresh.convert('1', `m${power}`, `km${other}`);
    }
    expect(fresh.convert('23.4', '°C', '°F')).toEqual({ value: '74.12' });
    expect(fresh.convert('1', 'km2', 'm2')).toEqual({ value: '1000000' });
  });
});
