import type { ClaimedThing } from '../../domain/thing.js';
import type { Protocol } from '../../xmpp/protocol.js';
import { COMMANDS } from './codec.js';
import { type CommandDeps, createCommands } from './handler.js';

export type { CommandDeps, CommandSession } from './handler.js';

/**
 * Ad-Hoc Commands (XEP-0050 version 1.3.0): the operations, for any XMPP client. At the component's address all that the
 * asker may run; at a Thing's own those on it. Everything is answered in English, whatever language is asked for: to
 * refuse those who ask in another (section 3.7) would help nobody.
 */
export function commandsProtocol(deps: CommandDeps): Protocol<ClaimedThing> {
  const { handle, nodes } = createCommands(deps);
  return {
    name: '0050-commands',
    features: { domain: [COMMANDS], local: [COMMANDS] },
    iqs: [{ xmlns: COMMANDS, name: 'command', types: ['set'], at: 'both', handle }],
    nodes,
  };
}
