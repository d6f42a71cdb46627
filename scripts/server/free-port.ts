import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which the system takes ports for outgoing connections: those may take a port that is free now
// before the server listens on it, and while it restarts, a client that keeps trying it may even connect to itself.
/** A port on which nothing listens at any of these addresses, for a server that stays on it; of loopback unless told. */
export async function freePort(addresses: readonly string[] = ['127.0.0.1']): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const free = await Promise.all(addresses.map((address) => isFree(address, port)));
    if (!free.includes(false)) return port;
  }
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, address, () => probe.close(() => resolve(true)));
  });
}
