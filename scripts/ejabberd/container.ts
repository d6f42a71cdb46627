import { buffer } from 'node:stream/consumers';
import type { Engine } from '../server/engine.js';
import type { EngineOptions } from './engine.js';

// The version that Debian 12 ships and that the tests' expectations were read off.
const IMAGE = 'ghcr.io/processone/ejabberd:23.01';
const CONFIGURATION = '/opt/ejabberd/conf/ejabberd.yml';
const STOP_TIMEOUT_S = 15;

/** Whether a Docker engine answers to testcontainers, which knows all the places where one may listen. */
export async function dockerAnswers(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/**
 * An ejabberd in a container made from the official image. Should this process end without stopping it, testcontainers'
 * own watcher removes it. The library is loaded only when it is needed: it is large, and most machines need not wait for it.
 */
export async function containerEngine(options: EngineOptions): Promise<Engine> {
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');

  // Docker publishes ports to the whole network unless told otherwise, and in there anyone may register.
  class OnLoopback extends GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      const ports = [options.c2sPort, options.componentPort, options.wsPort];
      this.hostConfig.PortBindings = Object.fromEntries(
        ports.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(port) }]]),
      );
    }
  }

  // From inside, every client comes from Docker's gateway, whose address differs from one engine to the next.
  const content = options.configurationFor({ address: '0.0.0.0', registrationFrom: ['0.0.0.0/0', '::/0'] });
  const image = new OnLoopback(IMAGE)
    .withExposedPorts(options.c2sPort, options.componentPort, options.wsPort)
    .withCopyContentToContainer([{ content, target: CONFIGURATION, mode: 0o644 }])
    .withWaitStrategy(Wait.forLogMessage(/is started in the node/));
  const { container: containers } = await getContainerRuntimeClient();
  let started: Awaited<ReturnType<typeof image.start>> | undefined;
  const container = () => (started === undefined ? undefined : containers.getById(started.getId()));
  const running = async () => (await container()?.inspect())?.State.Running ?? false;

  return {
    async start() {
      if (started === undefined) started = await image.start();
      else await container()?.start();
    },
    running,
    async stop() {
      if (await running()) await container()?.stop({ t: STOP_TIMEOUT_S });
    },
    async kill() {
      if (await running()) await container()?.kill({ signal: 'SIGKILL' });
      await container()?.wait();
    },
    async pause() {
      await container()?.pause();
    },
    async resume() {
      await container()?.unpause();
    },
    async logs() {
      return started === undefined ? '' : (await buffer(await started.logs())).toString('utf8');
    },
    async remove() {
      await container()?.remove({ v: true, force: true });
      started = undefined;
    },
  };
}
