import { readFileSync } from 'node:fs';
import { replaceOnce } from '../server/replace-once.js';
import { type Federation, federated } from './federation.js';

/** What one server started here has of its own; all else is as `ejabberd.yml` says. */
export interface ServerSettings {
  /** The component's domain: a name under `localhost`. */
  readonly domain: string;
  readonly secret: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
  /** Where all three listen, inside whatever ejabberd runs in; on loopback, as shipped, unless told. */
  readonly address?: string | undefined;
  /** Networks from which accounts may be registered in-band; loopback, as shipped, unless told. */
  readonly registrationFrom?: readonly string[] | undefined;
  /** Further components that may connect, domain to secret; they get no privileges. */
  readonly otherComponents: Readonly<Record<string, string>>;
  /** Other servers are told nothing, and not listened to, as shipped, unless told. */
  readonly federation?: Federation | undefined;
}

const SHIPPED_DOMAIN = 'things.localhost';
const DOMAIN_FORM = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/**
 * The shipped `ejabberd.yml` with the values of its macros replaced, so that demo, tests and readers run one
 * configuration. A macro that is no longer there is a bug here and throws: a server on the wrong port would not say so.
 *
 * @param file the path of `ejabberd.yml`
 */
export function configuration(file: string, settings: ServerSettings): string {
  for (const domain of [settings.domain, ...Object.keys(settings.otherComponents)]) {
    if (!DOMAIN_FORM.test(domain))
      throw new Error(`"${domain}" is no domain for a component: use one like things.localhost`);
  }
  const macros: Readonly<Record<string, string | number | readonly string[] | undefined>> = {
    CLIENT_ADDRESS: settings.address,
    CLIENT_PORT: settings.c2sPort,
    WEBSOCKET_PORT: settings.wsPort,
    COMPONENT_ADDRESS: settings.address,
    COMPONENT_PORT: settings.componentPort,
    COMPONENT_SECRET: settings.secret,
    REGISTRATION_FROM: settings.registrationFrom,
  };
  const shipped = readFileSync(file, 'utf8').replaceAll(SHIPPED_DOMAIN, settings.domain);
  let text = settings.federation === undefined ? shipped : federated(shipped, settings.federation);
  for (const [name, value] of Object.entries(macros)) {
    if (value === undefined) continue;
    text = replaceOnce(
      'ejabberd.yml',
      text,
      new RegExp(`^  ${name}: .*$`, 'gm'),
      `  ${name}: ${JSON.stringify(value)}`,
    );
  }
  const others = Object.entries(settings.otherComponents).map(
    ([domain, secret]) => `\n    ${JSON.stringify(domain)}:\n      password: ${JSON.stringify(secret)}`,
  );
  return replaceOnce('ejabberd.yml', text, /^ {2}COMPONENTS:$/gm, `  COMPONENTS:${others.join('')}`);
}
