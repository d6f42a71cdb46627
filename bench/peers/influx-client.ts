import { Agent, request } from 'node:http';

/** What the bench asks of InfluxDB 1.x over HTTP. */
export interface InfluxClient {
  ping(): Promise<boolean>;
  createDatabase(): Promise<void>;
  /** Resolves when they are stored: in its log, after fsync. @param lines in its line protocol, times in ms. */
  write(lines: readonly string[]): Promise<void>;
  /** The number that a query comes to: a count, summed up over all that it has rows of. */
  count(query: string): Promise<number>;
}

const DATABASE = 'bench';

export function createInfluxClient(port: number): InfluxClient {
  const agent = new Agent({ keepAlive: true });

  function ask(method: 'GET' | 'POST', path: string, body = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, method, path, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`InfluxDB answered ${response.statusCode}: ${text}`));
        });
      });
      asked.once('error', reject).end(body);
    });
  }

  return {
    ping: () =>
      ask('GET', '/ping').then(
        () => true,
        () => false,
      ),
    createDatabase: async () =>
      void (await ask('POST', `/query?q=${encodeURIComponent(`CREATE DATABASE ${DATABASE}`)}`)),
    write: async (lines) => void (await ask('POST', `/write?db=${DATABASE}&precision=ms`, lines.join('\n'))),
    async count(query) {
      const text = await ask('GET', `/query?db=${DATABASE}&q=${encodeURIComponent(query)}`);
      const [, columns = ''] = /"values":\[\[[^,\]]*,([^\]]*)\]/.exec(text) ?? [];
      return columns.split(',').reduce((total, value) => total + Number(value), 0);
    },
  };
}
