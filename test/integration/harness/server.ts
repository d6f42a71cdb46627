/**
 * How tests get an ejabberd. The starter itself is in `scripts/ejabberd`, as the demo starts its server with it too:
 * both run the one configuration in the one way.
 */
export { type Server, type ServerOptions, startServer } from '../../../scripts/ejabberd/server.js';
