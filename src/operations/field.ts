import { parseMoment } from '../domain/date-time.js';
import type { BareJid } from '../domain/jid.js';
import { quoted } from '../domain/quoted.js';
import { instantOf, type TimeZone } from '../domain/time-zone.js';

export { quoted } from '../domain/quoted.js';

/** What there is to choose from, at most: of a list that takes others too, nothing is listed where there is more. */
export const MOST_OPTIONS = 100;

/** How a field is shown and what it takes, without what its values mean. */
export interface FieldDescription {
  /** As in data forms (XEP-0004 section 3.3). */
  readonly type:
    | 'boolean'
    | 'jid-single'
    | 'list-multi'
    | 'list-single'
    | 'text-multi'
    | 'text-private'
    | 'text-single';
  /** As in XEP-0122 section 3.1. */
  readonly datatype: string;
  /** Of a number; without `max` it has no end that people would see. */
  readonly range?: { readonly min: number; readonly max?: number };
  readonly label: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** Whether others than the options are taken too. */
  readonly isOpen?: true;
  /** Whether it may hold a secret (KEY): then no face shows, logs or repeats it, or takes it as an argument of a command. */
  readonly isSecret?: true;
  /** Whether a value may be shown again, of a field into which a secret may get by mistake; any may where this is not there. */
  readonly mayShow?: (value: string) => boolean;
  /** Whether it names, to the character, what others have named: then it may hold any characters. */
  readonly isExact?: true;
  /** How much may be given, in characters of all its values; 4,096 unless told. */
  readonly longest?: number;
  /** Of a list. */
  readonly options?: readonly Option[];
  /** What it holds unless something is said. */
  readonly initial?: readonly string[];
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** A field of a form, and what its values mean. */
export interface Field<T> extends FieldDescription {
  /** @param values at most one where the type is not a multiple one; at least one where it is required. */
  readonly read: (values: readonly string[], reading: Reading) => Read<T>;
}

/** What was meant, or why it cannot be, in words for who wrote it. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

/** What it takes to read values. */
export interface Reading {
  /** That of times without a zone. */
  readonly zone: TimeZone;
  /** A bare JID in stringprep form; undefined for a text that is none. */
  readonly bareJid: (text: string) => BareJid | undefined;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What is read of a form. */
export type Input<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };

type Shown = Pick<FieldDescription, 'label' | 'description'>;

/** A text of one line that `read` understands. */
export function text<T>(shown: Shown & { readonly initial?: string }, read: (text: string) => Read<T>): Field<T> {
  const { initial, ...rest } = shown;
  return {
    ...rest,
    ...(initial !== undefined && { initial: [initial] }),
    type: 'text-single',
    datatype: 'xs:string',
    isRequired: true,
    read: ([value = '']) => read(value.trim()),
  };
}

/** A time, in ms since 1970; one without zone is in that of the Thing. A date alone will do: so it is no xs:dateTime. */
export function time(shown: Shown): Field<number> {
  return {
    ...shown,
    description: `${shown.description} Such as 2026-03-07T16:24:30Z, or 2026-03-07.`,
    type: 'text-single',
    datatype: 'xs:string',
    isRequired: true,
    read([value = ''], { zone }) {
      const moment = parseMoment(value.trim(), (wall) => instantOf(zone, wall));
      if (moment !== undefined) return { ok: true, value: moment.ms };
      return { ok: false, fault: `${quoted(value)} is no time; use one like 2026-03-07T16:24:30Z, or 2026-03-07.` };
    },
  };
}

/** Yes or no: an xs:boolean. */
export function yesOrNo(shown: Shown): Field<boolean> {
  return {
    ...shown,
    type: 'boolean',
    datatype: 'xs:boolean',
    isRequired: true,
    read([value = '']) {
      const text = value.trim();
      if (text === 'true' || text === '1') return { ok: true, value: true };
      if (text === 'false' || text === '0') return { ok: true, value: false };
      return { ok: false, fault: `${quoted(text)} is neither true nor false.` };
    },
  };
}

/** One of a list of choices. */
export function choice<V extends string>(shown: Shown & { readonly initial?: V }, known: readonly Option[]): Field<V> {
  const { initial, ...rest } = shown;
  return {
    ...rest,
    ...(initial !== undefined && { initial: [initial] }),
    type: 'list-single',
    datatype: 'xs:string',
    isRequired: true,
    options: known,
    read([value = '']) {
      const found = known.find((each) => each.value === value.trim());
      if (found !== undefined) return { ok: true, value: found.value as V };
      return { ok: false, fault: `${quoted(value)} is none of ${known.map((each) => each.value).join(', ')}.` };
    },
  };
}

/** A choice from what there is when it is asked for ({@link Present.options}): here any text is taken, `run` judges it. */
export function choiceOf<T>(shown: Shown, read: (text: string) => Read<T>): Field<T> {
  return { ...text(shown, read), type: 'list-single', isOpen: true };
}

/** A text of several lines; empty ones are passed over. */
export function lines<T>(
  shown: Shown & Pick<FieldDescription, 'longest'>,
  read: (lines: readonly string[]) => Read<T>,
): Field<T> {
  return {
    ...shown,
    type: 'text-multi',
    datatype: 'xs:string',
    isRequired: true,
    read: (values) => read(values.map((line) => line.trim())),
  };
}

/** A text that is not to be seen; see {@link FieldDescription.isSecret}. */
export function secret<T>(shown: Shown, read: (text: string) => Read<T>): Field<T> {
  return { ...text(shown, read), type: 'text-private', isSecret: true };
}

/** Any number of a list of choices, at least one. */
export function choices<V extends string>(
  shown: Shown & { readonly initial?: readonly V[] },
  known: readonly V[],
): Field<ReadonlySet<V>> {
  return {
    ...shown,
    type: 'list-multi',
    datatype: 'xs:string',
    isRequired: true,
    options: known.map((value) => ({ value, label: value })),
    read(values) {
      const chosen = new Set<V>();
      for (const value of values) {
        const found = known.find((each) => each === value);
        if (found === undefined) return { ok: false, fault: `${quoted(value)} is none of ${known.join(', ')}.` };
        chosen.add(found);
      }
      return { ok: true, value: chosen };
    },
  };
}

/** Makes a field one that may be left out or empty. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    ...field,
    isRequired: false,
    read: (values, reading) => (values.length === 0 ? { ok: true, value: undefined } : field.read(values, reading)),
  };
}
