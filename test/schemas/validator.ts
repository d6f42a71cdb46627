import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { XmlDocument, XmlValidateError, XmlXPath, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

/** Tells what is wrong with a stanza by the schemas of `schemas/`. */
export interface Validator {
  /**
   * @param xml a stanza; one without a namespace is one of a component's
   * @returns what is wrong, in libxml2's words, or those of the rule that is broken; undefined where nothing is
   */
  faultOf(xml: string): string | undefined;
  /** The same of what we write ourselves: of several forms that are understood, one is written. */
  faultOfOurs(xml: string): string | undefined;
}

/** Compiles all schemas; that takes about a tenth of a second. */
export function createValidator(): Validator {
  xmlRegisterFsInputProviders(); // by which libxml2 finds the schemas that the first imports
  const url = fileURLToPath(new URL('../../schemas/component.xsd', import.meta.url));
  const schema = XmlDocument.fromBuffer(readFileSync(url), { url });
  const validator = XsdValidator.fromDoc(schema);
  const rules = compile(RULES);
  const rulesOfOurs = [...rules, ...compile(RULES_OF_OURS)];

  function validate(xml: string, rulesOf: readonly CompiledRule[]): string | undefined {
    const stanza = XmlDocument.fromString(withNamespace(xml));
    try {
      validator.validate(stanza);
      return rulesOf.find(({ broken }) => stanza.get(broken) !== null)?.words;
    } catch (error) {
      if (error instanceof XmlValidateError) return error.message.trim();
      throw error;
    } finally {
      stanza.dispose();
    }
  }

  return {
    faultOf: (xml) => validate(xml, rules),
    faultOfOurs: (xml) => validate(xml, rulesOfOurs),
  };
}

interface Rule {
  readonly words: string;
  /** Finds what breaks it. */
  readonly broken: string;
}

/** What a schema cannot say: children that depend on attributes (RFC 6120 sections 8.2.3 and 8.3). */
const RULES: readonly Rule[] = [
  {
    words: 'An IQ of type get or set has one child element, and no error.',
    broken: "/c:iq[@type='get' or @type='set'][count(*) != 1 or c:error]",
  },
  {
    words: 'An IQ has an id; only an error to one that had none has none.',
    broken: "/c:iq[not(@type='error')][not(@id)]",
  },
  { words: 'A stanza of type error has an error.', broken: "/*[@type='error'][not(c:error)]" },
  { words: 'A stanza that is not of type error has no error.', broken: "/*[not(@type='error')]/c:error" },
];

/** What the schemas allow others, and we do not write (DESIGN section 4, and the notes in the schemas). */
const RULES_OF_OURS: readonly Rule[] = [
  { words: 'It is written `identity`.', broken: '//s:*[@identification]' },
  { words: 'A numeric value has a unit, if an empty one.', broken: '//s:numeric[not(@unit)]' },
  { words: 'A value of an enumeration has a dataType, if an empty one.', broken: '//s:enum[not(@dataType)]' },
  { words: 'Data and the end of a read-out do not come together.', broken: '//s:fields[@done][*]' },
  { words: 'The end of a read-out is never <done/>.', broken: '//s:done' },
  {
    words: 'Flags are left out or spelt out as true.',
    broken:
      "//s:*[@momentary[. != 'true'] or @status[. != 'true'] or @identity[. != 'true'] or @automaticReadout[. != 'true']]",
  },
  { words: '<claimed/> says whether the Thing is public.', broken: '//d:claimed[not(@public)]' },
];

interface CompiledRule {
  readonly words: string;
  readonly broken: XmlXPath;
}

const PREFIXES = { c: 'jabber:component:accept', s: 'urn:xmpp:iot:sensordata', d: 'urn:xmpp:iot:discovery' };

function compile(rules: readonly Rule[]): readonly CompiledRule[] {
  return rules.map(({ words, broken }) => ({ words, broken: XmlXPath.compile(broken, PREFIXES) }));
}

/** In a stream it is declared once, at its beginning. */
function withNamespace(xml: string): string {
  return xml.trim().replace(/^<\w+(?![^>]*\sxmlns=)/, `$& xmlns="${PREFIXES.c}"`);
}
