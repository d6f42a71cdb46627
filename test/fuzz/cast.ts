/** Who takes part in a round of fuzzing, and what they speak of. `%...%` is filled in when a stanza is sent. */
export const DOMAIN = 'things.localhost';

/** Where an id of a Thing goes, or the name of a session; see `Words` in `rig.ts`. */
export const PLACEHOLDERS = ['%public%', '%private%', '%unknown%', '%session%'] as const;

export const OWNER = 'owner@localhost/phone';
export const STRANGER = 'stranger@localhost/x';
export const ADMIN = 'admin@localhost/a';
/** Things: the first stands alone and is private, the second has nodes, of which one is public. */
export const THING = 'thing@localhost/imc';
export const RACK = 'rack@localhost/plcs';

/** Those that a server lets through. */
export const SENDERS: readonly string[] = [
  OWNER,
  STRANGER,
  ADMIN,
  THING,
  RACK,
  'reader@localhost/r',
  'thing@localhost/other',
  'owner@localhost',
];

/** Those that no server lets through, but a peer that is none could write. */
export const FORGED_SENDERS: readonly string[] = [
  DOMAIN,
  `%public%@${DOMAIN}`,
  `%private%@${DOMAIN}/r`,
  'localhost',
  'user@elsewhere.example/r',
  'ＯＷＮＥＲ@localhost/phone',
  'OWNER@LOCALHOST/phone',
  'owner@localhost/ſ',
  `owner@localhost/${'r'.repeat(1023)}`,
  `owner@localhost/${'r'.repeat(1024)}`,
  `${'o'.repeat(1025)}@localhost/r`,
  'a@b@localhost',
  '@localhost',
  'owner@',
  'owner@localhost/',
  '',
  'owner@local host',
  'owner@localhost/\u{1f4f1}',
];

export const ADDRESSES: readonly string[] = [DOMAIN, DOMAIN, `%public%@${DOMAIN}`, `%public%@${DOMAIN}/any`];

export const HOSTILE_ADDRESSES: readonly string[] = [
  `%private%@${DOMAIN}`,
  `%private%@${DOMAIN}/any`,
  `%unknown%@${DOMAIN}`,
  `${DOMAIN}/resource`,
  DOMAIN.toUpperCase(),
  `x@${DOMAIN}`,
  `A B@${DOMAIN}`,
  `@${DOMAIN}`,
  `${'a'.repeat(1025)}@${DOMAIN}`,
  `aaaaaaaaaa@${DOMAIN}/`,
  `aaaaaaaaaa@${DOMAIN}/\u200f`,
  `\u{1d5ba}aaaaaaaaa@${DOMAIN}`,
  `a@b@${DOMAIN}`,
  `'; DROP TABLE thing; --@${DOMAIN}`,
  `sub.${DOMAIN}`,
  '',
];

/** Bare JIDs for attributes and fields of forms. */
export const JIDS: readonly string[] = [
  'thing@localhost',
  'rack@localhost',
  'owner@localhost',
  'reader@localhost',
  'stranger@localhost',
  DOMAIN,
  `%public%@${DOMAIN}`,
  `%private%@${DOMAIN}`,
  'localhost',
  '*',
];
